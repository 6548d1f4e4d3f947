"""What the actions on lists accept."""

from __future__ import annotations

from ckan.logic.schema import validator_args
from ckan.types import Schema, Validator, ValidatorFactory


@validator_args
def membership_import(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
) -> Schema:
    """A group, a file, and how to treat it."""
    return {
        "group": [not_empty, unicode_safe],
        "csv": [not_empty],
        "file_name": [ignore_missing, unicode_safe],
        **{name: [default(False), boolean_validator] for name in ("dry_run", "replace", "partial")},
    }


@validator_args
def membership_list(not_empty: Validator, unicode_safe: Validator) -> Schema:
    """A group."""
    return {"group": [not_empty, unicode_safe]}


@validator_args
def agents_import(
    not_empty: Validator,
    unicode_safe: Validator,
    ignore_missing: Validator,
    boolean_validator: Validator,
    default: ValidatorFactory,
) -> Schema:
    """A file, and how to treat it."""
    return {
        "csv": [not_empty],
        "file_name": [ignore_missing, unicode_safe],
        **{name: [default(False), boolean_validator] for name in ("dry_run", "partial")},
    }


@validator_args
def duty_list(ignore_empty: Validator, unicode_safe: Validator) -> Schema:
    """A place, perhaps."""
    return {"within": [ignore_empty, unicode_safe]}
