"""The keys of a YAML file, taken one by one; every refusal says where it is and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ckanext.opendatafrance.errors import N_, DataFileError


class Keys:
    """Values of a file that was loaded; `key` is the way to one, as "members[2].siren".

    Raises:
        DataFileError: from every method, where a value is not what it should be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def mapping(self, value: Any, key: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.wrong(key, N_("{file}, {key}: write a block with the keys {known}"), known=", ".join(known))
        for name in value:
            if name not in known:
                near = get_close_matches(str(name), known, n=1) or known
                raise self.wrong(
                    f"{key}.{name}" if key else str(name),
                    N_("{file}, {key}: this key is not known; use {near}, or remove it"),
                    near=", ".join(near),
                )
        return value

    def items(self, values: Mapping[str, Any], name: str, prefix: str = "") -> list[Any]:
        value = values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.wrong(
                f"{prefix}{name}", N_("{file}, {key}: write a list, one line that begins with “- ” for each item")
            )
        return value

    def text(self, values: Mapping[str, Any], name: str, prefix: str, *, required: bool = False) -> str:
        value = values.get(name)
        if value is None or value == "":
            if required:
                raise self.wrong(f"{prefix}{name}", N_("{file}, {key}: give a value: it is required"))
            return ""
        if not isinstance(value, str):
            # YAML reads 01001 as a number in base eight.
            raise self.wrong(
                f"{prefix}{name}", N_("{file}, {key}: put “{value}” in quotation marks: it is a text"), value=value
            )
        return value.strip()

    def code(self, value: Any, key: str) -> str:
        return self.text({"code": value}, "code", f"{key}.", required=True)

    def choice(self, values: Mapping[str, Any], name: str, prefix: str, choices: tuple[str, ...]) -> str:
        value = self.text(values, name, prefix, required=True)
        if value not in choices:
            near = get_close_matches(value, choices, n=1) or choices
            raise self.wrong(
                f"{prefix}{name}",
                N_("{file}, {key}: “{value}” is not known; use {near}"),
                value=value,
                near=", ".join(near),
            )
        return value

    def wrong(self, key: str, message: str, **params: Any) -> DataFileError:
        return DataFileError(message, code="data-file", file=self.path.name, key=key or "-", **params)
