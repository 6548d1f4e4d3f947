"""The table schemas at hand: those that the suite ships, and those that an administrator adds.

A file is `<owner>/<name>.yaml` (or .json) for the newest version and `<owner>/<name>@<version>.yaml` for an older one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ckanext.opendatafrance import paths
from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.validation.table_schema import TableSchema, parse

SHIPPED = paths.SCHEMAS / "tables"
SOCLE = "Socle Commun des Données Locales"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnknownSchemaError(DataFileError):
    """No schema has this name, or not in this version."""

    code = "unknown-schema"


class Catalogue:
    """Schemas by name and version.

    Args:
        folders: where the files are; a later folder wins over an earlier one, file by file.
    """

    def __init__(self, folders: Iterable[Path] = (SHIPPED,)) -> None:
        self._files: dict[str, Path] = {}
        for folder in folders:
            for file in sorted([*folder.glob("*/*.yaml"), *folder.glob("*/*.json")]):
                self._files[f"{file.parent.name}/{file.stem}"] = file
        self._read: dict[Path, TableSchema] = {}

    def all(self, *, older: bool = False) -> list[TableSchema]:
        """The schemas, those of the socle commun first; older - also versions that have a successor."""
        found = [self._load(file) for key, file in self._files.items() if older or "@" not in key]
        return sorted(found, key=lambda one: (SOCLE not in one.descriptor.get("labels", ()), one.id.casefold()))

    def get(self, name: str) -> TableSchema:
        """A schema by `owner/name`, `owner/name@version`, its bare name where only one owner has it, or its address.

        Raises:
            UnknownSchemaError: with the nearest names.
        """
        wanted, _, version = name.partition("@")
        candidates = [one for one in self.all(older=True) if self._is(one, wanted)]
        version = version.removeprefix("v")
        for one in candidates:
            if version in ("", one.version):
                return one
        if candidates:
            raise UnknownSchemaError(
                N_("The schema {name} is not known in version {version}; known: {versions}"),
                name=candidates[0].id,
                version=version,
                versions=", ".join(self.versions(candidates[0].id)),
            )
        raise UnknownSchemaError(
            N_("No schema is called “{name}”. “ckan odf schema list” lists them; near: {near}"),
            name=name,
            near=", ".join(self._near(name)) or "–",
        )

    def versions(self, schema_id: str) -> list[str]:
        """Versions of a schema, the newest first."""
        found = [one.version for one in self.all(older=True) if one.id == schema_id]
        return sorted(found, key=_parts, reverse=True)

    def _is(self, schema: TableSchema, wanted: str) -> bool:
        if wanted.startswith(("http://", "https://")):
            return wanted in addresses(schema)
        return fold(wanted) in (fold(schema.id), fold(schema.id.rpartition("/")[2]))

    def _near(self, name: str) -> list[str]:
        words = fold(name).replace("/", " ").replace("-", " ").split()
        scored = [(sum(word in fold(f"{one.id} {one.title}") for word in words), one.id) for one in self.all()]
        return [schema_id for score, schema_id in sorted(scored, key=lambda one: -one[0]) if score][:5]

    def _load(self, file: Path) -> TableSchema:
        if file not in self._read:
            self._read[file] = read(file)
        return self._read[file]


def _parts(version: str) -> list[int]:
    """1.10 comes after 1.9."""
    return [int(part) if part.isdigit() else 0 for part in version.split(".")]


@cache
def shipped() -> Catalogue:
    """The schemas of the suite."""
    return Catalogue()


def read(file: Path) -> TableSchema:
    """Read one file.

    Raises:
        DataFileError: not YAML or JSON, or no Table Schema; names file, key and remedy.
    """
    try:
        text = file.read_text(encoding="utf-8")
        descriptor: Any = json.loads(text) if file.suffix == ".json" else yaml.load(text, _LOADER)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DataFileError(
            N_("{file} cannot be read ({reason}); write YAML or JSON in UTF-8"), file=str(file), reason=str(error)
        ) from error
    if not isinstance(descriptor, Mapping):
        raise DataFileError(N_("{file} holds no schema: it must begin with “fields:”"), file=str(file))
    return parse(
        descriptor, str(file), str(descriptor.get("id") or f"{file.parent.name}/{file.stem.partition('@')[0]}")
    )


def addresses(schema: TableSchema) -> list[str]:
    """Addresses by which catalogues name this schema in `conformsTo`; the first is the one to publish."""
    base = f"https://schema.data.gouv.fr/schemas/{schema.id}"
    page = f"https://schema.data.gouv.fr/{schema.id}/"
    return [
        f"{base}/{schema.version}/schema.json",
        f"{base}/latest/schema.json",
        str(schema.descriptor.get("path") or ""),
        page,
        page.rstrip("/"),
        f"{page}{schema.version}.html",
    ]
