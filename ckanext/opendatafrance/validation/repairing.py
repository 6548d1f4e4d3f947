"""Repair from a file to a file, and what was repaired in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.validation import checking
from ckanext.opendatafrance.validation.catalogue import Catalogue
from ckanext.opendatafrance.validation.repair import Change, Repair
from ckanext.opendatafrance.validation.report import Report
from ckanext.opendatafrance.validation.table_schema import TableSchema
from ckanext.opendatafrance.validation.wording import Say

SENTENCES: Mapping[str, str] = {
    "encoding": N_("Encoding {before} written as {after}"),
    "delimiter": N_("Separator “{before}” written as “{after}”"),
    "format": N_("Spreadsheet ({before}) written as CSV"),
    "lines-above": N_("{count} lines above the header left out"),
    "column-name": N_("Column “{before}” renamed “{after}”"),
    "column-order": N_("Columns put in the order of the schema"),
    "column-added": N_("Empty column “{after}” added"),
    "column-dropped": N_("{count} columns without a name left out"),
    "cells-added": N_("{count} lines that ended too early filled up with empty cells"),
    "cells-dropped": N_("{count} lines without the empty cells that they had too many"),
    "rows-dropped": N_("{count} empty lines left out"),
    "spaces": N_("{column}: {count} cells without their superfluous spaces"),
    "date": N_("{column}: {count} dates put in the form of the schema (“{before}” → “{after}”)"),
    "year": N_("{column}: {count} years (“{before}” → “{after}”)"),
    "number": N_("{column}: {count} numbers (“{before}” → “{after}”)"),
    "boolean": N_("{column}: {count} yes or no (“{before}” → “{after}”)"),
    "spelling": N_("{column}: {count} values in the spelling of the schema (“{before}” → “{after}”)"),
    "zeros": N_("{column}: {count} numbers with the zero that a spreadsheet took away (“{before}” → “{after}”)"),
    "scientific": N_("{column}: {count} numbers written in full (“{before}” → “{after}”)"),
    "decimals": N_("{column}: {count} numbers without needless decimals (“{before}” → “{after}”)"),
    "address": N_("{column}: {count} web addresses completed (“{before}” → “{after}”)"),
}


def to_file(
    file: BinaryIO, catalogue: Catalogue, schema: TableSchema, output: str, kept: int = 100
) -> tuple[list[Change], Report]:
    """Write a corrected copy and check it.

    The copy takes its place once it is whole, so that a file may be corrected onto itself.

    Returns:
        What was corrected, and the report on the copy.

    Raises:
        OdfError: the copy cannot be written.
    """
    partial = Path(f"{output}.part")
    try:
        with checking.opened(file, catalogue, schema) as (table, _):
            repair = Repair(schema, table)
            with partial.open("w", encoding="utf-8", newline="") as copy:
                repair.write(copy)
        partial.replace(output)
    except OSError as error:
        raise OdfError(
            N_("The corrected copy {file} cannot be written ({reason})."),
            code="no-copy",
            file=output,
            reason=error.strerror or "",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    with Path(output).open("rb") as copy:
        return repair.changes, checking.check(copy, catalogue, schema, kept)


def sentence(change: Change, say: Say) -> str:
    """What was corrected, in words."""
    before, after = change.examples[0] if change.examples else ("", "")
    shown = {"\t": "⇥"}
    fields = {"before": shown.get(before, before), "after": after, "count": change.count, "column": change.column}
    return say(SENTENCES[change.kind], fields)
