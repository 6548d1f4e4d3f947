"""Validators of dataset fields. None asks the database, except for the name of a new dataset.

What a person types in the form is checked (`context["save"]`, which CKAN's form views set). What comes from elsewhere
is tidied where its meaning is sure and kept as it is otherwise, so that a harvest loses no dataset for a detail.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.munge import munge_title_to_name

from ckanext.opendatafrance import codes
from ckanext.opendatafrance.logic.territories import parse_territory
from ckanext.opendatafrance.messages import language
from ckanext.opendatafrance.reference import hvd, siren
from ckanext.opendatafrance.reference.dates import parse as parse_date
from ckanext.scheming.validation import scheming_validator

Key = tuple[Any, ...]
Flat = dict[Key, Any]
Context = dict[str, Any]

_URI = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$")
_URL = re.compile(r"^(?:https?|ftp)://[^\s/$.?#<>\"][^\s<>\"]*$", re.IGNORECASE)
_BARE_SITE = re.compile(r"^(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:fr|org|eu|com|net|bzh|corsica)(?:/|$))", re.IGNORECASE)
_EMAIL = re.compile(r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+$")
_NAME_LENGTH = 90


def odf_form_required(key: Key, data: Flat, errors: Flat, context: Context) -> None:
    """Require a value in the form; elsewhere leave the field out when it is empty."""
    if not _is_empty(data.get(key)):
        return
    if context.get("save"):
        errors[key].append(tk._("Missing value"))
    else:
        data.pop(key, None)
    raise tk.StopOnError


def odf_date(value: Any) -> str:
    """Store a date as ISO 8601; 31/12/2024 and "12 mars 2024" are understood."""
    iso = parse_date(value)
    if not iso:
        raise tk.Invalid(
            tk._(
                '"{value}" is not a date. Write it as 31/12/2024 or 2024-12-31; '
                "a month (12/2024) or a year (2024) will do."
            ).format(value=value)
        )
    return iso


def odf_number(value: Any) -> Any:
    """Accept a number with a point or a comma, or a JSON list of numbers as ckanext-dcat hands on."""
    if isinstance(value, (int, float)):
        return f"{value:g}"
    text = str(value).strip().replace("\u202f", "").replace("\xa0", "")
    if text.startswith("["):
        return text
    text = text.replace(",", ".")
    try:
        float(text)
    except ValueError:
        raise tk.Invalid(
            tk._('"{value}" is not a number. Write digits only, such as 10 or 0.5.').format(value=value)
        ) from None
    return text


def odf_list(key: Key, data: Flat, errors: Flat, context: Context) -> None:
    """Make a list, without blanks or repetitions, of one text, several, or a JSON list; leave an empty one out."""
    data[key] = _as_list(data.get(key))
    if not data[key]:
        data.pop(key)
        raise tk.StopOnError


def odf_url(value: Any, context: Context) -> Any:
    """Require a web address in the form; complete one that lacks https://."""
    return _checked_url(value, context)


def odf_urls(value: list[Any], context: Context) -> list[Any]:
    """The same for each address of a list."""
    return [_checked_url(item, context) for item in value]


def odf_email(value: Any, context: Context) -> Any:
    """Take `mailto:` away; require an e-mail address in the form."""
    text = str(value).strip().removeprefix("mailto:").strip()
    if context.get("save") and not _EMAIL.match(text):
        raise tk.Invalid(
            tk._(
                '"{value}" is not an e-mail address. Write it as opendata@mairie.fr, without a name or brackets.'
            ).format(value=value)
        )
    return text


def odf_siret(value: Any, context: Context) -> Any:
    """Take the blanks out of a SIRET or SIREN; in the form, refuse nine or fourteen digits whose key is wrong."""
    number = siren.clean(value)
    if not number.isdigit() or len(number) not in (9, 14):
        return value
    if siren.siren_of(number) is None and context.get("save"):
        raise tk.Invalid(
            tk._(
                '"{value}" is not a SIRET or SIREN: its key is wrong. Copy it again from an official document.'
            ).format(value=value)
        )
    return number


def odf_geometry(value: Any, context: Context) -> Any:
    """Store a GeoJSON geometry as text; in the form, refuse what is not one."""
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if not context.get("save"):
        return value
    try:
        geometry = json.loads(value)
    except ValueError:
        geometry = None
    if not isinstance(geometry, dict) or not isinstance(geometry.get("coordinates"), list):
        raise tk.Invalid(
            tk._(
                "This is not a GeoJSON geometry. It looks like {example}; leave the field empty when in doubt."
            ).format(example='{"type": "Point", "coordinates": [-0.63, 45.74]}')
        )
    return value


def odf_territories(value: list[Any], context: Context) -> list[Any]:
    """Write each territory as a zone id, such as fr:commune:17415."""
    return [parse_territory(str(item), must_exist=bool(context.get("save"))) for item in value]


@scheming_validator
def odf_code(field: codes.Field, schema: dict[str, Any]) -> Callable[[Any], Any]:
    """Accept a code of the field's list, words that mean one, or the URI of another vocabulary."""

    def validator(value: Any) -> Any:
        return _code(field, value)

    return validator


@scheming_validator
def odf_codes(field: codes.Field, schema: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    """The same for each code of a list, in the order given."""

    def validator(value: list[Any]) -> list[Any]:
        return list(dict.fromkeys(_code(field, item) for item in value))

    return validator


def odf_hvd_legislation(key: Key, data: Flat, errors: Flat, context: Context) -> None:
    """Add the regulation on high-value datasets where a category of it is given, as DCAT-AP requires.

    Runs before the fields are validated (`before_validators`), because it reads one field and completes another.
    """
    if _as_list(data.get(("hvd_category",))):
        legislation = _as_list(data.get(("applicable_legislation",)))
        data[("applicable_legislation",)] = list(dict.fromkeys([*legislation, hvd.LEGISLATION]))


def odf_name_from_title(key: Key, data: Flat, errors: Flat, context: Context) -> None:
    """Give a dataset without a name one made of its title that no other has; an existing dataset keeps its own."""
    if not _is_empty(data.get(key)):
        return
    if package := context.get("package"):
        data[key] = package.name
        return
    title = data.get(("title",))
    if _is_empty(title):
        # The title's own error is enough: nobody could give a name to this dataset.
        data[key] = ""
        raise tk.StopOnError
    base = munge_title_to_name(str(title))[:_NAME_LENGTH].strip("-_").ljust(2, "_")
    taken = {
        name
        for (name,) in model.Session.query(model.Package.name).filter(
            model.Package.name.startswith(base, autoescape=True)  # pyright: ignore[reportAttributeAccessIssue]
        )
    }
    number = 2
    name = base
    while name in taken:
        name = f"{base}-{number}"
        number += 1
    data[key] = name


def _as_list(value: Any) -> list[Any]:
    """One value, several, or a JSON list as ckanext-dcat hands on, without blanks and repetitions."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    if _is_empty(value):
        return []
    values = value if isinstance(value, list) else [value]
    texts = [item.strip() if isinstance(item, str) else item for item in values]
    return list(dict.fromkeys(text for text in texts if text))


def _is_empty(value: Any) -> bool:
    return value is tk.missing or value is None or value in ("", [])


def _code(field: codes.Field, value: Any) -> Any:
    known = codes.of_field(field)
    text = str(value).strip()
    if text in known:
        return text
    if found := known.find(text):
        return found
    if field.get("free_text") or _URI.match(text):
        return text
    some = ", ".join(choice["label"].get(language(), choice["label"]["en"]) for choice in known.choices[:5])
    raise tk.Invalid(
        tk._(
            '"{value}" is not in the list. Choose one of its entries ({some}…) or give the URI of another vocabulary.'
        ).format(value=value, some=some)
    )


def _checked_url(value: Any, context: Context) -> Any:
    text = str(value).strip()
    if not context.get("save"):
        return text
    if _BARE_SITE.match(text):
        text = f"https://{text}"
    if not _URL.match(text):
        raise tk.Invalid(
            tk._(
                '"{value}" is not a web address. It starts with https:// and has no blanks; copy it from your browser.'
            ).format(value=value)
        )
    return text
