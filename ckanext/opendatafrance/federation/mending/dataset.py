"""All fields of a dataset but those of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.federation.finding import Finding, Findings
from ckanext.opendatafrance.federation.mending import people, places, schemas, texts
from ckanext.opendatafrance.federation.mending.files import files_of
from ckanext.opendatafrance.reference import frequencies, hvd, languages, licences, themes

_TITLE, _TAG_SHORTEST, _TAG_LONGEST, _GOOD_DESCRIPTION = 350, 3, 96, 100
_URI_LISTS = ("documentation", "is_referenced_by", "has_version", "in_series", "applicable_legislation")


@dataclass(frozen=True, slots=True)
class Site:
    """What the feeds know of the portal.

    Attributes:
        public: whether the portal is reached from the Internet; where it is not, addresses of private hosts are kept.
        page: address of the dataset's page, where it has no landing page of its own.
        organization: the owner: title, email, siren, url.
        today: dates after it are in the future.
    """

    public: bool = False
    page: str = ""
    organization: Mapping[str, str] = field(default_factory=dict)
    today: date = field(default_factory=date.today)


def prepare(dataset: Mapping[str, Any], site: Site) -> tuple[dict[str, Any], list[Finding]]:
    """A copy of a dataset (as `package_show` gives it) in which every value can be written, and what was found.

    Addresses are absolute and escaped, URI fields hold URIs, dates are days or moments, sizes numbers; `license_id` is
    an id of the list where the licence is known. Fields of the suite stay as they are.
    """
    found = Findings()
    made: dict[str, Any] = texts.allowed(dict(dataset))
    for step in (_words, _licence, _codes, _dates, _addresses, _identity, _schemas):
        step(made, site, found)
    people.mend(made, site.organization, found)
    places.mend(made, found)
    _periods(made, found)
    made["resources"] = files_of(made, site.public, found)
    return made, found.sorted()


def _words(made: dict[str, Any], site: Site, found: Findings) -> None:
    title = texts.plain(str(made.get("title") or made.get("name") or ""))
    if title != " ".join(str(made.get("title") or "").split()):
        found.add(
            "title-html", "mended", "title",
            N_("The title holds HTML; “{title}” is written."),
            N_("Write the title without tags."), title=title,
        )  # fmt: skip
    made["title"] = title[:_TITLE]
    if not str(made.get("notes") or "").strip():
        made["notes"] = title
        found.add(
            "description-missing", "lost", "notes",
            N_("There is no description; the title stands in for it."),
            N_("Describe in a few sentences what the data holds, whence it comes and what it is good for."),
        )  # fmt: skip
    elif len(str(made["notes"])) < _GOOD_DESCRIPTION:
        found.add(
            "description-short", "lost", "notes",
            N_("The description has fewer than {number} characters; data.gouv.fr takes a quality point off."),
            N_("Say more of what the data holds and how it is made."), number=_GOOD_DESCRIPTION,
        )  # fmt: skip
    kept = []
    for tag in made.get("tags") or []:
        name = texts.plain(str(tag.get("name") or ""))
        if name:
            kept.append({"name": name})
        if 0 < len(name) < _TAG_SHORTEST or len(name) > _TAG_LONGEST:
            found.add(
                "tag-length", "lost", "tags",
                N_("data.gouv.fr drops keywords of fewer than 3 letters and cuts those of more than 96: “{tag}”."),
                N_("Write the keyword in full, or in fewer words."), tag=name,
            )  # fmt: skip
    made["tags"] = kept


def _licence(made: dict[str, Any], site: Site, found: Findings) -> None:
    said = str(made.get("license_id") or made.get("license_url") or "")
    licence = licences.find(said) if said else None
    if not said or said == "notspecified":
        found.add(
            "licence-missing", "lost", "license_id",
            N_("There is no licence: data.gouv.fr shows “not specified”."),
            N_("Choose the licence; the Licence Ouverte 2.0 (lov2) is the usual one of French bodies."),
        )  # fmt: skip
    elif licence is None or not licence.udata:
        found.add(
            "licence-unknown", "lost", "license_id",
            N_("data.gouv.fr does not know the licence “{licence}” and shows “not specified”."),
            N_("Choose a licence that French law allows: Licence Ouverte 2.0 (lov2) or ODbL (odc-odbl)."), licence=said,
        )  # fmt: skip
    made["license_id"] = licence.id if licence else "" if said == "notspecified" else said


def _codes(made: dict[str, Any], site: Site, found: Findings) -> None:
    said = str(made.get("frequency") or "")
    code = frequencies.find(said) if said else None
    made["frequency"] = code.uri if code else ""
    if said and not code:
        found.add(
            "frequency-unknown", "lost", "frequency",
            N_("The frequency “{frequency}” is none of the official list and is left out."),
            N_("Choose a frequency of the list in the form."), frequency=said,
        )  # fmt: skip
    made["language"] = _uris_of(made.get("language"), languages)
    made["theme"] = list(dict.fromkeys([*_uris_of(made.get("theme"), themes), *texts.uris(made.get("theme"))]))
    made["hvd_category"] = [
        one.uri for value in texts.listed(made.get("hvd_category")) if (one := hvd.CATEGORIES.find(str(value)))
    ]
    if made["hvd_category"]:
        legislation = texts.listed(made.get("applicable_legislation"))
        made["applicable_legislation"] = list(dict.fromkeys([*legislation, hvd.LEGISLATION]))
    made["dcat_type"] = texts.uri(made.get("dcat_type"))


def _uris_of(values: Any, of: Any) -> list[str]:
    codes = (of.find(str(value)) for value in texts.listed(values))
    return list(dict.fromkeys(code.uri for code in codes if code))


def _dates(made: dict[str, Any], site: Site, found: Findings) -> None:
    for name, stored in (("issued", "metadata_created"), ("modified", "metadata_modified")):
        said = made.get(name)
        value = texts.moment(said)
        future = value[:10] > site.today.isoformat()
        if said and (not value or future):
            message = (
                N_("The date “{date}” is in the future: data.gouv.fr drops it; the portal's own date stands in for it.")
                if future
                else N_("“{date}” is no date; the portal's own date stands in for it.")
            )
            found.add("date", "lost", name, message, N_("Correct the date."), date=str(said))
        made[name] = texts.moment(made.get(stored)) if not value or future else value


def _addresses(made: dict[str, Any], site: Site, found: Findings) -> None:
    said = str(made.get("url") or "")
    made["url"] = texts.address(said) or site.page
    if said and not texts.address(said):
        found.add(
            "page-address", "lost", "url",
            N_("“{url}” is no web address; the page of the portal stands in for it."),
            N_("Correct the address of the page, or leave it empty."), url=said,
        )  # fmt: skip
    for name in _URI_LISTS:
        lost = [str(value) for value in texts.listed(made.get(name)) if not texts.uri(value)]
        made[name] = texts.uris(made.get(name))
        for value in lost:
            found.add(
                "address", "lost", name, N_("“{value}” is no address and is left out."),
                N_("Write an address that begins with https://, or remove it."), value=value,
            )  # fmt: skip
    made["homepage"] = texts.address(made.get("homepage"))


def _identity(made: dict[str, Any], site: Site, found: Findings) -> None:
    """The id of the portal identifies: it outlives names, owners and sources; what the source said goes beside."""
    said = [made.get("identifier"), made.get("uri"), *texts.listed(made.get("alternate_identifier"))]
    others = dict.fromkeys(str(value).strip() for value in said if value)
    identifier = str(made.get("id") or made.get("name") or "")
    made["alternate_identifier"] = [value for value in others if value and value != identifier]
    made["identifier"] = identifier
    made.pop("uri", None)


def _schemas(made: dict[str, Any], site: Site, found: Findings) -> None:
    made["conforms_to"] = schemas.addresses(made.get("conforms_to"), found, "")


def _periods(made: dict[str, Any], found: Findings) -> None:
    kept = []
    for period in texts.listed(made.get("temporal_coverage")):
        start, end = texts.day(period.get("start")), texts.day(period.get("end"), last=True)
        said = f"{period.get('start') or ''} – {period.get('end') or ''}"
        if start and end and start > end:
            start = end = ""
        if start or end:
            kept.append({name: value for name, value in (("start", start), ("end", end)) if value})
        elif said.strip(" –"):
            found.add(
                "period", "lost", "temporal_coverage",
                N_("The period “{period}” is none and is left out."),
                N_("Give a first day and, later than it, a last day."), period=said,
            )  # fmt: skip
    if len(kept) > 1:
        found.add(
            "periods", "lost", "temporal_coverage",
            N_("data.gouv.fr keeps one period of the {number}."),
            N_("Give one period from the first day to the last."), number=len(kept),
        )  # fmt: skip
    made["temporal_coverage"] = kept
