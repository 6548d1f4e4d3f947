"""What would be harvested from a site, before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError
from ckanext.opendatafrance.harvest import guard
from ckanext.opendatafrance.harvest.connector import Connector, Issue, Record
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import Say, detect, plainly
from ckanext.opendatafrance.harvest.transport import Transport


@dataclass
class Preview:
    """The datasets of a site, mapped.

    Attributes:
        count: what the site says it holds, else the number of records that were met; None where `limit` cut short.
        errors: what is not harvested, and why; the fault that ended the reading, if any, comes last.
        warnings: what is harvested without or with a mended value.
    """

    connector: str | None
    url: str
    count: int | None = None
    datasets: list[dict[str, Any]] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)

    def as_dict(self, say: Say = plainly) -> dict[str, Any]:
        """The shape that commands and the API give."""
        return {
            "connector": self.connector,
            "url": self.url,
            "count": self.count,
            "datasets": self.datasets,
            "errors": [
                {"record": issue.record, "code": issue.code, "message": say(issue.message, issue.params)}
                for issue in self.errors
            ],
        }

    def add(self, issues: Iterable[Issue]) -> None:
        for issue in issues:
            (self.errors if issue.level == "error" else self.warnings).append(issue)


def preview(url: str, fetch: Transport, connector: str | None = None, limit: int | None = None) -> Preview:
    """Read and map the datasets of a site; a fault of the site becomes an error of the preview, not an exception.

    Args:
        connector: name of the connector; found out where it is not given.
        limit: number of records to read, all if None.
    """
    seen = Preview(connector, url)
    try:
        reader = _reader(seen, fetch)
        if reader is not None:
            _read(reader, seen, limit)
    except OdfError as error:
        seen.errors.append(Issue(error.code, error.message, error.params))
    return seen


def _reader(seen: Preview, fetch: Transport) -> Connector | None:
    if seen.connector is None:
        found = detect(seen.url, fetch)
        seen.connector, seen.url, seen.count = found.connector, found.url, found.count
        if found.connector is None:
            seen.errors.append(Issue("nothing-found", found.message, found.said()))
            return None
    known = connectors()
    if seen.connector not in known:
        raise FatalSourceError(
            N_("There is no connector “{name}”. Choose one of: {names}."),
            code="connector-unknown",
            name=seen.connector,
            names=", ".join(sorted(known)),
        )
    return known[seen.connector](seen.url, fetch, {})


def _read(reader: Connector, seen: Preview, limit: int | None) -> None:
    guids: set[str] = set()
    read = 0
    if seen.count is None:
        seen.count = reader.count()
    for item in guard.records(reader):
        if limit is not None and read >= limit:
            return
        read += 1
        if isinstance(item, Issue):
            seen.add((item,))
        elif item.guid in guids:
            seen.errors.append(Issue("duplicate-identifier", DUPLICATE, {"guid": item.guid}, item.guid))
        else:
            guids.add(item.guid)
            _map(reader, item, seen)
    if seen.count is None:
        seen.count = read


def _map(reader: Connector, record: Record, seen: Preview) -> None:
    mapped = guard.mapped(reader, record)
    seen.add(mapped.issues)
    if all(issue.level == "warning" for issue in mapped.issues):
        seen.datasets.append(mapped.dataset)


DUPLICATE = N_("Several datasets of the source have the identifier {guid}; only the first is harvested.")
