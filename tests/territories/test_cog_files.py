"""A COG is looked at line by line before anything is done with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.reference import checking, files

# `cog_files` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from cog_files import edit, pack


def refusal(folder: Path) -> str:
    with pytest.raises(DataFileError) as caught:
        checking.check(folder)
    return str(caught.value)


def test_the_files_of_the_suite_are_right() -> None:
    """So are those of the tests."""
    checking.check(files.DATA)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_small_ones_are_right(year: int, tmp_path: Path) -> None:
    """As other tests use them."""
    checking.check(pack(year, tmp_path))


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("communes", "\n17415,", "\n1741,", ("communes.csv.gz, line 12, code", "“1741”", "rebuild.py")),
        ("communes", ",211704150,", ",211704151,", ("communes.csv.gz, line 12, siren", "“211704151”")),
        ("communes", ",200036473,", ",200036474,", ("communes.csv.gz, line 12, epci", "“200036474”")),
        ("communes", ",25312,25312,", ",25 312,25312,", ("line 12, pmun", "“25 312”")),
        ("communes", "\n17415,", "\n17334,", ("line 12", "“17334” is there twice", "take one line out")),
        ("communes", "code,nom,", "insee,nom,", ("communes.csv.gz, line 1", "insee,nom", "columns must be code,nom")),
        ("communes", ",Saintes,", ",Saintes,,", ("communes.csv.gz, line 12",)),
        ("moves", "\n2025-01-01,", "\n2025-13-01,", ("moves.csv.gz, line", "date", "“2025-13-01”")),
        ("regions", "\n75,", "\nNouvelle-Aquitaine,", ("regions.csv.gz, line", "code", "“Nouvelle-Aquitaine”")),
    ],
)
def test_a_wrong_value_is_named(name: str, old: str, new: str, said: tuple[str, ...], tmp_path: Path) -> None:
    """File, line, column, value and remedy."""
    folder = pack(2024, tmp_path)
    edit(folder, name, old, new)
    message = refusal(folder)
    for words in said:
        assert words in message


def test_a_file_that_is_missing_cut_or_empty(tmp_path: Path) -> None:
    """Nothing can be told from a part of a list."""
    folder = pack(2024, tmp_path)
    whole = (folder / "epci.csv.gz").read_bytes()
    (folder / "epci.csv.gz").write_bytes(whole[: len(whole) // 2])
    assert "epci.csv.gz cannot be read" in refusal(folder)
    (folder / "epci.csv.gz").unlink()
    assert "epci.csv.gz is missing" in refusal(folder)
    (folder / "vintage.json").write_text("{}")
    assert "vintage.json must say which COG" in refusal(folder)
