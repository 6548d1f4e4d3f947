"""The 34 spatial data themes of INSPIRE, and the EU data themes that they belong to where that is sure.

`codes/inspire_themes.csv` holds codes, labels (Directive 2007/2/EC, annexes I to III) and data themes. A theme that the
alignment of SEMIC puts into several data themes has all of them only where each fits any dataset of it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ckanext.opendatafrance.reference.codelist import CodeList
from ckanext.opendatafrance.reference.themes import THEMES

INSPIRE_THEMES = CodeList(
    "inspire_themes", "http://inspire.ec.europa.eu/theme/", aliases=("https://inspire.ec.europa.eu/theme/",)
)
_FILE = Path(__file__).parent / "codes" / "inspire_themes.csv"


def data_themes(said: str) -> list[str]:
    """URIs of the EU data themes of an INSPIRE theme, given by its URI, code or French or English label."""
    code = INSPIRE_THEMES.find(said) if said else None
    return [THEMES.base + theme for theme in _themes()[code.code]] if code else []


@cache
def _themes() -> dict[str, tuple[str, ...]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: tuple(filter(None, row["themes"].split("|"))) for row in csv.DictReader(file)}
