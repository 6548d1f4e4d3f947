"""Licences by which French bodies publish: one list for the form, the harvest and the feeds.

`codes/licences.json` has the shape that CKAN's option `licenses_group_url` reads. Ids are CKAN's and data.gouv.fr's
where these have one (lov2, fr-lo, odc-odbl, cc-by…), since both recognise them; a licence whose version is known has
its own (cc-by-4.0). Licence Ouverte 2.0, the one that French law names first, is first.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.opendatafrance.reference.folding import fold, fold_url

#: Give CKAN this file as `licenses_group_url = file://…`.
FILE = Path(__file__).parent / "codes" / "licences.json"
EU_BASE = "http://publications.europa.eu/resource/authority/licence/"
_SPDX_BASES = ("spdx.org/licenses/", "spdx.org/rdf/terms/")
_URL = re.compile(r"https?://[^\s\"'<>()]+")
_TAG = re.compile(r"<[^<>]+>")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of the list.

    Attributes:
        id: CKAN's `license_id`.
        title: English title.
        title_fr: French title.
        url: canonical page, empty for the "other" ones.
        open: whether it meets the Open Definition.
        spdx: SPDX id or empty.
        eu: URI in the EU authority table "licence" or empty.
        udata: id of the licence (or of the nearest) on data.gouv.fr, empty where it knows none.
        urls: other addresses of the licence.
        names: other names of it.
    """

    id: str
    title: str
    title_fr: str
    url: str
    open: bool
    spdx: str
    eu: str
    udata: str
    urls: tuple[str, ...]
    names: tuple[str, ...]

    def label(self, lang: str = "en") -> str:
        """French for French, else English."""
        return self.title_fr if lang.startswith("fr") else self.title


@cache
def licences() -> dict[str, Licence]:
    """All licences by id, in the order of the form."""
    found = {}
    for entry in json.loads(FILE.read_text(encoding="utf-8")):
        found[entry["id"]] = Licence(
            id=entry["id"],
            title=entry["title"],
            title_fr=entry["title_fr"],
            url=entry["url"],
            open=entry["od_conformance"] == "approved",
            spdx=entry["spdx"],
            eu=EU_BASE + entry["eu"] if entry["eu"] else "",
            udata=entry["udata"],
            urls=tuple(entry["urls"]),
            names=tuple(entry["names"]),
        )
    return found


def get(license_id: str) -> Licence | None:
    """The licence with exactly this id."""
    return licences().get(license_id)


def choices() -> list[dict[str, Any]]:
    """The licences as choices of a ckanext-scheming field."""
    return [{"value": one.id, "label": {"en": one.title, "fr": one.title_fr}} for one in licences().values()]


def find(text: str) -> Licence | None:
    """The licence that an id, title, URL, EU or SPDX code or a usual wording (also in HTML) means.

    Exact names come first, then addresses in the text, then wordings. None where nothing or more than one licence
    is recognised: a wrong licence is worse than none.
    """
    text = html.unescape(text).strip()
    if exact := _by_name().get(fold(text)) or _by_url(text):
        return exact
    linked = {found.id: found for url in _URL.findall(text) if (found := _by_url(url))}
    if len(linked) == 1:
        return next(iter(linked.values()))
    plain = fold(_TAG.sub(" ", _URL.sub(" ", text)))
    if len(linked) > 1 or len(plain) > _LONGEST_NAME * 10:
        return None
    return _by_name().get(plain) or _by_wording(plain)


@cache
def _by_name() -> dict[str, Licence]:
    names: dict[str, Licence] = {}
    for one in licences().values():
        eu = one.eu.removeprefix(EU_BASE)
        for name in (one.id, one.title, one.title_fr, one.spdx, eu, *one.names):
            if name:
                names.setdefault(fold(name), one)
    return names


@cache
def _urls() -> dict[str, Licence]:
    urls: dict[str, Licence] = {}
    for one in licences().values():
        for url in (one.url, one.eu, *one.urls):
            if url:
                urls.setdefault(fold_url(url), one)
    return urls


def _by_url(text: str) -> Licence | None:
    bare = fold_url(text)
    if found := _urls().get(bare):
        return found
    for base in _SPDX_BASES:
        if bare.startswith(base):
            return _by_name().get(fold(bare.removeprefix(base)))
    if bare.startswith("dcat-ap.de/def/licenses/"):
        return _by_name().get(fold(bare.removeprefix("dcat-ap.de/def/licenses/")))
    if match := re.match(r"creativecommons\.org/(?:licenses/(by[a-z-]*)|publicdomain/(zero|mark))(?:/(\d\.\d))?", bare):
        return _creative_commons(match[1] or match[2], match[3] or "")
    return None


def _creative_commons(kind: str, version: str) -> Licence | None:
    """A licence of the family: 4.0 has its own id where the list has one, other versions share the family's."""
    if kind in {"zero", "mark"}:
        return get("cc-zero" if kind == "zero" else "other-pd")
    family = {"by-nc": "cc-nc"}.get(kind, f"cc-{kind}")
    return get(f"{family}-{version}") or get(family)


def _by_wording(plain: str) -> Licence | None:
    """Recognise a folded sentence; the first pattern of each family decides for it, two families mean None."""
    found = {one.id: one for pattern, pick in _WORDINGS if (match := pattern.search(plain)) and (one := pick(match))}
    return next(iter(found.values())) if len(found) == 1 else None


def _licence_ouverte(match: re.Match[str]) -> Licence | None:
    return get("fr-lo" if match["version"] == "1" else "lov2")


def _commons(match: re.Match[str]) -> Licence | None:
    words = match["kind"]
    if match["zero"]:
        return get("cc-zero")
    kind = "by"
    if re.search(r"\bnc\b|non ?commercial|pas d utilisation commerciale", words):
        kind += "-nc"
    if re.search(r"\bnd\b|no ?deriv|pas de modification", words):
        kind += "-nd"
    elif re.search(r"\bsa\b|share ?alike|partage|memes conditions", words):
        kind += "-sa"
    version = re.search(r"\b(\d) (\d)\b", words)
    return _creative_commons(kind, f"{version[1]}.{version[2]}" if version else "")


_WORDINGS = (
    (
        re.compile(
            r"\b(?:licen[cs]e ouverte|open licen[cs]e|etalab)\b"
            r"(?:(?: licen[cs]e| ouverte| open| etalab| lo| ol| version| v| de| la| l)*?"
            r" ?v?(?P<version>[12])(?: 0)?\b)?"
        ),
        _licence_ouverte,
    ),
    (re.compile(r"\bodbl\b|\bopen database licen[cs]e\b"), lambda match: get("odc-odbl")),
    (re.compile(r"\bodc by\b|\bopen data commons attribution\b"), lambda match: get("odc-by")),
    (re.compile(r"\bpddl\b"), lambda match: get("odc-pddl")),
    (
        re.compile(
            r"\b(?P<zero>cc ?0|cc ?zero|creative commons zero)\b"
            r"|\b(?:cc|creative commons)(?P<kind> (?:by|attribution|paternite)\b.*)"
        ),
        _commons,
    ),
    (re.compile(r"\bdomaine public\b|\bpublic domain\b"), lambda match: get("other-pd")),
    (re.compile(r"\blicence mobilites?\b"), lambda match: get("mobility-licence")),
)
