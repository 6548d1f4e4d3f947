"""Many member sites at once, from a CSV file that an administrator keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.errors import N_, DataFileError

REQUIRED = ("url", "organization")
OPTIONAL = ("title", "connector", "frequency")


@dataclass(frozen=True, slots=True)
class Line:
    """One site of the file; `number` counts from 1 with the header, as a spreadsheet shows it."""

    number: int
    url: str
    organization: str
    options: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> Iterator[Line]:
    """Yield the sites of a CSV file with the columns url, organization and perhaps title, connector, frequency.

    Separated by commas or semicolons, in UTF-8 or Windows-1252, as spreadsheets save it.

    Raises:
        DataFileError: a column is missing or a line has no url or organisation; names file, line and column.
    """
    table = spreadsheet.read(path.read_bytes(), path.name)
    columns = table.columns({name: (name,) for name in (*REQUIRED, *OPTIONAL)})
    for name in REQUIRED:
        if name not in columns:
            raise DataFileError(
                N_("{file} has no column “{name}”. Its first line must name at least: {names}."),
                file=path.name,
                name=name,
                names=", ".join(REQUIRED),
            )
    for number, values in table.records(columns):
        if not any(values.values()):
            continue
        for name in REQUIRED:
            if not values[name]:
                raise DataFileError(
                    N_("{file}, line {line}: the column “{name}” is empty. Fill it in or remove the line."),
                    file=path.name,
                    line=number,
                    name=name,
                )
        options = {name: values[name] for name in OPTIONAL if values.get(name)}
        yield Line(number, values["url"], values["organization"], options)
