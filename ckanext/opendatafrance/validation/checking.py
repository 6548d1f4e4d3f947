"""A file, on disk or at an address, to its report: recognised where nobody says its schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.validation import recognition, report
from ckanext.opendatafrance.validation.catalogue import Catalogue
from ckanext.opendatafrance.validation.opening import open_table
from ckanext.opendatafrance.validation.recognition import Guess
from ckanext.opendatafrance.validation.report import Report
from ckanext.opendatafrance.validation.table import Table
from ckanext.opendatafrance.validation.table_schema import TableSchema


class UnrecognisedTableError(OdfError):
    """No schema fits the table, and none was named."""

    code = "unrecognised-table"


def check(file: BinaryIO, catalogue: Catalogue, schema: TableSchema | None = None, kept: int = 100) -> Report:
    """Check an open file.

    Args:
        schema: the one to check against; the likeliest where it is None.
        kept: how many findings of each kind in each column are kept.

    Raises:
        UnreadableTableError: the file is no table.
        UnrecognisedTableError: no schema was named and none fits.
    """
    with opened(file, catalogue, schema) as (table, guesses):
        chosen = schema or best(guesses)
        return report.run(chosen, table, kept)


def best(guesses: list[Guess]) -> TableSchema:
    """The likeliest schema.

    Raises:
        UnrecognisedTableError: there is none.
    """
    if not guesses:
        raise UnrecognisedTableError(
            N_("No schema fits the columns of this table. Name one: “ckan odf schema list” lists them.")
        )
    return guesses[0].schema


@contextmanager
def opened(
    file: BinaryIO, catalogue: Catalogue, schema: TableSchema | None = None
) -> Iterator[tuple[Table, list[Guess]]]:
    """An open table, and, where no schema is given, those that it may follow."""
    known = [one.name for one in schema.fields] if schema else _names(catalogue)
    with open_table(file, known) as table:
        if schema:
            yield table, []
            return
        first = next(table.chunks, None)
        guesses = recognition.guess(catalogue, table.header, first.frame if first else None)
        yield replace(table, chunks=chain([first] if first else [], table.chunks)), guesses


def _names(catalogue: Catalogue) -> list[str]:
    return sorted({field.name for schema in catalogue.all(older=True) for field in schema.fields})


@contextmanager
def source(place: str, fetch: Transport) -> Iterator[BinaryIO]:
    """A file of this machine, or one at an address, opened through the guarded client.

    Raises:
        OdfError: it cannot be read; says why.
    """
    if place.startswith(("http://", "https://")):
        with fetch.download(place) as answer:
            yield answer.file  # type: ignore[misc]
        return
    try:
        with Path(place).open("rb") as file:
            yield file
    except OSError as error:
        raise OdfError(
            N_("The file {file} cannot be read ({reason})."), code="no-file", file=place, reason=error.strerror or ""
        ) from error
