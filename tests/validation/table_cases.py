"""Tables for every schema, damaged in as many ways as its rules can be broken; seeded, so that runs are alike."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from ckanext.opendatafrance.validation import engine
from ckanext.opendatafrance.validation.finding import Finding
from ckanext.opendatafrance.validation.table import Chunk
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema

SIRETS = ("21860194600013", "35600000000048", "218 601 946 00013", "21860194600014", "218601946", "35600000049837", "x")
NASTY = {
    "string": (
        "",
        " ",
        "abc",
        " abc",
        "é" * 300,
        "0",
        "1;2",
        "a/b",
        "2A004",
        "https://x.fr",
        "www.x.fr",
        "x@y.fr",
        "x@@y",
    ),
    "number": (
        "",
        "abc",
        "1",
        "-1",
        "1.5",
        "1,5",
        "1e3",
        "NaN",
        "Infinity",
        "+5",
        " 7 ",
        "007",
        "1 000",
        "1_000",
        "-",
        "99999999",
    ),
    "integer": ("", "abc", "1", "-1", "1.0", "1,5", "1e3", "+5", " 7 ", "007", "1 000", "1_0", "99999999999999999999"),
    "boolean": ("", "true", "True", "TRUE", "1", "0", "oui", "non", "Oui", "vrai", "x", "false "),
    "date": (
        "",
        "2020-01-01",
        "01/01/2020",
        "2020-13-01",
        "2020-02-30",
        "0000-01-01",
        "2020-1-1",
        "2020",
        "2020-01-01 ",
        "20200101",
    ),
    "datetime": (
        "",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "2020-01-01 00:00:00",
        "2020-01-01T00:00:00+02:00",
        "2020-01-01T00:00",
    ),
    "time": ("", "12:00:00", "12:00", "25:00:00", "12:00:00Z"),
    "year": ("", "2020", "20", "20201", "abcd", "-202", "0000"),
    "geopoint": ("", "1,2", "[1,2]", "[1, 2]", "[200,1]", "2,91", "1;2", "[1,2,3]", "abc", "[null,1]", "48.85,2.35"),
    "geojson": ("", "{}", '{"type":"Point","coordinates":[1,2]}', '{"type":"Point"}', "[1]", "x", '{"type":"Dot"}'),
    "array": ("", "[]", '["a"]', "a;b", "[1,2]", "{}", '["lait"]', "[null]"),
    "any": ("", "x"),
}
UUIDS = (
    "3b241101-e2bb-4255-8caf-4136c566a962",
    "3B241101-E2BB-4255-8CAF-4136C566A962",
    "3b241101",
    "zb241101-e2bb-4255-8caf-4136c566a962",
)
MAILS = ("a@b.fr", "a.b-c@d-e.org", "a..b@c.fr", "a@b", "é@b.fr", "a@-b.fr", '"x y"@b.fr', "a@b.fr ")
URIS = (
    "https://x.fr/a b",
    "ftp:x",
    "mailto:a@b.fr",
    "x",
    "//x.fr",
    "http://",
    "HTTPS://X.FR",
    "1http://x",
    "https://é.fr",
)
HOURS = ("Mo-Fr 08:00-18:00", "24/7", "du lundi au vendredi", "Mo-Fr 25:00")
PHONES = ("01 99 00 27 37", "0199002737", "+33 1 99 00 27 37", "115", "3949", "12", "abc", "+1 650-253-0000")
ACTS = (
    "Finances locales/x",
    "finances locales/",
    "FINANCES LOCALES/Subventions",
    "Finances locales /x",
    "Finances locales/ x",
    "Sport/x",
    "Urbanisme",
)
PERIODS = ("2019/2020", "2020/2019", "2019/2019", "2019", "19/20", "2019-2020")
_TYPICAL = (
    "1",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "12:00:00",
    "2020",
    "[2.35, 48.85]",
    "2.35,48.85",
    '{"type":"Point","coordinates":[1,2]}',
    "[]",
    "3b241101-e2bb-4255-8caf-4136c566a962",
    "mairie@nimes.fr",
    "https://nimes.fr",
    "30189",
    "21860194600013",
    "218601946",
    "texte",
)
_CHECKS = {
    "siret": SIRETS,
    "siren": (*SIRETS, "356000000"),
    "nomenclature": ACTS,
    "year-interval": PERIODS,
    "phone": PHONES,
    "opening-hours": HOURS,
}


def tables(schema: TableSchema, seed: int = 7, rows: int = 120) -> Iterator[list[list[str]]]:
    """Tables of one damaged cell a row, header first.

    Args:
        rows: of one table; few enough for Validata, which gives up at a thousand errors.
    """
    chance = random.Random(f"{seed} {schema.id} {schema.version}")
    header = [field.name for field in schema.fields]
    good = good_row(schema)
    lines: list[list[str]] = [list(good)]
    for place, field in enumerate(schema.fields):
        for text in _damages(schema, field, good[place], chance):
            line = list(good)
            line[place] = text
            lines.append(line)
    lines.extend(_mixtures(schema, good, chance))
    for start in range(0, len(lines), rows):
        yield [header, *lines[start : start + rows]]


def structures(schema: TableSchema) -> Iterator[tuple[str, list[list[str]]]]:
    """Tables whose shape is wrong, each with a name."""
    header = [field.name for field in schema.fields]
    good = good_row(schema)
    optional = next((p for p, f in enumerate(schema.fields) if not f.required), None)
    required = next((p for p, f in enumerate(schema.fields) if f.required), None)
    yield "right", [header, good, good]
    yield "header only", [header]
    yield "reversed", [header[::-1], good[::-1]]
    yield "extra column", [[*header, "surplus"], [*good, "x"]]
    yield "extra column, blank row", [[*header, "surplus"], [*good, "x"], [""] * (len(good) + 1)]
    yield "blank row", [header, good, [""] * len(good), good]
    yield "no cell at all", [header, good, [], good]
    yield "short row", [header, good, good[:-1]]
    yield "long row", [header, good, [*good, "x"]]
    yield "other case", [[name.swapcase() for name in header], good]
    if optional is not None:
        yield "without an optional column", [_without(header, optional), _without(good, optional)]
    if required is not None and len(header) > 1:
        yield "without a required column", [_without(header, required), _without(good, required)]


def _without(cells: list[str], place: int) -> list[str]:
    return cells[:place] + cells[place + 1 :]


def good_row(schema: TableSchema) -> list[str]:
    """A row that the schema accepts, as far as that can be told from its rules."""
    row = [_good(schema, field) for field in schema.fields]
    header = [field.name for field in schema.fields]
    for _ in schema.checks:
        wrong = {one.column for one in _judged(schema, [header, row]) if one.row}
        for place, field in enumerate(schema.fields):
            if field.name in wrong and not field.required:
                row[place] = ""
    return row


def _judged(schema: TableSchema, rows: list[list[str]]) -> list[Finding]:
    frame = pl.DataFrame({f"column_{place}": [text] for place, text in enumerate(rows[1])})
    return engine.check(schema, rows[0], [Chunk(1, frame)])[1].sorted()


def _good(schema: TableSchema, field: Field) -> str:
    """The first likely text that the column accepts, and the checks of this column alone; else nothing."""
    alone = [one for one in schema.checks if one.params.get("column") == field.name and len(one.params) == 1]
    for text in _likely(schema, field):
        probe = TableSchema("probe", "1", (field,), tuple(alone))
        if not [one for one in _judged(probe, [[field.name], [text]]) if one.code != "blank-row"]:
            return text
    return ""


def _likely(schema: TableSchema, field: Field) -> Iterator[str]:
    example = field.descriptor.get("example")
    if isinstance(example, bool):
        yield field.true_values[0] if example else field.false_values[0]
    elif isinstance(example, str | int | float):
        yield str(example)
    yield from map(str, field.constraints.get("enum", ()))
    if field.type == "boolean":
        yield field.true_values[0]
    for check in schema.checks:
        yield from _for_check(check.name, check.params, field.name)
    yield from _TYPICAL


def _damages(schema: TableSchema, field: Field, good: str, chance: random.Random) -> list[str]:
    texts = list(NASTY[field.type])
    texts = chance.sample(texts, min(6, len(texts)))
    texts += {"uri": URIS, "email": MAILS, "uuid": UUIDS}.get(field.format, ())
    texts += [text for check in schema.checks for text in _for_check(check.name, check.params, field.name)]
    for name, wanted in field.constraints.items():
        texts += _around(field, name, wanted, good)
    return list(dict.fromkeys(texts))


def _for_check(name: str, params: Any, column: str) -> tuple[str, ...]:
    if params.get("column") != column:
        return ()
    return next((texts for word, texts in _CHECKS.items() if word in name), ())


def _around(field: Field, name: str, wanted: Any, good: str) -> list[str]:
    """Texts just inside and just outside of a constraint."""
    if name in ("minimum", "maximum"):
        if field.type == "date":
            day = date.fromisoformat(str(wanted))
            return [str(day), str(day - timedelta(1)), str(day + timedelta(1))]
        if field.type in ("number", "integer", "year"):
            bound, step = float(wanted), 1 if field.type != "number" else 0.001
            return [str(wanted), f"{bound - step:g}", f"{bound + step:g}", f"{wanted}.0"]
    if name in ("minLength", "maxLength"):
        return ["x" * (wanted - 1), "x" * wanted, "x" * (wanted + 1), "é" * wanted]
    if name == "enum":
        texts = [str(one) for one in wanted[:3]]
        return [*texts, *(text.upper() for text in texts), *(f" {text}" for text in texts), f"{texts[0]}x"]
    if name == "pattern":
        return [good, f"{good}x", f"x{good}", good[:-1], good.upper(), good.lower()]
    return []


def _mixtures(schema: TableSchema, good: list[str], chance: random.Random) -> Iterator[list[str]]:
    """Rows whose columns no longer agree: what the checks of several columns look at."""
    places = {field.name: place for place, field in enumerate(schema.fields)}
    for check in schema.checks:
        names = [check.params.get(key) for key in ("column", "column1", "column2")]
        names += [*check.params.get("columns", ()), *check.params.get("othercolumns", ())]
        columns = [places[name] for name in names if name in places]
        if len(columns) < 2:
            continue
        for _ in range(12):
            line = list(good)
            for place in columns:
                line[place] = chance.choice(["", "0", "1", "2", "10", "2017-01-01", "2019-01-01", "x", good[place]])
            yield line
