"""Texts made to keep a harvest busy: every step of the mapping takes time in proportion to their length."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest.mapping import (
    agents,
    codes,
    dates,
    files,
    geometry,
    markup,
    said,
    spatial,
    tags,
    temporal,
    texts,
    urls,
)
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import licences

LENGTH = 60_000
MOST = 4.0
"""Seconds of this process for one step; those that take the square of the length need far more."""
UNITS = (
    *(
        " ",
        "\n",
        "\t ",
        "<",
        "<!--",
        "<a ",
        "<p>",
        "<div ",
        "&lt;p",
        "&",
        "&#",
        "[",
        "](",
        "**",
        "`",
        "_ ",
        "> ",
        "1. ",
    ),
    *("a", "a.", "a@", "@", "at ", "(", "http://", "https:", "javascript:", "j a v a ", "data:", "data: a/", "on", "%"),
    *("9", "9 ", "1,", "1.", "-", " - ", "– ", "/", "du ", "e1", "+", '"', "'", ";", ",", "|", "POINT(", "SRID=1;"),
    *(
        "<gml:pos>",
        "<script",
        "</script",
        "é",
        "\u00a0",
        "\u200b",
        "x=1;",
        "start=",
        "\ud800",
        "\0",
        "<svg>",
        "onclick=",
    ),
)


def _dated(text: str) -> None:
    dates.publication(text, "f", Notes("x"))
    dates.coverage(text, "f", Notes("x"))


STEPS: dict[str, Callable[[str], Any]] = {
    "markdown": lambda text: markup.to_markdown(text, Notes("x")),
    "line of markup": markup.to_line,
    "line": texts.line,
    "paragraphs": texts.paragraphs,
    "e-mail": lambda text: agents.email(text, "f", Notes("x")),
    "agent": lambda text: agents.agent("f", Notes("x"), name=text, identifier=text, url=text),
    "licence": lambda text: codes.licence([text], Notes("x")),
    "licence by itself": licences.find,
    "frequency": lambda text: codes.frequency([text], Notes("x")),
    "themes": lambda text: codes.theme_uris([text]),
    "languages": lambda text: codes.language_uris([text], "f", Notes("x")),
    "rights": lambda text: codes.access_rights([text]),
    "hvd": lambda text: codes.hvd_categories([text], Notes("x")),
    "dates": _dated,
    "period": lambda text: temporal.literal(text, Notes("x")),
    "place": lambda text: spatial.literal(text, Notes("x")),
    "geometry": geometry.parse,
    "tags": lambda text: tags.clean([text], Notes("x")),
    "file": lambda text: files.describe([text], [text], text, text),
    "size": lambda text: files.size(text, Notes("x")),
    "checksum": lambda text: files.checksum(text, text, Notes("x")),
    "address": lambda text: urls.clean(text, "f", Notes("x")),
    "uri": urls.uri,
    "file name": urls.file_name,
    "said": lambda text: (said.unpacked(text), said.words(text)),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_text_keeps_a_step_busy(step: str) -> None:
    """One unit over and over, at both ends of something else too."""
    slow = {}
    for unit in UNITS:
        many = unit * (LENGTH // len(unit))
        for text in (many, f"a{many}!", f"<p>{many}"):
            begun = time.process_time()
            with suppress(OdfError, ValueError):
                STEPS[step](text)
            if (seconds := time.process_time() - begun) > MOST:
                slow[text[:20]] = seconds
    assert not slow
