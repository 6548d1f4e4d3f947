"""The example of docs/writing-a-connector.md is a connector: whoever copies it has one that keeps to the suite."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from connector_conformance import ConnectorConformance, shuffled
from member_site import Routes

from ckanext.opendatafrance.harvest import connectors as registry
from ckanext.opendatafrance.harvest.preview import preview

DOCUMENT = Path(__file__).parents[2] / "docs" / "writing-a-connector.md"
FILES = [
    {
        "code": f"jeu-{number}",
        "titre": title,
        "resume": "<p>Tous les <b>arbres</b></p>",
        "licence": "Licence Ouverte 2.0",
        "mots": "arbres, nature",
        "maj": "2 mars 2024",
        "fichiers": ["/a.csv", "https://exemple.fr/b.geojson"],
    }
    for number, title in enumerate(("Arbres", "Écoles", "Budget"))
]


def example() -> Any:
    """The connector that the document shows."""
    [text] = re.findall(r"```python\n(\"\"\"Site lists.*?)```", DOCUMENT.read_text(), re.DOTALL)
    module = ModuleType("site_list")
    sys.modules[module.__name__] = module
    exec(compile(text, str(DOCUMENT), "exec"), module.__dict__)
    return module.SiteListConnector


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """As an entry point would have it."""
    known = registry._connectors()
    known[TestConformance.connector.name] = TestConformance.connector
    yield
    del known[TestConformance.connector.name]


def site(files: list[dict[str, Any]]) -> Routes:
    """Two pages and a home page."""
    first = {"total": len(files), "next": "/opendata.json?page=2", "jeux": files[:2]}
    return {
        "/": "<!doctype html><html><body>Mairie</body></html>",
        "/opendata.json": first,
        "/opendata.json?page=2": {"total": len(files), "next": None, "jeux": files[2:]},
    }


class TestConformance(ConnectorConformance):
    connector = example()
    path = "/opendata.json"
    at_least = 3

    def routes(self) -> Routes:
        return site(FILES)

    def reordered(self) -> Routes:
        return site(shuffled(FILES))

    def changed(self) -> Routes:
        return site([{**FILES[0], "titre": "Arbres remarquables"}, *FILES[1:]])

    def looping(self) -> Routes:
        endless = {"total": 99, "next": "/opendata.json?page=2", "jeux": FILES}
        return {"/opendata.json": endless, "/opendata.json?page=2": endless}


def test_the_home_page_leads_to_it_and_its_fields_are_read(member_site: Any, fetch: Any) -> None:
    where = member_site(site(FILES))
    seen = preview(where.url, fetch(where))
    assert (seen.connector, seen.count, seen.errors) == ("site_list", 3, [])
    one = seen.datasets[0]
    assert (one["title"], one["notes"], one["license_id"]) == ("Arbres", "Tous les **arbres**", "lov2")
    assert one["modified"] == "2024-03-02"
    assert {tag["name"] for tag in one["tags"]} == {"arbres", "nature"}
    assert [(file["url"], file["format"]) for file in one["resources"]] == [
        (f"{where.url}/a.csv", "CSV"),
        ("https://exemple.fr/b.geojson", "GeoJSON"),
    ]


def test_the_lines_that_it_tells_are_those_of_the_files() -> None:
    """The table of the document, counted; no connector has more than 300 lines."""
    folder = Path(registry.__file__).parent
    lines = {file.stem: len(file.read_text().splitlines()) for file in folder.glob("[!_]*.py")}
    told = {
        name: int(count) for name, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    }
    assert told.keys() == lines.keys()
    assert all(abs(told[name] - count) <= 15 for name, count in lines.items()), lines
    assert max(lines.values()) <= 300
