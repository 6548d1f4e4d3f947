"""The documentation is a contract: what an administrator can use is written down, and what is written down exists."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import yaml

import ckan.logic as logic
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.cli import odf

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ckanext" / "opendatafrance"
DOCS = "\n".join(path.read_text() for path in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])


def declared_options() -> list[str]:
    files = PACKAGE.rglob("config_declaration.yaml")
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return sorted(option["key"] for group in groups for option in group["options"])


def declared_actions() -> list[str]:
    """Public functions `odf_…(context, data_dict)` wherever a room keeps its actions."""
    modules = [file for file in PACKAGE.rglob("*.py") if "action" in f"{file.parent.name}/{file.stem}"]
    texts = [file.read_text() for file in modules]
    return sorted({name for text in texts for name in re.findall(r"^def (odf_\w+)\(", text, re.MULTILINE)})


@pytest.mark.parametrize("option", declared_options())
def test_options_are_documented(option: str) -> None:
    """Every option that the suite declares is explained in docs/."""
    assert option in DOCS


@pytest.mark.parametrize("action", declared_actions())
def test_actions_are_documented(action: str) -> None:
    """Every action of the API is explained in docs/."""
    assert action in DOCS


@pytest.mark.usefixtures("with_plugins")
def test_no_action_is_overlooked() -> None:
    """What CKAN offers of ours is what the files were searched for."""
    tk.get_action("status_show")  # fills CKAN's table of actions
    assert sorted(name for name in logic._actions if name.startswith("odf_")) == declared_actions()


@pytest.mark.ckan_config("ckan.plugins", "opendatafrance opendatafrance_territories opendatafrance_harvest harvest")
@pytest.mark.usefixtures("with_plugins")
def test_commands_are_documented() -> None:
    """Every command below `ckan odf` has a help text and is named in docs/."""
    for plugin in p.PluginImplementations(p.IClick):
        plugin.get_commands()

    def leaves(command: click.Command, words: str) -> list[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            return [leaf for name, sub in command.commands.items() for leaf in leaves(sub, f"{words} {name}")]
        return [(words, command)]

    found = leaves(odf, "odf")
    assert len(found) > 5
    assert not [words for words, command in found if words not in DOCS]
    assert not [words for words, command in found if not command.help]


def test_links_between_pages_lead_somewhere() -> None:
    """Relative links in the Markdown pages name files that exist."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    links = [(page, target) for page in pages for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert links
    assert not [(page.name, target) for page, target in links if not (page.parent / target).exists()]
