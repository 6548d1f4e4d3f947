"""The fields of a dataset that a person may edit, and where they are in a dataset dict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import has_request_context

import ckan.plugins.toolkit as tk

from ckanext.scheming.helpers import scheming_get_dataset_schema, scheming_language_text

COLUMNS = ("title", "notes", "url", "version", "author", "author_email", "maintainer", "maintainer_email", "license_id")
RESOURCE_COLUMNS = ("url", "name", "description", "format", "size", "hash", "resource_type")
"""Without the media type, which CKAN guesses from the address."""
TAGS = "tags"
_FORM_NAMES = {"tag_string": TAGS}
_LISTS = ("odf_list", "multiple")


@dataclass(frozen=True)
class Fields:
    """The fields of one type of dataset, and of its resources, by name: their definitions in the scheming schema."""

    dataset: Mapping[str, Any]
    resource: Mapping[str, Any]

    @classmethod
    def of(cls, dataset_type: str) -> Fields:
        schema = scheming_get_dataset_schema(dataset_type) or {}
        return cls(_by_name(schema.get("dataset_fields", ())), _by_name(schema.get("resource_fields", ())))

    def decoded(self, name: str, value: Any, *, of_resource: bool) -> Any:
        """A value of `extras`, in which the schema stores lists as JSON."""
        definition = (self.resource if of_resource else self.dataset).get(name)
        if definition and _is_list(definition) and isinstance(value, str) and value.startswith(("[", "{")):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value

    def label(self, name: str, *, of_resource: bool) -> str:
        """The name of a field in the language of the reader."""
        definition = (self.resource if of_resource else self.dataset).get(name)
        if not definition or not definition.get("label"):
            return name
        language = tk.h.lang() if has_request_context() else tk.config["ckan.locale_default"]
        return scheming_language_text(definition["label"], language)

    def take(self, dataset: Mapping[str, Any], name: str) -> Any:
        """The value of a field in a dataset dict; None without one."""
        if name == TAGS:
            return sorted(tag["name"] for tag in dataset.get(TAGS) or () if not tag.get("vocabulary_id"))
        if self._is_extra(name):
            return next((one["value"] for one in dataset.get("extras") or () if one["key"] == name), None)
        return dataset.get(name)

    def put(self, dataset: dict[str, Any], name: str, value: Any) -> None:
        """Set a field of a dataset dict; None or an empty value takes it out."""
        if name == TAGS:
            others = [tag for tag in dataset.get(TAGS) or () if tag.get("vocabulary_id")]
            dataset[TAGS] = [*others, *({"name": one} for one in value or ())]
            dataset.pop("tag_string", None)
        elif self._is_extra(name):
            extras = [one for one in dataset.get("extras") or () if one["key"] != name]
            dataset["extras"] = [*extras, {"key": name, "value": value}] if value else extras
        else:
            set_value(dataset, name, value)

    def _is_extra(self, name: str) -> bool:
        return name not in COLUMNS and name not in self.dataset


def set_value(resource: dict[str, Any], name: str, value: Any) -> None:
    """Set a field; None or an empty value takes it out, because a missing field is stored as empty."""
    if value or value == 0:
        resource[name] = value
    else:
        resource.pop(name, None)


def _by_name(definitions: Any) -> dict[str, Any]:
    return {_FORM_NAMES.get(str(one["field_name"]), str(one["field_name"])): one for one in definitions}


def _is_list(definition: Mapping[str, Any]) -> bool:
    said = str(definition.get("validators") or "") + str(definition.get("preset") or "")
    return "repeating_subfields" in definition or any(word in said for word in _LISTS)
