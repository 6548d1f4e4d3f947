"""Walking through ISO metadata by local names, and reading a property in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import lxml.etree as etree

from ckanext.opendatafrance.reference import languages

Element: TypeAlias = "etree._Element"
HREF = "{http://www.w3.org/1999/xlink}href"
_ENGLISH = languages.LANGUAGES.base + "ENG"
#: What holds the value of a property in one piece.
_PLAIN = frozenset(
    {"CharacterString", "Anchor", "URL", "MimeFileType", "FileName", "LocalName", "ScopedName", "Date", "DateTime"}
    | {"Decimal", "Real", "Integer", "Measure", "Distance", "Boolean", "Record", "TM_PeriodDuration"}
)


def local(element: Element) -> str:
    """The name of an element without its namespace, or without a prefix that nobody declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def find_all(element: Element, path: str) -> list[Element]:
    """Elements at the end of a path of local names: `*` is any, `a|b` one of two."""
    found = [element]
    for step in path.split("/"):
        names = step.split("|")
        found = [
            child
            for one in found
            for child in one
            if isinstance(child.tag, str) and (step == "*" or local(child) in names)
        ]
    return found


def find(element: Element, path: str) -> Element | None:
    return next(iter(find_all(element, path)), None)


def inside(element: Element, *names: str) -> Iterator[Element]:
    """All descendants with one of these local names."""
    return (one for one in element.iter(etree.Element) if local(one) in names)


def href(element: Element) -> str:
    """The address of an anchor, or of the property itself."""
    for one in (element, *find_all(element, "*")):
        if address := (one.get(HREF) or "").strip():
            return address
    return ""


def code(element: Element | None) -> str:
    """The value of a code list: its attribute, else its text."""
    if element is None:
        return ""
    inner = find(element, "*")
    holder = element if inner is None else inner
    return (holder.get("codeListValue") or holder.text or "").strip()


class Metadata:
    """One ISO record and the languages that it is written in."""

    def __init__(self, root: Element) -> None:
        self.root = root

    def text(self, path: str, within: Element | None = None) -> str:
        """The first text at a path that is not empty."""
        return next(iter(self.texts(path, within)), "")

    def texts(self, path: str, within: Element | None = None) -> list[str]:
        found = (self.said(one) for one in find_all(self.root if within is None else within, path))
        return [text for text in found if text]

    def said(self, prop: Element) -> str:
        """The text of a property: French where it is given (PT_FreeText), else the main one, else English, else any."""
        plain = _plain(prop)
        free = {
            one.get("locale", "").lstrip("#"): text
            for one in inside(prop, "LocalisedCharacterString", "LocalisedURL")
            if (text := (one.text or "").strip())
        }
        if not free or (plain and self.language == languages.FRENCH):
            return plain or next(iter(free.values()), "")
        by_language = {self._locales.get(name) or _language(name): text for name, text in reversed(free.items())}
        return by_language.get(languages.FRENCH) or plain or by_language.get(_ENGLISH) or next(iter(free.values()))

    @cached_property
    def language(self) -> str:
        """EU URI of the language of the record itself, empty where it does not say."""
        said = find(self.root, "language")
        if said is None:
            said = find(self.root, "defaultLocale/*/language|languageCode")
        return _language(code(said) or _plain(said)) if said is not None else ""

    @cached_property
    def _locales(self) -> dict[str, str]:
        """EU language URIs by the ids that texts refer to."""
        return {
            locale.get("id", ""): _language(code(find(locale, "languageCode|language")))
            for locale in inside(self.root, "PT_Locale")
        }


def _plain(prop: Element) -> str:
    for child in find_all(prop, "*"):
        if local(child) in _PLAIN:
            return (child.text or "").strip()
    return (prop.text or "").strip()


def _language(said: str) -> str:
    found = languages.find(said) if said else None
    return found.uri if found else ""
