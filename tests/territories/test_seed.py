"""Charente-Maritime in a real database: seeded, seeded again, changed by people, killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import _get_test_app, call_action

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories import perimeter, reindex, sync
from ckanext.opendatafrance.territories.model import territories

SOLURIS, EPCI = "syndicat-soluris", "epci-241700434-ca-de-la-rochelle"
LA_ROCHELLE, SAINTES = "commune-17300-la-rochelle", "commune-17415-saintes"

pytestmark = pytest.mark.usefixtures("portal")


@pytest.fixture(scope="module")
def portal(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[dict[str, sync.Report]]:
    """The portal with Charente-Maritime, and the reports of its seeding; one for all tests, because loading costs."""
    p.load_all()
    reset_db()
    # CKAN's reset drops the tables of plugins with the rest, the first time.
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    with _get_test_app().flask_app.test_request_context():
        yield {"dry": seed(dry_run=True), "first": seed()}
        model.Session.rollback()
    p.unload_all()


def seed(code: str = "charente-maritime", **options: Any) -> sync.Report:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return sync.seed(perimeter.find(code), user, **options)


def act(action: str, **data: Any) -> Any:
    """Run an action as a system administrator, in a context of its own: CKAN leaves the last organisation in it."""
    return call_action(action, context={"user": factories.Sysadmin()["name"]}, **data)


def show(code: str) -> dict[str, Any]:
    return call_action("odf_territory_show", id=code)


class TestSeed:
    def test_a_dry_run_says_what_would_be_and_writes_nothing(self, portal: dict[str, sync.Report]) -> None:
        """462 communes, 13 EPCI, the département, its région, and Soluris."""
        report = portal["dry"]
        assert (report.total, report.created, report.updated, report.errors) == (478, 478, 0, [])
        assert portal["first"].created == 478

    def test_every_organisation_is_there_with_its_parent(self) -> None:
        """As CKAN itself stores and counts them."""
        groups = model.Session.query(model.Group).filter_by(is_organization=True, state="active").all()
        kinds = Counter((group.extras or {}).get("territory_type") for group in groups)
        assert kinds == {"commune": 462, "epci": 13, "departement": 1, "region": 1, "syndicat_mixte": 1}
        [commune] = [group for group in groups if group.name == LA_ROCHELLE]
        assert [one.name for one in commune.get_parent_group_hierarchy(type="organization")] == [
            "region-75-nouvelle-aquitaine", "departement-17-charente-maritime", EPCI,
        ]  # fmt: skip

    def test_the_record_is_what_the_form_would_have_made(self) -> None:
        """Codes are texts, figures are numbers, the legal duty is computed."""
        found = call_action("organization_show", id=LA_ROCHELLE)
        expected = {
            "title": "La Rochelle", "territory_type": "commune", "insee_code": "17300", "siren": "211703004",
            "postal_codes": "17000", "population_municipale": 79851, "population_totale": 81843,
            "population_year": 2023, "legal_duty": "unknown", "longitude": "-1.1766", "latitude": "46.1621",
        }  # fmt: skip
        assert {name: found.get(name) for name in expected} == expected
        assert [group["name"] for group in found["groups"]] == [EPCI]

    def test_again_there_is_nothing_to_do(self) -> None:
        """Nothing is written twice."""
        report = seed()
        assert report.nothing_to_do
        assert (report.unchanged, report.changes) == (478, [])

    def test_what_people_wrote_stays_and_what_the_cog_says_comes_back(self) -> None:
        """A title, a description and the number of agents are people's; the population is INSEE's."""
        act("organization_patch", id=SAINTES, title="Ville de Saintes", description="Notre ville", agents=600)
        act("organization_patch", id=SAINTES, population_totale="12")
        assert show(SAINTES)["legal_duty"] == "no"
        report = seed()
        assert (report.created, report.updated) == (0, 1)
        found = call_action("organization_show", id=SAINTES)
        assert (found["title"], found["description"], found["agents"]) == ("Ville de Saintes", "Notre ville", 600)
        assert (found["population_totale"] > 20_000, found["legal_duty"]) == (True, "yes")
        assert [group["name"] for group in found["groups"]]
        assert seed().nothing_to_do

    def test_an_organisation_made_by_hand_is_taken_up(self) -> None:
        """It is known by its code, keeps its name and its title, and gets its place."""
        made = act(
            "organization_create", name="mairie-de-nantes", title="Nantes (mairie)",
            territory_type="commune", insee_code="44109",
        )  # fmt: skip
        report = seed("epci:244400404")
        assert report.errors == []
        assert report.updated == 1
        found = show("44109")
        assert (found["id"], found["title"], found["siren"]) == (made["id"], "Nantes (mairie)", "214401093")
        assert found["parent"]["siren"] == "244400404"

    def test_a_deleted_organisation_is_left_to_the_person_who_deleted_it(self) -> None:
        """It is reported, not made again behind their back."""
        name = "commune-17002-agudelle"
        act("organization_delete", id=name)
        report = seed()
        assert [one["name"] for one in report.skipped] == [name]
        assert "restaure" in report.skipped[0]["reason"] or "restore" in report.skipped[0]["reason"]
        act("organization_patch", id=name, state="active")
        assert seed().errors == []
        assert show("17002")["parent"]

    def test_an_epci_across_departements_has_memberships_beside_the_tree(self) -> None:
        """Redon Agglomération is found under Morbihan too, and seeding one département does not move it."""
        seed("region:53")
        redon = show("243500741")
        assert redon["parent"]["insee_code"] == "35"
        assert [one["insee_code"] for one in redon["memberships"]] == ["56"]
        found = call_action("odf_territory_search", ancestor="departement-56-morbihan", type="epci", limit=50)
        assert redon["name"] in [one["name"] for one in found["results"]]
        assert seed("departement:56").updated == 0
        assert show("243500741")["parent"]["insee_code"] == "35"

    def test_two_at_once_are_refused(self) -> None:
        """They would make the same organisation twice."""
        with sync.alone(), pytest.raises(OdfError, match="Another seeding is running"):
            seed()

    def test_killed_in_the_middle_it_goes_on(self) -> None:
        """SIGKILL after the first batch: no half organisation, no duplicate, and the next run ends it."""
        program = (
            "import sys; from ckan.cli.cli import ckan;"
            "from ckanext.opendatafrance.territories import sync; sync.BATCH = 20;"
            "sys.argv = ['ckan', '-c', sys.argv[1], 'odf', 'territory', 'seed', 'departement:94']; ckan()"
        )
        root = Path(__file__).parents[2]
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(root / "test.ini")],
            cwd=root, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stderr
        for line in process.stderr:
            if line.startswith("20/"):
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
        here = self._of_departement_94()
        assert 20 <= here < 50
        report = seed("departement:94")
        assert report.created == 53 - here
        assert self._of_departement_94() == 53
        assert seed("departement:94").nothing_to_do

    @staticmethod
    def _of_departement_94() -> int:
        """The région, the département, four EPCI, 47 communes."""
        model.Session.rollback()
        names = model.Session.scalars(sa.select(territories.c.name)).all()
        started = ("region-11", "departement-94", "commune-94", "epci-20005")
        return sum(name.startswith(started) for name in names)


class TestRecords:
    """`odf_territory` follows whoever changes an organisation."""

    def test_created_edited_moved_deleted_by_the_api(self) -> None:
        """The row, the ancestors of those below, and the datasets' index entries follow."""
        top = act("organization_create", name="syndicat-a", title="Syndicat Été")
        below = act("organization_create", name="regie-b", title="Régie B", groups=[{"name": "syndicat-a"}])
        leaf = act("organization_create", name="agence-c", title="Agence C", groups=[{"name": "regie-b"}])
        dataset = factories.Dataset(owner_org=leaf["id"])
        assert [one["name"] for one in show("agence-c")["ancestors"]] == ["syndicat-a", "regie-b"]
        assert call_action("odf_territory_search", q="syndicat ete")["results"][0]["id"] == top["id"]

        act("organization_patch", id=below["id"], groups=[{"name": SOLURIS}])
        assert [one["name"] for one in show("agence-c")["ancestors"]][-2:] == [SOLURIS, "regie-b"]
        reindex.run([below["id"]])
        for name, count in ((SOLURIS, 1), ("regie-b", 1), ("syndicat-a", 0)):
            found = call_action("package_search", fq=f"+vocab_odf_territory:{name} +id:{dataset['id']}")
            assert found["count"] == count

        act("organization_patch", id=leaf["id"], title="Agence Çà et là")
        assert call_action("odf_territory_search", q="agence ca et la")["count"] == 1
        act("organization_delete", id=top["id"])
        with pytest.raises(tk.ObjectNotFound):
            show("syndicat-a")

    def test_datasets_carry_their_owner_and_all_above(self) -> None:
        """“All of the EPCI and below” is one filter."""
        dataset = factories.Dataset(owner_org=call_action("organization_show", id=LA_ROCHELLE)["id"])
        found = call_action(
            "package_search",
            fq=f"+vocab_odf_territory:{EPCI} +vocab_odf_territory_type:commune",
            **{"facet.field": ["vocab_odf_territory"]},
        )
        assert [one["id"] for one in found["results"]] == [dataset["id"]]
        assert set(found["facets"]["vocab_odf_territory"]) == {
            LA_ROCHELLE, EPCI, "departement-17-charente-maritime", "region-75-nouvelle-aquitaine",
        }  # fmt: skip
        above = show(EPCI)
        assert (above["datasets"], above["datasets_below"], above["below"]) == (0, 1, {"commune": 28})


class TestShow:
    @pytest.mark.parametrize("code", ["17300", LA_ROCHELLE, "211703004", "211 703 004", "21170300400013"])
    def test_by_any_code(self, code: str) -> None:
        """INSEE code, name, SIREN, SIRET."""
        assert show(code)["title"] == "La Rochelle"

    def test_an_old_code_leads_to_the_commune_of_today(self) -> None:
        """Vallet (17456) is part of Montendre (17240)."""
        assert show("17456")["insee_code"] == "17240"

    def test_an_unknown_code_is_refused_in_words(self) -> None:
        """It names what was asked."""
        with pytest.raises(tk.ObjectNotFound, match="99999"):
            show("99999")

    def test_everything_a_page_needs(self) -> None:
        """Identity, place, duty, relations, counts."""
        found = show("17")
        assert found["name"] == "departement-17-charente-maritime"
        assert found["uri"] == "http://id.insee.fr/geo/departement/17"
        assert found["zone"] == "fr:departement:17"
        assert found["below"].items() >= {"commune": 462, "epci": 13, "syndicat_mixte": 1}.items()
        assert found["duty"]["population_totale"] == 688067
        assert found["duty"]["source"].startswith("CRPA")


class TestSearch:
    @pytest.mark.parametrize(
        ("q", "first"),
        [
            ("la rochelle", "La Rochelle"),
            ("LA ROCHÈLLE", "La Rochelle"),
            ("17300", "La Rochelle"),
            ("17000", "La Rochelle"),
            ("211703004", "La Rochelle"),
            ("l'ile d aix", None),
            ("ile aix", "Île-d’Aix"),
            ("oleron", "Communauté de communes de l’Île d’Oléron"),
            ("solu", "Soluris"),
        ],
    )
    def test_by_words_and_codes(self, q: str, first: str | None) -> None:
        """Accents, capitals, apostrophes do not matter; beginnings are enough; the exact and the bigger come first."""
        results = call_action("odf_territory_search", q=q, ancestor="17")["results"]
        assert (results[0]["title"] if results else None) == first

    def test_filters_order_and_pages(self) -> None:
        """As the list of communes of a page asks."""
        asked = {"ancestor": "departement-17-charente-maritime", "type": "commune", "sort": "population"}
        found = call_action("odf_territory_search", limit=3, **asked)
        assert found["count"] == 462
        assert [one["title"] for one in found["results"]] == ["La Rochelle", "Ville de Saintes", "Rochefort"]
        following = call_action("odf_territory_search", limit=1, offset=3, **asked)
        assert following["results"][0]["title"] not in ("La Rochelle", "Ville de Saintes", "Rochefort")
        assert call_action("odf_territory_search", parent=EPCI, limit=0) == {"count": 28, "results": []}
        both = call_action("odf_territory_search", ancestor="17", type="epci,departement", limit=100)
        assert {one["type"] for one in both["results"]} == {"epci"}
        assert call_action("odf_territory_search", ancestor="nowhere")["count"] == 0

    @pytest.mark.parametrize("wrong", [{"type": "commmune"}, {"sort": "colour"}, {"limit": "many"}, {"offset": -1}])
    def test_wrong_arguments_are_refused(self, wrong: dict[str, Any]) -> None:
        """Not ignored."""
        with pytest.raises(tk.ValidationError) as refused:
            call_action("odf_territory_search", **wrong)
        assert set(refused.value.error_dict) == set(wrong)

    def test_anybody_may_read_and_only_a_sysadmin_may_seed(self) -> None:
        """Through HTTP, without a token and with an ordinary one."""
        app = _get_test_app()
        assert app.get("/api/action/odf_territory_show?id=17300").json["success"]
        assert app.get("/api/action/odf_territory_search?q=saintes&limit=1").json["result"]["count"] >= 1
        pilots = app.get("/api/action/odf_territory_list_pilots").json["result"]
        assert len(pilots) == 9
        assert {one["slug"]: one["organization"] for one in pilots}["charente-maritime"] == (
            "departement-17-charente-maritime"
        )
        token = factories.APIToken(user=factories.User()["name"])["token"]
        answer = app.post(
            "/api/action/odf_territory_seed", json={"code": "17"}, headers={"Authorization": token}, status=403
        )
        assert not answer.json["success"]


class TestValidators:
    """The organisation schema, as the API and the form use it."""

    @pytest.fixture(autouse=True)
    def _user(self) -> None:
        self.name = f"essai-{time.time_ns()}"

    def create(self, **fields: Any) -> dict[str, Any]:
        return act("organization_create", name=self.name, title="Essai", **fields)

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            ({"siren": "130 004 930"}, {"siren": "130004930"}),
            ({"siren": "13000493000025"}, {"siren": "130004930"}),
            ({"territory_type": "commune", "insee_code": "1001"}, {"insee_code": "01001"}),
            ({"territory_type": "commune", "insee_code": "2a004"}, {"insee_code": "2A004"}),
            ({"postal_codes": "1000, 01100;01100"}, {"postal_codes": "01000 01100"}),
            (
                {"agents": 0, "population_totale": "81 843"},
                {"agents": 0, "population_totale": 81843, "legal_duty": "no"},
            ),
            ({"agents": "60", "population_totale": 3500}, {"legal_duty": "yes"}),
            ({"legal_duty": "yes"}, {"legal_duty": "unknown"}),
            ({"longitude": "-1,1766"}, {"longitude": "-1.1766"}),
            ({}, {"territory_type": "autre"}),
        ],
    )
    def test_what_is_mended(self, given: dict[str, Any], stored: dict[str, Any]) -> None:
        """Spaces, a lost zero, a small letter, a decimal comma; the duty cannot be claimed."""
        found = self.create(**given)
        assert {name: found.get(name) for name in stored} == stored

    @pytest.mark.parametrize(
        ("given", "field", "expected"),
        [
            ({"siren": "130004931"}, "siren", "130004931"),
            ({"siren": "Soluris"}, "siren", "Soluris"),
            ({"territory_type": "commune", "insee_code": "99999"}, "insee_code", "99999"),
            ({"territory_type": "commune", "insee_code": "12076"}, "insee_code", "12218"),
            ({"territory_type": "epci", "insee_code": "17300"}, "insee_code", "INSEE"),
            ({"postal_codes": "1700a"}, "postal_codes", "1700a"),
            ({"agents": "beaucoup"}, "agents", "beaucoup"),
            ({"population_year": "23"}, "population_year", "23"),
            ({"latitude": "146"}, "latitude", "90"),
            ({"bbox": "1,2,3"}, "bbox", "1,2,3"),
            ({"territory_type": "ville"}, "territory_type", "commune"),
        ],
    )
    def test_what_is_refused(self, given: dict[str, Any], field: str, expected: str) -> None:
        """The message is under the field and repeats the value or says what to use."""
        with pytest.raises(tk.ValidationError) as refused:
            self.create(**given)
        assert expected in " ".join(refused.value.error_dict[field])


class TestCommands:
    """`ckan odf territory`."""

    def test_list_show_and_seed(self, cli: Any) -> None:
        """What an administrator types first."""
        from ckan.cli.cli import ckan

        run: Callable[..., Any] = lambda *words: cli.invoke(ckan, ["odf", "territory", *words])  # noqa: E731 - a partial cannot add the list
        assert "charente-maritime" in run("list").output
        assert "211703004" in run("show", "17300").output
        again = run("seed", "charente-maritime")
        assert again.exit_code == 0, again.output
        assert "478" in again.output
        wrong = run("seed", "charante-maritime")
        assert wrong.exit_code == 1
        assert "charente-maritime" in wrong.output
        missing = run("show", "saint")
        assert missing.exit_code == 1
        assert "saintes" in missing.output.lower() or "saint-" in missing.output.lower()
