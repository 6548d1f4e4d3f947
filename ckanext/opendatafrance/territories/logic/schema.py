"""What the actions on territories accept."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory

from ckanext.opendatafrance import registry
from ckanext.opendatafrance.territories.find import SORTS

MAX_LIMIT = 1000


def _types(value: Any) -> list[str]:
    """One type, several in a list, or several with commas between them, as in an address."""
    types = value if isinstance(value, list) else str(value).split(",")
    for one in types:
        if one not in registry.TYPES:
            raise tk.Invalid(
                tk._("“{value}” is not a type of organisation: use {choices}").format(
                    value=one, choices=", ".join(registry.TYPES)
                )
            )
    return types


def _at_most(value: Any) -> Any:
    # What is no number was refused before, and navl goes on with it.
    return min(value, MAX_LIMIT) if isinstance(value, int) else value


@validator_args
def territory_show(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """An organisation by any of its codes."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def territory_search(
    ignore_empty: Validator,
    unicode_safe: Validator,
    natural_number_validator: Validator,
    one_of: ValidatorFactory,
    default: ValidatorFactory,
) -> Schema:
    """Words, filters, order and page."""
    return {
        "q": [default(""), unicode_safe],
        "type": [ignore_empty, _types],
        "parent": [ignore_empty, unicode_safe],
        "ancestor": [ignore_empty, unicode_safe],
        "permission": [ignore_empty, one_of(["create_dataset"])],
        "sort": [default("relevance"), one_of(list(SORTS))],
        "limit": [default(20), natural_number_validator, _at_most],
        "offset": [default(0), natural_number_validator],
    }


@validator_args
def territory_seed(
    not_empty: Validator, unicode_safe: Validator, boolean_validator: Validator, default: ValidatorFactory
) -> Schema:
    """A territory, and how to treat it."""
    return {
        "code": [not_empty, unicode_safe],
        "dry_run": [default(False), boolean_validator],
        "activity": [default(False), boolean_validator],
    }
