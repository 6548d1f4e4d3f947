"""What Prometheus reads, parsed by its own client."""

from __future__ import annotations

import pytest
from dcat_catalogue import dataset
from prometheus_client.parser import text_string_to_metric_families

TOKEN, HOSTS = "ckanext.opendatafrance.metrics_token", "ckanext.opendatafrance.metrics_hosts"


def numbers(body: str) -> dict[tuple[str, str], float]:
    """Value by name of the gauge and its only label."""
    families = text_string_to_metric_families(body)
    return {(one.name, "".join(one.labels.values())): one.value for family in families for one in family.samples}


def test_the_page_is_closed_until_an_option_opens_it(tables, app, ckan_config, monkeypatch) -> None:
    """Not there; then for the token, or for an address, alone."""
    assert app.get("/odf/metrics").status_code == 404
    monkeypatch.setitem(ckan_config, TOKEN, "s3cret")
    assert app.get("/odf/metrics").status_code == 403
    assert app.get("/odf/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    answer = app.get("/odf/metrics", headers={"Authorization": "Bearer s3cret"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    monkeypatch.setitem(ckan_config, TOKEN, "")
    monkeypatch.setitem(ckan_config, HOSTS, ["10.0.0.0/8", "no address"])
    assert app.get("/odf/metrics").status_code == 403
    monkeypatch.setitem(ckan_config, HOSTS, ["127.0.0.0/8"])
    assert app.get("/odf/metrics").status_code == 200


@pytest.mark.ckan_config(HOSTS, ["127.0.0.1"])
def test_the_gauges_say_what_the_tables_say(town, app) -> None:
    """A harvest more, datasets more, and the age of the last success of each source."""
    before = numbers(app.get("/odf/metrics").body)
    place = town({"a": "Budget", "b": "Délibérations"}, dataset("bad", ""))
    place.harvest()
    after = numbers(app.get("/odf/metrics").body)

    def grown(name: str, label: str = "") -> float:
        return after[f"odf_harvest_{name}", label] - before.get((f"odf_harvest_{name}", label), 0)

    assert (grown("sources", "warning"), grown("runs", "complete"), grown("datasets", "present")) == (1, 1, 2)
    for name, label in (("queue", "person"), ("leases", "held"), ("held_datasets", ""), ("open_publishers", "")):
        assert after[f"odf_harvest_{name}", label] >= 0
    assert 0 <= after["odf_harvest_source_last_success_age_seconds", place.source["name"]] < 600
    assert after["odf_harvest_source_last_run_seconds", place.source["name"]] >= 0
