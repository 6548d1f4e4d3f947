"""French is complete, and what is shipped compiled is what is written."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
FRENCH = ROOT / "i18n" / "fr" / "LC_MESSAGES" / "ckanext-opendatafrance.po"
FIELDS = re.compile(r"\{(\w*)[^}]*\}|%\((\w+)\)")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with FRENCH.open("rb") as file:
        return read_po(file)


def test_every_message_of_the_code_is_in_french(catalogue: Catalog, tmp_path: Path) -> None:
    """Extracted anew, no message is without its translation."""
    pot = tmp_path / "all.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml", "-k", "N_"]
    subprocess.run([*command, "-o", str(pot), "."], check=True, cwd=ROOT)
    with pot.open("rb") as file:
        wanted = [message for message in read_po(file) if message.id]
    translated = {message.id: message for message in catalogue if message.id and message.string and not message.fuzzy}
    assert len(wanted) > 100
    assert not [message.id for message in wanted if message.id not in translated]


def test_translations_keep_the_fields_of_their_message(catalogue: Catalog) -> None:
    """A translation names no field that its message does not give."""
    wrong = []
    for message in catalogue:
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        given = {match for text in ids for match in FIELDS.findall(text)}
        wrong += [text for text in strings if {*FIELDS.findall(text)} - given]
    assert not wrong


def test_compiled_catalogue_is_the_written_one(catalogue: Catalog) -> None:
    """The committed .mo has the texts of the .po."""
    with FRENCH.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    written = {_forms(message.id): _forms(message.string) for message in catalogue if message.id and not message.fuzzy}
    assert {_forms(message.id): _forms(message.string) for message in compiled if message.id} == written


def _forms(text: str | Iterable[str]) -> tuple[str, ...]:
    """A message, or the forms of one with a plural: a tuple in one catalogue, a list in the other."""
    return (text,) if isinstance(text, str) else tuple(text)
