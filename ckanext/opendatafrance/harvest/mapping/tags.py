"""Key words, changed as little as CKAN's rules for tags demand; accents and capitals stay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import shorten
from ckanext.opendatafrance.harvest.mapping.urls import is_web

MIN_LENGTH, MAX_LENGTH = 2, 100  # ckan.model.tag
MAX_TAGS = 200
_SEPARATORS = re.compile(r"[,;|\n\t•]+|\s>\s")
_JOINS = re.compile(r"\s*[/'’ʼ`´:]\s*")
_FORBIDDEN = re.compile(r"[^\w \-.]")
_BLANKS = re.compile(r"\s+")


def clean(words: Iterable[Any], notes: Notes) -> list[dict[str, str]]:
    """Tags from key words: lists in one word are split, doubles dropped.

    An apostrophe, a slash or a colon becomes a hyphen and other forbidden characters a blank ("qualité de l'air" →
    "qualité de l-air"). What is too short, or a web address, is left out with an issue.
    """
    tags: dict[str, str] = {}
    for word in words:
        for part in _SEPARATORS.split(
            to_line(word) if not isinstance(word, str) or "<" in word or "&" in word else word
        ):
            tag = _clean_one(part, notes)
            if tag:
                tags.setdefault(tag.casefold(), tag)
    if len(tags) > MAX_TAGS:
        notes.warn(
            "tags-too-many",
            N_("tags: only the first {limit} of {count} key words are kept."),
            limit=MAX_TAGS,
            count=len(tags),
        )
    return [{"name": tag} for tag in list(tags.values())[:MAX_TAGS]]


def _clean_one(word: str, notes: Notes) -> str:
    said = to_line(word)
    if not said:
        return ""
    if is_web(said):
        notes.left_out("tag-is-address", "tags", said, N_("it is a web address, not a key word."))
        return ""
    tag = _BLANKS.sub(" ", _FORBIDDEN.sub(" ", _JOINS.sub("-", said))).strip(" -")
    if len(tag) < MIN_LENGTH:
        notes.left_out("tag-too-short", "tags", said, N_("a key word has at least two letters or digits."))
        return ""
    if len(tag) > MAX_LENGTH:
        short = shorten(tag, MAX_LENGTH).rstrip("…").strip(" -")
        notes.mended("tag-shortened", "tags", said, short)
        return short
    return tag
