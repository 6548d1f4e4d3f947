"""Contacts and publishers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from ckanext.opendatafrance.harvest.mapping import urls
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import shorten
from ckanext.opendatafrance.reference import siren

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_AT = re.compile(r"\s*(?:\(|\[|\{)?\s*(?:@|\bat\b|\barobase\b|\[a\]|\(a\))\s*(?:\)|\]|\})?\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[\(\[\{]\s*(?:dot|point)\s*[\)\]\}]\s*", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(\d{14}|\d{9})(?!\d)")
_LONGEST_NAME = 500
_LONGEST_MAIL = 1000
"""Characters among which an address is looked for; the search takes the square of their number."""


def email(value: Any, field: str, notes: Notes) -> str:
    """One address without mailto:, blanks, angle brackets or "(at)"; empty, with an issue, where there is none."""
    said = shorten(to_line(value), _LONGEST_MAIL)
    if not said:
        return ""
    text = re.sub(r"^(?:mailto:)+", "", unquote(said).strip(), flags=re.IGNORECASE).split("?")[0]
    if (
        found := _EMAIL.search(text)
        or _EMAIL.search(_DOT.sub(".", _AT.sub("@", text)))
        or _EMAIL.search(text.replace(" ", ""))
    ):
        return found[0].strip(".")
    notes.left_out("email-unreadable", field, said)
    return ""


def agent(
    field: str,
    notes: Notes,
    *,
    name: Any = "",
    mail: Any = "",
    url: Any = "",
    uri: Any = "",
    identifier: Any = "",
    kind: Any = "",
) -> dict[str, str]:
    """A contact or publisher with what is known of it; empty where nothing is.

    A SIRET or SIREN is looked for in the identifier and in the URI, and written with digits only. A name that is an
    e-mail address or a web page is taken for what it is.
    """
    said = to_line(name)
    if said and not to_line(mail) and _EMAIL.fullmatch(said.removeprefix("mailto:")):
        mail = said
    page, address = to_line(url), to_line(uri)
    if page.lower().startswith("mailto:"):
        mail, page = mail or page, ""
    if address.lower().startswith("mailto:"):
        mail, address = mail or address, ""
    found = {
        "name": shorten(said, _LONGEST_NAME),
        "email": email(mail, f"{field}.email", notes),
        "url": urls.clean(page, f"{field}.url", notes),
        "uri": urls.uri(address),
        "identifier": company_number(identifier) or company_number(address) or to_line(identifier),
        "type": to_line(kind),
    }
    return {key: value for key, value in found.items() if value}


def company_number(value: Any) -> str:
    """The SIRET (14 digits) or SIREN (9) within a text, checked by its key; empty where there is none."""
    text = to_line(value)
    compact = re.sub(r"(?<=\d)[\s.](?=\d)", "", text)
    for number in _NUMBER.findall(compact):
        if siren.is_siret(number) or siren.is_siren(number):
            return number
    return ""
