"""One file of `schemas/territories/`, checked against the COG and against what is readable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from ckanext.opendatafrance import adherents
from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.reference import cog, siren
from ckanext.opendatafrance.registry.keys import Keys
from ckanext.opendatafrance.registry.records import (
    PERIMETERS,
    TYPES,
    Contact,
    Look,
    Member,
    Perimeter,
    Source,
    Territory,
)

# WCAG 2.2, level AA, text of normal size.
MIN_CONTRAST = 4.5
_COLOUR = re.compile(r"^#[0-9a-f]{6}$")
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def contrast_with_white(colour: str) -> float:
    """WCAG contrast ratio between a "#rrggbb" colour and white."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


class Reader(Keys):
    """Checks one file and makes a `Territory` of it."""

    def territory(self) -> Territory:
        try:
            content = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            reason = " ".join(str(error).split())
            raise self.wrong("", N_("{file}, {key}: it is not YAML in UTF-8 ({reason})"), reason=reason) from error
        keys = ("slug", "title", "perimeter", "description", "lead", "members", "contact", "look", "sources")
        values = self.mapping(content, "", keys)
        slug = self.text(values, "slug", "", required=True)
        if slug != self.path.stem or not _SLUG.match(slug):
            raise self.wrong(
                "slug", N_("{file}, {key}: write “{expected}”, the name of the file"), expected=self.path.stem
            )
        sources = self.items(values, "sources")
        lead, members = self.participants(values)
        return Territory(
            slug=slug,
            title=self.text(values, "title", "", required=True),
            perimeter=self.perimeter(values.get("perimeter")),
            description=self.description(values.get("description")),
            lead=lead,
            members=members,
            contact=self.contact(values.get("contact"), "contact"),
            look=self.look(values.get("look")),
            sources=tuple(self.source(item, f"sources[{rank}]") for rank, item in enumerate(sources, 1)),
        )

    def participants(self, values: Mapping[str, Any]) -> tuple[Member, tuple[Member, ...]]:
        lead = self.member(values.get("lead"), "lead")
        keys = {f"members[{rank}]": item for rank, item in enumerate(self.items(values, "members"), 1)}
        members = {key: self.member(item, key) for key, item in keys.items()}
        wrong = adherents.wrong({"lead": lead, **members})
        if wrong:
            key, message, params = wrong
            raise self.wrong(key, message, **params)
        return lead, tuple(members.values())

    def perimeter(self, value: Any) -> Perimeter:
        values = self.mapping(value, "perimeter", ("type", "code"))
        kind = self.choice(values, "type", "perimeter.", PERIMETERS)
        code = self.text(values, "code", "perimeter.", required=True)
        if not {"region": cog.region, "departement": cog.departement, "epci": cog.epci}[kind](code):
            raise self.wrong(
                "perimeter.code",
                N_("{file}, {key}: no {kind} has the code “{value}” in the COG"),
                kind=kind,
                value=code,
            )
        return Perimeter(kind, code)

    def description(self, value: Any) -> Mapping[str, str]:
        values = self.mapping(value, "description", ("fr", "en"))
        return {language: self.text(values, language, "description.", required=True) for language in ("fr", "en")}

    def member(self, value: Any, key: str) -> Member:
        keys = ("name", "type", "siren", "siren_unknown", "insee", "description", "contact", "members")
        values = self.mapping(value, key, keys)
        return Member(
            name=self.text(values, "name", f"{key}.", required=True),
            type=self.choice(values, "type", f"{key}.", TYPES),
            siren=self.siren(values, key),
            insee=self.text(values, "insee", f"{key}."),
            description=self.text(values, "description", f"{key}."),
            contact=self.contact(values.get("contact"), f"{key}.contact"),
            members=tuple(self.code(item, f"{key}.members") for item in self.items(values, "members", f"{key}.")),
        )

    def siren(self, values: Mapping[str, Any], key: str) -> str | None:
        number = self.text(values, "siren", f"{key}.")
        unknown = values.get("siren_unknown", False)
        if number and unknown:
            raise self.wrong(f"{key}.siren_unknown", N_("{file}, {key}: remove it: the SIREN is given"))
        if not number:
            if unknown is not True:
                raise self.wrong(f"{key}.siren", N_("{file}, {key}: give the SIREN, or write “siren_unknown: true”"))
            return None
        if not siren.is_siren(number):
            raise self.wrong(
                f"{key}.siren", N_("{file}, {key}: “{value}” is not a SIREN: check its nine digits"), value=number
            )
        return siren.clean(number)

    def contact(self, value: Any, key: str) -> Contact:
        values = self.mapping(value or {}, key, ("name", "email", "website"))
        return Contact(*(self.text(values, name, f"{key}.") for name in ("name", "email", "website")))

    def look(self, value: Any) -> Look:
        values = self.mapping(value, "look", ("logo", "colours"))
        colours = self.mapping(values.get("colours"), "look.colours", ("primary", "secondary"))
        return Look(
            logo=self.text(values, "logo", "look."),
            primary=self.colour(colours, "primary"),
            secondary=self.colour(colours, "secondary"),
        )

    def colour(self, values: Mapping[str, Any], name: str) -> str:
        colour = self.text(values, name, "look.colours.", required=True).lower()
        if not _COLOUR.match(colour):
            raise self.wrong(f"look.colours.{name}", N_("{file}, {key}: write it as “#1a4b8c”, in quotation marks"))
        if (ratio := contrast_with_white(colour)) < MIN_CONTRAST:
            raise self.wrong(
                f"look.colours.{name}",
                N_("{file}, {key}: choose a darker colour: its contrast with white text is {ratio}, and 4.5 is needed"),
                ratio=f"{ratio:.1f}",
            )
        return colour

    def source(self, value: Any, key: str) -> Source:
        values = self.mapping(value, key, ("url", "organization", "connector"))
        return Source(
            url=self.text(values, "url", f"{key}.", required=True),
            organization=self.text(values, "organization", f"{key}.", required=True),
            connector=self.text(values, "connector", f"{key}."),
        )
