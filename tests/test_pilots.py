"""The files for the pilot territories can be imported: one for each, whose lines name organisations by SIREN."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckanext.opendatafrance.harvest import bulk
from ckanext.opendatafrance.reference import siren

ROOT = Path(__file__).parents[1]
SLUGS = sorted(file.stem for file in (ROOT / "schemas/territories").glob("*.yaml"))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_file_of_a_pilot_territory_can_be_imported(slug: str) -> None:
    file = ROOT / "docs" / "pilots" / f"{slug}.csv"
    lines = bulk.read(file.read_bytes(), file.name)
    assert all(line.wrong is None and siren.is_siren(line.organization) for line in lines)
    assert len({bulk.same(line.url) for line in lines}) == len(lines)
    assert f"pilots/{slug}.csv" in (ROOT / "docs" / "pilots.md").read_text()
