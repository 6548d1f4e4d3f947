"""The commands `ckan odf source …` and `ckan odf harvest`, as a person and as a script use them."""

from __future__ import annotations

import json

import pytest

from ckan.cli.cli import ckan

from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}
DONE = {"source", "job", "added", "updated", "unchanged", "deleted", "held", "errored", "seconds"}


@pytest.fixture
def odf(cli):
    """Run `ckan odf …`; the result has exit_code, stdout and stderr."""
    return lambda *words: cli.invoke(ckan, ["odf", *words], catch_exceptions=False)


def test_detect_tells_what_a_site_is(town, odf) -> None:
    """The shape that scripts rely on."""
    fouras = town(THREE)
    result = odf("source", "detect", fouras.source["url"], "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(found) == {"connector", "url", "count", "candidates", "tried", "message"}
    assert (found["connector"], found["candidates"][0]["connector"]) == ("dcat", "dcat")
    assert fouras.source["url"] in odf("source", "detect", fouras.source["url"]).stdout


def test_a_private_address_needs_the_option(town, odf, ckan_config, monkeypatch) -> None:
    """Refused with one sentence and exit code 1, let through with --allow-host."""
    nieul = town(THREE)
    monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [])
    refused = odf("source", "detect", nieul.source["url"])
    assert refused.exit_code == 1
    assert nieul.site.host in refused.stderr
    assert "Traceback" not in refused.output
    assert nieul.site.count() == 0
    assert odf("source", "detect", nieul.source["url"], "--allow-host", nieul.site.host).exit_code == 0


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "http://", "http://127.0.0.1:1/"])
def test_addresses_that_cannot_be_read_have_one_clear_error(town, odf, url) -> None:
    """No traceback, exit code 1; JSON says the same."""
    town({})
    result = odf("source", "detect", url, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["connector"] is None
    assert found["message"] in result.stderr


def test_preview_shows_the_datasets_and_writes_nothing(town, odf) -> None:
    """Mapped datasets, in full or limited."""
    taillebourg = town(THREE)
    result = odf("source", "preview", taillebourg.source["url"], "--connector", "dcat", "--limit", "2", "--json")
    seen = json.loads(result.stdout)
    assert set(seen) == {"connector", "url", "count", "datasets", "errors"}
    assert len(seen["datasets"]) == 2
    assert "Budget" in odf("source", "preview", taillebourg.source["url"]).stdout
    assert taillebourg.datasets() == {}


def test_add_list_and_harvest(town, odf) -> None:
    """A site is added by its address, shows up in the list, and is harvested by its name."""
    burie = town(THREE)
    burie.site.routes["/second.ttl"] = burie.site.routes[burie.path]
    added = odf(
        *("source", "add", f"{burie.site.url}/second.ttl", "--organization", burie.organization["name"]),
        *("--title", f"Second site {burie.organization['name']}", "--json"),
    )
    assert added.exit_code == 0, added.stderr
    source = json.loads(added.stdout)
    assert json.loads(source["config"]) == {"connector": "dcat"}
    assert source["name"] in odf("source", "list", "--organization", burie.organization["name"]).stdout
    result = odf("harvest", source["name"], "--json")
    assert result.exit_code == 0, result.stderr
    done = json.loads(result.stdout)
    assert set(done) == DONE
    assert (done["source"], done["added"], done["unchanged"]) == (source["name"], 3, 0)
    [listed] = [site for site in json.loads(odf("source", "list", "--json").stdout) if site["name"] == source["name"]]
    assert (listed["connector"], listed["last_run"]["added"]) == ("dcat", 3)


def test_several_sources_one_of_which_fails(town, odf) -> None:
    """The others are harvested; exit code 1; then only what failed is run again."""
    good, bad = town(THREE), town(THREE)
    bad.site.routes.clear()
    result = odf("harvest", good.source["name"], bad.source["name"], "--json")
    assert result.exit_code == 1
    assert [(done["added"], done["errored"]) for done in json.loads(result.stdout)] == [(3, 0), (0, 1)]
    assert bad.source["url"] in result.stderr
    bad.publish(THREE)
    again = odf("harvest", good.source["name"], bad.source["name"], "--only-failed")
    assert again.exit_code == 0
    assert bad.source["name"] in again.stdout
    assert good.source["name"] not in again.stdout


def test_dry_run_gives_the_difference(town, odf) -> None:
    """The shape of a preview, with the changes."""
    arvert = town(THREE)
    arvert.harvest()
    arvert.publish({"a": "Budget", "d": "Nouveau"})
    found = json.loads(odf("harvest", arvert.source["name"], "--dry-run", "--json").stdout)
    assert set(found) == {"connector", "url", "count", "datasets", "errors", "changes"}
    assert found["count"] == 2
    changes = found["changes"]
    assert (len(changes["added"]), changes["updated"], changes["unchanged"], len(changes["missing"])) == (1, [], 1, 2)
    assert "+" in odf("harvest", arvert.source["name"], "--dry-run").stdout


def test_what_does_not_exist_is_named(town, odf) -> None:
    """Unknown source, unknown organisation, unknown connector."""
    place = town(THREE)
    for words, name in (
        (("harvest", "nowhere"), "nowhere"),
        (("source", "add", place.source["url"], "--organization", "nobody"), "nobody"),
        (("source", "preview", place.source["url"], "--connector", "gopher"), "gopher"),
    ):
        result = odf(*words)
        assert result.exit_code == 1
        assert name in result.stderr
        assert "Traceback" not in result.output
    assert odf("harvest").exit_code == 2


def test_messages_are_in_the_language_of_the_terminal(town, odf, monkeypatch) -> None:
    """English where LANG says so, the language of the portal where it says nothing that the portal speaks."""
    town({})
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "not a web address" in odf("source", "detect", "ftp://example.org/").stderr
