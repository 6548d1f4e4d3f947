"""A dry run: the whole pipeline of a source without its last step, and the difference that it would make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import config, placements, sources
from ckanext.opendatafrance.harvest.edits.keeping import Keeping
from ckanext.opendatafrance.harvest.identity.ledger import Ledger
from ckanext.opendatafrance.harvest.pipeline import Change, Pipeline
from ckanext.opendatafrance.harvest.placing import Placing
from ckanext.opendatafrance.harvest.records import Records
from ckanext.opendatafrance.harvest.report import Report, from_error
from ckanext.opendatafrance.harvest.transport import Transport


@dataclass
class Difference:
    """What a harvest would do: the datasets that it would write, and the guids by what would happen to them."""

    report: Report
    datasets: list[dict[str, Any]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)


def run(source_id: str, fetch: Transport) -> Difference:
    """Read a source to its end and compare it with the portal; writes nothing.

    A source that cannot be read is told in the report, as an error, and no dataset is said to be missing.
    """
    report = Report()
    difference = Difference(report)

    def note(changes: Sequence[Change]) -> None:
        for change in Keeping().merge(changes):
            (difference.updated if change.dataset_id else difference.added).append(change.guid)
            difference.datasets.append(change.dataset)
            difference.titles[change.guid] = str(change.dataset.get("title") or "")
        report.added, report.updated = len(difference.added), len(difference.updated)

    try:
        source = sources.load(source_id)
        report.url = source.url
        connector = sources.open_connector(source, fetch)
        report.connector, report.url, report.count = connector.name, connector.url, connector.count()
        placing, ledger = Placing(source.owner, placements.load(source)), Ledger(source.id, config.portal())
        difference.missing = Pipeline(connector, Records(source.id), placing, ledger, report, store=note).run()
        report.state = "complete"
    except OdfError as error:
        report.state = "failed"
        report.add(from_error(error))
    return difference
