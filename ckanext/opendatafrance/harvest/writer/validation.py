"""CKAN's validation of a dict against a schema, with the bookkeeping done once instead of eight times.

The validators are CKAN's, scheming's and the site's, each called as CKAN calls it and in the same order. What differs
is how the list of calls is made: ckan.lib.navl flattens the schema three times and sorts all keys eight times for each
dict, which takes longer than the validators themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckan.lib.navl import dictization_functions as navl
from ckan.lib.plugins import plugin_validate

from ckanext.opendatafrance.harvest.writer import known
from ckanext.opendatafrance.harvest.writer.borrowed import rebound
from ckanext.scheming.plugins import SchemingDatasetsPlugin

Key = tuple[Any, ...]
"""Of a flat dict: names and positions in turn, as in ("resources", 0, "url")."""
Flat = dict[Key, Any]
SHORTCUTS = "odf_shortcuts"
"""Key of the context: {validator: another that gives the same without asking the database}."""


def validate(data: dict[str, Any], schema: dict[str, Any], context: Any = None) -> tuple[dict[str, Any], Any]:
    """Stands in for ckan.lib.navl.dictization_functions.validate: the converted dict, and the errors."""
    empty_lists = [key for key, value in data.items() if value == []]
    flat = navl.flatten_dict(data, schema=schema)
    converted, errors = _convert(flat, schema, {**(context or {}), "schema_keys": list(schema)})
    result = navl.unflatten(converted)
    for key in empty_lists:
        result.setdefault(key, [])
    return result, _only_errors(navl.unflatten(errors)) if any(errors.values()) else {}


_validate_with_scheming = rebound(SchemingDatasetsPlugin.validate, navl_validate=validate)


def validate_for_plugin(
    plugin: Any, context: Any, data: dict[str, Any], schema: dict[str, Any], action: str
) -> tuple[dict[str, Any], Any]:
    """Stands in for ckan.lib.plugins.plugin_validate; a plugin with its own way of validating keeps it."""
    own = getattr(type(plugin), "validate", None)
    if own is None:
        return validate(data, schema, context)
    if own is SchemingDatasetsPlugin.validate:
        return _validate_with_scheming(plugin, context, data, schema, action)
    return plugin_validate(plugin, context, data, schema, action)


def _convert(flat: Flat, schema: dict[str, Any], context: Any) -> tuple[Flat, dict[Key, list[Any]]]:
    """Run the validators over a flat dict."""
    places = _places(flat, _prefixes(schema))
    parts = [(place, _part(schema, place)) for place in sorted(places, key=_order)]
    validators = {
        (*place, name): part[name] for place, part in parts for name in sorted(part) if isinstance(part[name], list)
    }
    data = _augment(flat, schema, places, validators)
    errors: dict[Key, list[Any]] = {key: [] for key in validators}
    shortcuts = context.get(SHORTCUTS, {})
    for keys in _phases(sorted(validators, key=_order)):
        for key in keys:
            for validator in validators[key]:
                try:
                    navl.convert(shortcuts.get(validator, validator), key, data, errors, context)
                except navl.StopOnError:
                    break
    return data, errors


def _order(key: Key) -> Key:
    return (len(key), *key)


def _phases(keys: list[Key]) -> Iterable[Iterable[Key]]:
    """The keys in the order of their validators: before, fields, extras, after, junk."""
    return (
        [key for key in keys if key[-1] == "__before"],
        [key for key in keys if not key[-1].startswith("__")],
        [key for key in keys if key[-1] == "__extras"],
        [key for key in reversed(keys) if key[-1] == "__after"],
        [key for key in keys if key == ("__junk",)],
    )


def _prefixes(schema: dict[str, Any], prefix: Key = ()) -> dict[Key, bool]:
    """The names that lead to each part of a schema, and whether a field lies in the part itself."""
    found = {prefix: any(not isinstance(value, dict) for value in schema.values())}
    for name, value in schema.items():
        if isinstance(value, dict):
            found |= _prefixes(value, (*prefix, name))
    return found


def _places(flat: Flat, prefixes: dict[Key, bool]) -> set[Key]:
    """Where in the dict a part of the schema applies: (), ("resources", 0), ("resources", 1) and so on."""
    places: set[Key] = {()}
    for place in sorted({key[:-1] for key in flat}, key=len):
        if prefixes.get(place[::2]) and place[:-2] in places:
            places.add(place)
    return places


def _part(schema: dict[str, Any], place: Key) -> dict[str, Any]:
    for name in place[::2]:
        schema = schema[name]
    return schema


def _augment(flat: Flat, schema: dict[str, Any], places: set[Key], validators: dict[Key, Any]) -> Flat:
    """Put what the schema does not know aside, and mark what the dict does not have."""
    data = {key: value for key, value in flat.items() if key in validators}
    if len(data) < len(flat):
        _put_aside(data, {key: value for key, value in flat.items() if key not in data}, flat, schema, places)
    for key in validators:
        if key not in data and not key[-1].startswith("__"):
            data[key] = navl.missing
    return data


def _put_aside(data: Flat, unknown: Flat, flat: Flat, schema: dict[str, Any], places: set[Key]) -> None:
    """Gather unknown values under "__extras" of the dict that they lie in, and under "__junk" where none is."""
    inner = _all_prefixes(schema)
    extras: Flat = {}
    junk: Flat = {}
    for key, value in unknown.items():
        if value != [] and key[::2] in inner:
            navl.augment_data(flat, schema)  # raises the error that tells of it
        if key[:-1] in places:
            extras.setdefault((*key[:-1], "__extras"), {})[key[-1]] = value
        else:
            junk[key] = value
    data |= extras
    if junk:
        data["__junk",] = junk
    for key in unknown:
        data.pop(key, None)  # CKAN, too, drops the "__extras" that an earlier validation left in a stored dict


def _all_prefixes(schema: dict[str, Any], prefix: Key = ()) -> set[Key]:
    """Every path into a schema, to its fields and to what holds them."""
    found: set[Key] = set()
    for name, value in schema.items():
        path = (*prefix, name)
        below = _all_prefixes(value, path) if isinstance(value, dict) else {path}
        found |= below | {path} if below else set()
    return found


def _only_errors(errors: dict[str, Any]) -> dict[str, Any]:
    """An error dict without the fields that passed; positions in lists stay."""
    left: dict[str, Any] = {}
    for key, value in errors.items():
        if value and isinstance(value[0], dict):
            value = [_only_errors(item) for item in value]
            if not any(value):
                continue
        if value:
            left[key] = value
    return left


def validator() -> Any:
    """The quickest known way of validating: CKAN's own where its source is not one that was checked."""
    return plugin_validate if known.unknown(known.VALIDATING) else validate_for_plugin
