"""Checks against official lists and against the outline of France."""

from __future__ import annotations

import inspect
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.rules.numbers import column
from ckanext.opendatafrance.validation.rules.rule import Params, Rule, WrongCheckError

# West, south, east, north: the boxes that Validata takes for France, outside of which its check refuses a point.
BOXES = {
    "971": (-61.809839, 15.832041, -61.001959, 16.514488),
    "972": (-61.229033, 14.388646, -60.809655, 14.878723),
    "973": (-54.60239, 2.111055, -51.619041, 5.748138),
    "974": (55.216526, -21.389631, 55.836654, -20.8718),
    "976": (45.01833, -13.005254, 45.299985, -12.63659),
    "metropole": (-5.141277, 41.333571, 9.560091, 51.088989),
}
FORMATS = {
    "canton": "Canton",
    "code-commune-insee": "CodeCommuneInsee",
    "code-fantoir": "CodeFantoir",
    "code-pays-iso2": "CodePaysISO2",
    "code-pays-iso3": "CodePaysISO3",
    "code-postal": "CodePostal",
    "code-region": "CodeRegion",
    "commune": "Commune",
    "departement": "Departement",
    "numero-departement": "NumeroDepartement",
    "pays": "Pays",
    "region": "Region",
}
"""Names of checks, and the classes of frformat that decide them."""


def point_rule(params: Params) -> Rule:
    """A longitude and a latitude inside one of the boxes; told apart from the two in the wrong order."""
    name = column(params, "french-gps-coordinates")

    def decide(value: Any) -> tuple[str, Params] | None:
        try:
            longitude, latitude = (float(one) for one in value)
        except (TypeError, ValueError):
            return "point-outside-france", {}
        if _in_france(longitude, latitude):
            return None
        return ("point-swapped" if _in_france(latitude, longitude) else "point-outside-france"), {}

    return Rule("point-outside-france", name, (name,), decide)


def _in_france(longitude: float, latitude: float) -> bool:
    return any(west < longitude < east and south < latitude < north for west, south, east, north in BOXES.values())


def list_rule(check: str, params: Params) -> Rule:
    """A value of an official list, as the package frformat has it.

    Raises:
        WrongCheckError: a parameter is missing (the lists of the COG need their year, `cog`) or wrong.
    """
    import frformat  # its lists of communes take half a second to load, and few schemas ask for them

    name = column(params, check)
    kind: Any = getattr(frformat, FORMATS[check])
    signature = inspect.signature(kind.__init__).parameters
    given = {key: value for key, value in params.items() if key in signature}
    try:
        form = kind(**given)
    except (TypeError, ValueError) as error:
        raise WrongCheckError(
            N_("the check “{check}” of the schema has a wrong parameter ({reason})"), check=check, reason=str(error)
        ) from error

    def decide(value: Any) -> tuple[str, Params] | None:
        return None if form.is_valid(value) else ("not-in-list", {"list": str(kind.metadata.name)})

    return Rule("not-in-list", name, (name,), decide)
