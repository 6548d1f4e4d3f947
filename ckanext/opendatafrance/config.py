"""The options of the plugin `opendatafrance`, one accessor each; nothing else reads them."""

from __future__ import annotations

from pathlib import Path

import yaml

import ckan.plugins.toolkit as tk
from ckan.config.declaration import Declaration, Key

from ckanext.opendatafrance.reference import licences

TERRITORY = "ckanext.opendatafrance.territory"


def territory() -> str | None:
    """Territory of this portal: name of a file of `schemas/territories`, None where none is set."""
    return tk.config[TERRITORY] or None


def declare(declaration: Declaration, key: Key) -> None:
    """Declare the options, with the suite's licences as default of options that belong to others.

    Defaults, so that the order of the plugins does not matter and a value in the ini wins.
    """
    declaration.load_dict(
        yaml.safe_load(Path(__file__).with_name("config_declaration.yaml").read_text(encoding="utf-8"))
    )
    declaration[key.licenses_group_url].set_default(f"file://{licences.FILE}")
