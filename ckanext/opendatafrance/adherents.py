"""What the `members:` of a territory file may not say: circles of memberships, a commune in two intercommunalités."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.reference import cog, siren

if TYPE_CHECKING:
    from ckanext.opendatafrance.registry import Member

Wrong = tuple[str, str, dict[str, Any]]


def wrong(participants: Mapping[str, Member]) -> Wrong | None:
    """The first thing that is wrong: key, message (with {file} and {key}) and what else the message names.

    Args:
        participants: key in the file ("lead", "members[2]") → member.
    """
    for key, member in participants.items():
        circle = _circle(key, participants)
        if circle:
            names = " › ".join(participants[one].name for one in circle)
            message = N_(
                "{file}, {key}: these belong to each other in a circle ({names}): remove one of the codes from a list"
            )
            return f"{key}.members", message, {"names": names}
        for code in member.members:
            elsewhere = _elsewhere(member, code)
            if elsewhere:
                message = N_(
                    "{file}, {key}: “{value}” ({name}) stands in {other}, and a commune stands in one EPCI: remove it"
                )
                return f"{key}.members", message, {"value": code, **elsewhere}
    return None


def _circle(start: str, participants: Mapping[str, Member]) -> list[str]:
    """Keys on a way from a participant back to itself, empty where there is none."""
    by_code = {code: key for key, member in participants.items() for code in (member.siren, member.insee) if code}
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for code in participants[way[-1]].members:
            key = by_code.get(siren.siren_of(code) or code)
            if key == start:
                return [*way, start]
            if key and key not in seen:
                seen.add(key)
                ways.append([*way, key])
    return []


def _elsewhere(member: Member, code: str) -> dict[str, str]:
    """Name of a listed commune and of the EPCI in which it really stands, where that is another one."""
    group, commune = cog.epci(member.siren or ""), cog.commune(code)
    if group is None or commune is None or group.siren in (commune.epci, commune.ept):
        return {}
    other = cog.epci(commune.epci)
    return {"name": commune.name, "other": other.name} if other else {}
