"""Which period the data is about."""

from __future__ import annotations

import re
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping import dates
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference.dates import parse

FIELD = "temporal_coverage"
_DCMI = re.compile(r"\b(start|end)\s*=\s*([^;]*)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:-|–|—|à|au|to|until|jusqu'à|jusqu'au)\s+|\s*[–—]\s*", re.IGNORECASE)
_INTERVAL = re.compile(r"\s*/\s*")  # ISO 8601
_YEARS = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4})")
_FROM = re.compile(r"^(?:depuis|à partir de|à partir du|from|since|du|de)\s+", re.IGNORECASE)
_UNTIL = re.compile(r"^(?:jusqu['’](?:en|à|au)|until|avant)\s+", re.IGNORECASE)
_OPEN = {"", "..", "now", "present", "à ce jour", "aujourd'hui"}


def period(start: Any, end: Any, notes: Notes) -> dict[str, str]:
    """One entry of temporal_coverage from its bounds, put in order where they are the wrong way round."""
    first, last = (dates.coverage(bound, FIELD, notes) for bound in (start, end))
    if first and last and last[: len(first)] < first[: len(last)]:
        notes.warn(
            "period-reversed",
            N_("{field}: the end {end} is before the start {start}; they were exchanged."),
            field=FIELD,
            start=first,
            end=last,
        )
        first, last = last, first
    return {key: value for key, value in (("start", first), ("end", last)) if value}


def literal(said: Any, notes: Notes) -> dict[str, str]:
    """An entry from one plain value: "2012", "2009 - 2012", "2020-01-01/2020-12-31", DCMI Period, "depuis 2015"."""
    text = " ".join(str(said).split()) if isinstance(said, str | int) else ""
    if not text:
        return {}
    if named := {name.lower(): value.strip() for name, value in _DCMI.findall(text)}:
        return period(named.get("start"), named.get("end"), notes)
    if years := _YEARS.fullmatch(text):
        return period(years[1], years[2], notes)
    if _UNTIL.match(text):
        return period("", _UNTIL.sub("", text), notes)
    if exact := parse(text):
        return {"start": exact, "end": exact}
    bare = _FROM.sub("", text)
    bounds = next((parts for by in (_BETWEEN, _INTERVAL) if len(parts := by.split(bare)) == 2), [])
    if bounds:
        start, end = ("" if bound.strip().lower() in _OPEN else bound for bound in bounds)
        return period(start, end, notes)
    if _FROM.match(text) and (start := parse(_FROM.sub("", text))):
        return {"start": start}
    notes.left_out("period-unreadable", FIELD, text)
    return {}
