"""Which datasets everybody sees, as conditions on CKAN's table of datasets: what numbers count and searches find."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.plugins as p


class IHiddenDatasets(p.Interface):
    """For plugins that keep datasets out of the search although they are active and public."""

    def is_hidden(self, dataset_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Condition under which the dataset with this id (a column) is out of the search."""
        raise NotImplementedError


def public(package: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """What makes a dataset one that everybody sees; `package` holds the columns of the table of datasets."""
    return (*present(package), package.private.is_(False), package.type == "dataset")


def present(package: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """What is there for those who may see it: private datasets and harvest sources too, not what is hidden."""
    return (
        package.state == "active",
        *(sa.not_(plugin.is_hidden(package.id)) for plugin in p.PluginImplementations(IHiddenDatasets)),
    )
