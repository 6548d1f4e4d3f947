"""The rooms of docs/architecture.md import only what they may."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ckanext" / "opendatafrance"
OURS = "ckanext.opendatafrance"

PURE = (
    "errors.py",
    "paths.py",
    "registry",
    "adherents.py",
    "spreadsheet.py",
    "reference",
    "territories/tree.py",
    "harvest/connector.py",
    "harvest/page.py",
    "harvest/bulk.py",
    "harvest/placing_file.py",
    "harvest/publishers.py",
    "harvest/plan.py",
    "harvest/holder.py",
    "harvest/charset.py",
    "harvest/long_json.py",
    "harvest/mapping",
    "harvest/rdf",
    "harvest/connectors",
    "harvest/crawl.py",
    "harvest/robots.py",
    "harvest/identity/addresses.py",
    "harvest/identity/keys.py",
    "harvest/identity/origin.py",
    "federation/finding.py",
    "federation/labels.py",
    "federation/mending",
    "harvest/edits/plain.py",
    "validation/archives.py",
    "validation/catalogue.py",
    "validation/cells.py",
    "validation/describing.py",
    "validation/dialect.py",
    "validation/engine.py",
    "validation/finding.py",
    "validation/geojson.py",
    "validation/header.py",
    "validation/levels.py",
    "validation/mending.py",
    "validation/opening.py",
    "validation/pieces.py",
    "validation/readers.py",
    "validation/recognition.py",
    "validation/repair.py",
    "validation/report.py",
    "validation/rows.py",
    "validation/rules",
    "validation/rules_in_words.py",
    "validation/sheet_table.py",
    "validation/swift.py",
    "validation/table.py",
    "validation/table_schema.py",
    "validation/template.py",
    "validation/text_table.py",
    "validation/uniqueness.py",
    "validation/wording.py",
)
SOCKETS = {"socket", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib"}


def modules(*places: str) -> list[Path]:
    found = [
        f for place in places for f in ([PACKAGE / place] if place.endswith(".py") else (PACKAGE / place).rglob("*.py"))
    ]
    return sorted(found)


def imported(path: Path) -> set[str]:
    """Dotted names that a module imports, also inside functions; not those for type checkers only."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "t.TYPE_CHECKING"):
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ("." * node.level) + (node.module or "")
            names |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return names


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", modules(*PURE), ids=relative)
def test_pure_rooms_know_neither_ckan_nor_the_network(path: Path) -> None:
    """A pure module imports no CKAN, no database and nothing that opens sockets."""
    names = imported(path)
    foreign = {name for name in names if name.split(".")[0] in ("ckan", "sqlalchemy", "redis", "flask")}
    foreign |= {name for name in names if any(name == s or name.startswith(f"{s}.") for s in SOCKETS)}
    foreign |= {name for name in names if name.startswith("ckanext.") and not name.startswith(OURS)}
    assert not foreign


@pytest.mark.parametrize(
    "path", [p for p in modules("") if relative(p) not in ("harvest/wire.py", "harvest/safety.py")], ids=relative
)
def test_only_the_transport_opens_sockets(path: Path) -> None:
    """No module besides the guarded client imports an HTTP client or sockets."""
    names = imported(path)
    assert not {name for name in names if any(name == s or name.startswith(f"{s}.") for s in SOCKETS)}


@pytest.mark.parametrize("path", modules(""), ids=relative)
def test_nobody_imports_a_plugin(path: Path) -> None:
    """plugin.py is an edge: it imports, it is not imported."""
    assert not {name for name in imported(path) if name.startswith((OURS, ".")) and name.endswith(".plugin")}


@pytest.mark.parametrize("path", modules("harvest/connectors"), ids=relative)
def test_connectors_do_not_know_each_other(path: Path) -> None:
    """A connector imports the base, the mapping steps and the code lists."""
    ours = {name for name in imported(path) if name.startswith(OURS)}
    own = f"{OURS}.harvest.connectors"
    assert not {name for name in ours if name.startswith(own) and name != own and path.name != "__init__.py"}
