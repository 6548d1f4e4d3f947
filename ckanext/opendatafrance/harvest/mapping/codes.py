"""From what a source says to the codes that datasets store: licence, frequency, themes, languages, HVD, access."""

from __future__ import annotations

from collections.abc import Iterable

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import shorten
from ckanext.opendatafrance.reference import frequencies, hvd, languages, licences, themes
from ckanext.opendatafrance.reference.folding import fold, fold_url

ACCESS_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_ACCESS_WORDS = {
    "public": "PUBLIC",
    "ouvert": "PUBLIC",
    "open": "PUBLIC",
    "donnees ouvertes": "PUBLIC",
    "open data": "PUBLIC",
    "restricted": "RESTRICTED",
    "restreint": "RESTRICTED",
    "restricted public": "RESTRICTED",
    "non public": "NON_PUBLIC",
    "non publique": "NON_PUBLIC",
}


def licence(said: Iterable[str], notes: Notes) -> tuple[str, str]:
    """License id and, where none is recognised, the wording itself so that it can be kept with the resources.

    Args:
        said: the wordings, best first (URI, title, text of rights); the first that is recognised decides.
    """
    wordings = [text for text in (one.strip() for one in said) if text]
    for text in wordings:
        if (found := licences.find(text)) and found.id != "notspecified":
            return found.id, ""
    if not wordings:
        return "", ""
    if licences.find(wordings[0]):
        return "notspecified", ""
    wording = shorten(" ; ".join(dict.fromkeys(to_line(text) for text in wordings)), 1000)
    notes.warn(
        "licence-unknown",
        N_("license_id: the licence “{value}” is not one of the list; its wording is kept with the resources."),
        value=wording,
    )
    return "", wording


def frequency(said: Iterable[str], notes: Notes) -> str:
    """EU frequency URI of the first wording that is recognised."""
    wordings = [text for text in (to_line(one) for one in said) if text]
    for text in wordings:
        if found := frequencies.find(text):
            return found.uri
    if wordings:
        notes.left_out("frequency-unknown", "frequency", wordings[0])
    return ""


def theme_uris(said: Iterable[str]) -> tuple[list[str], list[str]]:
    """EU theme URIs, and the wordings that are no theme of that list (to keep as key words)."""
    uris: dict[str, None] = {}
    others: list[str] = []
    for word in (to_line(one) for one in said):
        found = themes.guess([word]) if word else []
        uris.update(dict.fromkeys(code.uri for code in found))
        if word and themes.THEMES.get(word) is None:
            others.append(word)
    return list(uris), others


def language_uris(said: Iterable[str], field: str, notes: Notes) -> list[str]:
    """EU language URIs, each once."""
    uris: dict[str, None] = {}
    for word in (to_line(one) for one in said):
        if not word:
            continue
        if found := languages.find(word):
            uris.setdefault(found.uri)
        else:
            notes.left_out("language-unknown", field, word)
    return list(uris)


def hvd_categories(said: Iterable[str], notes: Notes) -> list[str]:
    """URIs of the HVD categories, each once: the six, and their sub-categories of the same vocabulary."""
    uris: dict[str, None] = {}
    for word in (to_line(one) for one in said):
        if found := hvd.CATEGORIES.find(word):
            uris.setdefault(found.uri)
        elif word.startswith(hvd.CATEGORIES.base):
            uris.setdefault(word)
        elif word:
            notes.left_out("hvd-unknown", "hvd_category", word, N_("it is no category of high-value datasets."))
    return list(uris)


def access_rights(said: Iterable[str]) -> str:
    """EU access right URI where a wording means one of the three, else the first wording itself."""
    wordings = [text for text in (to_line(one) for one in said) if text]
    base = fold_url(ACCESS_RIGHTS)
    for text in wordings:
        bare = fold_url(text).removeprefix(base).strip("/")
        if code := _ACCESS_WORDS.get(fold(bare)):
            return ACCESS_RIGHTS + code
    return wordings[0] if wordings else ""
