"""What people change in harvested datasets: kept through harvests, shown, released; with real sites."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from dcat_catalogue import BASE
from playwright.sync_api import sync_playwright
from shared_catalogue import Said, answer, host
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import MISSING_RUNS
from ckanext.opendatafrance.harvest.edits.keeping import EditedMeanwhileError, Keeping
from ckanext.opendatafrance.harvest.pipeline import Change

FILE = f"{BASE}a.csv"


def call(action: str, user: str | None = None, **data: Any) -> Any:
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": user} if user is not None else {"ignore_auth": True, "user": site}
    return tk.get_action(action)(context, data)


def turtle(
    title: str = "Budget", notes: str = "Le budget.", words: tuple[str, ...] = ("budget",), files: Any = None
) -> str:
    """One dataset and its files: [(address, name, description)]."""
    files = [(FILE, "Fichier CSV", "Tout.")] if files is None else files
    lines = [f"<{BASE}a> a dcat:Dataset ; dct:identifier 'a' ; dct:title '''{title}'''@fr"]
    lines.append(f"dct:description '''{notes}'''@fr")
    lines += [f"dcat:keyword '{word}'@fr" for word in words]
    lines += [
        f"dcat:distribution [ a dcat:Distribution ; dcat:downloadURL <{url}> ; dct:title '{name}'@fr ;"
        f" dct:description '{text}'@fr ; dct:format 'CSV' ]"
        for url, name, text in files
    ]
    return " ;\n".join(lines) + " ."


def codes(place: Any) -> dict[str, int]:
    """What the report of the last harvest names, by kind."""
    query = "SELECT job_id FROM odf_harvest_run WHERE source_id = :id ORDER BY started DESC LIMIT 1"
    job = model.Session.execute(sa.text(query), {"id": place.source["id"]}).scalar_one()
    return {issue["code"]: issue["count"] for issue in call("odf_harvest_report", id=job)["issues"]}


class Edited:
    """A town with one dataset, and a person who edits it."""

    def __init__(self, town: Any) -> None:
        self.town = town({}, turtle())
        self.town.harvest()
        self.person = factories.UserWithToken()
        call("organization_member_create", id=self.town.organization["id"], username=self.person["name"], role="editor")
        self.headers = {"Authorization": self.person["token"]}
        self.id = self.show()["id"]

    def show(self) -> dict[str, Any]:
        model.Session.rollback()
        [found] = self.town.datasets().values()
        return found

    @property
    def file(self) -> dict[str, Any]:
        [found] = self.show()["resources"]
        return found

    def patch(self, **fields: Any) -> None:
        call("package_patch", self.person["name"], id=self.id, **fields)

    def edits(self) -> dict[tuple[str, str], Any]:
        """What is edited here, by field and kind."""
        found = call("odf_local_edits_show", self.person["name"], id=self.id)["edits"]
        return {(one["field"], one["kind"]): one for one in found}

    def harvest(self, **said: Any) -> dict[str, Any]:
        self.town.publish({}, turtle(**said))
        return self.town.harvest()

    def release(self, **which: Any) -> Any:
        return call("odf_local_edits_release", self.person["name"], id=self.id, **which)


@pytest.fixture
def edited(town) -> Edited:
    return Edited(town)


def test_an_edited_field_survives_and_the_others_follow(edited) -> None:
    """Unchanged harvests cost nothing; changed ones bring the rest; what the source says is told."""
    edited.patch(notes="Écrit ici.")
    assert edited.edits().keys() == {("notes", "changed")}
    one = edited.edits()["notes", "changed"]
    assert (one["says"], one["source_changed"]) == ("Le budget.", None)
    assert edited.town.harvest()["unchanged"] == 1
    assert edited.harvest(title="Budget 2027")["updated"] == 1
    assert "edit-kept" not in codes(edited.town)
    assert (edited.show()["title"], edited.show()["notes"]) == ("Budget 2027", "Écrit ici.")
    assert edited.edits()["notes", "changed"]["source_changed"] is None
    edited.harvest(title="Budget 2028", notes="La source a changé.")
    assert codes(edited.town)["edit-kept"] == 1
    assert (edited.show()["title"], edited.show()["notes"]) == ("Budget 2028", "Écrit ici.")
    one = edited.edits()["notes", "changed"]
    assert one["says"] == "La source a changé."
    assert one["source_changed"]
    assert edited.town.harvest()["unchanged"] == 1


def test_a_dry_run_shows_the_edit_and_forgets_nothing(edited) -> None:
    edited.patch(notes="Écrit ici.")
    edited.town.publish({}, turtle(notes="Autre."))
    seen = edited.town.harvest(dry_run=True)
    assert [one["notes"] for one in seen["datasets"]] == ["Écrit ici."]
    assert edited.edits()["notes", "changed"]["says"] == "Le budget."


def test_the_form_notes_what_was_changed_and_nothing_else(edited, app) -> None:
    """A real form is sent with all its fields; space at the end and another order of keywords are no edit."""
    edited.harvest(words=("budget", "finances"))
    edited.patch(license_id="lov2")  # without one the form is not taken
    page = app.get(f"/dataset/edit/{edited.id}", headers=edited.headers).body
    assert "odf-edits-survive" in page
    form = form_of(page)
    form |= {"title": "Budget ", "tag_string": "finances,budget", "notes": f"{form['notes'][0]}  \r\n"}
    sent = app.post(f"/dataset/edit/{edited.id}", data={**form, "save": ""}, headers=edited.headers)
    assert sent.status_code == 200
    assert edited.edits().keys() == {("license_id", "changed")}
    form["title"] = "Budget de la commune"
    app.post(f"/dataset/edit/{edited.id}", data={**form, "save": ""}, headers=edited.headers)
    assert edited.edits().keys() == {("license_id", "changed"), ("title", "changed")}
    edited.harvest(title="Encore autre", words=("budget", "comptes"))
    assert edited.show()["title"] == "Budget de la commune"
    assert {tag["name"] for tag in edited.show()["tags"]} == {"budget", "comptes"}


def form_of(page: str) -> dict[str, Any]:
    """The fields of the form of a dataset, as a browser would send them: lists of values by name."""
    form = BeautifulSoup(page, "html.parser").select_one("form#dataset-edit")
    assert form
    fields: dict[str, Any] = {}
    for one in form.select("input[name], textarea[name], select[name]"):
        if one.name == "select":
            options = one.select("option[selected]") or ([] if one.has_attr("multiple") else one.select("option")[:1])
            values = [option.get("value", "") for option in options]
        elif one.get("type") in ("checkbox", "radio"):
            values = [one.get("value", "on")] if one.has_attr("checked") else []
        elif one.get("type") in ("submit", "file"):
            values = []
        else:
            values = [one.get_text().removeprefix("\n") if one.name == "textarea" else one.get("value", "")]
        if values:
            fields[str(one["name"])] = [*fields.get(str(one["name"]), []), *values]
    return fields


def test_keywords_lists_and_extras_stay(edited) -> None:
    """Fields that hold lists, and those of no schema."""
    edited.patch(
        tags=[{"name": "à moi"}],
        contact=[{"name": "Le service", "email": "service@example.org"}],
        extras=[{"key": "note interne", "value": "vue"}],
        conforms_to=["https://schema.example.org/1"],
    )
    names = {("tags", "changed"), ("contact", "changed"), ("note interne", "changed"), ("conforms_to", "changed")}
    assert edited.edits().keys() == names
    edited.harvest(title="Neuf", words=("autre",))
    now = edited.show()
    assert [tag["name"] for tag in now["tags"]] == ["à moi"]
    assert [one["name"] for one in now["contact"]] == ["Le service"]
    assert {"key": "note interne", "value": "vue"} in now["extras"]
    assert now["conforms_to"] == ["https://schema.example.org/1"]
    assert edited.edits()["tags", "changed"]["source"] == ["autre"]
    edited.release()
    now = edited.show()
    assert ([tag["name"] for tag in now["tags"]], now.get("contact") or []) == (["autre"], [])
    assert not now.get("conforms_to")


def test_an_emptied_field_stays_empty(edited) -> None:
    edited.patch(notes="")
    edited.harvest(title="Neuf", notes="La source insiste.")
    assert not edited.show().get("notes")
    assert edited.edits()["notes", "changed"]["says"] == "La source insiste."


def test_the_edit_ends_by_itself_where_both_say_the_same(edited) -> None:
    """Because the source came round, or because the person went back."""
    edited.patch(notes="Écrit ici.", title="Titre d’ici")
    edited.harvest(notes="Écrit ici. ")
    assert edited.edits().keys() == {("title", "changed")}
    edited.harvest(notes="Plus tard.")
    assert edited.show()["notes"] == "Plus tard."
    edited.patch(title="Budget")
    assert edited.edits() == {}
    edited.harvest(title="Budget 2")
    assert edited.show()["title"] == "Budget 2"


def test_release_one_field_or_all(edited) -> None:
    """What the source said last is there at once, in the name of the person; the next harvest finds nothing to do."""
    edited.patch(notes="Écrit ici.", title="Titre d’ici", version="3")
    edited.harvest(notes="Du nouveau.")
    done = edited.release(resource_id="", field="notes")
    assert (done["released"], done["later"]) == (1, False)
    assert (edited.show()["notes"], edited.show()["title"]) == ("Du nouveau.", "Titre d’ici")
    assert edited.release()["released"] == 2
    now = edited.show()
    assert (now["title"], now.get("version") or "") == ("Budget", "")
    assert edited.edits() == {}
    assert edited.town.harvest()["unchanged"] == 1
    with pytest.raises(tk.ValidationError):
        edited.release()


def test_what_is_too_long_to_keep_comes_back_with_the_next_harvest(edited) -> None:
    edited.harvest(notes="long " * 20000)
    edited.patch(notes="Court.")
    assert edited.edits()["notes", "changed"]["kept"] is False
    edited.harvest(title="Neuf", notes="long " * 20000)
    assert edited.show()["notes"] == "Court."
    assert edited.release(resource_id="", field="notes")["later"] is True
    assert edited.show()["notes"] == "Court."
    edited.town.harvest()
    assert edited.show()["notes"].startswith("long long")


def test_fields_of_a_file_survive_by_its_id(edited) -> None:
    """Whatever the source makes of its name and order; its other fields follow."""
    first = edited.file
    call("resource_patch", edited.person["name"], id=first["id"], name="Le fichier", conforms_to=["https://s.org/1"])
    assert edited.edits().keys() == {("name", "changed"), ("conforms_to", "changed")}
    edited.harvest(files=[(f"{BASE}b.csv", "Autre", "b"), (FILE, "Renommé", "Neuf.")])
    found = {one["id"]: one for one in edited.show()["resources"]}
    assert len(found) == 2
    now = found[first["id"]]
    assert (now["name"], now["description"], now["url"]) == ("Le fichier", "Neuf.", FILE)
    assert now["conforms_to"] == ["https://s.org/1"]
    assert edited.edits()["name", "changed"]["says"] == "Renommé"
    assert edited.release(resource_id=first["id"], field="name")["released"] == 1
    assert {one["name"] for one in edited.show()["resources"]} == {"Renommé", "Autre"}


def test_an_address_changed_here_is_kept_and_known_again(edited) -> None:
    """The file is the same one for the source, which does not bring a second; when it leaves the source, it stays."""
    first = edited.file
    call("resource_patch", edited.person["name"], id=first["id"], url="https://ici.example.org/corrige.csv")
    edited.harvest(title="Neuf", files=[(FILE, "Fichier CSV", "Autre texte.")])
    now = edited.file
    assert (now["id"], now["url"], now["description"]) == (
        first["id"],
        "https://ici.example.org/corrige.csv",
        "Autre texte.",
    )
    edited.harvest(title="Neuf", files=[(f"{BASE}z.csv", "Z", "z")])
    assert {one["url"] for one in edited.show()["resources"]} == {
        "https://ici.example.org/corrige.csv",
        f"{BASE}z.csv",
    }
    assert ("", "added") in edited.edits()


def test_a_file_that_left_the_source_goes_with_its_edits(edited) -> None:
    """A description alone does not keep a dead link; the report says so."""
    call("resource_patch", edited.person["name"], id=edited.file["id"], description="Mieux dit.")
    edited.harvest(files=[(f"{BASE}z.csv", "Z", "z")])
    assert [one["url"] for one in edited.show()["resources"]] == [f"{BASE}z.csv"]
    assert edited.edits() == {}
    assert codes(edited.town)["edit-lost"] == 1


def test_an_added_file_stays_and_a_removed_one_stays_away(edited) -> None:
    """Until the source has the one, or the person takes the other back."""
    mine = {"url": "https://ici.example.org/plus.csv", "name": "Plus", "format": "CSV"}
    call("resource_create", edited.person["name"], package_id=edited.id, **mine)
    theirs = next(one for one in edited.show()["resources"] if one["url"] == FILE)
    call("resource_delete", edited.person["name"], id=theirs["id"])
    assert edited.edits().keys() == {("", "added")} | {("", "removed")}
    edited.harvest(title="Neuf")
    assert [one["url"] for one in edited.show()["resources"]] == [mine["url"]]
    edited.harvest(files=[(FILE, "Fichier CSV", "Tout."), (mine["url"], "La source l’a", "x")])
    assert [one["name"] for one in edited.show()["resources"]] == ["Plus"]
    assert edited.edits().keys() == {("", "removed"), ("name", "changed")}
    assert edited.release(field="")["later"] is True
    edited.town.harvest()
    assert {one["url"] for one in edited.show()["resources"]} == {FILE, mine["url"]}


def test_uploaded_files_stay(edited) -> None:
    """One that a person added, and one that replaces what the source has."""
    user, first = edited.person["name"], edited.file["id"]
    new, better = (FileStorage(BytesIO(b"a;b\n1;2\n"), name) for name in ("plus.csv", "corrige.csv"))
    call("resource_create", user, package_id=edited.id, name="Plus", url="plus.csv", upload=new)
    call("resource_patch", user, id=first, upload=better, url="corrige.csv")
    before = {one["name"]: (one["id"], one["url"], one["url_type"]) for one in edited.show()["resources"]}
    assert {url_type for _id, _url, url_type in before.values()} == {"upload"}
    assert edited.harvest(title="Neuf", files=[(FILE, "Fichier CSV", "Autre texte.")])["updated"] == 1
    after = {one["name"]: (one["id"], one["url"], one["url_type"]) for one in edited.show()["resources"]}
    assert (edited.show()["title"], after) == ("Neuf", before)
    edited.release(resource_id=first)
    found = {one["id"]: one for one in edited.show()["resources"]}
    assert (found[first]["url"], found[first].get("url_type") or "") == (FILE, "")
    assert len(found) == 2


def test_an_edit_at_the_moment_of_a_harvest_is_not_overwritten(edited) -> None:
    """Between reading what is edited and writing: the dataset is left to the next harvest."""
    keeping = Keeping()
    change = Change("a", "", edited.show(), edited.id, None, None)  # pyright: ignore[reportArgumentType]
    keeping.merge([change])
    keeping.check([edited.id])
    edited.patch(notes="Écrit ici.")
    with pytest.raises(EditedMeanwhileError):
        keeping.check([edited.id])
    model.Session.rollback()


def test_resources_sent_without_ids_are_the_same_ones(edited) -> None:
    """As scripts send them with package_update."""
    dataset = edited.show()
    kept = ("url", "download_url", "format", "description")
    resources = [{**{key: one[key] for key in kept}, "name": "Par script"} for one in dataset["resources"]]
    call("package_update", edited.person["name"], **{**dataset, "resources": resources})
    assert edited.edits().keys() == {("name", "changed")}
    edited.harvest(title="Neuf")
    assert edited.file["name"] == "Par script"


def test_private_address_and_groups_stay(edited) -> None:
    """What no source says is not touched, and is no edit."""
    group = factories.Group()
    call("package_patch", factories.Sysadmin()["name"], id=edited.id, name=f"adresse-{edited.id[:8]}", private=True)
    call("member_create", id=group["id"], object=edited.id, object_type="package", capacity="public")
    edited.harvest(title="Neuf")
    now = edited.show()
    assert (now["name"], now["private"], now["title"]) == (f"adresse-{edited.id[:8]}", True, "Neuf")
    assert [one["name"] for one in now["groups"]] == [group["name"]]
    assert edited.edits() == {}


def test_edits_go_through_the_archive_and_back(edited, ckan_config, monkeypatch) -> None:
    monkeypatch.setitem(ckan_config, MISSING_RUNS, 1)
    edited.patch(notes="Écrit ici.")
    other = turtle().replace(f"{BASE}a>", f"{BASE}b>").replace("identifier 'a'", "identifier 'b'")
    edited.town.publish({}, other.replace(FILE, f"{BASE}b.csv"))
    edited.town.harvest()
    call("package_patch", edited.person["name"], id=edited.id, version="2")
    edited.town.publish({}, turtle(title="De retour", notes="Neuf."))
    edited.town.harvest()
    now = call("package_show", id=edited.id)
    assert (now["title"], now["notes"], now["version"]) == ("De retour", "Écrit ici.", "2")
    assert edited.edits().keys() == {("notes", "changed"), ("version", "changed")}


def test_edits_belong_to_the_dataset_whatever_source_shows_it(town) -> None:
    """A nearer source takes it over; the edit stays, and stands against what that source says."""
    of = host()
    places = []
    for kind in ("departement", "commune"):
        place = town({})
        call("organization_patch", id=place.organization["id"], territory_type=kind)
        place.publish(answer=answer([Said(f"Budget vu par {kind}", f"{of}/d/1", files=(f"{of}/b.csv",))]))
        places.append(place)
    county, city = places
    county.harvest()
    [dataset] = county.datasets().values()
    call("package_patch", factories.Sysadmin()["name"], id=dataset["id"], title="Le vrai titre")
    city.harvest()
    [now] = city.datasets().values()
    assert (now["id"], now["title"]) == (dataset["id"], "Le vrai titre")
    [one] = call("odf_local_edits_show", id=dataset["id"])["edits"]
    assert one["says"] == "Budget vu par commune"


def test_a_purged_dataset_leaves_nothing(edited) -> None:
    edited.patch(notes="Écrit ici.")
    call("dataset_purge", id=edited.id)
    query = "SELECT count(*) FROM odf_harvest_edit WHERE dataset_id = :id"
    assert model.Session.execute(sa.text(query), {"id": edited.id}).scalar() == 0


def test_only_who_may_edit_sees_and_releases(edited, app) -> None:
    edited.patch(notes="Écrit <b>ici</b>.")
    stranger = factories.UserWithToken()
    for action in ("odf_local_edits_show", "odf_local_edits_release"):
        with pytest.raises(tk.NotAuthorized):
            call(action, stranger["name"], id=edited.id)
    assert "odf-local-edits" not in app.get(f"/dataset/{edited.id}").body
    assert "odf-local-edits" not in app.get(f"/dataset/{edited.id}", headers={"Authorization": stranger["token"]}).body
    page = app.get(f"/dataset/{edited.id}", headers=edited.headers).body
    assert "odf-local-edits" in page
    place = {"resource_id": "", "field": "notes"}
    address = f"/odf/harvest/edits/release/{edited.id}"
    assert app.post(address, data=place, headers={"Authorization": stranger["token"]}).status_code == 403
    assert "alert-success" in app.post(address, data=place, headers=edited.headers).body
    assert edited.show()["notes"] == "Le budget."


def test_commands(edited, cli) -> None:
    edited.patch(notes="Écrit ici.", version="2")
    listed = cli.invoke(ckan, ["odf", "edits", "list", edited.id])
    assert "Le budget." in listed.output, listed.output
    assert cli.invoke(ckan, ["odf", "edits", "release", edited.id, "--field", "notes"]).exit_code == 0
    assert edited.edits().keys() == {("version", "changed")}
    assert cli.invoke(ckan, ["odf", "edits", "release", edited.id, "--field", "notes"]).exit_code == 1


@pytest.mark.browser
def test_axe_finds_nothing(edited, portal_url) -> None:
    """On the page of a dataset with edits of every kind, and on its form, on a wide screen and on a phone."""
    call("resource_create", edited.person["name"], package_id=edited.id, url="https://ici.example.org/p.csv", name="P")
    theirs = next(one for one in edited.show()["resources"] if one["url"] == FILE)
    call("resource_delete", edited.person["name"], id=theirs["id"])
    edited.patch(notes="Écrit ici.", version="2")
    edited.harvest(notes="La source insiste.")
    name = edited.show()["name"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for width in (1280, 360):
            context = browser.new_context(
                base_url=portal_url, viewport={"width": width, "height": 800}, extra_http_headers=edited.headers
            )
            page = context.new_page()
            for address in (f"/dataset/{name}", f"/dataset/edit/{name}"):
                page.goto(address)
                assert page.locator(".odf-local-edits, .odf-edits-survive").count() == 1
                violations = Axe().run(page).response["violations"]
                assert [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]] == []
        browser.close()
