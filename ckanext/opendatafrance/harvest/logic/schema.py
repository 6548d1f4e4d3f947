"""What the actions of the harvest room accept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args

from ckanext.opendatafrance.harvest.overview import SORTS, STATES

Schema = dict[str, Any]


@validator_args
def source_detect(not_empty: Any, unicode_safe: Any, ignore: Any) -> Schema:
    return {"url": [not_empty, unicode_safe], "__extras": [ignore]}


@validator_args
def source_preview(
    not_empty: Any,
    unicode_safe: Any,
    ignore: Any,
    ignore_empty: Any,
    ignore_missing: Any,
    natural_number_validator: Any,
    boolean_validator: Any,
    odf_connector_exists: Any,
    odf_organization_exists: Any,
) -> Schema:
    return {
        "url": [not_empty, unicode_safe],
        "connector": [ignore_missing, ignore_empty, unicode_safe, odf_connector_exists],
        "owner_org": [ignore_missing, ignore_empty, unicode_safe, odf_organization_exists],
        "limit": [ignore_missing, ignore_empty, natural_number_validator],
        "brief": [ignore_missing, ignore_empty, boolean_validator],
        "__extras": [ignore],
    }


@validator_args
def source_create(
    not_empty: Any,
    unicode_safe: Any,
    ignore: Any,
    ignore_empty: Any,
    ignore_missing: Any,
    odf_organization_exists: Any,
    odf_connector_exists: Any,
) -> Schema:
    return {
        "url": [not_empty, unicode_safe],
        "owner_org": [not_empty, unicode_safe, odf_organization_exists],
        "connector": [ignore_missing, ignore_empty, unicode_safe, odf_connector_exists],
        "title": [ignore_missing, ignore_empty, unicode_safe],
        "name": [ignore_missing, ignore_empty, unicode_safe],
        "frequency": [ignore_missing, ignore_empty, unicode_safe],
        "__extras": [ignore],
    }


@validator_args
def deletions_list(
    unicode_safe: Any,
    ignore: Any,
    ignore_empty: Any,
    ignore_missing: Any,
    natural_number_validator: Any,
    one_of: Any,
) -> Schema:
    return {
        "source": [ignore_missing, ignore_empty, unicode_safe],
        "state": [ignore_missing, ignore_empty, one_of(["pending", "approved", "rejected", "outdated", "all"])],
        "limit": [ignore_missing, ignore_empty, natural_number_validator],
        "offset": [ignore_missing, ignore_empty, natural_number_validator],
        "__extras": [ignore],
    }


@validator_args
def overview(
    unicode_safe: Any,
    ignore: Any,
    ignore_empty: Any,
    ignore_missing: Any,
    natural_number_validator: Any,
    one_of: Any,
) -> Schema:
    sorts = [sign + name for name in SORTS for sign in ("", "-")]
    return {
        "q": [ignore_missing, ignore_empty, unicode_safe],
        "owner_org": [ignore_missing, ignore_empty, unicode_safe],
        "state": [ignore_missing, ignore_empty, one_of(list(STATES))],
        "sort": [ignore_missing, ignore_empty, one_of(sorts)],
        "limit": [ignore_missing, ignore_empty, natural_number_validator],
        "offset": [ignore_missing, ignore_empty, natural_number_validator],
        "__extras": [ignore],
    }


@validator_args
def mails(unicode_safe: Any, ignore: Any, ignore_empty: Any, ignore_missing: Any, one_of: Any) -> Schema:
    return {
        "mails": [ignore_missing, ignore_empty, one_of(["true", "false"])],
        "language": [ignore_missing, ignore_empty, one_of(list(tk.config["ckan.locales_offered"]))],
        "__extras": [ignore],
    }
