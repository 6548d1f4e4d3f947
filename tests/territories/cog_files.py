"""Small COGs of real communes in real years: `cogs/YEAR/*.csv`, packed as rebuild.py writes them.

From @etalab/decoupage-administratif 4.1.0 and 5.3.0 (2024, 2025) and the files of the suite (2026); Licence
Ouverte 2.0. The movements are those of the suite, whole.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

from ckanext.opendatafrance.reference import files

SOURCES = Path(__file__).parent / "cogs"


def pack(year: int, folder: Path) -> Path:
    """Write the COG of a year into a new folder."""
    target = folder / str(year)
    target.mkdir(parents=True)
    for path in (SOURCES / str(year)).iterdir():
        if path.suffix == ".csv":
            (target / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        else:
            shutil.copy(path, target)
    shutil.copy(files.DATA / "moves.csv.gz", target)
    return target


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Change the text of a packed file."""
    path = folder / f"{name}.csv.gz"
    text = gzip.decompress(path.read_bytes()).decode()
    assert old in text
    path.write_bytes(gzip.compress(text.replace(old, new, 1).encode()))
