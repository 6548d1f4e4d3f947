"""Addresses of the schemas that files follow."""

from __future__ import annotations

from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.federation.finding import Findings
from ckanext.opendatafrance.federation.mending import texts
from ckanext.opendatafrance.validation import catalogue


def addresses(values: Any, found: Findings, resource: str) -> list[str]:
    """Addresses of schemas as schema.data.gouv.fr publishes them; names fail the whole dataset at data.gouv.fr."""
    kept = []
    for value in texts.listed(values):
        exact = _exact(str(value))
        kept.append(exact or texts.uri(value))
        if not kept[-1]:
            found.add(
                "schema-name", "lost", "conforms_to",
                N_("“{schema}” is not the address of a schema and is left out."),
                N_("Write the address of the schema, from schema.data.gouv.fr."), resource=resource, schema=str(value),
            )  # fmt: skip
    return list(dict.fromkeys(filter(None, kept)))


def _exact(said: str) -> str:
    """The published address of a schema of the suite that is named by its page, its name or its `latest` address."""
    if said.startswith(("http://", "https://")) and "schema.data.gouv.fr" not in said:
        return ""
    if said.endswith("/schema.json") and "/latest/" not in said:
        return ""
    try:
        return catalogue.addresses(catalogue.shipped().get(said))[0]
    except catalogue.UnknownSchemaError:
        return ""
