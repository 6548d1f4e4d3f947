"""What a column wants, in sentences for whoever fills it in."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.table_schema import Field
from ckanext.opendatafrance.validation.wording import FORMS, STRINGS, Sentence

_TYPES = {
    "number": N_("A number, with a point before the decimals."),
    "integer": N_("A whole number."),
    "datetime": N_("A date and a time, as in 2024-12-31T18:30:00+01:00."),
    "time": N_("A time of day, as in 18:30:00."),
    "year": N_("A year of four digits."),
    "geopoint": N_("Longitude and latitude."),
    "geojson": N_("A GeoJSON object."),
    "array": N_('A list, as in ["a", "b"].'),
}
_LIMITS = {
    "minimum": N_("At least {wanted}."),
    "maximum": N_("At most {wanted}."),
    "minLength": N_("At least {wanted} characters."),
    "maxLength": N_("At most {wanted} characters."),
    "unique": N_("Each value once only."),
}


def rules(field: Field) -> list[Sentence]:
    """The rules of a column, most important first; patterns are left to the example."""
    found: list[Sentence] = [_type(field)] if _type(field) else []  # type: ignore[list-item]
    wanted = field.constraints
    if wanted.get("enum"):
        found.append((N_("One of: {allowed}."), {"allowed": " · ".join(map(str, wanted["enum"]))}))
    found += [(text, {"wanted": wanted[name]}) for name, text in _LIMITS.items() if wanted.get(name) is not None]
    if field.required:
        found.append((N_("Compulsory."), {}))
    return found


def _type(field: Field) -> Sentence | None:
    if field.type == "boolean":
        return N_("“{yes}” or “{no}”."), {"yes": field.true_values[0], "no": field.false_values[0]}
    if field.type == "date":
        return N_("A date of the form {form}."), {"form": FORMS.get(field.format, field.format)}
    if field.format in STRINGS:
        return N_("Of this kind: {form}."), {"form": (STRINGS[field.format], {})}
    text = _TYPES.get(field.type)
    return (text, {}) if text else None


def written(field: Field) -> str:
    """The example of a column, as it is to be written."""
    example = field.descriptor.get("example")
    if isinstance(example, bool):
        return (field.true_values if example else field.false_values)[0]
    return "" if example is None else str(example)
