"""The forms, filled in as a town clerk does: with a browser, also without scripts."""

from __future__ import annotations

import pytest
from browser_form import read
from bs4 import BeautifulSoup
from full_dataset import EU, FULL, differences

from ckan.tests import factories, helpers

FRA = EU + "language/FRA"


@pytest.fixture
def clerk(organization):
    """A clerk who may publish for one town only; returns the header of her session."""
    user = factories.UserWithToken()

    helpers.call_action(
        "organization_member_create", {"ignore_auth": True}, id=organization["id"], username=user["name"], role="editor"
    )
    return {"Authorization": user["token"]}


@pytest.mark.usefixtures("with_plugins", "clean_portal")
class TestDatasetForm:
    def test_a_clerk_publishes_a_dataset_without_scripts(self, app, clerk, organization, act):
        """The form opens with sensible defaults; a title, a description and a file are enough."""
        act("organization_patch", id=organization["id"], contact_email="opendata@saintes.fr")
        form = read(app.get("/dataset/new", headers=clerk).body, "dataset-edit")
        assert form["owner_org"] == organization["id"]
        assert form["contact__0__email"] == "opendata@saintes.fr"
        assert form["license_id"] == "lov2"
        assert form["private"] == "False"
        assert form.getlist("language") == [FRA]

        form["title"] = "Budget primitif 2024"
        form["notes"] = "Le budget voté en mars."
        form["tag_string"] = "budget, finances"
        form["issued"] = "31/03/2024"
        form["territory"] = "17415"
        form["contact__0__name"] = ""
        form["contact__0__email"] = "finances@saintes.fr"
        form["temporal_coverage__0__start"] = "2024"
        form.add("theme", EU + "data-theme/GOVE")
        form.add("save", "")
        answer = app.post("/dataset/new", data=form, headers=clerk, follow_redirects=False)
        assert answer.status_code == 302, _errors(answer.body)
        assert answer.location.endswith("/dataset/budget-primitif-2024/resource/new")

        resource = read(app.get("/dataset/budget-primitif-2024/resource/new", headers=clerk).body, "resource-edit")
        resource["url"] = "https://saintes.fr/budget.csv"
        resource["name"] = "Budget 2024"
        resource["save"] = "go-metadata"
        answer = app.post(
            "/dataset/budget-primitif-2024/resource/new", data=resource, headers=clerk, follow_redirects=False
        )
        assert answer.status_code == 302, _errors(answer.body)

        stored = act("package_show", id="budget-primitif-2024")
        assert stored["state"] == "active"
        assert not stored["private"]
        assert stored["issued"] == "2024-03-31"
        assert stored["territory"] == ["fr:commune:17415"]
        assert stored["contact"] == [{"email": "finances@saintes.fr"}]
        assert stored["temporal_coverage"] == [{"start": "2024"}]
        assert stored["theme"] == [EU + "data-theme/GOVE"]
        assert {tag["name"] for tag in stored["tags"]} == {"budget", "finances"}
        assert stored["resources"][0]["format"] == "CSV"
        assert "creator" not in stored, "a group that stayed empty is not stored"
        assert "documentation" not in stored

    def test_saving_the_form_of_a_harvested_dataset_changes_nothing(self, app, organization, act):
        """Every field at any depth, codes of other vocabularies and extras survive opening and saving the form."""
        token = {"Authorization": factories.SysadminWithToken()["token"]}
        extras = [{"key": "odf_trace", "value": "moissonné"}]
        theme = [*FULL["theme"], "http://inspire.ec.europa.eu/theme/au"]
        act("package_create", **{**FULL, "owner_org": organization["id"], "extras": extras, "theme": theme})
        before = act("package_show", id=FULL["name"])

        form = read(app.get(f"/dataset/edit/{FULL['name']}", headers=token).body, "dataset-edit")
        form["save"] = ""
        answer = app.post(f"/dataset/edit/{FULL['name']}", data=form, headers=token, follow_redirects=False)
        assert answer.status_code == 302, _errors(answer.body)
        resource = before["resources"][0]
        address = f"/dataset/{FULL['name']}/resource/{resource['id']}/edit"
        form = read(app.get(address, headers=token).body, "resource-edit")
        form["save"] = "go-metadata"
        answer = app.post(address, data=form, headers=token, follow_redirects=False)
        assert answer.status_code == 302, _errors(answer.body)

        after = act("package_show", id=FULL["name"])
        assert differences({**FULL, "extras": extras, "theme": theme}, after) == []

    def test_errors_name_the_field_and_lead_to_it(self, app, clerk):
        """The summary links to each wrong control, which says what is wrong; what was typed stays."""
        form = read(app.get("/dataset/new", headers=clerk).body, "dataset-edit")
        form["notes"] = ""
        form["title"] = "Essai"
        form["issued"] = "hier"
        form["documentation"] = "notice au guichet"
        form["contact__0__email"] = "chez nous"
        form["publisher__0__identifier"] = "211 704 150 00015"
        form["territory"] = "99999"
        form["save"] = ""
        page = BeautifulSoup(app.post("/dataset/new", data=form, headers=clerk).body, "html.parser")
        summary = page.find(id="form-errors")
        links = {link["href"].removeprefix("#"): link.text for link in summary.find_all("a")}
        assert set(links) == {
            "field-notes",
            "field-issued",
            "field-documentation",
            "field-territory",
            "field-contact__0__email",
            "field-publisher__0__identifier",
        }
        assert links["field-contact__0__email"] == "Contacts 1 – Courriel"
        for anchor in links:
            control = page.find(id=anchor)
            assert control is not None, anchor
            assert control.get("aria-invalid") == "true", anchor
            told = page.find(id=control["aria-describedby"])
            assert told.find(class_="error-block"), anchor
        assert page.find(id="field-issued")["value"] == "hier"
        assert page.find(id="field-contact__0__email")["value"] == "chez nous"

    def test_the_form_is_grouped_and_every_control_has_a_name(self, app, clerk):
        """Named groups, required fields in the first, rare ones folded; no control without a label, no id twice."""
        page = BeautifulSoup(app.get("/dataset/new", headers=clerk).body, "html.parser")
        form = page.find("form", id="dataset-edit")
        groups = [
            group.find(["legend", "summary"]).get_text(" ", strip=True) for group in form.select(".odf-form-group")
        ]
        assert groups[0] == "L'essentiel"
        folded = form.select("details.odf-form-group")
        assert len(folded) == 1
        assert not folded[0].has_attr("open")
        required = [control["id"] for control in form.select("[aria-required]")]
        assert required == ["field-title", "field-notes", "field-organizations", "field-license_id"]
        for template in form.find_all("template"):
            template.decompose()
        labelled = {label.get("for") for label in form.find_all("label")}
        for control in form.find_all(["input", "select", "textarea"]):
            if control.get("type") != "hidden":
                assert control.get("aria-label") or control.get("id") in labelled, control
        ids = [element["id"] for element in form.find_all(id=True)]
        assert len(ids) == len(set(ids))
        for element in form.select("[aria-describedby]"):
            assert element["aria-describedby"] in ids, element

    def test_the_page_of_a_dataset_speaks_in_words(self, app, organization, act):
        """Labels instead of codes, dates in French, names of territories; no field that says nothing."""
        act("package_create", **FULL, owner_org=organization["id"])
        page = BeautifulSoup(app.get(f"/dataset/{FULL['name']}").body, "html.parser")
        text = " ".join(page.select_one(".odf-metadata").get_text(" ").split())
        for words in (
            "Thèmes Gouvernement et secteur public",
            "Fréquence de mise à jour Mensuelle",
            "Dernière mise à jour des données 1 mai 2024, 10:30",
            "Langues français",
            "Saintes (commune, 17415)",
            "Licence Ouverte",
            "Statistiques",
            "Greffe",
        ):
            assert words in text
        assert "publications.europa.eu/resource/authority/frequency" not in text
        assert "[{" not in text

        thin = act("package_create", name="maigre", owner_org=organization["id"])
        page = BeautifulSoup(app.get(f"/dataset/{thin['name']}").body, "html.parser")
        assert page.select(".odf-metadata dt") == []

        resource = act("package_show", id=FULL["name"])["resources"][0]
        page = app.get(f"/dataset/{FULL['name']}/resource/{resource['id']}").body
        assert "API des délibérations" in page
        assert "[{" not in BeautifulSoup(page, "html.parser").select_one(".odf-metadata").text


def _errors(body: str) -> str:
    found = BeautifulSoup(body, "html.parser").find(id="form-errors")
    return found.get_text(" ", strip=True) if found else body[:2000]
