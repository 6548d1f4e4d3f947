"""The custom checks that French schemas name, by every name they have had.

Semantics of Validata (validata-table 0.12): cells without a value are left alone, a column that is not there counts
as empty, an unknown check is an error of the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.rules import columns, numbers, places
from ckanext.opendatafrance.validation.rules.rule import Params, Rule, WrongCheckError
from ckanext.opendatafrance.validation.table_schema import CustomCheck

_CHECKS: dict[str, Callable[[Params], Rule]] = {
    "siret": numbers.siret_rule,
    "french-siret-value": numbers.siret_rule,
    "siren": numbers.siren_rule,
    "french-siren-value": numbers.siren_rule,
    "nomenclature-acte": numbers.act_rule,
    "nomenclature-actes-value": numbers.act_rule,
    "year-interval-value": numbers.period_rule,
    "phone-number-value": numbers.phone_rule,
    "opening-hours-value": numbers.hours_rule,
    "compare-columns-value": columns.compare_rule,
    "sum-columns-value": columns.sum_rule,
    "cohesive-columns-value": columns.together_rule,
    "one-of-required": columns.either_rule,
    "french-gps-coordinates": places.point_rule,
    "coordonnees-gps-francaises": places.point_rule,
    **{name: partial(places.list_rule, name) for name in places.FORMATS},
}


def rule(check: CustomCheck) -> Rule:
    """The rule of a check.

    Raises:
        WrongCheckError: no check has this name, or its parameters are wrong.
    """
    make = _CHECKS.get(check.name)
    if make is None:
        raise WrongCheckError(N_("the schema asks for a check “{check}”, which does not exist"), check=check.name)
    return make(check.params)
