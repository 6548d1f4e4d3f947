"""From what a person types to a perimeter: the slug of a territory, an INSEE code, a SIREN, or "france"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from ckanext.opendatafrance import registry
from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import cog, names, siren
from ckanext.opendatafrance.registry import Member, Perimeter

FRANCE = "france"
_TYPED = re.compile(r"^(?P<type>region|departement|epci)[:\-](?P<code>[0-9ab]+)(?:-.*)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A perimeter with the name by which to speak of it, and its named members."""

    title: str
    perimeter: Perimeter
    participants: tuple[Member, ...] = ()


def find(text: str) -> Target:
    """Understand "charente-maritime", "17", "departement:17", "region-53-bretagne", "200066009" or "france".

    Raises:
        DataFileError: it is none of these, or a code that is both a région's and a département's; says what to write.
    """
    text = text.strip()
    known = registry.territories()
    if text in known:
        territory = known[text]
        return Target(territory.title, territory.perimeter, territory.participants)
    if text.lower() == FRANCE:
        return Target("France", Perimeter("pays", "FR"))
    typed = _TYPED.match(text)
    found = _by_code(typed["code"], typed["type"].lower()) if typed else _by_code(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise DataFileError(
            N_("“{text}” is the code of a région and of a département. Write {choices}."),
            code="territory-ambiguous",
            text=text,
            choices=" / ".join(f"{target.perimeter.type}:{target.perimeter.code} ({target.title})" for target in found),
        )
    raise _unknown(text)


def _by_code(code: str, kind: str = "") -> list[Target]:
    found = []
    if kind in ("", "region") and (region := cog.region(code)):
        found.append(Target(region.name, Perimeter("region", region.code)))
    if kind in ("", "departement") and (departement := cog.departement(code)):
        found.append(Target(departement.name, Perimeter("departement", departement.code)))
    if kind in ("", "epci") and (epci := cog.epci(siren.clean(code))):
        found.append(Target(names.epci_title(epci.name, epci.kind), Perimeter("epci", epci.siren)))
    return found


def _unknown(text: str) -> DataFileError:
    slugs = {names.slug(found.name): f"{found.name} → departement:{found.code}" for found in cog.departements()}
    slugs |= {names.slug(found.name): f"{found.name} → region:{found.code}" for found in cog.regions()}
    slugs |= {slug: slug for slug in registry.territories()}
    near = [slugs[slug] for slug in get_close_matches(names.slug(text), slugs, n=3, cutoff=0.5)]
    if near:
        return DataFileError(
            N_("There is no territory “{text}”. Did you mean {near}? See “ckan odf territory list”."),
            code="territory-unknown",
            text=text,
            near=", ".join(near),
        )
    return DataFileError(
        N_(
            "There is no territory “{text}”. Write a name of “ckan odf territory list”, the code of a région or "
            "département, the SIREN of an EPCI, or “france”."
        ),
        code="territory-unknown",
        text=text,
    )
