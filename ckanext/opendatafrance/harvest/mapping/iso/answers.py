"""What a CSW 2.0.2 server answers: capabilities, lists of records, exceptions; read without entities or network."""

from __future__ import annotations

import re
from dataclasses import dataclass

import lxml.etree as etree

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, find, find_all, inside, local
from ckanext.opendatafrance.harvest.page import Page

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_RECORDS = {"MD_Metadata", "MI_Metadata", "CHE_MD_Metadata", "Record", "SummaryRecord", "BriefRecord"}
_MOST_MATCHED = 10_000_000


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a list.

    Attributes:
        matched: numberOfRecordsMatched, None where it is absent or nonsense.
        returned: numberOfRecordsReturned, which need not be the number of records.
        following: nextRecord, 0 where there is none.
        records: the elements of the records.
    """

    matched: int | None
    returned: int
    following: int
    records: tuple[Element, ...]


def read(page: Page) -> Element:
    """The root of an answer.

    Raises:
        FatalSourceError: `empty-answer`, `html-instead-of-data`, `doctype-refused`, `broken-xml`, `csw-exception` with
            what the server says.
    """
    if not page.body.strip():
        raise FatalSourceError(N_("The answer of {url} is empty."), code="empty-answer", url=page.url)
    if page.is_html:
        raise page.html_instead_of_data()
    if _ENTITY.search(page.body.replace(b"\0", b"")):  # UTF-16 has a NUL beside each letter
        raise FatalSourceError(
            N_("{url} defines XML entities (<!ENTITY …>), not read for safety: its publisher can leave them out."),
            code="doctype-refused",
            url=page.url,
        )
    root = _parsed(page)
    if local(root) in ("ExceptionReport", "ServiceExceptionReport"):
        raise _exception(root, page.url)
    return root


def results(root: Element, url: str) -> Results:
    """A page of records; a single record, as GetRecordById or a file gives it, is a list of one.

    Raises:
        FatalSourceError: `not-csw` where it is XML of another kind.
    """
    if local(root) in ("GetRecordsResponse", "SearchResults"):
        listed = next(inside(root, "SearchResults"), None)
        if listed is not None:
            records = tuple(find_all(listed, "*"))
            returned = _number(listed.get("numberOfRecordsReturned"))
            return Results(
                _number(listed.get("numberOfRecordsMatched")),
                len(records) if returned is None else returned,
                _number(listed.get("nextRecord")) or 0,
                records,
            )
    if local(root) == "GetRecordByIdResponse":
        records = tuple(find_all(root, "*"))
        return Results(len(records), len(records), 0, records)
    if local(root) in _RECORDS:
        return Results(1, 1, 0, (root,))
    raise FatalSourceError(
        N_("{url} is XML ({root}), but no answer of a geographic catalogue (CSW)."),
        code="not-csw",
        url=url,
        root=str(root.tag)[:200],
    )


def capabilities(root: Element) -> tuple[str, ...] | None:
    """The output schemas that the server names for GetRecords; None where these are no capabilities of a CSW."""
    if local(root) != "Capabilities" or "/cat/csw/" not in str(root.tag):
        return None
    return tuple(
        (value.text or "").strip()
        for operation in inside(root, "Operation")
        if operation.get("name") == "GetRecords"
        for parameter in find_all(operation, "Parameter")
        if (parameter.get("name") or "").lower() == "outputschema"
        for value in inside(parameter, "Value")
    )


def _parsed(page: Page) -> Element:
    parser = _parser()
    try:
        return etree.fromstring(page.body, parser)
    except etree.XMLSyntaxError as error:
        if all(entry.domain_name == "NAMESPACE" for entry in parser.error_log):  # a prefix that is not declared
            return etree.fromstring(page.body, _parser(recover=True))
        raise FatalSourceError(
            N_("The XML of {url} is broken at line {line}, column {column}: it is damaged or cut short ({reason})."),
            code="broken-xml",
            url=page.url,
            line=error.lineno or 0,
            column=error.offset or 0,
            reason=str(error.msg)[:200],
        ) from error


def _parser(recover: bool = False) -> etree.XMLParser:
    """No entities, no network, no DTD, and libxml2's own limits on depth and size."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        recover=recover,
    )


def _exception(root: Element, url: str) -> FatalSourceError:
    said = find(root, "Exception|ServiceException")
    words = " ".join("".join(root.itertext()).split())
    reason = f"{said.get('exceptionCode') or said.get('code') or ''} {words}".strip() if said is not None else words
    return FatalSourceError(
        N_("The catalogue service {url} answers with an error: “{reason}”"),
        code="csw-exception",
        url=url,
        reason=reason[:300] or "?",
    )


def _number(text: str | None) -> int | None:
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 and int(said) < _MOST_MATCHED else None
