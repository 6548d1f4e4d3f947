"""What the actions on placing accept."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args

from ckanext.opendatafrance.harvest.inbox import STATES
from ckanext.opendatafrance.harvest.options import PLACINGS

Schema = dict[str, Any]


@validator_args
def placing_inbox(
    unicode_safe: Any,
    ignore: Any,
    ignore_empty: Any,
    ignore_missing: Any,
    natural_number_validator: Any,
    one_of: Any,
) -> Schema:
    return {
        "source": [ignore_missing, ignore_empty, unicode_safe],
        "state": [ignore_missing, ignore_empty, one_of(list(STATES))],
        "limit": [ignore_missing, ignore_empty, natural_number_validator],
        "offset": [ignore_missing, ignore_empty, natural_number_validator],
        "__extras": [ignore],
    }


@validator_args
def placing_assign(not_empty: Any, unicode_safe: Any, ignore: Any, ignore_empty: Any, ignore_missing: Any) -> Schema:
    return {
        "publisher": [not_empty, unicode_safe],
        "source": [ignore_missing, ignore_empty, unicode_safe],
        "organization": [ignore_missing, ignore_empty, unicode_safe],
        "__extras": [ignore],
    }


@validator_args
def placing_undo(not_empty: Any, unicode_safe: Any, ignore: Any) -> Schema:
    return {"decided": [not_empty, unicode_safe], "__extras": [ignore]}


@validator_args
def placing_choose(not_empty: Any, unicode_safe: Any, ignore: Any, one_of: Any) -> Schema:
    return {
        "source": [not_empty, unicode_safe],
        "placing": [not_empty, one_of(list(PLACINGS))],
        "__extras": [ignore],
    }
