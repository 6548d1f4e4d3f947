"""Validators of the harvest room."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest.connectors import connectors


def odf_connector_exists(value: str) -> str:
    """The name of a connector, or nothing."""
    if value and value not in connectors():
        raise tk.Invalid(
            tk._("There is no connector “{name}”. Choose one of: {names}.").format(
                name=value, names=", ".join(sorted(connectors()))
            )
        )
    return value


def odf_organization_exists(value: str) -> str:
    """The id or the name of an active organisation."""
    found = model.Group.get(value)
    if found is None or not found.is_organization or found.state != "active":
        raise tk.Invalid(tk._("There is no organisation “{name}”.").format(name=value))
    return value
