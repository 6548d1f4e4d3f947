"""Actions of the yearly update."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.logic.schema import validator_args
from ckan.types import Context, Schema, Validator, ValidatorFactory

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.reference import moves
from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.update.run import update


def odf_territory_update(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Bring the organisations of the portal in line with the COG of the suite; can be run again after any interruption.

    Args:
        dry_run: only say what would change.

    Returns:
        cog (year), dry_run, total, seconds, other, memberships_added, memberships_removed;
        renamed, recoded, merged, moved, created, dissolved: what changes; fields: {name: {field: [here, to be]}};
        splits, reborn, unknown, waiting, skipped: what a person must look at; errors.
        docs/territories-update.md tells the keys of each.

    Raises:
        ValidationError: the portal is not ready, or another run is under way; says what to do.
    """
    tk.check_access("odf_territory_update", context, data_dict)
    data = _validated(data_dict, _update_schema(), context)
    try:
        report = update(context.get("user", ""), dry_run=data["dry_run"])
    except OdfError as error:
        raise tk.ValidationError({"message": [tk._(error.message).format(**error.params)]}) from error
    return asdict(report)


@tk.side_effect_free
def odf_territory_resolve(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Say which commune or communes an INSEE code meant at a date; every code since 1943.

    Args:
        code: INSEE code of a commune, of today or of the past.
        date: YYYY-MM-DD; without it, today.

    Returns:
        code, date, codes, ambiguous, live, since, until, name, today (codes);
        why: live, merged, recoded, split, suppressed, not-yet or unknown;
        organizations: {id, name, title, insee_code} of those of `today` that this portal has.

    Raises:
        ValidationError: `date` is no date.
    """
    tk.check_access("odf_territory_resolve", context, data_dict)
    data = _validated(data_dict, _resolve_schema(), context)
    found = moves.resolve(data["code"], data.get("date"))
    here = [find.organization_of("commune", code) for code in found.today]
    shown = find.by_ids([one for one in map(find.organization_id, filter(None, here)) if one])
    return {
        **asdict(found),
        "codes": list(found.codes),
        "today": list(found.today),
        "date": data.get("date"),
        "ambiguous": found.ambiguous,
        "organizations": [{name: one[name] for name in ("id", "name", "title", "insee_code")} for one in shown],
    }


def _day(value: Any) -> str:
    try:
        moves.resolve("01001", str(value))
    except ValueError as error:
        raise tk.Invalid(
            tk._("“{value}” is not a date: write year-month-day, as 2025-01-01").format(value=value)
        ) from error
    return str(value)


@validator_args
def _update_schema(boolean_validator: Validator, default: ValidatorFactory) -> Schema:
    return {"dry_run": [default(False), boolean_validator]}


@validator_args
def _resolve_schema(not_empty: Validator, unicode_safe: Validator, ignore_empty: Validator) -> Schema:
    return {"code": [not_empty, unicode_safe], "date": [ignore_empty, _day]}


def _validated(data_dict: dict[str, Any], wanted: Any, context: Context) -> dict[str, Any]:
    data, errors = tk.navl_validate(data_dict, wanted, context)
    if errors:
        raise tk.ValidationError(errors)
    return data
