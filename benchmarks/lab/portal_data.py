"""The data behind the pages: organisations of a territory, many datasets as rows and search documents, three users.

usage: portal_data.py TERRITORY DATASETS        (prints names and tokens as JSON)

Both sides read the same database and the same index. A few datasets are stored by CKAN itself; the others are copies of
their rows and of their search documents, with identifiers, titles, dates and organisations of their own.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "demo"))

import sqlalchemy as sa
from catalogue import FORMATS, THEMES, WORDS

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.config.middleware import make_app
from ckan.lib.search.common import make_connection
from ckan.logic import package_show_default_and_custom_schemas

from ckanext.opendatafrance.harvest.writer.indexing import document
from ckanext.opendatafrance.territories import facets, perimeter, records, sync
from ckanext.opendatafrance.territories.model import territories

EU = "http://publications.europa.eu/resource/authority"
MODELS = 12
BATCH = 1000
# Four communes of ten publish nothing; the région and the départements publish a third of all.
PUBLISHING, LARGE = 0.6, 0.33


def main(territory: str, datasets: int) -> dict[str, Any]:
    """Fill the portal; returns the names that the pages are asked with, and a token of each user."""
    app = make_app(load_config(None))
    with app._wsgi_app.test_request_context():  # the Flask application that CKAN wraps
        report = sync.seed(perimeter.find(territory), action("get_site_user")["name"])
        places = organizations()
        first = {
            kind: next(one for one in places if one["type"] == kind) for kind in ("commune", "departement", "region")
        }
        tokens = {
            "sysadmin": token("sysadmin"),
            "editor": token("editor", first["commune"]["id"], "editor"),
            "admin": token("admin", first["departement"]["id"], "admin"),
        }
        models = [Model(number, first["region"]) for number in range(MODELS)]
        copy(models, places, datasets - MODELS)
        count = action("package_search", rows=0)["count"]
    if report.errors or count != datasets:
        raise SystemExit(f"{len(report.errors)} organisations refused, {count} datasets in the index")
    names = {kind: one["name"] for kind, one in first.items()}
    return {"organizations": report.total, "datasets": count, "tokens": tokens, "names": names}


def action(name: str, /, **data: Any) -> Any:
    """Call an action as the site's own user."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(name)({"user": user, "ignore_auth": True}, data)


def organizations() -> list[dict[str, Any]]:
    """Id, name, title and type of all organisations, and what their datasets carry in the index."""
    columns = territories.c
    statement = sa.select(columns.organization_id, columns.name, columns.title, columns.type).order_by(columns.name)
    return [
        {"id": one, "name": name, "title": title, "type": kind, "terms": records.index_terms(one)}
        for one, name, title, kind in model.Session.execute(statement).tuples().all()
    ]


def token(name: str, organization: str = "", role: str = "") -> str:
    """A new user, a member of an organisation or a system administrator, and a token of theirs."""
    user = action("user_create", name=name, email=f"{name}@example.org", password=uuid4().hex)
    if organization:
        action("organization_member_create", id=organization, username=name, role=role)
    else:
        action("user_patch", id=user["id"], sysadmin=True)
    return action("api_token_create", user=name, name="measuring")["token"]


class Model:
    """A dataset that CKAN stored: its rows, and its search document as a text in which to replace."""

    def __init__(self, number: int, owner: dict[str, Any]) -> None:
        self.owner = owner
        self.dataset = action("package_create", **_described(number, owner["id"]))
        both = package_show_default_and_custom_schemas({"ignore_auth": True}, self.dataset["id"])
        self.document = json.dumps(document(*both), default=_instant, ensure_ascii=False)
        self.rows = {
            table: [dict(row) for row in _rows(table, column, both[0]["id"])]
            for table, column in (
                (model.package_table, model.package_table.c.id),
                (model.resource_table, model.resource_table.c.package_id),
                (model.package_tag_table, model.package_tag_table.c.package_id),
                (model.member_table, model.member_table.c.table_id),
            )
        }  # fmt: skip

    def copied(self, number: int, owner: dict[str, Any]) -> tuple[dict[sa.Table, list[dict[str, Any]]], dict[str, Any]]:
        """Rows by table, and the search document, of a copy for another organisation."""
        old, changed = self.dataset, datetime(2026, 1, 1) - timedelta(minutes=17 * number)
        texts = {
            old["id"]: str(uuid4()),
            old["name"]: f"jeu-{number:06d}",
            old["title"]: _title(number, owner["title"]),
        }
        texts |= {self.owner[key]: owner[key] for key in ("id", "name", "title")}
        texts |= {resource["id"]: str(uuid4()) for resource in old["resources"]}
        texts |= {
            old["metadata_modified"]: changed.isoformat(),
            old["metadata_modified"] + "Z": changed.isoformat() + "Z",
        }
        rows = {
            table: [{name: _of(texts, value) for name, value in _new_id(table, row).items()} for row in found]
            for table, found in self.rows.items()
        }
        rows[model.package_table][0] |= {"metadata_modified": changed}
        text = self.document
        for before, after in texts.items():
            text = text.replace(before, after)
        made = json.loads(text)
        made["index_id"] = hashlib.md5(f"{texts[old['id']]}{tk.config['ckan.site_id']}".encode()).hexdigest()
        made[facets.INDEX], made[facets.INDEX_TYPE] = owner["terms"]
        return rows, made


def _rows(table: sa.Table, column: Any, wanted: str) -> Any:
    return model.Session.execute(sa.select(table).where(column == wanted)).mappings()


def _described(number: int, owner: str) -> dict[str, Any]:
    word = WORDS[number % len(WORDS)]
    return {
        "name": f"modele-{number}",
        "title": f"Modèle de jeu de données {number}",
        "notes": f"Ce jeu décrit {word} dans la commune. " * 8,
        "owner_org": owner,
        "tag_string": ",".join(WORDS[(number + step) % len(WORDS)] for step in range(4)),
        "theme": [f"{EU}/data-theme/{THEMES[number % len(THEMES)]}"],
        "frequency": f"{EU}/frequency/ANNUAL",
        "license_id": "lov2",
        "resources": [
            {"name": f"Fichier {name}", "url": f"http://donnees.example/{number}.{name.lower()}", "format": name}
            for name, _ in FORMATS
        ],
    }


def _title(number: int, place: str) -> str:
    return f"{WORDS[number % len(WORDS)].capitalize()} de {place}, {2015 + number % 11}"


def _new_id(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """Rows between two others have an id of their own, which nothing refers to."""
    return {**row, "id": str(uuid4())} if table in (model.package_tag_table, model.member_table) else row


def _of(texts: dict[str, str], value: Any) -> Any:
    return texts.get(value, value) if isinstance(value, str) else value


def _instant(value: Any) -> str:
    return value.isoformat() + ("" if value.tzinfo else "Z")


def copy(models: list[Model], places: list[dict[str, Any]], number: int) -> None:
    """Store copies of the models for organisations chosen by chance (the same in each run)."""
    owners = _owners(places)
    connection = make_connection()
    for first in range(0, number, BATCH):
        made = [models[one % len(models)].copied(one, next(owners)) for one in range(first, min(first + BATCH, number))]
        for table in models[0].rows:
            rows = [row for tables, _ in made for row in tables[table]]
            if rows:
                model.Session.execute(sa.insert(table), rows)
        model.Session.commit()
        connection.add([one for _, one in made], commit=False)
    connection.commit()
    # What PostgreSQL does by itself some minutes later.
    with model.ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as database:
        database.execute(sa.text("VACUUM ANALYZE"))


def _owners(places: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    chance = random.Random(17300)
    large = [one for one in places if one["type"] in ("region", "departement")]
    small = [one for one in places if one["type"] not in ("region", "departement") and chance.random() < PUBLISHING]
    while True:
        yield chance.choice(large if chance.random() < LARGE else small)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
