"""Lists of members and of agents, as administrators send them; and the hierarchy that they meet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import _get_test_app, call_action

from ckanext.opendatafrance.territories.members.cli import agents, members
from ckanext.opendatafrance.territories.model import memberships

SOLURIS = "syndicat-soluris"
CDA = "epci-241700434-ca-de-la-rochelle"
LA_ROCHELLE, SAINTES, ROYAN = "commune-17300-la-rochelle", "commune-17415-saintes", "commune-17306-royan"

pytestmark = pytest.mark.usefixtures("clean_lists")


@pytest.fixture(scope="module")
def portal(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[None]:
    """Charente-Maritime, Ajaccio, and an association without a SIREN; one portal for all tests: loading costs."""
    p.load_all()
    reset_db()
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    with _get_test_app().flask_app.test_request_context():
        user = factories.Sysadmin()["name"]
        call_action("odf_territory_seed", {"user": user, "ignore_auth": True}, code="charente-maritime")
        act("organization_create", name="ajaccio", title="Ajaccio", territory_type="commune", insee_code="2A004")
        act("organization_create", name="amis-des-donnees", title="Les Amis des données", territory_type="association")
        yield
        model.Session.rollback()
    p.unload_all()


@pytest.fixture
def clean_lists(portal: None) -> None:
    """No membership by list."""
    model.Session.execute(sa.delete(memberships).where(memberships.c.origin == "list"))
    model.Session.commit()


def act(action: str, **data: Any) -> Any:
    return call_action(action, context={"user": factories.Sysadmin()["name"]}, **data)


def imported(csv: str | bytes, group: str = SOLURIS, **options: Any) -> dict[str, Any]:
    return act("odf_membership_import", group=group, csv=csv, **options)


def listed(group: str = SOLURIS) -> list[str]:
    """Names of the members by list."""
    return [one["name"] for one in call_action("odf_membership_list", group=group) if one["origin"] == "list"]


def told(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Line, action, organisation."""
    return [
        (one["line"], one["action"], one["organization"]["name"] if one["organization"] else "")
        for one in report["lines"]
    ]


class TestWhatIsUnderstood:
    def test_codes_as_spreadsheets_leave_them(self) -> None:
        """INSEE, SIREN with spaces, SIRET, a small Corsican letter, a number with decimals, a name without accents."""
        report = imported(
            "N° SIREN;Code INSEE;Nom\n;17300;La Rochelle\n211 704 150;;\n;2a004;AJACCIO\n;17306.0;\n"
            "24170043400012;;\n;;les amis des donnees\n"
        )
        assert told(report) == [
            (2, "add", LA_ROCHELLE), (3, "add", SAINTES), (4, "add", "ajaccio"), (5, "add", ROYAN),
            (6, "add", CDA), (7, "add", "amis-des-donnees"),
        ]  # fmt: skip
        assert report["written"]
        assert set(listed()) == {LA_ROCHELLE, SAINTES, "ajaccio", ROYAN, CDA, "amis-des-donnees"}
        assert call_action("odf_territory_show", id=SAINTES)["memberships"][0]["name"] == SOLURIS

    def test_a_lost_leading_zero_is_put_back(self) -> None:
        act("organization_create", name="bourg", title="Bourg-en-Bresse", territory_type="commune", insee_code="01053")
        [line] = imported("insee\n1053\n")["lines"]
        assert (line["action"], line["organization"]["name"]) == ("add", "bourg")
        assert "01053" in line["message"]

    def test_a_former_code_leads_to_the_commune_of_today(self) -> None:
        [line] = imported("code commune\n17189\n")["lines"]
        assert line["action"] == "add"
        assert "17189" in line["message"]
        assert line["organization"]["insee_code"] == "17219"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_encodings_and_separators_of_spreadsheets(self, encoding: str, separator: str) -> None:
        text = f"Numéro{separator}Collectivité\r\n1{separator}Les Amis des données\r\n\r\n2{separator}Échillais\r\n"
        report = imported(text.encode(encoding), dry_run=True)
        assert told(report) == [(2, "add", "amis-des-donnees"), (4, "add", "commune-17146-echillais")]

    def test_a_bare_list_of_codes(self) -> None:
        assert told(imported("17300\n17415\n")) == [(1, "add", LA_ROCHELLE), (2, "add", SAINTES)]

    def test_a_second_line_on_the_same_is_told(self) -> None:
        report = imported("code;nom\n17300;La Rochelle\n;La Rochelle\n")
        assert [(one["line"], one["action"]) for one in report["lines"]] == [(2, "add"), (3, "repeat")]
        assert "2" in report["lines"][1]["message"]

    def test_who_is_there_already_stays(self) -> None:
        imported("insee\n17300\n")
        report = imported("insee\n17300\n")
        assert (report["kept"], report["added"], report["written"]) == (1, [], False)
        below = imported("insee\n17300\n", group=CDA)
        assert [one["action"] for one in below["lines"]] == ["keep"]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("header", "value", "said"),
        [
            ("siren", "211703005", ("211703005", "clé")),
            ("siren", "2,11703E+08", ("2,11703E+08", "texte")),
            ("siren", "21170300", ("8 chiffres", "SIREN")),
            ("insee", "17000", ("postal", "17300")),
            ("insee", "99999", ("99999",)),
            ("insee", "44109", ("Nantes", "ckan odf territory seed")),
            ("siren", "214401093", ("Nantes", "ckan odf territory seed")),
            ("nom", "La Rochele", ("La Rochele",)),
            ("nom", "Rochelle", ("La Rochelle", "17300")),
            ("nom", "Syndicat inconnu", ("Syndicat inconnu",)),
        ],
    )
    def test_each_line_names_its_value_and_the_remedy(self, header: str, value: str, said: tuple[str, ...]) -> None:
        report = imported(f"{header};note\n{value};\n")
        [line] = report["lines"]
        assert (line["line"], line["value"], line["action"]) == (2, value, "refuse")
        assert not [word for word in said if word not in line["message"]], line["message"]

    def test_codes_that_contradict_each_other(self) -> None:
        [line] = imported("insee;siren\n17300;211704150\n")["lines"]
        assert line["action"] == "refuse"
        assert "La Rochelle" in line["message"]
        assert "Saintes" in line["message"]

    def test_nothing_is_written_when_one_line_is_wrong(self) -> None:
        report = imported("insee\n17300\n99999\n17415\n")
        assert (report["written"], report["refused"], len(report["added"])) == (False, 1, 2)
        assert listed() == []

    def test_partial_writes_the_lines_that_are_clear(self) -> None:
        report = imported("insee\n17300\n99999\n17415\n", partial=True)
        assert report["written"]
        assert set(listed()) == {LA_ROCHELLE, SAINTES}

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"PK\x03\x04rest of a workbook", "CSV"),
            (b"", "csv"),
            (b"colonne;autre\nLa Rochelle;1\n", "insee"),
            (b"insee;nom\n", "CSV"),
        ],
        ids=["workbook", "empty", "no-heading", "no-line"],
    )
    def test_a_file_that_is_no_list(self, content: bytes, word: str) -> None:
        with pytest.raises(tk.ValidationError) as refused:
            imported(content)
        assert word in str(refused.value.error_dict)

    def test_facilitators_give_themselves_no_rights_by_a_list(self) -> None:
        """Whoever facilitates a group has rights on its members: only those that they have already are taken."""
        user = factories.User()["name"]
        asked = {"group": SOLURIS, "csv": "insee\n17300\n"}
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("odf_membership_import")({"user": user}, asked)
        act("organization_member_create", id=SOLURIS, username=user, role="animateur")
        report = tk.get_action("odf_membership_import")({"user": user}, asked)
        assert told(report) == [(2, "refuse", LA_ROCHELLE)]
        assert listed() == []


class TestReplace:
    def test_a_dry_run_shows_what_would_end_and_writes_nothing(self) -> None:
        imported("insee\n17300\n17415\n")
        report = imported("insee\n17300\n17306\n", replace=True, dry_run=True)
        assert [one["name"] for one in report["added"]] == [ROYAN]
        assert [one["name"] for one in report["removed"]] == [SAINTES]
        assert set(listed()) == {LA_ROCHELLE, SAINTES}

    def test_members_that_the_list_leaves_out_end(self) -> None:
        imported("insee\n17300\n17415\n")
        assert imported("insee\n17300\n17306\n", replace=True)["written"]
        assert set(listed()) == {LA_ROCHELLE, ROYAN}

    def test_no_member_ends_while_a_line_is_not_clear(self) -> None:
        """The unclear line may be the one that names it."""
        imported("insee\n17300\n17415\n")
        report = imported("insee\n17300\n99999\n", replace=True, partial=True)
        assert [one["name"] for one in report["left"]] == [SAINTES]
        assert set(listed()) == {LA_ROCHELLE, SAINTES}

    def test_a_membership_of_the_official_lists_stays(self) -> None:
        model.Session.execute(
            sa.insert(memberships).values(
                organization_id=model.Group.get(ROYAN).id, of_id=model.Group.get(SOLURIS).id, origin="seed"
            )
        )
        model.Session.commit()
        report = imported("insee\n17300\n", replace=True)
        assert [one["name"] for one in report["left"]] == [ROYAN]
        model.Session.execute(sa.delete(memberships).where(memberships.c.of_id == model.Group.get(SOLURIS).id))
        model.Session.commit()


class TestCommands:
    def run(self, group: Any, *words: str, **options: Any) -> Any:
        return CliRunner().invoke(group, list(words), **options)

    def test_import_tells_each_line_and_ends_with_an_error(self, tmp_path: Path) -> None:
        file = tmp_path / "membres.csv"
        file.write_bytes("Commune;SIREN\nÉchillais;\nX;211703005\n".encode("cp1252"))
        result = self.run(members, "import", str(file), "--group", SOLURIS)
        assert result.exit_code == 1
        assert "+ ligne 2: Échillais" in result.stdout or "+ line 2: Échillais" in result.stdout
        assert "211703005" in result.stderr
        assert listed() == []

    def test_replace_asks_before_it_ends_memberships(self, tmp_path: Path) -> None:
        imported("insee\n17300\n17415\n")
        file = tmp_path / "membres.csv"
        file.write_text("insee\n17300\n")
        asked = ["import", str(file), "--group", SOLURIS, "--replace"]
        refused = self.run(members, *asked, input="n\n")
        assert refused.exit_code == 1
        assert "- Saintes (17415)" in refused.stderr
        assert set(listed()) == {LA_ROCHELLE, SAINTES}
        assert self.run(members, *asked, "--yes").exit_code == 0
        assert listed() == [LA_ROCHELLE]

    def test_what_is_exported_can_be_imported(self, tmp_path: Path) -> None:
        imported("insee;nom\n17300;\n;Les Amis des données\n")
        exported = self.run(members, "export", SOLURIS)
        assert exported.exit_code == 0
        file = tmp_path / "membres.csv"
        file.write_text(exported.stdout)
        again = json.loads(self.run(members, "import", str(file), "--group", SOLURIS, "--json").stdout)
        assert (again["kept"], again["refused"], again["added"]) == (2, 0, [])

    def test_agents_in_and_out(self, tmp_path: Path) -> None:
        file = tmp_path / "agents.csv"
        file.write_text("Code INSEE;Nombre d'agents;Année\n17300;1 250;2025\n17415;49,8;2025\n")
        result = self.run(agents, "import", str(file))
        assert result.exit_code == 0, result.stderr
        assert "unknown → yes" in result.stdout
        assert "unknown → no" in result.stdout
        exported = self.run(agents, "export", CDA).stdout
        [line] = [line for line in exported.splitlines() if line.startswith("17300;")]
        assert line.split(";")[5:] == [
            "81843",
            "2023",
            "1250",
            "2025",
            "yes",
            "CRPA, articles L. 312-1-1 et D. 312-1-1-1",
        ]

    def test_an_unknown_group_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "membres.csv"
        file.write_text("insee\n17300\n")
        result = self.run(members, "import", str(file), "--group", "nulle-part")
        assert result.exit_code == 1
        assert "nulle-part" in result.stderr


class TestAgents:
    def test_the_legal_duty_is_computed_anew(self) -> None:
        report = act("odf_agents_import", csv="insee;agents;annee\n17306;600;2024\n")
        assert report["lines"][0]["agents"] == [None, 600]
        assert report["lines"][0]["legal_duty"] == ["unknown", "yes"]
        found = call_action("organization_show", id=ROYAN)
        assert (found["agents"], found["agents_year"], found["legal_duty"]) == (600, 2024, "yes")
        assert call_action("odf_territory_show", id=ROYAN)["duty"]["duty"] == "yes"
        assert not act("odf_agents_import", csv="insee;agents;annee\n17306;600;2024\n")["written"]

    @pytest.mark.parametrize(("value", "year"), [("beaucoup", "2024"), ("", "2024"), ("12", "24"), ("-3", "")])
    def test_a_wrong_figure_is_refused_with_its_line(self, value: str, year: str) -> None:
        report = act("odf_agents_import", csv=f"insee;agents;annee\n17161;10;2024\n17300;{value};{year}\n")
        assert [one["action"] for one in report["lines"]] == ["update", "refuse"]
        assert not report["written"]
        assert call_action("odf_territory_show", id="17161")["duty"]["agents"] is None

    def test_administrators_enter_their_own_organisations_only(self) -> None:
        user = factories.User()["name"]
        act("organization_member_create", id=SAINTES, username=user, role="admin")
        data = {"csv": "insee;agents\n17415;900\n17300;900\n"}
        report = tk.get_action("odf_agents_import")({"user": user}, {**data, "partial": True})
        assert [one["action"] for one in report["lines"]] == ["update", "refuse"]
        assert call_action("organization_show", id=SAINTES)["agents"] == 900
        with pytest.raises(tk.NotAuthorized):
            tk.get_action("odf_agents_import")({"user": factories.User()["name"]}, data)

    def test_the_duty_of_a_territory_is_listed(self) -> None:
        found = {one["insee_code"]: one for one in call_action("odf_duty_list", within=CDA)}
        assert len(found) == 29
        assert found["17300"]["population_totale"] == 81843
        assert {one["legal_duty"] for one in found.values()} >= {"no", "unknown"}


class TestHierarchy:
    def parents(self, name: str, *parents: str) -> None:
        act("organization_patch", id=name, groups=[{"name": parent} for parent in parents])

    def test_a_cycle_is_refused_with_the_names_and_the_remedy(self) -> None:
        with pytest.raises(tk.ValidationError) as refused:
            self.parents("region-75-nouvelle-aquitaine", CDA)
        said = str(refused.value.error_dict)
        for word in ("Nouvelle-Aquitaine", "agglomération de La Rochelle", "Charente-Maritime"):
            assert word in said

    def test_an_organisation_is_not_its_own_parent(self) -> None:
        with pytest.raises(tk.ValidationError, match="Soluris"):
            self.parents(SOLURIS, SOLURIS)

    def test_a_second_parent_is_refused_once(self) -> None:
        with pytest.raises(tk.ValidationError) as refused:
            self.parents(SAINTES, CDA, "departement-17-charente-maritime")
        said = json.dumps(refused.value.error_dict, ensure_ascii=False)
        assert said.count("members import") == 1
        for word in ("Saintes", "agglomération de La Rochelle", "Charente-Maritime"):
            assert word in said

    def test_also_when_it_is_made_and_through_the_members(self) -> None:
        groups = [{"name": CDA}, {"name": SOLURIS}]
        with pytest.raises(tk.ValidationError, match="Nouvelle"):
            act("organization_create", name="nouvelle", title="Nouvelle", territory_type="autre", groups=groups)
        with pytest.raises(tk.ValidationError, match="Saintes"):
            act("member_create", id=SAINTES, object=CDA, object_type="group", capacity="public")

    def test_another_parent_in_place_of_the_first_is_accepted(self) -> None:
        before = call_action("odf_territory_show", id=SAINTES)["parent"]["name"]
        self.parents(SAINTES, CDA)
        assert call_action("odf_territory_show", id=SAINTES)["parent"]["name"] == CDA
        self.parents(SAINTES, before)

    def test_groups_that_are_no_organisations_keep_ckans_rule(self) -> None:
        act("group_create", name="haut")
        act("group_create", name="bas", groups=[{"name": "haut"}])
        with pytest.raises(tk.ValidationError):
            act("group_patch", id="haut", groups=[{"name": "bas"}])

    def test_a_list_closes_no_circle_of_memberships(self) -> None:
        act("organization_create", name="union", title="Union des syndicats", territory_type="syndicat_mixte")
        imported(f"identifiant\n{SOLURIS}\n", group="union")
        [line] = imported("identifiant\nunion\n")["lines"]
        assert line["action"] == "refuse"
        assert "Union des syndicats" in line["message"]
        assert "Soluris" in line["message"]

    def test_a_commune_stands_in_one_intermunicipal_body(self) -> None:
        [line] = imported("insee\n17415\n", group=CDA)["lines"]
        assert line["action"] == "refuse"
        assert "Saintes" in line["message"]

    def test_a_departement_may_be_member_of_a_syndicate_under_it(self) -> None:
        [line] = imported("identifiant\ndepartement-17-charente-maritime\n")["lines"]
        assert line["action"] == "add"
