"""The inbox of publishers: who sees and decides what, its page, its commands and files."""

from __future__ import annotations

import io
import json
import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from pooled_site import Said, pool

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories

A, B = Said("Service des données de Saint-Exemple"), Said("Syndicat des eaux de l’Exemple")
TWO = [("a1", A), ("a2", A), ("b1", B)]
ENGLISH = {"LC_ALL": "en_GB.UTF-8"}


@pytest.fixture
def pooled(tables, migrate_db_for, member_site, ckan_config, monkeypatch):
    """Factory of pooled sources, harvested once."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")

    def make(publishers, **owner):
        place = pool(member_site, ckan_config, monkeypatch, publishers, **owner)
        place.harvest()
        return place

    return make


def person(organization: dict, role: str) -> dict:
    """A new user with a role, and a token for requests."""
    user = factories.UserWithToken()
    name = {"id": organization["id"], "username": user["name"], "role": role}
    tk.get_action("organization_member_create")({"ignore_auth": True}, name)
    return user


def admin() -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


def call(action: str, user: dict, **data):
    return tk.get_action(action)({"user": user["name"]}, data)


def publishers(found: dict) -> list[str]:
    return [one["publisher"] for one in found["results"]]


def rows(page: str) -> list:
    return BeautifulSoup(page, "html.parser").select("[data-odf-publisher]")


# --- Who may ---------------------------------------------------------------------------------------------------------


def test_an_administrator_of_a_commune_pushes_nothing_into_another_organisation(pooled) -> None:
    """Neither by a decision, nor by a file, nor as a suggestion; into their own they may."""
    name = f"Commune homonyme {uuid4()}"
    place, other = pooled([("a1", Said(name))]), factories.Organization(title=name)
    boss = person(place.owner, "admin")
    assert call("odf_placing_inbox", boss, source=place.source["name"])["results"][0]["suggestions"] == []
    with pytest.raises(tk.NotAuthorized):
        place.assign(name, other["name"], boss["name"])
    content = f"organization;publisher\n{other['name']};{name}\n"
    done = call("odf_placing_import", boss, source=place.source["name"], content=content)
    assert (done["placed"], [one["line"] for one in done["errors"]]) == (0, [2])
    assert place.owners() == {"Jeu a1": place.owner["name"]}
    assert place.assign(name, place.owner["name"], boss["name"])["moved"] == 0
    assert place.inbox() == []


def test_nor_takes_out_of_one_into_which_somebody_else_placed(pooled) -> None:
    """What an administrator of the portal decided is not theirs to undo."""
    place, other = pooled(TWO), factories.Organization()
    place.assign(A.name, other["name"], factories.Sysadmin()["name"])
    boss = person(place.owner, "admin")
    for target in ("", place.owner["name"]):
        with pytest.raises(tk.NotAuthorized):
            place.assign(A.name, target, boss["name"])
    assert place.owners()["Jeu a1"] == other["name"]


def test_a_facilitator_places_in_the_sub_tree_and_nowhere_else(pooled) -> None:
    """With the role on the organisation of the source."""
    place, outside = pooled(TWO), factories.Organization()
    below = factories.Organization(groups=[{"name": place.owner["name"]}])
    guide = person(place.owner, "animateur")
    assert publishers(call("odf_placing_inbox", guide)) == [A.name, B.name]
    assert place.assign(A.name, below["name"], guide["name"])["moved"] == 2
    with pytest.raises(tk.NotAuthorized):
        place.assign(B.name, outside["name"], guide["name"])


def test_an_administrator_of_two_organisations_places_from_one_into_the_other(pooled) -> None:
    """Rights over both are enough, wherever they stand in the tree."""
    place, other = pooled(TWO), factories.Organization()
    boss = person(place.owner, "admin")
    role = {"id": other["id"], "username": boss["name"], "role": "admin"}
    tk.get_action("organization_member_create")({"ignore_auth": True}, role)
    assert place.assign(A.name, other["name"], boss["name"])["moved"] == 2


def test_editors_and_strangers_see_no_inbox_and_place_nothing(pooled, app) -> None:
    """Nor does a visitor; a stranger who administers something else sees theirs only."""
    place = pooled(TWO)
    stranger, editor = person(factories.Organization(), "admin"), person(place.owner, "editor")
    assert publishers(call("odf_placing_inbox", stranger)) == []
    for user, action in ((editor, "odf_placing_inbox"), (stranger, "odf_placing_export")):
        with pytest.raises(tk.NotAuthorized):
            call(action, user, source=place.source["name"] if user is stranger else None)
    with pytest.raises(tk.NotAuthorized):
        place.assign(A.name, place.owner["name"], editor["name"])
    assert app.get("/en/odf/harvest/placing/").status_code == 403
    assert app.get("/en/odf/harvest/placing/organizations?q=la").status_code == 403


def test_only_editors_see_and_release_a_chosen_owner(pooled, app) -> None:
    """The page of the dataset tells them who chose it, and has the button."""
    place, mine = pooled(TWO), factories.Organization()
    boss, stranger = person(mine, "editor"), person(factories.Organization(), "admin")
    title = next(iter(place.owners()))
    found = tk.get_action("package_search")({}, {"fq": f"harvest_source_id:{place.source['id']}", "sort": "name asc"})
    dataset = found["results"][0]
    tk.get_action("package_patch")(
        {"user": factories.Sysadmin()["name"]}, {"id": dataset["id"], "owner_org": mine["id"]}
    )
    page = app.get(f"/dataset/{dataset['name']}", headers={"Authorization": boss["token"]}).body
    assert "odf-owner-notice" in page
    assert "odf-owner-notice" not in app.get(f"/dataset/{dataset['name']}").body
    with pytest.raises(tk.NotAuthorized):
        call("odf_owner_release", stranger, id=dataset["id"])
    release = app.post(f"/en/odf/harvest/placing/release/{dataset['name']}", headers={"Authorization": boss["token"]})
    assert release.status_code == 200
    assert place.owners()[dataset["title"]] == place.owner["name"]
    assert title in place.owners()


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_offers_suggestions_and_takes_the_answer_without_a_script(pooled, app) -> None:
    """One button each, with the key that presses it; a field for any other; undo afterwards."""
    name = "Syndicat des eaux de la Double-Exemple"
    place = pooled([*TWO, ("c1", Said("Syndicat des eaux de la Double Exempl"))])
    target = factories.Organization(title=name, groups=[{"name": place.owner["name"]}])
    headers, source = admin(), place.source["name"]
    page = app.get(f"/en/odf/harvest/placing/?source={source}", headers=headers).body
    row = next(one for one in rows(page) if "Double" in one.th.text)
    button = row.select_one('button[data-odf-key="1"]')
    assert name in button.text
    assert "Jeu c1" in row.text
    form = {"publisher": row["data-odf-publisher"], "organization": button["value"], "source": source, "state": ""}
    page = app.post("/en/odf/harvest/placing/assign", data=form, headers=headers).body
    assert place.owners()["Jeu c1"] == target["name"]
    assert len(rows(page)) == 2
    undo = BeautifulSoup(page, "html.parser").select_one('form[action$="/undo"] [name=decided]')["value"]
    page = app.post("/en/odf/harvest/placing/undo", data={"decided": undo, "source": source}, headers=headers).body
    assert (len(rows(page)), place.owners()["Jeu c1"]) == (3, place.owner["name"])


def test_any_organisation_is_placed_by_its_title(pooled, app) -> None:
    """What is unknown, or several, is told with what to write."""
    place, headers = pooled(TWO), admin()
    title = f"Cible de {place.owner['name']}"
    target = factories.Organization(title=title)
    form = {"publisher": place.inbox()[0]["id"], "organization": "Nulle part du tout"}
    page = app.post("/en/odf/harvest/placing/assign", data=form, headers=headers).body
    assert "No organisation of this portal" in page
    form["organization"] = title.upper()
    app.post("/en/odf/harvest/placing/assign", data=form, headers=headers)
    assert place.owners()["Jeu a1"] == target["name"]
    factories.Organization(title=title)
    page = app.post("/en/odf/harvest/placing/assign", data=form, headers=headers).body
    assert "Several organisations" in page
    assert target["name"] in page


def test_all_that_is_beyond_doubt_is_accepted_with_one_button_and_undone_with_another(pooled, app) -> None:
    """Organisations outside the sub-tree, which no harvest takes by itself."""
    names = [f"Organisme certain {uuid4()}" for _letter in "xyz"]
    place = pooled([(f"d{i}", Said(name)) for i, name in enumerate(names)] + [("a1", A)])
    targets = [factories.Organization(title=name)["name"] for name in names]
    headers, source = admin(), place.source["name"]
    page = BeautifulSoup(app.get(f"/en/odf/harvest/placing/?source={source}", headers=headers).body, "html.parser")
    chosen = [one["value"] for one in page.select("form[action$='/assign'] > [name=placing]")]
    page = app.post("/en/odf/harvest/placing/assign", data={"placing": chosen, "source": source}, headers=headers).body
    assert "3 publishers placed." in page
    assert sorted(place.owners().values()) == sorted([*targets, place.owner["name"]])
    undo = BeautifulSoup(page, "html.parser").select_one('form[action$="/undo"] [name=decided]')["value"]
    app.post("/en/odf/harvest/placing/undo", data={"decided": undo}, headers=headers)
    assert set(place.owners().values()) == {place.owner["name"]}


def test_hostile_names_are_text(pooled, app) -> None:
    """A publisher's name comes from outside."""
    place = pooled([("a1", Said("<script>alert(1)</script> & fils"))])
    page = app.get(f"/en/odf/harvest/placing/?source={place.source['name']}", headers=admin()).body
    assert "alert(1)</script>" not in page
    assert len(rows(page)) == 1


def test_an_empty_inbox_says_so_and_the_source_leads_to_its_publishers(pooled, app) -> None:
    place, headers = pooled([("a1", A)]), admin()
    place.assign(A.name, place.owner["name"])
    page = app.get(f"/en/odf/harvest/placing/?source={place.source['name']}", headers=headers).body
    assert "Every publisher is placed" in page
    assert f"/odf/harvest/placing/?source={place.source['name']}" in app.get(
        f"/harvest/admin/{place.source['name']}", headers=headers
    ).body.replace("&amp;", "&")


# --- Files and commands ----------------------------------------------------------------------------------------------


def test_a_table_goes_out_is_filled_in_and_comes_back(pooled, app) -> None:
    """The export names what nobody placed with an empty organisation; lines that are wrong are told one by one."""
    place, target, headers = pooled(TWO), factories.Organization(), admin()
    source = place.source["name"]
    text = app.get(f"/en/odf/harvest/placing/placing.csv?source={source}", headers=headers).body
    assert f"{source};{A.name};;;;;open;2" in text
    filled = text.replace(f"{A.name};;;;", f"{A.name};;;;{target['name']}") + f"{source};Z;;;;nowhere-at-all;open;1\r\n"
    upload = {"source": source, "upload": (io.BytesIO(filled.encode()), "placing.csv")}
    page = app.post("/en/odf/harvest/placing/import", data=upload, headers=headers).body
    assert place.owners()["Jeu a1"] == target["name"]
    assert re.search(r"Line \d+: No organisation of this portal.*nowhere-at-all", page)
    again = tk.get_action("odf_placing_import")(
        {"ignore_auth": True, "user": ""}, {"source": source, "content": filled}
    )
    assert (again["placed"], again["same"], again["blank"], len(again["errors"])) == (0, 1, 1, 1)


def test_the_commands_list_assign_and_take_back(pooled, cli) -> None:
    """Shapes that scripts rely on; a publisher is named as the source does."""
    place, target = pooled(TWO), factories.Organization()
    source = place.source["name"]
    found = json.loads(cli.invoke(ckan, ["odf", "placing", "inbox", "--source", source, "--json"], env=ENGLISH).stdout)
    assert (found["count"], found["results"][0]["publisher"]) == (2, A.name)
    assert {"id", "source", "datasets", "examples", "suggestions"} <= set(found["results"][0])
    told = cli.invoke(ckan, ["odf", "placing", "assign", source, A.name.upper(), target["name"], "--json"], env=ENGLISH)
    assert json.loads(told.stdout)["moved"] == 2
    assert place.owners()["Jeu a1"] == target["name"]
    told = cli.invoke(ckan, ["odf", "placing", "assign", source, A.name, "--remove"], env=ENGLISH)
    assert "2 datasets moved" in told.stdout
    for wrong in ([source, "Nobody", target["name"]], [source, A.name, "nowhere-at-all"]):
        failed = cli.invoke(ckan, ["odf", "placing", "assign", *wrong], env=ENGLISH)
        assert failed.exit_code == 1
        assert "Nobody" in failed.stderr or "nowhere-at-all" in failed.stderr
    assert cli.invoke(ckan, ["odf", "placing", "assign", source], env=ENGLISH).exit_code == 2


def test_a_source_is_added_with_its_table(pooled, cli, tmp_path) -> None:
    """Its first harvest places; a file that cannot be read adds nothing, a wrong line is told."""
    place, target = pooled(TWO), factories.Organization()
    place.site.routes["/other.ttl"] = place.site.routes[place.path]
    file = tmp_path / "placement.csv"
    file.write_bytes(f"Organisation;Éditeur\n{target['name']};{A.name}\nnowhere-at-all;X\n".encode("cp1252"))
    url = place.site.url + "/other.ttl"
    words = ["odf", "source", "add", url, "--organization", place.owner["name"], "--connector", "dcat", "--json"]
    broken = tmp_path / "broken.csv"
    broken.write_text("a;b\n1;2\n")
    count = len(tk.get_action("odf_source_list")({}, {}))
    assert (
        cli.invoke(ckan, [*words, "--placing", str(broken), "--allow-host", place.site.host], env=ENGLISH).exit_code
        == 1
    )
    assert len(tk.get_action("odf_source_list")({}, {})) == count
    done = cli.invoke(ckan, [*words, "--placing", str(file), "--allow-host", place.site.host], env=ENGLISH)
    assert done.exit_code == 1
    assert "placement.csv, line 3" in done.stderr
    added = json.loads(done.stdout)
    assert added["placing"]["placed"] == 1
    table = json.loads(cli.invoke(ckan, ["odf", "placing", "export", added["name"], "--json"], env=ENGLISH).stdout)
    assert [(one["publisher"], one["organization"], one["state"]) for one in table] == [
        (A.name, target["name"], "line")
    ]
