"""The wheel carries everything that the suite needs at run time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOOK = """
import json, sys
from ckanext.opendatafrance import paths, registry
from ckanext.opendatafrance.reference import cog
print(json.dumps({
    "from": str(paths.SCHEMAS),
    "schemas": sorted(f.name for f in paths.SCHEMAS.glob("*.yaml")),
    "territories": len(list((paths.SCHEMAS / "territories").glob("*.yaml"))),
    "catalogue": (paths.I18N / "fr/LC_MESSAGES/ckanext-opendatafrance.mo").exists(),
    "communes": len(list(cog.communes(departement="17"))),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(out),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    return next(out.glob("*.whl"))


def test_loads_from_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """Unpacked in another folder, the package finds its schemas, territories, translations and reference data."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    # CKAN's own packages share the namespace `ckanext` and stay where they are installed.
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", LOOK]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=env)
    assert not asked.returncode, asked.stderr
    found = json.loads(asked.stdout)
    assert found["from"].startswith(str(tmp_path))
    assert {"dataset.yaml", "organization.yaml", "presets.yaml"} <= set(found["schemas"])
    assert found["territories"] == 9
    assert found["catalogue"]
    assert found["communes"] == 462


def test_carries_templates_assets_and_migrations(wheel: Path) -> None:
    """Files that are not Python are in it too, and nothing of the repository's top level is."""
    names = zipfile.ZipFile(wheel).namelist()
    package = "ckanext/opendatafrance/"
    for part in ("templates/", "migration/", "config_declaration.yaml", ".po"):
        assert any(part in name for name in names), part
    assert not [name for name in names if not name.startswith((package, "ckanext_opendatafrance-"))]
    assert not [name for name in names if "/tests/" in name]


def test_says_which_packages_it_needs(wheel: Path) -> None:
    """CKAN itself is never a requirement, so that installing the suite cannot change its version."""
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
    requirements = [line.split(": ", 1)[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    names = {
        requirement.split(";")[0].split("<")[0].split(">")[0].split("=")[0].strip() for requirement in requirements
    }
    assert "ckan" not in names
    assert {"ckanext-scheming", "ckanext-harvest", "ckanext-dcat"} <= names
