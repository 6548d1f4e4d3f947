"""What each rule accepts and refuses, and how a finding tells it."""

from __future__ import annotations

from typing import Any

import pytest
import small_tables as tables

from ckanext.opendatafrance.validation import catalogue, levels, wording
from ckanext.opendatafrance.validation.catalogue import UnknownSchemaError

TYPES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"type": "integer"}, ["1", "-1", "+5", "007", " 7 ", "1_0"], ["1.0", "1,5", "1e3", "abc", "1 000"]),
    ({"type": "number"}, ["1", "-1.5", "1e3", "NaN", "99999999999.12345"], ["1,5", "abc", "1 000", "12 €"]),
    ({"type": "number", "decimalChar": ",", "groupChar": " "}, ["1,5", "1 000,5"], ["1.5"]),
    ({"type": "boolean"}, ["true", "True", "0"], ["oui", "vrai", "false "]),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, ["oui", "non"], ["true", "Oui"]),
    ({"type": "date"}, ["2020-02-29"], ["2021-02-29", "01/01/2020", "2020", "0000-01-01", "20200101"]),
    ({"type": "date", "format": "%d/%m/%Y"}, ["01/12/2020"], ["2020-12-01", "32/01/2020"]),
    ({"type": "date", "format": "%Y"}, ["2020"], ["20", "0000", "2020-01-01"]),
    ({"type": "datetime"}, ["2020-01-01T10:00:00Z", "2020-01-01T10:00:00+02:00"], ["2020-01-01", "10:00"]),
    ({"type": "time"}, ["12:30:00"], ["12:30", "25:00:00"]),
    ({"type": "year"}, ["2020", "0000"], ["20", "20200", "abcd"]),
    ({"type": "geopoint"}, ["2.35,48.85", "-61, 16"], ["200,1", "2.35;48.85", "48.85"]),
    ({"type": "geopoint", "format": "array"}, ["[2.35, 48.85]"], ["2.35,48.85", "[2.35]", "[2,95]"]),
    ({"type": "geojson"}, ['{"type":"Point","coordinates":[2,48]}'], ["{}", "[1]", "x"]),
    ({"type": "array"}, ["[]", '["lait"]'], ["lait;œuf", "{}"]),
    ({"type": "string", "format": "email"}, ["mairie@nimes.fr"], ["mairie@nimes", "a@@b.fr"]),
    ({"type": "string", "format": "uri"}, ["https://nimes.fr", "mailto:a@b.fr"], ["nimes.fr", "//nimes.fr"]),
    ({"type": "string", "format": "uuid"}, ["3b241101-e2bb-4255-8caf-4136c566a962"], ["3b241101"]),
]


@pytest.mark.parametrize(("field", "right", "wrong"), TYPES, ids=[str(one[0]) for one in TYPES])
def test_types(field: dict[str, Any], right: list[str], wrong: list[str]) -> None:
    """A wrong text is a finding of its type at its line, with the text; no value is no finding."""
    wanted = tables.schema({"name": "c", **field}, {"name": "other"})
    found = tables.judged(wanted, [["c", "other"], *[[text, "x"] for text in ["", *right, *wrong]]])
    expected = [(f"type-{field['type']}", row, "c") for row in range(len(right) + 2, len(right) + len(wrong) + 2)]
    assert tables.codes(found) == expected
    assert [one.value for one in found.findings] == wrong


CONSTRAINTS: list[tuple[dict[str, Any], list[str], list[str], str]] = [
    ({"constraints": {"required": True}}, ["x", " "], [""], "required"),
    ({"constraints": {"pattern": "[0-9]{5}"}}, ["75056"], ["750560", "x75056", "7505"], "pattern"),
    ({"constraints": {"pattern": "a|bc"}}, ["a"], ["c", "b"], "pattern"),
    ({"constraints": {"pattern": "^(?!0)\\d+$"}}, ["10"], ["01"], "pattern"),
    ({"constraints": {"minLength": 2}}, ["éà"], ["é"], "min-length"),
    ({"constraints": {"maxLength": 2}}, ["éà"], ["éàü"], "max-length"),
    ({"constraints": {"enum": ["Oui", "Non"]}}, ["Oui"], ["oui", "Oui "], "enum"),
    ({"type": "integer", "constraints": {"minimum": 1}}, ["1", "2"], ["0", "-3"], "minimum"),
    ({"type": "number", "constraints": {"maximum": 0.3}}, ["0.3", "0.30"], ["0.31"], "maximum"),
    ({"type": "date", "constraints": {"minimum": "2020-01-01"}}, ["2020-01-01"], ["2019-12-31"], "minimum"),
    ({"type": "integer", "constraints": {"enum": [1, 2]}}, ["1", "02"], ["3"], "enum"),
    (
        {"type": "array", "arrayItem": {"type": "string", "constraints": {"enum": ["lait"]}}},
        ['["lait"]'],
        ['["sel"]'],
        "item-enum",
    ),
]


@pytest.mark.parametrize(("field", "right", "wrong", "code"), CONSTRAINTS, ids=[str(one[0]) for one in CONSTRAINTS])
def test_constraints(field: dict[str, Any], right: list[str], wrong: list[str], code: str) -> None:
    """A text that a constraint forbids is a finding of that constraint."""
    wanted = tables.schema({"name": "c", **field}, {"name": "other"})
    found = tables.judged(wanted, [["c", "other"], *[[text, "x"] for text in [*right, *wrong]]])
    assert tables.codes(found) == [(code, len(right) + number, "c") for number in range(1, len(wrong) + 1)]


def test_a_value_that_may_appear_once_is_told_with_the_line_of_the_first() -> None:
    """Also where two texts mean the same number; empty cells do not repeat each other."""
    wanted = tables.schema({"name": "n", "type": "integer", "constraints": {"unique": True}}, {"name": "o"})
    found = tables.judged(wanted, [["n", "o"], ["1", ""], ["2", ""], ["01", ""], ["", "x"], ["", "x"]])
    assert tables.codes(found) == [("unique", 3, "n")]
    assert found.findings[0].params["before"] == 1


def test_a_key_of_several_columns() -> None:
    """Both cells together tell lines apart."""
    wanted = tables.schema({"name": "a"}, {"name": "b"}, {"name": "c"}, primaryKey=["a", "b"])
    rows = [["a", "b", "c"], ["1", "1", ""], ["1", "2", ""], ["1", "1", "x"], ["", "", "x"]]
    assert tables.codes(tables.judged(wanted, rows)) == [("key", 3, ""), ("key-empty", 4, "")]


CHECKS: list[tuple[str, dict[str, Any], list[list[str]], list[tuple[list[str], str]]]] = [
    (
        "french-siret-value",
        {"column": "a"},
        [["21860194600013", ""], ["218 601 946 00013", ""], ["35600000049837", ""], ["", "x"]],
        [(["21860194600014", ""], "siret"), (["218601946", ""], "siret"), (["x", ""], "siret")],
    ),
    ("siren", {"column": "a"}, [["218601946", ""]], [(["218601947", ""], "siren")]),
    (
        "nomenclature-acte",
        {"column": "a"},
        [
            ["Finances locales/Subventions", ""],
            ["FONCTION PUBLIQUE/x", ""],
            ["domaines de competences par themes/", ""],
        ],
        [
            (["Urbanisme", ""], "act-without-slash"),
            (["Urbanisme /x", ""], "act-with-space"),
            (["Sport/x", ""], "act-unknown"),
        ],
    ),
    (
        "year-interval-value",
        {"column": "a", "allow-year-only": "true"},
        [["2019/2020", ""], ["2019", ""]],
        [
            (["2020/2019", ""], "period-reversed"),
            (["2019/2019", ""], "period-of-one-year"),
            (["19/20", ""], "year-or-period"),
        ],
    ),
    ("year-interval-value", {"column": "a"}, [["2019/2020", ""]], [(["2019", ""], "period")]),
    (
        "phone-number-value",
        {"column": "a"},
        [["01 99 00 27 37", ""], ["+33199002737", ""], ["115", ""], ["3949", ""]],
        [(["12", ""], "phone"), (["abc", ""], "phone")],
    ),
    (
        "opening-hours-value",
        {"column": "a"},
        [["24/7", ""], ["Mo-Fr 08:00-18:00", ""]],
        [(["du lundi au vendredi", ""], "opening-hours")],
    ),
    (
        "compare-columns-value",
        {"column": "a", "op": "<=", "column2": "b"},
        [["1", "2"], ["2", "10"], ["2020-01-01", "2020-01-02"], ["", "1"]],
        [(["3", "2"], "comparison"), (["2020-02-01", "2020-01-02"], "comparison")],
    ),
    (
        "cohesive-columns-value",
        {"column": "a", "othercolumns": ["b"]},
        [["1", "2"]],
        [(["1", ""], "not-together"), (["", "1"], "not-together")],
    ),
    ("code-commune-insee", {"column": "a", "cog": "2024"}, [["2A004", ""]], [(["99999", ""], "not-in-list")]),
]


@pytest.mark.parametrize(("name", "params", "right", "wrong"), CHECKS, ids=[one[0] for one in CHECKS])
def test_checks(name: str, params: dict[str, Any], right: list[list[str]], wrong: list[tuple[list[str], str]]) -> None:
    """Validata's checks, by their old and new names."""
    wanted = tables.schema({"name": "a"}, {"name": "b"}, custom_checks=[{"name": name, "params": params}])
    found = tables.judged(wanted, [["a", "b"], *right, *[line for line, _ in wrong]])
    assert [(one.code, one.row) for one in found.findings] == [
        (code, number) for number, (_, code) in enumerate(wrong, len(right) + 1)
    ]


def test_sums_and_alternatives() -> None:
    """The sum of columns, left alone where one is empty; one of two that must be filled, where zero counts as empty."""
    number = {"type": "integer"}
    wanted = tables.schema(
        {"name": "t", **number},
        {"name": "a", **number},
        {"name": "b", **number},
        custom_checks=[{"name": "sum-columns-value", "params": {"column": "t", "columns": ["a", "b"]}}],
    )
    rows = [["t", "a", "b"], ["3", "1", "2"], ["4", "1", "2"], ["4", "", "2"]]
    found = tables.judged(wanted, rows)
    assert tables.codes(found) == [("sum", 2, "t")]
    assert found.findings[0].params["sum"] == "3"
    either = tables.schema(
        {"name": "t", **number},
        {"name": "a"},
        {"name": "o"},
        custom_checks=[{"name": "one-of-required", "params": {"column1": "t", "column2": "a"}}],
    )
    rows = [["t", "a", "o"], ["1", "", "x"], ["", "y", "x"], ["0", "", "x"], ["", "", "x"]]
    assert tables.codes(tables.judged(either, rows)) == [("one-of", 3, ""), ("one-of", 4, "")]


def test_points_of_france() -> None:
    """Longitude first; swapped is told as such."""
    wanted = tables.schema(
        {"name": "p", "type": "geopoint"},
        {"name": "o"},
        custom_checks=[{"name": "french-gps-coordinates", "params": {"column": "p"}}],
    )
    rows = [["p", "o"], ["2.35,48.85", ""], ["55.5,-21", ""], ["48.85,2.35", ""], ["0,0", ""]]
    assert tables.codes(tables.judged(wanted, rows)) == [("point-swapped", 3, "p"), ("point-outside-france", 4, "p")]


@pytest.mark.parametrize(
    "check",
    [
        {"name": "no-such-check", "params": {"column": "a"}},
        {"name": "siret", "params": {}},
        {"name": "compare-columns-value", "params": {"column": "a", "column2": "b", "op": "~"}},
        {"name": "code-commune-insee", "params": {"column": "a"}},
    ],
)
def test_a_schema_with_a_wrong_check_says_so(check: dict[str, Any]) -> None:
    """The file cannot be called valid, and the reason is in words."""
    wanted = tables.schema({"name": "a"}, {"name": "b"}, custom_checks=[check])
    found = tables.judged(wanted, [["a", "b"], ["1", "2"]])
    assert tables.codes(found) == [("check-error", None, "")]
    told = found.as_dict(tables.said)["findings"][0]["message"]
    assert check["name"] in told


ABC = [{"name": "a", "constraints": {"required": True}}, {"name": "b"}, {"name": "c"}]
STRUCTURES: list[tuple[str, list[list[str]], list[tuple[str, int | None, str]], bool]] = [
    ("header only", [["a", "b", "c"]], [], True),
    ("order", [["b", "a", "c"], ["1", "2", "3"]], [("column-order", None, "")], True),
    ("extra", [["a", "b", "c", "d"], ["1", "2", "3", "4"]], [("extra-column", None, "d")], True),
    ("optional", [["a", "b"], ["1", "2"]], [("missing-optional-column", None, "c")], True),
    ("required", [["b", "c"], ["1", "2"]], [("missing-column", None, "a")], False),
    (
        "case",
        [["A", "b", "c"], ["1", "2", "3"]],
        [("missing-column", None, "a"), ("extra-column", None, "A")],
        False,
    ),
    ("twice", [["a", "b", "c", "b"], ["1", "2", "3", "4"]], [("duplicate-column", None, "b")], False),
    ("blank name", [["a", "b", "c", ""], ["1", "2", "3", ""]], [("blank-column", None, "")], True),
    ("short", [["a", "b", "c"], ["1", "2"], ["1", "2", "3"]], [("too-few-cells", 1, "")], False),
    ("long", [["a", "b", "c"], ["1", "2", "3", "4"]], [("too-many-cells", 1, "")], False),
    ("blank row", [["a", "b", "c"], ["1", "2", "3"], ["", "", ""]], [("blank-row", 2, "")], False),
]


@pytest.mark.parametrize(("rows", "expected", "valid"), [one[1:] for one in STRUCTURES], ids=[o[0] for o in STRUCTURES])
def test_structure(rows: list[list[str]], expected: list[tuple[str, int | None, str]], valid: bool) -> None:
    """As in Validata, what lacks must lack: the rest of the header is worth a word only."""
    found = tables.judged(tables.schema(*ABC), rows)
    assert tables.codes(found) == expected
    assert found.valid is valid


def test_a_table_of_another_schema_is_told_as_such() -> None:
    """Rather than by its missing columns alone."""
    found = tables.judged(tables.schema(*ABC), [["x", "y"], ["1", "2"]])
    assert ("no-known-column", None, "") in tables.codes(found)
    assert not found.valid


def test_all_findings_are_counted_and_the_first_are_kept() -> None:
    """Of each kind in each column, also across the pieces of a file."""
    wanted = tables.schema({"name": "n", "type": "integer"}, {"name": "m", "constraints": {"required": True}})
    rows = [["n", "m"], *[["x", ""]] * 5000]
    found = tables.judged(wanted, rows, kept=3)
    assert len(found.findings) == 6
    assert found.totals == {("type-integer", "n"): 5000, ("required", "m"): 5000}
    assert (found.errors, found.rows) == (10000, 5000)


def test_findings_do_not_depend_on_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows keep their numbers, and repeated values are seen, where a file is read in many pieces."""
    wanted = tables.schema({"name": "n", "constraints": {"unique": True}}, {"name": "m", "type": "integer"})
    rows = [["n", "m"], *[[str(number % 900), "x" if number % 100 == 0 else "1"] for number in range(1000)]]
    whole = tables.judged(wanted, rows)
    monkeypatch.setattr("ckanext.opendatafrance.validation.pieces.PIECE", 256)
    assert tables.codes(tables.judged(wanted, rows)) == tables.codes(whole)
    assert whole.totals == {("unique", "n"): 100, ("type-integer", "m"): 10}


def test_every_shipped_schema_is_read_and_found() -> None:
    """By its name, by its version and by its address; the socle commun comes first."""
    at_hand = catalogue.shipped()
    found = at_hand.all(older=True)
    assert len(found) > 60
    assert catalogue.SOCLE in found[0].descriptor["labels"]
    for one in found:
        assert at_hand.get(f"{one.id}@{one.version}") is one
    for one in at_hand.all():
        assert at_hand.get(one.id) is one
        assert at_hand.get(catalogue.addresses(one)[0]).id == one.id
    assert at_hand.get("SUBVENTIONS").id == "scdl/subventions"
    with pytest.raises(UnknownSchemaError, match="scdl/subventions"):
        at_hand.get("subvention")
    with pytest.raises(UnknownSchemaError, match="version 9"):
        at_hand.get("scdl/subventions@9")


def test_every_shipped_check_is_known() -> None:
    """No schema of ours asks for a check that does not exist."""
    for one in catalogue.shipped().all(older=True):
        header = [field.name for field in one.fields]
        found = tables.judged(one, [header])
        assert "check-error" not in [finding.code for finding in found.findings], one.id


def test_levels_are_those_of_validata() -> None:
    """Only what is worth a word is a warning."""
    warned = {code for code in wording.MESSAGES if levels.level(code) == "warning"}
    assert warned == {"missing-optional-column", "extra-column", "column-order", "blank-column"}
