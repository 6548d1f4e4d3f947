"""The portal of 2024 follows the real COGs of 2025 and 2026, in a real database and index."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import _get_test_app, call_action

from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.reference import files
from ckanext.opendatafrance.registry import Perimeter
from ckanext.opendatafrance.territories import sync
from ckanext.opendatafrance.territories.model import memberships, territories
from ckanext.opendatafrance.territories.perimeter import Target
from ckanext.opendatafrance.territories.update import run, source
from ckanext.opendatafrance.territories.update.report import UpdateReport

# `cog_files` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from cog_files import edit, pack

OLD, NEW = "commune-17334-saint-georges-de-longuepierre", "commune-17268-nuaille-sur-boutonne"
SALARS = "epci-241200658-cc-du-pays-de-salars"
LEVEZOU = "epci-994579670-communaute-de-communes-du-levezou"
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("portal")


class Story:
    """What was made before, and what each run said."""

    def __init__(self, folder: Path) -> None:
        self.cogs = {year: pack(year, folder) for year in (2024, 2025, 2026)}
        self.datasets: dict[str, str] = {}
        self.reports: dict[str, UpdateReport] = {}
        self.before: dict[str, Any] = {}
        self.killed_after = ""


@pytest.fixture(scope="module")
def portal(
    reset_db: Callable[[], None],
    reset_index: Callable[[], None],
    migrate_db_for: Callable[[str], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    """Made from the COG of 2024 with some datasets; told of 2025, killed in the middle of it, and run again."""
    p.load_all()
    reset_db()
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    story = Story(tmp_path_factory.mktemp("cogs"))
    with _get_test_app().flask_app.test_request_context():
        with files.reading(story.cogs[2024]):
            assert seed().errors == []
            fill(story)
        story.before = state()
        story.reports["dry"] = follow(story.cogs[2025], dry_run=True)
        assert state() == story.before
        story.killed_after = kill_in_the_middle(story.cogs[2025])
        model.Session.rollback()
        story.reports["resumed"] = follow(story.cogs[2025])
        story.reports["again"] = follow(story.cogs[2025])
        yield story
        model.Session.rollback()
    p.unload_all()


def site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def seed() -> sync.Report:
    return sync.seed(Target("France", Perimeter("pays", "FR")), site_user())


def follow(cog: Path, **options: Any) -> UpdateReport:
    with source.another(cog):
        return run.update(site_user(), **options)


def act(action: str, **data: Any) -> Any:
    return call_action(action, context={"user": factories.Sysadmin()["name"]}, **data)


def fill(story: Story) -> None:
    """Datasets, people, an organisation below and a listed membership of what will change."""
    owners = {"old": OLD, "private": OLD, "new": NEW, "split": "commune-15141-neussargues-en-pinatelle", "epci": SALARS}
    for key, owner in owners.items():
        dataset = factories.Dataset(owner_org=act("organization_show", id=owner)["id"], private=key == "private")
        story.datasets[key] = dataset["id"]
    act("organization_member_create", id=OLD, username=factories.User()["name"], role="editor")
    act("organization_create", name="ccas", title="CCAS", groups=[{"name": OLD}])
    syndicate = act("organization_create", name="syndicat-a", title="Syndicat A", territory_type="syndicat_mixte")
    old = act("organization_show", id=OLD)["id"]
    model.Session.execute(sa.insert(memberships).values(organization_id=old, of_id=syndicate["id"], origin="list"))
    model.Session.commit()
    act("organization_patch", id="commune-17415-saintes", title="Ville de Saintes")


def state() -> dict[str, Any]:
    """All that the update may touch."""
    model.Session.rollback()
    group, package = model.group_table.c, model.package_table.c
    return {
        "groups": sorted(map(repr, model.Session.execute(sa.select(group.name, group.title, group.extras)).all())),
        "owners": sorted(model.Session.execute(sa.select(package.id, package.owner_org)).tuples()),
        "rows": sorted(map(repr, model.Session.execute(sa.select(territories)).all())),
        "memberships": sorted(model.Session.execute(sa.select(memberships)).tuples()),
    }


def kill_in_the_middle(cog: Path) -> str:
    """SIGKILL after the first transactions; gives the line at which it was."""
    program = (
        "import sys; from ckan.cli.cli import ckan;"
        "from ckanext.opendatafrance.territories.update import run; run.BATCH = 5;"
        "sys.argv = ['ckan', '-c', sys.argv[1], 'odf', 'territory', 'update', '--cog', sys.argv[2]]; ckan()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(ROOT / "test.ini"), str(cog)],
        cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        done = line.partition("/")[0]
        if done.isdigit() and int(done) > 0:
            process.send_signal(signal.SIGKILL)
            break
    process.wait()
    assert process.returncode == -signal.SIGKILL, "".join(said)
    return said[-1].strip()


def show(code: str) -> dict[str, Any]:
    return call_action("odf_territory_show", id=code)


def found(filter_query: str) -> set[str]:
    results = call_action(
        "package_search", fq=filter_query, include_private=True, rows=100, context={"ignore_auth": True}
    )
    return {one["id"] for one in results["results"]}


def names(lines: list[dict[str, Any]], key: str = "name") -> list[str]:
    return sorted(one[key] for one in lines)


class TestDryRun:
    def test_it_says_everything(self, portal: Story) -> None:
        """One merger, three changes of code, a split of five; that it wrote nothing is looked at when it runs."""
        report = portal.reports["dry"]
        [merger] = report.merged
        assert (merger["name"], merger["successor"], merger["day"]) == (OLD, NEW, "2025-01-01")
        assert (merger["datasets"], merger["people"]) == (2, 1)
        assert sorted((one["old"], one["new"]) for one in report.recoded) == [
            ("12076", "12218"), ("14011", "14581"), ("69159", "69114"),
        ]  # fmt: skip
        assert ("Nuaillé-sur-Boutonne", "Rives-de-Boutonne") in [(one["old"], one["title"]) for one in report.renamed]
        [split] = report.splits
        assert (split["code"], split["datasets"]) == ("15141", 1)
        assert [heir["code"] for heir in split["into"]] == ["15031", "15035", "15047", "15141", "15171"]
        assert [heir["organization"] is None for heir in split["into"]] == [True, True, True, False, True]
        assert (report.unknown, report.dissolved, report.created, report.errors) == ([], [], [], [])
        assert report.fields[NEW]["siren"] == ["211702683", "934115478"]


class TestUpdateTo2025:
    def test_killed_in_the_middle_it_ends_what_was_left(self, portal: Story) -> None:
        """Whatever was done before the kill is not done twice, and the run after has nothing to do."""
        assert portal.killed_after
        assert portal.reports["resumed"].errors == []
        assert portal.reports["again"].nothing_to_do
        assert portal.reports["again"].splits == []

    def test_the_successor_has_the_datasets_and_the_index_knows(self, portal: Story) -> None:
        """Private ones, an organisation below and a listed membership too."""
        new = call_action("organization_show", id=NEW)
        assert (new["title"], new["siren"], new["population_year"]) == ("Rives-de-Boutonne", "934115478", 2022)
        wanted = {portal.datasets[key] for key in ("old", "private", "new")}
        for query in (f"organization:{NEW}", f"owner_org:{new['id']}", f"vocab_odf_territory:{NEW}"):
            assert found(query) == wanted
        assert found(f"organization:{OLD}") == set()
        assert call_action("package_show", id=portal.datasets["old"])["organization"]["title"] == "Rives-de-Boutonne"
        assert show("ccas")["parent"]["name"] == NEW
        assert "syndicat-a" in names(show("17268")["memberships"])

    def test_the_old_organisation_is_closed_and_kept(self, portal: Story) -> None:
        """It is shown by its name, its code leads to the successor, and it is in no search."""
        old = show(OLD)
        assert (old["closed"], old["valid_to"], old["successor"]["name"]) == (True, "2025-01-01", NEW)
        assert old["insee_code"] == "17334"
        assert show("17334")["name"] == NEW
        assert names(call_action("odf_territory_search", q="saint georges de longuepierre")["results"]) == [NEW]
        assert call_action("organization_show", id=OLD)["state"] == "active"

    def test_it_takes_no_new_datasets_but_can_be_edited(self, portal: Story) -> None:
        """The message names the way out."""
        with pytest.raises(tk.ValidationError) as caught:
            act("package_create", name="late", owner_org=OLD)
        assert "2025-01-01" in str(caught.value.error_dict["owner_org"])
        with pytest.raises(tk.ValidationError):
            act("package_patch", id=portal.datasets["split"], owner_org=OLD)
        act("organization_patch", id=OLD, description="Commune de 1790 à 2024")
        assert show(OLD)["valid_to"] == "2025-01-01"

    def test_a_new_code_is_the_same_organisation(self, portal: Story) -> None:
        """Its address stays; the one that seeding would give leads to it."""
        conques = show("12218")
        assert conques["name"] == "commune-12076-conques-en-rouergue"
        assert show("12076")["id"] == conques["id"]

    def test_a_title_that_somebody_chose_stays(self) -> None:
        """Saintes got new figures and kept its title."""
        saintes = call_action("organization_show", id="commune-17415-saintes")
        assert (saintes["title"], saintes["population_year"]) == ("Ville de Saintes", 2022)


class TestAddresses:
    def test_the_old_address_leads_to_the_successor_with_a_note(self) -> None:
        """Also that of the feed; ?closed=1 shows the old page."""
        app = _get_test_app()
        answer = app.get(f"/organization/{OLD}", follow_redirects=False, status=301)
        assert answer.headers["Location"].endswith(f"/organization/{NEW}")
        # Not kept for ever: the organisation may be opened again.
        assert "must-revalidate" in answer.headers["Cache-Control"]
        page = app.get(f"/organization/{OLD}")
        assert all(words in page for words in ("Rives-de-Boutonne", "Saint-Georges-de-Longuepierre", "closed=1"))
        feed = app.get(f"/feeds/organization/{OLD}.atom", follow_redirects=False, status=301)
        assert feed.headers["Location"].endswith(f"/feeds/organization/{NEW}.atom")
        assert app.get(f"/organization/{OLD}?closed=1", follow_redirects=False).status_code == 200

    def test_an_address_made_of_a_code_leads_to_its_organisation(self) -> None:
        """That of today's code, of a former code, and none of an unknown one."""
        app = _get_test_app()
        for name in ("commune-12218-conques-en-rouergue", "commune-12218"):
            answer = app.get(f"/organization/{name}", follow_redirects=False, status=301)
            assert answer.headers["Location"].endswith("/organization/commune-12076-conques-en-rouergue")
        app.get("/organization/commune-99999-nulle-part", status=404)

    @pytest.mark.parametrize("page", ["", "about/"])
    def test_a_closed_page_says_since_when_why_and_what_follows(self, page: str) -> None:
        """That of its successor says what it was before; the others say nothing."""
        app = _get_test_app()
        old = BeautifulSoup(app.get(f"/en/organization/{page}{OLD}?closed=1").body, "html.parser")
        said = old.find(class_="odf-closed")
        assert "January 1, 2025" in said.get_text()
        assert "merged with others" in said.get_text()
        assert said.a["href"] == f"/en/organization/{NEW}"
        new = BeautifulSoup(app.get(f"/en/organization/{page}{NEW}").body, "html.parser")
        assert new.find(class_="odf-closed") is None
        if not page:
            text = " ".join(new.find(class_="odf-identity").get_text().split())
            assert "Formerly Saint-Georges-de-Longuepierre (until January 1, 2025)" in text
            assert new.find("a", href=f"/en/organization/{OLD}?closed=1")


class TestUpdateTo2026:
    @pytest.fixture(scope="class")
    def report(self, portal: Story) -> UpdateReport:
        """Through an archive, as an administrator would give it."""
        archive = shutil.make_archive(str(portal.cogs[2026]), "zip", portal.cogs[2026])
        return follow(Path(archive))

    def test_epci_are_created_and_dissolved(self, portal: Story, report: UpdateReport) -> None:
        """Two CC of Aveyron became one: its communes are under it, the dataset waits for a person."""
        assert names(report.created) == [
            "epci-241400860-cc-coeur-de-nacre", "epci-992367730-thionville-fensch-agglomeration", LEVEZOU,
        ]  # fmt: skip
        assert names(report.dissolved, "code") == ["241200658", "241200765", "245701222", "245701362"]
        assert show("12001")["parent"]["name"] == LEVEZOU
        assert {"name": "commune-12001-agen-d-aveyron", "title": "Agen-d’Aveyron", "old": SALARS, "new": LEVEZOU} in (
            report.moved
        )
        assert show(LEVEZOU)["parent"]["insee_code"] == "12"
        assert show("14062")["parent"]["siren"] == "241400860"
        salars = show(SALARS)
        assert salars["reason"] == "dissolved"
        assert SALARS in names(show(LEVEZOU)["formerly"])
        assert (salars["closed"], salars["successor"]["name"], salars["datasets"]) == (True, LEVEZOU, 1)
        assert [(one["name"], one["datasets"]) for one in report.waiting] == [(SALARS, 1)]

    def test_renamed(self, report: UpdateReport) -> None:
        """Louhans became Louhans-Châteaurenaud, under its address."""
        louhans = {"name": "commune-71263-louhans", "old": "Louhans", "title": "Louhans-Châteaurenaud"}
        assert louhans in report.renamed
        assert show("71263")["title"] == "Louhans-Châteaurenaud"
        assert show("71263")["name"] == "commune-71263-louhans"

    def test_a_closed_page_stays_while_it_has_datasets(self, portal: Story, report: UpdateReport) -> None:
        """Once they are given away it leads to the successor."""
        app = _get_test_app()
        app.get(f"/organization/{SALARS}", follow_redirects=False, status=200)
        act("package_patch", id=portal.datasets["epci"], title="Toujours éditable")
        act("package_patch", id=portal.datasets["epci"], owner_org=show(LEVEZOU)["id"])
        answer = app.get(f"/organization/{SALARS}", follow_redirects=False, status=301)
        assert answer.headers["Location"].endswith(LEVEZOU)

    def test_seeding_afterwards_makes_only_the_communes_of_the_split(self, portal: Story, report: UpdateReport) -> None:
        """What was closed stays so; then nothing is left to do, for either."""
        with files.reading(portal.cogs[2026]):
            seeded = seed()
            assert [change["name"][:13] for change in seeded.changes] == [
                "commune-15031", "commune-15035", "commune-15047", "commune-15171",
            ]  # fmt: skip
            assert seed().nothing_to_do
        assert follow(portal.cogs[2026]).nothing_to_do
        assert show(OLD)["closed"]


class TestBadInput:
    def test_a_bad_file_changes_nothing(self, portal: Story, tmp_path: Path) -> None:
        """The command names file, line, value and remedy, and fails."""
        bad = pack(2026, tmp_path)
        edit(bad, "communes", ",934115478,", ",934115479,")
        before = state()
        with pytest.raises(DataFileError, match=r"communes\.csv\.gz, line 14, siren.*934115479"):
            follow(bad)
        assert state() == before

    def test_a_cog_that_is_not_whole_changes_nothing(self, portal: Story, tmp_path: Path) -> None:
        """Eight communes of the portal are not in it, and nothing says why."""
        part = pack(2026, tmp_path)
        for name in ("communes", "history"):
            for line in (Path(__file__).parent / "cogs" / "2026" / f"{name}.csv").read_text().splitlines():
                if line.startswith(("12", "14", "15")):
                    edit(part, name, line + "\n", "")
        before = state()
        with pytest.raises(DataFileError, match="not a whole COG"):
            follow(part)
        assert state() == before

    def test_what_is_no_archive(self, tmp_path: Path) -> None:
        """The file is named."""
        path = tmp_path / "cog.zip"
        path.write_text("hello")
        with pytest.raises(DataFileError, match=r"cog\.zip is no folder and no ZIP archive"), source.another(path):
            pass


class TestEdges:
    def test_the_command(self, portal: Story) -> None:
        """For a person and for a program."""
        command = ["ckan", "-c", str(ROOT / "test.ini"), "odf", "territory", "update", "--cog", str(portal.cogs[2026])]
        program = "import sys; from ckan.cli.cli import ckan; sys.argv = sys.argv[1:]; ckan()"
        for options in (["--dry-run"], ["--dry-run", "--json"]):
            done = subprocess.run(
                [sys.executable, "-c", program, *command, *options], cwd=ROOT, env=os.environ, capture_output=True,
                text=True, check=True,
            )  # fmt: skip
            if "--json" in options:
                assert json.loads(done.stdout)["cog"] == 2026
            else:
                assert "2026" in done.stdout

    def test_the_actions_are_for_whom_they_should_be(self) -> None:
        """Anybody resolves a code; only a system administrator updates."""
        with pytest.raises(tk.NotAuthorized):
            call_action("odf_territory_update", context={"user": factories.User()["name"], "ignore_auth": False})
        told = call_action("odf_territory_resolve", code="17334", context={"user": "", "ignore_auth": False})
        assert (told["codes"], told["why"], told["until"]) == (["17268"], "merged", "2025-01-01")
        assert names(told["organizations"]) == [NEW]
        told = call_action("odf_territory_resolve", code="17334", date="2024-06-01")
        assert (told["codes"], told["live"], told["today"]) == (["17334"], True, ["17268"])
        with pytest.raises(tk.ValidationError, match="date"):
            call_action("odf_territory_resolve", code="17334", date="juin 2024")
