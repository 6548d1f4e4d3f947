"""Template helpers of the dataset and organisation forms and of the display of their fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import codes
from ckanext.opendatafrance.logic.territories import territory_label
from ckanext.scheming import helpers as scheming

# Only what the record of an organisation itself says: each of these is another question to the database or the index.
_BARE = dict.fromkeys(
    ("include_users", "include_groups", "include_followers", "include_dataset_count"),
    False,
)

Field = dict[str, Any]
Errors = dict[str, Any]

_CODE_SNIPPETS = {"select.html", "radio.html", "multiple_select.html", "odf_checkboxes.html"}
_NO_CONTROL_OF_ITS_OWN = {
    "organization.html",
    "upload.html",
    "odf_checkboxes.html",
    "odf_texts.html",
    "repeating_subfields.html",
}


def odf_code_choices(field: Field) -> list[codes.Choice]:
    """Choices of a field whose codes come from an official list (`choices_helper`)."""
    return codes.of_field(field).choices


def odf_code_label(field: Field, value: str) -> str:
    """Label of a code in the reader's language, the code itself where it is not of the field's list."""
    return _text(codes.of_field(field).label(value))


def odf_territory_label(zone_id: str) -> str:
    """Name of a territory with its type and code."""
    return territory_label(zone_id)


def odf_has_value(value: Any) -> bool:
    """Whether a field says something: neither empty, nor a list or a group of empty things."""
    if isinstance(value, dict):
        return any(odf_has_value(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return any(odf_has_value(part) for part in value)
    return value is not None and value != ""


def odf_as_list(value: Any) -> list[Any]:
    """The values of a field that may hold one or several, the empty ones left out."""
    values = value if isinstance(value, (list, tuple)) else [value]
    return [one for one in values if odf_has_value(one)]


def odf_date_text(value: Any) -> str:
    """A stored date in the reader's language: a year, "mai 2024", "1 mai 2024" or with its time."""
    text = str(value or "")
    locale = tk.h.lang().replace("-", "_")
    try:
        if len(text) == len("2024-05"):
            return format_date(date.fromisoformat(f"{text}-01"), "MMMM y", locale=locale)
        if len(text) == len("2024-05-01"):
            return format_date(date.fromisoformat(text), "long", locale=locale)
        instant = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    if (instant.hour, instant.minute) == (0, 0):
        return format_date(instant.date(), "long", locale=locale)
    return format_datetime(instant, "d MMMM y, HH:mm", tzinfo=instant.tzinfo, locale=locale)


def odf_file_size(size: Any) -> str:
    """A number of bytes in the reader's language: "12,3 ko"; the text itself where it is no number."""
    french = tk.h.lang().startswith("fr")
    try:
        amount = float(size)
    except (TypeError, ValueError):
        return str(size or "")
    units = ("octets", "ko", "Mo", "Go", "To") if french else ("bytes", "kB", "MB", "GB", "TB")
    step = 0
    while amount >= 1000 and step < len(units) - 1:
        amount, step = amount / 1000, step + 1
    return f"{format_decimal(round(amount, 1), locale='fr' if french else 'en')} {units[step]}"


def odf_is_day(value: Any) -> bool:
    """Whether a stored date is one full day, which a calendar control can show."""
    try:
        return date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        return False


def odf_form_groups(
    groups: list[Field], fields: list[Field], data: dict[str, Any], errors: Errors
) -> list[dict[str, Any]]:
    """The fields of a form by group, in the order of the schema.

    Each has `group`, `fields`, `filled` (how many fields say something) and `open` (not folded, or with an error).
    A field whose group the schema does not declare goes to the first group, so that none is lost.
    """
    names = [group["name"] for group in groups]
    members: dict[str, list[Field]] = {name: [] for name in names}
    for field in fields:
        if field.get("form_snippet", "") is not None:
            members[field["group"] if field.get("group") in members else names[0]].append(field)
    return [
        {
            "group": group,
            "fields": members[group["name"]],
            "filled": sum(odf_has_value(data.get(field["field_name"])) for field in members[group["name"]]),
            "open": not group.get("folded") or any(errors.get(field["field_name"]) for field in members[group["name"]]),
        }
        for group in groups
        if members[group["name"]]
    ]


def odf_display_groups(groups: list[Field], fields: list[Field], data: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a record that say something, by group; `display_snippet: null` keeps a field out."""
    shown = []
    for group in groups or [{"name": None, "label": ""}]:
        members = [
            field
            for field in fields
            if field.get("display_snippet", "") is not None
            and (not groups or field.get("group", groups[0]["name"]) == group["name"])
            and odf_has_value(data.get(field["field_name"]))
        ]
        if members:
            shown.append({"group": group, "fields": members})
    return shown


def odf_set_defaults(fields: list[Field], data: dict[str, Any]) -> str:
    """Fill the empty form of a new record with the defaults of the schema; returns nothing to print."""
    for field in fields:
        name = field["field_name"]
        if name in data:
            continue
        if helper := field.get("default_helper"):
            value = getattr(tk.h, helper)(data)
        elif template := field.get("default_jinja2"):
            value = scheming.scheming_render_from_string(template)
        else:
            value = field.get("default")
        if odf_has_value(value):
            data[name] = value
    return ""


def odf_default_contact(data: dict[str, Any]) -> list[dict[str, str]]:
    """The contact of the organisation for which a new dataset is entered, where it is known and has one."""
    organization_id = data.get("owner_org") or data.get("group_id")
    if not organization_id:
        only = _only_organization()
        if only is None:
            return []
        organization_id = only
    try:
        organization = tk.get_action("organization_show")({}, {"id": organization_id, **_BARE})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []
    if not organization.get("contact_email"):
        return []
    return [{"name": organization["title"], "email": organization["contact_email"]}]


def _only_organization() -> str | None:
    """Id of the organisation to which a user adds datasets, where there is just one."""
    if not authz.is_sysadmin(tk.current_user.name):
        available = tk.h.organizations_available("create_dataset")
        return available[0]["id"] if len(available) == 1 else None
    # All are theirs: thousands, of which two tell enough.
    group = model.group_table.c
    statement = sa.select(group.id).where(group.is_organization, group.state == "active").limit(2)
    found = list(model.Session.scalars(statement))
    return found[0] if len(found) == 1 else None


def odf_form_field(field: Field, data: dict[str, Any], errors: Errors) -> Field:
    """A field of the schema as its form snippet needs it: described, marked if required or wrong, with its codes.

    Codes that are not of the list (of another vocabulary) are added to the choices, so that saving does not lose them.
    """
    name = field["field_name"]
    messages = [] if field.get("repeating_subfields") else odf_as_list((errors or {}).get(name))
    attributes: dict[str, Any] = {}
    if field.get("help_text") or messages:
        attributes["aria-describedby"] = f"field-{name}-help"
    if scheming.scheming_field_required(field):
        attributes["aria-required"] = "true"
    if messages:
        attributes["aria-invalid"] = "true"
    snippet = field.get("form_snippet") or (
        "repeating_subfields.html" if field.get("repeating_subfields") else "text.html"
    )
    changed = {**field, "odf_errors": messages, "odf_attributes": attributes}
    if snippet == "organization.html":
        changed["form_select_attrs"] = {"class": "form-control form-select", **attributes}
    elif snippet not in _NO_CONTROL_OF_ITS_OWN:
        changed["form_attrs"] = {**field.get("form_attrs", {}), **attributes}
    if snippet in _CODE_SNIPPETS and (choices := scheming.scheming_field_choices(field)):
        known = {choice["value"] for choice in choices}
        kept = [one for one in odf_as_list((data or {}).get(name)) if one not in known]
        changed["choices"] = [*choices, *({"value": one, "label": str(one)} for one in kept)]
    return changed


def odf_flag_errors(field: Field, errors: Errors) -> Errors:
    """The errors with this field's messages reduced to a mark: its help text prints them, next to an id."""
    return {**(errors or {}), field["field_name"]: True} if field.get("odf_errors") else errors or {}


def odf_form_errors(errors: Errors, fields: list[Field], prefix: str = "", above: str = "") -> list[dict[str, str]]:
    """All errors of a form, each with the label of its field and the id of its control; parts of groups included."""
    by_name = {field["field_name"]: field for field in fields}
    found: list[dict[str, str]] = []
    for name in sorted(errors, key=lambda name: list(by_name).index(name) if name in by_name else len(by_name)):
        field = by_name.get(name, {})
        label = " – ".join(filter(None, [above, _text(field.get("label") or _label_beside_the_schema(name))]))
        path = f"{prefix}{name}"
        for index, message in enumerate(odf_as_list(errors[name])):
            if isinstance(message, dict):
                numbered = f"{label} {errors[name].index(message) + 1}"
                subfields = field.get("repeating_subfields", [])
                found += odf_form_errors(message, subfields, f"{path}__{errors[name].index(message)}__", numbered)
            elif index == 0:
                found.append({"anchor": _anchor(field, path), "label": label, "message": str(message)})
    return found


def _label_beside_the_schema(name: str) -> str:
    """Label of a control that is no field of the schema: the parent of an organisation."""
    return tk._("Stands under") if name == "parent" else name


def _anchor(field: Field, path: str) -> str:
    """Id of the control to go to; some snippets give theirs another than the field's name."""
    snippet = field.get("form_snippet", "")
    return {"organization.html": "field-organizations", "upload.html": "resource-link-button"}.get(
        snippet, f"field-{path}"
    )


def _text(text: Any) -> str:
    return str(scheming.scheming_language_text(text))
