"""The page that Prometheus reads; it is not there until an option opens it."""

from __future__ import annotations

import hmac
from ipaddress import ip_address, ip_network

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import config, metrics

odf_metrics = Blueprint("odf_metrics", __name__)


@odf_metrics.route("/odf/metrics")
def read() -> Response:
    """The gauges of the harvest room, for who has the token or an allowed address."""
    token, hosts = config.metrics_token(), config.metrics_hosts()
    if not token and not hosts:
        tk.abort(404, tk._("There is nothing here."))
    if not _has(token) and not _is_allowed(hosts):
        tk.abort(403, tk._("This page is not for you."))
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _has(token: str) -> bool:
    given = tk.request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_allowed(hosts: list[str]) -> bool:
    try:
        address = ip_address(tk.request.remote_addr or "")
        return any(address in ip_network(host, strict=False) for host in hosts)
    except ValueError:
        return False
