"""What ckanext-harvest and ckanext-dcat say is in French too: all of it, not only the pages that one thinks of."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo

import ckan

import ckanext.dcat
import ckanext.harvest
from ckanext.opendatafrance import foreign_texts

METHODS = [
    ("**/tests/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "ckan"),
    ("**/templates/**.txt", "ckan"),
]
KEYS = {"title"}
"""Taken for a message by the extraction; a key."""


def messages(folder: Path) -> set[str]:
    """The English messages of a package; of one with a plural, the singular."""
    found = extract_from_dir(str(folder), METHODS, keywords={**DEFAULT_KEYWORDS, "N_": None})
    ids = (message if isinstance(message, str) else message[0] for _, _, message, _, _ in found)
    return {one for one in ids if one}


@pytest.mark.parametrize("package", [ckanext.harvest, ckanext.dcat], ids=lambda package: package.__name__)
def test_every_message_is_one_of_ours_or_of_ckan(package) -> None:
    """CKAN's own catalogue has its French; ours has that of every message that `foreign_texts` or the suite names."""
    suite = Path(foreign_texts.__file__).parents[1]
    ours = messages(suite)
    theirs = messages(Path(package.__file__).parent)
    assert len(theirs) > 20
    assert sorted(theirs - ours - KEYS - of_ckan()) == []


def of_ckan() -> set[str]:
    """What CKAN itself has in French."""
    with (Path(ckan.__file__).parent / "i18n/fr/LC_MESSAGES/ckan.mo").open("rb") as file:
        catalogue = read_mo(file)
    ids = ((one.id if isinstance(one.id, str) else one.id[0]) for one in catalogue if one.string)
    return {one for one in ids if one}
