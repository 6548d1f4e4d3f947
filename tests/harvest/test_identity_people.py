"""What persons say of datasets that several sources have: merged, taken apart, taken back, and who may say so."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from shared_catalogue import Said, answer, host

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories


def call(action: str, user: str | None = None, **data: Any) -> Any:
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context = {"user": user} if user is not None else {"ignore_auth": True, "user": site}
    return tk.get_action(action)(context, data)


def only(place: Any) -> dict[str, Any]:
    [dataset] = place.datasets().values()
    return dataset


def found(dataset: dict[str, Any]) -> bool:
    return call("package_search", q=f"id:{dataset['id']}")["count"] == 1


@pytest.fixture
def two(town):
    """A commune and a département, each with its source."""

    def open_two(city: Said, county: Said) -> tuple[Any, Any]:
        places = []
        for kind, said in (("commune", city), ("departement", county)):
            place = town({})
            call("organization_patch", id=place.organization["id"], territory_type=kind)
            place.publish(answer=answer([said]))
            place.harvest()
            places.append(place)
        return places[0], places[1]

    return open_two


@pytest.fixture
def shared(two):
    """One dataset of both, that of the commune."""
    of = host()
    city, county = two(
        Said("Budget", f"{of}/d/1", page=f"{of}/jeux/budget"),
        Said("Budget (copie)", f"{of}/d/1", page=f"{host()}/copies/budget"),
    )
    return city, county, only(city)


@pytest.fixture
def apart(two):
    """Two datasets that only a person can recognise."""
    of = host()
    page = f"{of}/jeux/equipements"
    city, county = two(
        Said("Équipements sportifs", f"{of}/d/1", page=page), Said("Les sports", f"{host()}/d/2", page=page)
    )
    return city, county, only(city), only(county)


def test_the_page_says_where_else_it_is_published(shared, app) -> None:
    """With a link and a date for everybody; the button only for who may."""
    city, county, dataset = shared
    page = app.get(f"/dataset/{dataset['name']}").body
    assert "odf-also-published" in page
    [first, second] = call("odf_identity_sources", user="", id=dataset["name"])
    assert (first["source"], first["shows"], first["kind"]) == (city.source["id"], True, None)
    assert (second["source"], second["shows"], second["kind"]) == (county.source["id"], False, "identifier")
    assert f'href="{second["link"]}"' in page
    assert county.source["title"] in page
    assert "/odf/harvest/identity/split" not in page
    boss = factories.SysadminWithToken()
    assert (
        "/odf/harvest/identity/split"
        in app.get(f"/dataset/{dataset['name']}", headers={"Authorization": boss["token"]}).body
    )


def test_a_split_is_remembered_for_ever(shared) -> None:
    """Both are shown, whatever is harvested afterwards; taking it back makes one of them again."""
    city, county, dataset = shared
    done = call("odf_identity_split", id=dataset["id"], source=county.source["name"])
    assert county.harvest()["added"] == 1
    own = only(county)
    assert only(city) == dataset
    county.publish(answer=answer([Said("Copie changée", only(county)["uri"])]))
    for place in (city, county, city, county):
        assert place.harvest()["added"] == 0
    assert (only(county)["id"], only(county)["title"]) == (own["id"], "Copie changée")
    assert not any(
        {pair["one"]["id"], pair["other"]["id"]} == {own["id"], dataset["id"]}
        for pair in call("odf_identity_proposals", limit=1000)["results"]
    )
    call("odf_identity_undo", id=done["id"])
    assert (found(dataset), found(own)) == (True, False)
    for place in (county, city):
        done = place.harvest()
        assert (done["added"], done["updated"]) == (0, 0)
    assert only(city)["id"] == dataset["id"]
    assert len(call("odf_identity_sources", id=dataset["id"])) == 2


def test_a_merge_by_hand_and_back(apart, app) -> None:
    """One dataset with the address of the one that was kept; the other address leads there; undo restores both."""
    city, county, one, other = apart
    mine = [
        pair
        for pair in call("odf_identity_proposals", limit=1000)["results"]
        if {pair["one"]["id"], pair["other"]["id"]} == {one["id"], other["id"]}
    ]
    assert [(pair["kinds"], pair["sure"]) for pair in mine] == [(["page"], False)]
    done = call("odf_identity_merge", id=other["name"], other=f"https://portail.fr/dataset/{one['name']}")
    assert (found(other), found(one)) == (True, False)
    moved = app.get(f"/dataset/{one['name']}", follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"].endswith(f"/dataset/{other['name']}")) == (302, True)
    assert app.get(f"/dataset/{one['name']}").status_code == 200
    result = city.harvest()
    assert (result["added"], result["updated"]) == (0, 1)
    shown = only(city)
    assert (shown["id"], shown["name"], shown["title"]) == (other["id"], other["name"], "Équipements sportifs")
    assert county.harvest()["added"] == 0
    call("odf_identity_undo", id=done["id"])
    for place in (city, county, city, county):
        assert place.harvest()["added"] == 0
    assert {only(city)["id"], only(county)["id"]} == {one["id"], other["id"]}
    assert (found(one), found(other)) == (True, True)
    with pytest.raises(tk.ValidationError):
        call("odf_identity_undo", id=done["id"])


def test_what_cannot_be_merged_is_said(apart) -> None:
    """A dataset with itself, one that was made by hand, one that does not exist."""
    city, _county, one, _other = apart
    by_hand = factories.Dataset(owner_org=city.organization["id"])
    for pair in ({"id": one["id"], "other": one["id"]}, {"id": one["id"], "other": by_hand["id"]}):
        for action in ("odf_identity_merge", "odf_identity_apart"):
            with pytest.raises(tk.ValidationError):
                call(action, **pair)
    with pytest.raises(tk.ObjectNotFound):
        call("odf_identity_merge", id=one["id"], other="nulle-part")
    with pytest.raises(tk.ValidationError):
        call("odf_identity_split", id=one["id"], source=city.source["id"])


def test_nobody_takes_the_dataset_of_another(apart, shared) -> None:
    """Merging needs both organisations; whose source or dataset it is may take apart; visitors may nothing."""
    city, county, one, other = apart
    mayor, president = factories.User(), factories.User()
    for place, user in ((city, mayor), (county, president)):
        call("organization_member_create", id=place.organization["id"], username=user["name"], role="admin")
    for user in (mayor["name"], president["name"], ""):
        with pytest.raises(tk.NotAuthorized):
            call("odf_identity_merge", user=user, id=one["id"], other=other["id"])
    _city, theirs, dataset = shared
    for user in (mayor["name"], ""):
        with pytest.raises(tk.NotAuthorized):
            call("odf_identity_split", user=user, id=dataset["id"], source=theirs.source["id"])
        with pytest.raises(tk.NotAuthorized):
            call("odf_identity_merge", user=user, id=one["id"], other=dataset["id"])
    both = factories.User()
    for place in (city, county):
        call("organization_member_create", id=place.organization["id"], username=both["name"], role="admin")
    done = call("odf_identity_merge", user=both["name"], id=one["id"], other=other["id"])
    call("odf_identity_undo", user=mayor["name"], id=done["id"])
    call("odf_identity_apart", user=president["name"], id=one["id"], other=other["id"])
    listed = call("odf_identity_history", user=mayor["name"])
    assert [row["action"] for row in listed][:3] == ["apart", "split", "merge"]
    for action in ("odf_identity_proposals", "odf_identity_history"):
        with pytest.raises(tk.NotAuthorized):
            call(action, user=factories.User()["name"])


def test_buttons_and_commands(apart, app, cli) -> None:
    """The page proposes, merges and takes back; so do the commands."""
    city, _county, one, other = apart
    boss = {"Authorization": factories.SysadminWithToken()["token"]}
    page = app.get("/odf/harvest/identity/", headers=boss).body
    assert one["name"] in page
    first, second = (one, other) if one["metadata_created"] < other["metadata_created"] else (other, one)
    asked = {"id": first["id"], "other": second["id"]}
    assert "alert-success" in app.post("/odf/harvest/identity/merge", data=asked, headers=boss).body
    told = cli.invoke(ckan, ["odf", "identity", "sources", first["name"]])
    assert city.source["name"] in told.output, told.output
    history = cli.invoke(ckan, ["odf", "identity", "history"]).output
    decision = next(line for line in history.splitlines() if first["name"] in line).split("\t")[0]
    assert "alert-success" in app.post("/odf/harvest/identity/undo", data={"id": decision}, headers=boss).body
    assert cli.invoke(ckan, ["odf", "identity", "apart", one["name"], other["name"]]).exit_code == 0
    assert one["name"] not in cli.invoke(ckan, ["odf", "identity", "proposals", "--limit", "1000"]).output
    merged = cli.invoke(ckan, ["odf", "identity", "merge", one["name"], other["name"]])
    assert merged.exit_code == 0, merged.output
    assert cli.invoke(ckan, ["odf", "identity", "undo", merged.output.split()[-1]]).exit_code == 0
    refused = cli.invoke(ckan, ["odf", "identity", "split", one["name"], city.source["name"]])
    assert refused.exit_code == 1


def test_a_hostile_title_or_link_does_nothing(two, app) -> None:
    """Neither a script in a title, nor a link that is none."""
    of = host()
    city, _county = two(
        Said("Budget", f"{of}/d/1"), Said("Copie <img src=x onerror=alert(1)>", f"{of}/d/1", page="javascript:alert(1)")
    )
    page = app.get(f"/dataset/{only(city)['name']}").body
    assert "odf-also-published" in page
    assert "<img src=x" not in page
    assert "javascript:alert" not in page


@pytest.mark.browser
def test_axe_finds_nothing(shared, apart, portal_url) -> None:
    """On the page of the pairs and on that of a dataset, on a wide screen and on a phone."""
    _city, _county, dataset = shared
    call("odf_identity_split", id=dataset["id"], source=_county.source["id"])
    model.Session.commit()
    user = factories.SysadminWithToken()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for width in (1280, 360):
            context = browser.new_context(
                base_url=portal_url,
                viewport={"width": width, "height": 800},
                extra_http_headers={"Authorization": user["token"]},
            )
            page = context.new_page()
            for address in ("/odf/harvest/identity/", f"/dataset/{dataset['name']}"):
                page.goto(address)
                violations = Axe().run(page).response["violations"]
                assert [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]] == []
        browser.close()
