"""The organisation form, filled in with a browser without scripts."""

from __future__ import annotations

import pytest
from browser_form import read
from bs4 import BeautifulSoup

from ckan.tests import factories


@pytest.mark.usefixtures("with_plugins", "clean_portal")
def test_an_administrator_edits_an_organisation(app, organization, act):
    """Grouped as its schema says; saving changes what was changed and nothing else."""
    factories.Organization(name="charente-maritime")
    act("organization_patch", id="saintes", groups=[{"name": "charente-maritime", "capacity": "public"}])
    act("organization_patch", id="saintes", website="https://saintes.fr/", contact_email="opendata@saintes.fr")
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    page = app.get("/organization/edit/saintes", headers=headers).body
    groups = [group["id"] for group in BeautifulSoup(page, "html.parser").select("#organization-edit .odf-form-group")]
    assert groups == ["group-identity", "group-place", "group-codes", "group-duty", "group-contact", "group-rare"]

    form = read(page, "organization-edit")
    form["title"] = "Ville de Saintes"
    form["save"] = ""
    answer = app.post("/organization/edit/saintes", data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == 302, BeautifulSoup(answer.body, "html.parser").find(id="form-errors")
    stored = act("organization_show", id="saintes")
    assert stored["title"] == "Ville de Saintes"
    assert [parent["name"] for parent in stored["groups"]] == ["charente-maritime"]
    assert stored["website"] == "https://saintes.fr/"
    assert stored["contact_email"] == "opendata@saintes.fr"


@pytest.mark.ckan_config("ckan.plugins", "opendatafrance scheming_datasets scheming_organizations")
@pytest.mark.usefixtures("with_plugins", "clean_db")
def test_without_the_territories_saving_keeps_the_parent(app, organization, act):
    """The form has no field for it then."""
    factories.Organization(name="charente-maritime")
    act("organization_patch", id="saintes", groups=[{"name": "charente-maritime", "capacity": "public"}])
    headers = {"Authorization": factories.SysadminWithToken()["token"]}
    form = read(app.get("/organization/edit/saintes", headers=headers).body, "organization-edit")
    assert "parent" not in form
    form["save"] = ""
    assert app.post("/organization/edit/saintes", data=form, headers=headers, follow_redirects=False).status_code == 302
    assert [parent["name"] for parent in act("organization_show", id="saintes")["groups"]] == ["charente-maritime"]
