"""Findings in sentences for a town clerk: what is wrong, and what to write instead.

English msgids with named fields; they are translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.finding import Finding

Sentence = tuple[str, Mapping[str, Any]]
"""An English msgid and the values of its fields; a value may be a sentence itself."""
Say = Callable[[str, Mapping[str, Any]], str]
"""Translates an English msgid and fills in its fields."""

MESSAGES: Mapping[str, str] = {
    "blank-row": N_("This line is empty."),
    "damaged-text": N_("This line has characters that the rest of the file does not write in this way."),
    "too-few-cells": N_("This line has {found} cells, the header has {expected}."),
    "too-many-cells": N_("This line has {found} cells, the header has {expected}."),
    "missing-column": N_("The column “{column}” is missing; it is compulsory."),
    "missing-optional-column": N_("The column “{column}” is missing."),
    "extra-column": N_("The column “{column}” is not part of the schema."),
    "column-order": N_("The columns are not in the order of the schema."),
    "blank-column": N_("Column number {place} has no name."),
    "duplicate-column": N_("The column “{column}” appears twice, as number {first} and number {place}."),
    "no-known-column": N_("No column of the file is one of the schema."),
    "required": N_("This cell is empty, and it must not be."),
    "type-number": N_("“{value}” is not a number."),
    "type-integer": N_("“{value}” is not a whole number."),
    "type-boolean": N_("“{value}” is neither “{yes}” nor “{no}”."),
    "type-date": N_("“{value}” is not a date of the form {form}."),
    "type-datetime": N_("“{value}” is not an instant of the form {form}."),
    "type-time": N_("“{value}” is not a time of the form {form}."),
    "type-year": N_("“{value}” is not a year."),
    "type-geopoint": N_("“{value}” is not a pair of longitude and latitude."),
    "type-geojson": N_("This cell holds no GeoJSON object."),
    "type-array": N_("“{value}” is not a list."),
    "type-string": N_("“{value}” is not {form}."),
    "type-any": N_("“{value}” cannot be read."),
    "pattern": N_("“{value}” has not the form that is expected."),
    "enum": N_("“{value}” is not one of the values that are allowed."),
    "minimum": N_("{value} is less than {wanted}."),
    "maximum": N_("{value} is more than {wanted}."),
    "min-length": N_("“{value}” is shorter than {wanted} characters."),
    "max-length": N_("“{value}” is longer than {wanted} characters."),
    "unique": N_("“{value}” is already in line {before}; it may appear once only."),
    "key": N_("Line {before} has the same {columns}; they tell lines apart."),
    "key-empty": N_("{columns} are all empty; they tell lines apart."),
    "siret": N_("“{value}” is not a SIRET: its last digit does not agree with the others, or it has not 14 digits."),
    "siren": N_("“{value}” is not a SIREN: its last digit does not agree with the others, or it has not 9 digits."),
    "act-without-slash": N_("“{value}” has no oblique stroke after its subject."),
    "act-with-space": N_("“{value}” has a space beside its oblique stroke."),
    "act-unknown": N_("“{subject}” is not a subject of the nomenclature of acts."),
    "period": N_("“{value}” is not a period of the form AAAA/AAAA."),
    "year-or-period": N_("“{value}” is neither a year (AAAA) nor a period (AAAA/AAAA)."),
    "period-of-one-year": N_("The two years of the period are the same ({year})."),
    "period-reversed": N_("The second year of the period comes before the first."),
    "phone": N_("“{value}” is not a telephone number."),
    "opening-hours": N_("“{value}” is not written as OpenStreetMap writes opening hours."),
    "comparison": N_("“{value}” should be {operator} “{other_value}” (column {other})."),
    "not-comparable": N_("“{value}” cannot be compared with “{other_value}” (column {other})."),
    "sum": N_("“{value}” is not the sum of {columns}, which is {sum}."),
    "not-together": N_("{columns}: either all are filled or none."),
    "columns-not-together": N_("{columns}: either all columns are there or none; missing: {absent}."),
    "one-of": N_("One of {columns} must be filled."),
    "one-of-columns": N_("One of the columns {columns} must be there."),
    "point-outside-france": N_("This point is not in France."),
    "point-swapped": N_("Longitude and latitude are in the wrong order."),
    "not-in-list": N_("“{value}” is not in the official list ({list})."),
    "check-error": N_("The schema itself is wrong: {reason}"),
}
SUGGESTIONS: Mapping[str, str] = {
    "blank-row": N_("Delete this line."),
    "damaged-text": N_("Save the whole file in one encoding, UTF-8, and check the accented letters of this line."),
    "too-few-cells": N_("Add the missing separators, or put quotation marks around texts that hold a line break."),
    "too-many-cells": N_("Put quotation marks around the text that holds the separator."),
    "missing-column": N_("Add a column whose first cell is exactly “{column}”."),
    "missing-optional-column": N_("Add it, even empty, so that all files of this schema look alike."),
    "extra-column": N_("Remove it, or check its name against the columns of the schema."),
    "column-order": N_("Put them in this order: {expected}"),
    "blank-column": N_("Give it a name, or delete it."),
    "duplicate-column": N_("Remove one of the two, or rename it."),
    "no-known-column": N_("Check that this is the right schema; its columns are: {expected}"),
    "required": N_("Fill it in, for example with: {example}"),
    "type-number": N_("Write digits only, with a point before the decimals."),
    "type-integer": N_("Write digits only, without decimals or spaces."),
    "type-boolean": N_("Write “{yes}” or “{no}”."),
    "type-geopoint": N_("Write the longitude first, as in {example}"),
    "type-array": N_("Write a list as in {example}"),
    "pattern": N_("Write it as in this example: {example}"),
    "enum": N_("Choose among: {allowed}"),
    "siret": N_("Check the 14 digits on annuaire-entreprises.data.gouv.fr; write them without spaces."),
    "siren": N_("Check the 9 digits on annuaire-entreprises.data.gouv.fr; write them without spaces."),
    "act-without-slash": N_("Write the subject, an oblique stroke, and the rest: “Finances locales/Subventions”."),
    "act-with-space": N_("Remove the spaces around the oblique stroke."),
    "act-unknown": N_("Choose among: {allowed}"),
    "phone": N_("Write ten digits (01 99 00 27 37) or the international form (+33 1 99 00 27 37)."),
    "opening-hours": N_("Write for example: Mo-Fr 09:00-12:00,14:00-17:00"),
    "point-swapped": N_("Exchange the two numbers: longitude first."),
}
_WRITE = N_("Write: {text}")
FORMS = {"default": "AAAA-MM-JJ", "%Y-%m-%d": "AAAA-MM-JJ", "%Y": "AAAA"}
STRINGS = {"uri": N_("a web address"), "email": N_("an e-mail address"), "uuid": N_("a UUID")}


def message(finding: Finding) -> Sentence:
    """What is wrong."""
    return MESSAGES[_key(finding.code)], _fields(finding)


def suggestion(finding: Finding) -> Sentence | None:
    """What to do about it; None where the message says it all."""
    if "better" in finding.params:
        return _WRITE, {"text": finding.params["better"]}
    template = SUGGESTIONS.get(_key(finding.code))
    fields = _fields(finding)
    if template is None or ("{example}" in template and not fields["example"]):
        return None
    return template, fields


def spoken(sentence: Sentence, say: Say) -> str:
    """A sentence in the language of `say`, with the sentences that it holds."""
    message, fields = sentence
    return say(message, {key: spoken(one, say) if isinstance(one, tuple) else one for key, one in fields.items()})


def _key(code: str) -> str:
    return code.removeprefix("item-")


def _fields(finding: Finding) -> dict[str, Any]:
    """The values of all fields that the sentences of a finding may have."""
    params = dict(finding.params)
    form = str(params.get("format", "default"))
    allowed = params.get("allowed") or params.get("wanted") or []
    fields = {
        "column": finding.column,
        "value": finding.value,
        "form": (STRINGS[form], {}) if form in STRINGS else FORMS.get(form, form),
        "allowed": " · ".join(map(str, allowed)) if isinstance(allowed, list) else str(allowed),
        "yes": "",
        "no": "",
        "example": "",
        **{key: value for key, value in params.items() if not isinstance(value, list)},
    }
    if isinstance(allowed, list) and len(allowed) == 2:
        fields["yes"], fields["no"] = allowed
    return fields
