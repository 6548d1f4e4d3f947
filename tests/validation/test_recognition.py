"""Which schema a file follows, when nobody says."""

from __future__ import annotations

import io

import pytest
import small_tables as tables

from ckanext.opendatafrance.validation import catalogue, checking, recognition
from ckanext.opendatafrance.validation.checking import UnrecognisedTableError


def _named(schema) -> list[str]:
    return [one.name for one in schema.fields]


@pytest.mark.parametrize("schema", catalogue.shipped().all(older=True), ids=lambda one: f"{one.id}@{one.version}")
def test_a_header_is_known_by_itself(schema) -> None:
    """Each schema is the likeliest one for its own columns, but where another has the very same."""
    found = recognition.guess(catalogue.shipped(), _named(schema))
    likeliest = {tuple(_named(one.schema)) for one in found if one.confidence == found[0].confidence}
    assert tuple(_named(schema)) in likeliest


def test_columns_of_other_spelling_and_order_are_recognised() -> None:
    """As spreadsheets and habits make them."""
    header = ["Nom attribuant", "ID_ATTRIBUANT", "dateconvention", "Montant", "nature", "objet", "nom bénéficiaire"]
    header += ["idBeneficiaire", "conditions versement", "referenceDecision", "notre colonne"]
    assert recognition.guess(catalogue.shipped(), header)[0].schema.id == "scdl/subventions"


def test_versions_are_told_apart_by_their_columns() -> None:
    """An older BAL is not called a bad new one."""
    for version in ("1.3.0", "1.4.0", "1.5.0"):
        header = _named(catalogue.shipped().get(f"etalab/schema-bal@{version}"))
        assert recognition.guess(catalogue.shipped(), header)[0].schema.version == version


def test_a_table_of_no_schema_is_not_given_one() -> None:
    """Few common names prove nothing; the message says what to do."""
    assert recognition.guess(catalogue.shipped(), ["nom", "x", "y", "z", "t"]) == []
    with pytest.raises(UnrecognisedTableError, match="ckan odf schema list"):
        checking.check(io.BytesIO(b"u,v\n1,2\n"), catalogue.shipped())


def test_a_recognised_file_is_checked_whole() -> None:
    """The rows that recognition looked at are not lost."""
    schema = catalogue.shipped().get("scdl/prenoms")
    line = [str(one.descriptor.get("example", "")) for one in schema.fields]
    report = checking.check(io.BytesIO(tables.csv_bytes([_named(schema), *[line] * 5])), catalogue.shipped())
    assert (report.schema.id, report.rows) == ("scdl/prenoms", 5)


def test_real_files_are_recognised(corpus) -> None:
    """Those that towns and tools wrote, by the folder that they are kept in."""
    expected = {"validateur-bal": "etalab/schema-bal", "schema-irve": "etalab/schema-irve-statique"}
    for folder, schema_id in expected.items():
        files = [*corpus.rglob(f"*/{folder}/**/*.csv")]
        if not files:
            continue
        told = []
        for file in files:
            with file.open("rb") as opened, checking.opened(opened, catalogue.shipped()) as (_, guesses):
                told.append(guesses[0].schema.id if guesses else "")
        assert told.count(schema_id) >= len(told) / 2, (folder, told)
