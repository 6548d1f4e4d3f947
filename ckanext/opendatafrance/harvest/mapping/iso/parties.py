"""Who answers for a dataset: responsible parties by their roles, in both encodings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.opendatafrance.harvest.mapping import agents
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, code, find, find_all, inside
from ckanext.opendatafrance.harvest.mapping.notes import Notes

#: Who publishes, best first; a point of contact of the *resource* is whom INSPIRE calls the responsible organisation.
PUBLISHERS = ("publisher", "owner", "custodian", "resourceProvider", "distributor", "pointOfContact", "")
CREATORS = ("originator", "author", "principalInvestigator")
_PARTIES = ("CI_ResponsibleParty", "CI_Responsibility", "CHE_CI_ResponsibleParty")


@dataclass(frozen=True, slots=True)
class Party:
    """What a record says of one party."""

    role: str
    name: str
    organisation: str
    email: str
    url: str
    identifier: str


def people(meta: Metadata, notes: Notes) -> dict[str, list[dict[str, str]]]:
    """The fields contact, publisher and creator."""
    of_resource = _parties(meta, find_all(meta.root, "identificationInfo/*/pointOfContact"))
    cited = _parties(meta, find_all(meta.root, "identificationInfo/*/citation/*/citedResponsibleParty"))
    of_distribution = _parties(meta, find_all(meta.root, "distributionInfo/*/distributor/*/distributorContact"))
    of_record = _parties(meta, find_all(meta.root, "contact"))
    named = [*of_resource, *cited]
    publisher = _first([one for one in [*named, *of_distribution] if one.organisation], PUBLISHERS)
    contact = next(filter(None, map(_reachable, (of_resource, of_distribution, cited, of_record))), None)
    contact = contact or next(iter(named), None)
    same = publisher.organisation if publisher else ""
    creators = [one for one in named if one.role in CREATORS and (one.organisation or one.name) != same]
    return {
        "contact": [_agent("contact", contact, notes)] if contact else [],
        "publisher": [_agent("publisher", publisher, notes)] if publisher else [],
        "creator": [_agent("creator", one, notes) for one in dict.fromkeys(creators)],
    }


def _first(parties: Iterable[Party], roles: tuple[str, ...]) -> Party | None:
    by_role: dict[str, Party] = {}
    for party in parties:
        by_role.setdefault(party.role, party)
    return next((by_role[role] for role in roles if role in by_role), None)


def _reachable(parties: Iterable[Party]) -> Party | None:
    """Whom to write to among those that say how: the point of contact, else who answers for the data."""
    said = [party for party in parties if party.email or party.url]
    return _first(said, ("pointOfContact", *PUBLISHERS)) or next(iter(said), None)


def _agent(field: str, party: Party, notes: Notes) -> dict[str, str]:
    return agents.agent(
        field,
        notes,
        name=party.organisation or party.name,
        mail=party.email,
        url=party.url,
        identifier=party.identifier,
    )


def _parties(meta: Metadata, holders: Iterable[Element]) -> list[Party]:
    return [_party(meta, party) for holder in holders for party in inside(holder, *_PARTIES)]


def _party(meta: Metadata, element: Element) -> Party:
    organisations = list(inside(element, "CI_Organisation")) or [element]
    individuals = list(inside(element, "CI_Individual"))
    holder = organisations[0]
    mails = [text for one in inside(element, "electronicMailAddress") if (text := meta.said(one))]
    pages = [text for one in inside(element, "onlineResource") for text in meta.texts("*/linkage", one)]
    return Party(
        role=code(find(element, "role")),
        name=meta.text("individualName", element) or next((meta.text("name", one) for one in individuals), ""),
        organisation=meta.text("organisationName", element)
        or (meta.text("name", holder) if holder is not element else ""),
        email=mails[0] if mails else "",
        url=next((page for page in pages if page.startswith(("http://", "https://"))), ""),
        identifier=meta.text("partyIdentifier/*/code", holder),
    )
