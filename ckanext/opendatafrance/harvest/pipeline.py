"""The stream of one source: records → what is new → dataset dicts → placed → stored, in bounded memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError
from ckanext.opendatafrance.harvest.connector import Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.identity.ledger import Asked, Ledger, Standing
from ckanext.opendatafrance.harvest.placing import Place, Placing
from ckanext.opendatafrance.harvest.records import Known, Records
from ckanext.opendatafrance.harvest.report import Report, from_error

log = logging.getLogger(__name__)

REVISION = 1
"""Raise when mapping or placing says more of the same record: every dataset is then written once again."""
PAGE = 100
"""Records looked up together, and at most written together."""
LONGEST_GUID = 1000
"""Longer ones do not fit in an index of PostgreSQL, and no real one is."""


class StoppedError(Exception):
    """A person stopped the job."""


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is not as it was, mapped and placed; `standing` says which dataset it is, and who shows it."""

    guid: str
    fingerprint: str
    dataset: dict[str, Any]
    dataset_id: str | None
    place: Place
    standing: Standing


class Pipeline:
    """Runs the records of a connector through look-up, mapping and placing, and hands the changes over in batches.

    Attributes:
        returned: after `run`, the guids that had left the source and are there again.

    Args:
        store: receives a batch of changes, stores it, and counts what came of it in the report; its caller decides
            whether anything is written at all.
        follow: receives the changes of datasets that another source shows, of which only that is noted.
        on_issue: receives each error that the report has room to list.
        after_page: called after each page; may raise StoppedError.
    """

    def __init__(
        self,
        connector: Connector,
        records: Records,
        placing: Placing,
        ledger: Ledger,
        report: Report,
        *,
        store: Callable[[Sequence[Change]], None],
        follow: Callable[[Sequence[Change]], None] = lambda changes: None,
        on_issue: Callable[[Issue], None] = lambda issue: None,
        after_page: Callable[[], None] = lambda: None,
    ) -> None:
        self.connector = connector
        self.records = records
        self.placing = placing
        self.ledger = ledger
        self.report = report
        self.store = store
        self.follow = follow
        self.on_issue = on_issue
        self.after_page = after_page
        self.returned: list[str] = []
        self._seen: set[bytes] = set()
        self._unidentified = 0
        self._signature = f"{REVISION} {connector.name} {sorted(connector.options.items())}"

    def run(self) -> list[str]:
        """Run to the end of the source; returns the guids that were known and are not there any more.

        Raises:
            FatalSourceError: the source could not be read to its end; what was stored before stays.
            StoppedError: by `after_page`.
        """
        records = self._records()
        while page := list(islice(records, PAGE)):
            self._page(page)
            self.after_page()
        if not self._seen and not self._unidentified:
            raise FatalSourceError(
                N_("The source {url} answers, but it holds no dataset. Nothing was removed here."),
                code="source-empty",
                url=self.connector.url,
            )
        absent, self.returned = self.records.compare(lambda guid: _digest(guid) in self._seen)
        # Each record whose identifier could not be read may be one of those that seem to have left.
        return absent if self._seen and len(absent) > self._unidentified else []

    def tell(self, issue: Issue) -> None:
        """Count an issue, and pass it on where the report lists it."""
        if self.report.add(issue):
            self.on_issue(issue)

    def _records(self) -> Iterator[Record]:
        """The records that can be used, each guid once; everything else becomes an issue."""
        for item in self._guarded(self.connector.records()):
            if isinstance(item, Issue):
                self.tell(item)
                if item.level == "error" and not self._note(item.record):
                    self._unidentified += 1
            elif not _usable(item.guid):
                self._unidentified += 1
                self.tell(Issue("identifier-unusable", _UNUSABLE, {"guid": item.guid[:80]}, item.guid[:80]))
            elif self._note(item.guid):
                yield item
            else:
                self.tell(Issue("duplicate-identifier", _DUPLICATE, {"guid": item.guid}, item.guid))

    def _note(self, guid: str) -> bool:
        """Remember that the source holds this record; False where it did already, or where nothing names it."""
        digest = _digest(guid)
        if not guid or digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def _guarded(self, records: Iterator[Record | Issue]) -> Iterator[Record | Issue]:
        """A fault in one connector must end one run, not the worker that has other sources to do."""
        while True:
            try:
                item = next(records, None)
            except OdfError:
                raise
            except Exception as error:
                log.exception("Connector %s failed on %s", self.connector.name, self.connector.url)
                raise FatalSourceError(
                    N_("The answer of {url} is in a form that the portal does not know ({fault})."),
                    code="connector-fault",
                    url=self.connector.url,
                    fault=type(error).__name__,
                ) from error
            if item is None:
                return
            yield item

    def _page(self, page: Sequence[Record]) -> None:
        known = self.records.look_up([record.guid for record in page])
        asked, fingerprints = [], {}
        for record in page:
            before = known.get(record.guid)
            if self._unchanged(record, before):
                continue
            dataset = self._map(record)
            if dataset:
                dataset_id = before.dataset_id if before else None
                # Whose it is belongs to what it is known by.
                self.placing.place(dataset, dataset_id)
                asked.append(Asked(record.guid, dataset, dataset_id, record.content))
                fingerprints[record.guid] = self._fingerprint(record)
        asked = self._foreign(asked)
        standings = self.ledger.judge(asked)
        changes = [self._change(one, standings[one.guid], fingerprints[one.guid]) for one in asked]
        if leading := [change for change in changes if not change.standing.follows]:
            self.store(leading)
        if following := [change for change in changes if change.standing.follows]:
            self.report.unchanged += len(following)
            self.follow(following)

    def _foreign(self, asked: Sequence[Asked]) -> list[Asked]:
        """Without what came from this portal: it is left out, and is neither an error nor missing."""
        ours = self.ledger.ours(asked)
        for one in asked:
            if one.guid in ours:
                self.report.skipped += 1
                self.tell(Issue("comes-from-here", _OURS, {"title": one.dataset["title"]}, one.guid, "info"))
        return [one for one in asked if one.guid not in ours]

    def _change(self, asked: Asked, standing: Standing, fingerprint: str) -> Change:
        """A record with its dataset; one that is recognised is placed as a person may have said for that dataset."""
        dataset = dict(asked.dataset)
        place = self.placing.place(dataset, standing.dataset_id)
        if standing.kind and standing.follows:
            self.tell(Issue("same-dataset", _SAME, {"title": dataset["title"]}, asked.guid, "info"))
        elif standing.yielding:
            self.tell(Issue("dataset-taken-over", _TAKEN, {"title": dataset["title"]}, asked.guid, "info"))
        return Change(asked.guid, fingerprint, dataset, standing.dataset_id, place, standing)

    def _unchanged(self, record: Record, known: Known | None) -> bool:
        if known is None or known.dataset_id is None:
            return False
        if known.dataset_state == "deleted":
            self.tell(Issue("dataset-in-trash", _IN_TRASH, {"name": known.dataset_name}, record.guid, "warning"))
        elif known.fingerprint != self._fingerprint(record):
            return False
        self.report.unchanged += 1
        return True

    def _fingerprint(self, record: Record) -> str:
        return sha256(f"{self._signature} {record.fingerprint}".encode()).hexdigest()

    def _map(self, record: Record) -> dict[str, Any] | None:
        mapped = self._mapped(record)
        for issue in mapped.issues:
            self.tell(issue)
        refused = any(issue.level == "error" for issue in mapped.issues)
        return None if refused else mapped.dataset

    def _mapped(self, record: Record) -> Mapped:
        try:
            return self.connector.map(record)
        except OdfError as error:
            return Mapped({}, (from_error(error, record.guid),))
        except Exception as error:
            log.exception("Record %s of %s could not be mapped", record.guid, self.connector.url)
            return Mapped({}, (Issue("record-fault", _FAULT, {"fault": type(error).__name__}, record.guid),))


def _usable(guid: str) -> bool:
    return bool(guid) and len(guid) <= LONGEST_GUID and "\x00" not in guid


def _digest(guid: str) -> bytes:
    """16 bytes instead of the guid: a set of all those of a large source stays small."""
    return sha256(guid.encode("utf-8", "surrogatepass")).digest()[:16]


_DUPLICATE = N_("Several datasets of the source have the identifier {guid}; only the first is harvested.")
_OURS = N_("The dataset “{title}” comes from this portal; it is not harvested back.")
_SAME = N_("The dataset “{title}” is on the portal from a source nearer to its producer; that one is shown.")
_TAKEN = N_(
    "The dataset “{title}” was on the portal from another source; it is shown as this source has it from now on."
)
_UNUSABLE = N_("The identifier {guid} is empty, too long or has a control character; the dataset cannot be followed.")
_IN_TRASH = N_("The dataset {name} is in the trash of the portal; it is not updated.")
_FAULT = N_("The dataset could not be read because of a fault of the portal ({fault}).")
