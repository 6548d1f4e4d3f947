"""Files checked in the background: which, with which outcome, when again, and who may ask."""

from __future__ import annotations

import io

import pytest
from clerks import DELIBERATIONS, Clerk, deliberations, line
from member_site import Answer
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.opendatafrance.validation import history, jobs

pytestmark = pytest.mark.ckan_config("ckan.locale_default", "en")
ADDRESS = f"https://schema.data.gouv.fr/schemas/{DELIBERATIONS}/2.1.5/schema.json"


def dataset(clerk: Clerk, **fields):
    return factories.Dataset(owner_org=clerk.organization["id"], notes="x", license_id="lov2", **fields)


def upload(clerk: Clerk, data: bytes, **fields):
    made = dataset(clerk)
    file = FileStorage(io.BytesIO(data), "delib.csv")
    return call_action(
        "resource_create",
        {"user": clerk.user["name"]},
        package_id=made["id"],
        upload=file,
        name="d",
        format="CSV",
        **fields,
    )


def report(resource):
    return call_action("odf_resource_report_show", id=resource["id"])


def test_an_upload_is_queued_checked_and_filtered(app, clerk) -> None:
    """It is recognised by its columns, gets a report with its badge, and is found by schema and validity."""
    resource = upload(clerk(), deliberations(line(1, "15/10/2023")))
    assert f"odf check {resource['package_id']}" in [one["title"] for one in call_action("job_list")]
    jobs.check_dataset(resource["package_id"])
    found = report(resource)
    assert (found["state"], found["current"], found["report"]["errors"]) == ("invalid", True, 1)
    assert "2023-10-15" in found["report"]["findings"][-1]["suggestion"]
    asked = f'id:{resource["package_id"]} AND vocab_odf_schema:"{DELIBERATIONS}" AND vocab_odf_validity:invalid'
    assert call_action("package_search", fq=asked)["count"] == 1
    assert "With errors" in app.get(f"/odf/check/{resource['id']}").body


def test_nothing_is_checked_twice_and_ten_are_kept(clerk) -> None:
    """An unchanged file keeps its report; a person can have it checked again; the history has an end."""
    resource = upload(clerk(), deliberations())
    for _ in range(2):
        jobs.check_dataset(resource["package_id"])
    assert [one["state"] for one in report(resource)["history"]] == ["valid"]
    for _ in range(history.KEPT + 1):
        jobs.check_again(resource["package_id"], resource["id"])
    assert len(report(resource)["history"]) == history.KEPT


def test_files_of_other_sites(clerk, member_site, ckan_config, monkeypatch) -> None:
    """A declared one is fetched, one that is away is “not checked” with the reason; only where this is on."""
    site = member_site({"/d.csv": Answer(deliberations().decode(), media_type="text/csv")})
    monkeypatch.setitem(ckan_config, "ckanext.opendatafrance.allowed_hosts", [site.host])
    files = [{"url": site.url + path, "format": "CSV", "conforms_to": [ADDRESS]} for path in ("/d.csv", "/away.csv")]
    made = dataset(clerk(), resources=files)
    monkeypatch.setitem(ckan_config, "ckanext.opendatafrance.check_remote_files", False)
    jobs.check_dataset(made["id"])
    assert report(made["resources"][0])["history"] == []
    monkeypatch.setitem(ckan_config, "ckanext.opendatafrance.check_remote_files", True)
    jobs.check_dataset(made["id"])
    there, away = map(report, made["resources"])
    assert (there["state"], away["state"]) == ("valid", "not-checked")
    assert "404" in away["reason"]


def test_only_editors_have_a_file_checked_again(clerk) -> None:
    own, other = clerk(), clerk()
    resource = upload(own, deliberations())
    for name, may in ((own.user["name"], True), (other.user["name"], False)):
        context = {"user": name, "ignore_auth": False}
        if may:
            assert tk.get_action("odf_resource_check")(context, {"id": resource["id"]})["queued"]
        else:
            with pytest.raises(tk.NotAuthorized):
                tk.get_action("odf_resource_check")(context, {"id": resource["id"]})
