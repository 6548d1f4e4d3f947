"""Every label, help text and choice of the schemas is there in French and in English."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

SCHEMAS = Path(__file__).parents[2] / "schemas"
TRANSLATED = ("label", "help_text", "repeating_label", "upload_label", "display_label")


def texts(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every text that is shown, with the path to it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            name = item.get("field_name", item.get("name", index)) if isinstance(item, dict) else index
            yield from texts(item, f"{where}.{name}")
    elif isinstance(value, dict):
        if "field_name" in value and "label" not in value:
            yield f"{where}.label", None
        for key, item in value.items():
            if key in TRANSLATED:
                yield f"{where}.{key}", item
            else:
                yield from texts(item, f"{where}.{key}")


@pytest.mark.parametrize("name", ["dataset", "organization", "presets"])
def test_texts_are_in_french_and_english(name: str) -> None:
    schema = yaml.safe_load((SCHEMAS / f"{name}.yaml").read_text(encoding="utf-8"))
    found = list(texts(schema, name))
    assert found
    assert [
        path for path, text in found if not isinstance(text, dict) or not text.get("fr") or not text.get("en")
    ] == []


def test_every_field_belongs_to_a_declared_group() -> None:
    schema = yaml.safe_load((SCHEMAS / "dataset.yaml").read_text(encoding="utf-8"))
    for fields, groups in (("dataset_fields", "form_groups"), ("resource_fields", "resource_form_groups")):
        names = {group["name"] for group in schema[groups]}
        assert [field["field_name"] for field in schema[fields] if field.get("group") not in names] == []
