"""Many member sites at once, from a CSV file that an administrator keeps. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.errors import N_, DataFileError, OdfError
from ckanext.opendatafrance.harvest.safety import check_url

REQUIRED = ("organization", "url")
#: Column → headings under which people write it, as `fold` gives them.
COLUMNS = {
    "organization": (
        *("organization", "organisation", "organization code", "organisation code", "code organisation", "code"),
        *("insee", "code insee", "insee code", "siren", "collectivite", "commune", "nom"),
    ),
    "url": ("url", "adresse", "address", "site", "site web", "lien", "portail"),
    "connector": ("connector", "connecteur", "kind", "type", "logiciel", "software"),
    "title": ("title", "titre"),
    "frequency": ("frequency", "frequence"),
}
#: Codes of communes of the first nine départements, from which a spreadsheet took the zero at the beginning.
_CODE_WITHOUT_ZERO = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One site of the file.

    Attributes:
        number: counted from 1 with the headings, as a spreadsheet shows it.
        organization: name, title, INSEE code or SIREN, as the file has it.
        connector: name of a connector, empty where detection is to find it out.
        wrong: msgid and params of why the line cannot be used at all.
    """

    number: int
    url: str
    organization: str
    connector: str = ""
    title: str = ""
    frequency: str = ""
    wrong: tuple[str, dict[str, Any]] | None = None


def read(content: bytes, name: str) -> list[Line]:
    """The sites of a CSV file: an organisation and a url in each line, and perhaps connector, title and frequency.

    Separated by commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252, as spreadsheets save it.

    Args:
        content: bytes of the file.
        name: of the file, for messages.

    Raises:
        DataFileError: not a CSV file, or a column is missing.
    """
    table = spreadsheet.read(content, name)
    columns = table.columns(COLUMNS)
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise DataFileError(
            N_("{file} has no column “{name}”. Its first line must name at least: {names}."),
            file=name,
            name=missing[0],
            names=", ".join(REQUIRED),
        )
    return [_line(number, values) for number, values in table.records(columns) if any(values.values())]


def codes(text: str) -> list[str]:
    """What an organisation may be called by, as a person wrote it: a spreadsheet makes 1053 of the INSEE code 01053."""
    lost = text.isdigit() and len(text) == _CODE_WITHOUT_ZERO
    return [text, f"0{text}"] if lost else [text]


def same(url: str) -> str:
    """What two spellings of one address have in common: neither scheme, nor `www.`, nor a slash at the end count."""
    try:
        target = check_url(with_scheme(url))
    except OdfError:
        return url
    return (target.netloc + target.path).removeprefix("www.").rstrip("/")


def with_scheme(url: str) -> str:
    return url if "://" in url.partition("?")[0] else f"https://{url}"


def _line(number: int, values: dict[str, str]) -> Line:
    connector, title, frequency = (values.get(name, "") for name in ("connector", "title", "frequency"))
    line = Line(number, values["url"], values["organization"], connector.lower(), title, frequency)
    for name in REQUIRED:
        if not values[name]:
            return _refused(line, EMPTY, {"name": name})
    try:
        check_url(with_scheme(line.url))
    except OdfError as error:
        return _refused(line, error.message, error.params)
    return line


def _refused(line: Line, message: str, params: dict[str, Any]) -> Line:
    return Line(line.number, line.url, line.organization, wrong=(message, params))


EMPTY = N_("The column “{name}” is empty. Fill it in or remove the line.")
