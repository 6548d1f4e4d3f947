"""One bad dataset never touches another: nothing half-written, in the database or in the index."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from stored_dataset import count, dataset, document

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.model.types import make_uuid
from ckan.tests import factories

from ckanext.activity.model import Activity
from ckanext.opendatafrance.errors import RetriableError
from ckanext.opendatafrance.harvest.writer import Item, Result, Writer, known
from ckanext.opendatafrance.harvest.writer.names import Names

BAD = 5
SIZE = 12
MARK = "refusé par le test"


class Hooks(p.SingletonPlugin):
    """A plugin that fails, commits or counts, on datasets that ask for it in their notes."""

    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IDomainObjectModification)
    p.implements(p.ISignal)
    told: list[str] = []

    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        if "hook fails" in pkg_dict["notes"]:
            raise RuntimeError(MARK)
        if "hook commits" in pkg_dict["notes"]:
            model.Session.commit()

    after_dataset_update = after_dataset_create

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        if "index fails" in pkg_dict["notes"]:
            raise RuntimeError(MARK)
        return pkg_dict

    def notify(self, entity: Any, operation: str) -> None:
        if isinstance(entity, model.Package) and "observer fails" in (entity.notes or ""):
            raise RuntimeError(MARK)

    def get_signal_subscriptions(self) -> Any:
        return {tk.signals.action_succeeded: [{"sender": "package_create", "receiver": listen}]}


def listen(sender: str, **told: Any) -> None:
    Hooks.told.append(told["result"]["id"])
    if "listener fails" in told["result"]["notes"]:
        raise RuntimeError(MARK)


pytestmark = [
    pytest.mark.with_plugins({"writer_test_hooks": Hooks}),
    pytest.mark.usefixtures("tables"),
]


@pytest.fixture
def organization(tables) -> str:
    return factories.Organization()["id"]


@pytest.fixture
def user(tables) -> str:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    model.Session.commit()
    return name


@pytest.fixture
def trigger(tables) -> Iterator[None]:
    """A database that refuses datasets with a mark in their notes."""
    with model.ensure_engine().begin() as connection:
        connection.execute(
            sa.text(
                "CREATE OR REPLACE FUNCTION writer_test() RETURNS trigger AS $$ BEGIN "
                "IF NEW.notes LIKE '%database fails%' THEN RAISE EXCEPTION 'refusé par le test'; END IF; "
                "RETURN NEW; END $$ LANGUAGE plpgsql"
            )
        )
        connection.execute(
            sa.text(
                "CREATE TRIGGER writer_test BEFORE INSERT OR UPDATE ON package "
                "FOR EACH ROW EXECUTE PROCEDURE writer_test()"
            )
        )
    yield
    model.Session.rollback()
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("DROP TRIGGER writer_test ON package"))


def datasets(organization: str, **bad: Any) -> list[dict[str, Any]]:
    """A batch of which one dataset is bad."""
    return [dataset(n, organization, seed=11) | (bad if n == BAD else {}) for n in range(SIZE)]


def write(user: str, dicts: list[dict[str, Any]], ids: list[str] | None = None, **options: Any) -> list[Result]:
    return list(Writer(user, **options).write(Item(str(n), d, ids[n] if ids else None) for n, d in enumerate(dicts)))


def in_database(organization: str) -> int:
    return count(model.Package, owner_org=organization)


def in_index(organization: str) -> int:
    query = {"fq": f"owner_org:{organization}", "rows": 0, "include_private": True}
    return tk.get_action("package_search")({"ignore_auth": True}, query)["count"]


def activities(results: list[Result]) -> int:
    ids = [result.dataset_id for result in results if result.dataset_id]
    return model.Session.query(Activity).filter(Activity.object_id.in_(ids)).count()


def assert_only_one_refused(results: list[Result], organization: str, code: str, words: str) -> None:
    """The bad one is refused with a reason; all others are in the database, in the index, in the activities, once."""
    assert [n for n, result in enumerate(results) if result.action == "errored"] == [BAD]
    bad = results[BAD]
    assert bad.problem
    assert (bad.problem.code, bad.dataset_id) == (code, None)
    assert words in bad.message
    assert (in_database(organization), in_index(organization), activities(results)) == (SIZE - 1,) * 3


@pytest.mark.parametrize(
    ("bad", "code", "words"),
    [
        ({"tags": [{"name": "a" * 101}]}, "schema-refused", "tags: Tag"),
        ({"notes": "database fails"}, "database-refused", MARK),
        ({"notes": "a\x00b"}, "nul-character", "NUL"),
        ({"notes": "hook fails"}, "plugin-fault", MARK),
        ({"notes": "index fails"}, "plugin-fault", MARK),
        ({"notes": "observer fails"}, "plugin-fault", MARK),
        ({"extras": [{"key": "long", "value": "é" * 40_000}]}, "index-refused", "immense term"),
    ],
    ids=["schema", "database", "nul", "hook", "index hook", "observer", "search engine"],
)
def test_a_bad_dataset_is_refused_alone(trigger, user, organization, bad, code, words):
    results = write(user, datasets(organization, **bad))
    assert_only_one_refused(results, organization, code, words)


@pytest.mark.parametrize(
    "bad",
    [{"notes": "database fails"}, {"extras": [{"key": "long", "value": "é" * 40_000}]}],
    ids=["database", "index"],
)
def test_an_update_that_fails_leaves_all_as_it_was(trigger, user, organization, bad):
    """The refused dataset keeps its rows and its document; the others are updated."""
    ids = [str(result.dataset_id) for result in write(user, datasets(organization))]
    title = model.Session.get(model.Package, ids[BAD]).title
    changed = [{**data, "title": f"Nouveau {n}"} for n, data in enumerate(datasets(organization, **bad))]
    results = write(user, changed, ids)
    assert [result.action for result in results].count("updated") == SIZE - 1
    assert results[BAD].action == "errored"
    model.Session.expire_all()
    for n, dataset_id in enumerate(ids):
        expected = title if n == BAD else f"Nouveau {n}"
        assert model.Session.get(model.Package, dataset_id).title == expected
        assert document(dataset_id)["title"] == expected


@pytest.mark.parametrize("one_by_one", [False, True])
def test_nothing_is_stored_while_the_search_engine_is_down(user, organization, ckan_config, one_by_one):
    """Every dataset is told to be tried again, and can be once the search engine is back; updates too."""
    ids = [str(result.dataset_id) for result in write(user, datasets(organization)[:2])]
    changed = [{**data, "title": "Autre"} for data in datasets(organization)[:2]]
    with closed_port() as port, pytest.MonkeyPatch.context() as patch:
        patch.setitem(ckan_config, "solr_url", f"http://127.0.0.1:{port}/solr/ckan")
        results = write(user, datasets(organization)[2:], one_by_one=one_by_one)
        results += write(user, changed, ids, one_by_one=one_by_one)
    assert {result.action for result in results} == {"errored"}
    assert all(isinstance(result.problem, RetriableError) for result in results)
    assert "search engine does not answer" in results[0].message
    assert (in_database(organization), in_index(organization)) == (2, 2)
    assert {model.Session.get(model.Package, dataset_id).title for dataset_id in ids}.isdisjoint({"Autre"})
    assert {result.action for result in write(user, datasets(organization)[2:])} == {"added"}
    assert {result.action for result in write(user, changed, ids)} == {"updated"}


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_a_listener_that_fails_does_not_unstore(user, organization):
    """Listeners to CKAN's actions are told after the commit, once for each dataset."""
    Hooks.told.clear()
    results = write(user, datasets(organization, notes="listener fails"))
    assert {result.action for result in results} == {"added"}
    assert [result.message for result in results if result.message] == [results[BAD].message]
    assert MARK in results[BAD].message
    assert sorted(Hooks.told) == sorted(str(result.dataset_id) for result in results)
    assert in_database(organization) == in_index(organization) == SIZE


def test_a_plugin_that_commits_makes_the_writer_careful(user, organization):
    """What is stored is right, and from then on each dataset is written by CKAN itself."""
    writer = Writer(user, batch_size=SIZE)
    items = [Item(str(n), data) for n, data in enumerate(datasets(organization, notes="hook commits"))]
    items += [Item(f"again {n}", data) for n, data in enumerate(datasets(organization))]
    results = list(writer.write(items))
    assert {result.action for result in results} == {"added"}
    assert writer.one_by_one
    assert in_database(organization) == in_index(organization) == 2 * SIZE


def test_an_unknown_ckan_is_left_to_its_own_actions(user, organization, monkeypatch, caplog):
    """A function of CKAN that was never looked at: the same results, and a word in the log."""
    # Migrations that ran in this process, and test.ini, keep the log to themselves.
    monkeypatch.setattr(logging.getLogger("ckanext"), "propagate", True)
    monkeypatch.setattr(logging.getLogger("ckanext.opendatafrance.harvest.writer.writer"), "disabled", False)
    monkeypatch.setitem(known.WRITING, "ckan.logic.action.create:package_create", ("000000000000",))
    results = write(user, datasets(organization, tags=[{"name": "!"}]))
    assert_only_one_refused(results, organization, "schema-refused", "tags: Tag")
    assert "one by one with CKAN's own actions" in caplog.text
    ids = [str(result.dataset_id) for result in results if result.dataset_id]
    good = [data for n, data in enumerate(datasets(organization)) if n != BAD]
    assert {result.action for result in write(user, good, ids)} == {"unchanged"}


def test_the_installed_ckan_is_known(tables):
    """A new release of CKAN or of scheming: compare the functions named here, then add their hashes to the tables."""
    assert list(known.obstacles()) == []
    assert known.unknown(known.VALIDATING) == []


class Chained(p.SingletonPlugin):
    """A plugin that changes what package_create does."""

    p.implements(p.IActions)

    def get_actions(self) -> dict[str, Any]:
        return {"package_create": create_shouting}


@tk.chained_action
def create_shouting(original: Any, context: Any, data_dict: dict[str, Any]) -> Any:
    return original(context, {**data_dict, "title": data_dict["title"].upper()})


@pytest.mark.with_plugins({"writer_test_chained": Chained})
def test_a_changed_action_is_respected(user, organization):
    [result] = write(user, datasets(organization)[:1])
    assert model.Session.get(model.Package, result.dataset_id).title == "JEU 0 : L'ÉCOLE, L'ÉTÉ 11"


def test_what_the_writer_does_not_know_goes_through_ckan(user, organization):
    """Uploaded files and deletions take the ordinary way, in their place among the others."""
    upload = {"resources": [{"url": "https://example.fr/a/b.csv", "url_type": "upload"}]}
    ids = [str(result.dataset_id) for result in write(user, datasets(organization, **upload))]
    assert model.Session.get(model.Package, ids[BAD]).resources[0].url == "b.csv"
    results = write(user, datasets(organization, state="deleted"), ids)
    assert [result.action for result in results] == ["updated" if n == BAD else "unchanged" for n in range(SIZE)]
    assert in_index(organization) == SIZE - 1
    [gone] = write(user, datasets(organization)[:1], ["00000000-0000-4000-8000-000000000000"])
    assert gone.problem
    assert gone.problem.code == "not-found"


WRITE_TAGS = """
import sys
from ckan.cli import load_config
from ckan.config.environment import load_environment
load_environment(load_config("test.ini"))
from ckanext.opendatafrance.harvest.writer import Item, Writer
user, organization = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
tags = [{"name": f"course {organization[:8]} {n}"} for n in range(40)]
items = [
    Item(str(n), {"title": "Course", "notes": "-", "owner_org": organization, "license_id": "lov2", "tags": tags})
    for n in range(4)
]
assert {result.action for result in Writer(user, batch_size=2).write(items)} == {"added"}
"""


def test_two_processes_make_each_tag_once(user, organization):
    """The constraint of the database does not hold for free tags; the writer's lock does. Equal titles part by name."""
    command = [sys.executable, "-c", WRITE_TAGS, user, organization]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _number in range(2)
    ]
    for worker in workers:
        while worker.stdout and worker.stdout.readline().strip() != "ready":
            assert worker.poll() is None
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("\n")
        worker.stdin.flush()
    assert [worker.wait(120) for worker in workers] == [0, 0]
    names = model.Session.query(model.Tag.name).filter(model.Tag.name.like(f"course {organization[:8]} %")).all()
    assert len(names) == len(set(names)) == 40
    assert in_database(organization) == 8


def test_a_name_that_another_worker_takes_first_is_replaced(user, organization, monkeypatch):
    """Between the choice of a name and its use, others store datasets of the same title: none of ours is refused."""
    taken: list[str] = []

    def claim(self: Names, title: str, chosen: Any = Names.claim) -> str:
        name = chosen(self, title)
        if len(taken) < 9:
            with model.ensure_engine().begin() as connection:
                connection.execute(
                    sa.insert(model.Package).values(id=make_uuid(), name=name, title=title, state="active")
                )
            taken.append(name)
        return name

    monkeypatch.setattr(Names, "claim", claim)
    title = f"Concours {organization[:8]}"
    results = write(user, [dataset(n, organization, seed=12) | {"title": title} for n in range(2)])
    assert [result.action for result in results] == ["added", "added"]
    assert len(taken) == 9
    stored = {package.name for package in model.Session.query(model.Package).filter_by(owner_org=organization)}
    assert len(stored) == 2
    assert not stored & {*taken}
    assert in_index(organization) == 2
