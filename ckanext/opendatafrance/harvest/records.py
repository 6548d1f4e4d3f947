"""What is known of the records of a source: looked up in batches, written in the transaction of their datasets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model
from ckan.model.types import make_uuid

from ckanext.harvest.model import HarvestGatherError, HarvestObject, HarvestObjectError
from ckanext.opendatafrance.harvest import placements
from ckanext.opendatafrance.harvest.identity.tables import COPY
from ckanext.opendatafrance.harvest.model import HarvestRecord, now
from ckanext.opendatafrance.harvest.placing import Place

PAGE = 500
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_OBJECT: sa.Table = HarvestObject.__table__
_PACKAGE: sa.Table = model.package_table


@dataclass(frozen=True, slots=True)
class Known:
    """What the last runs left of a record.

    Attributes:
        dataset_id: None where the dataset was purged since.
        dataset_state: CKAN's state of the dataset; "deleted" means that a person put it in the trash.
    """

    guid: str
    fingerprint: str
    dataset_id: str | None
    dataset_name: str | None
    dataset_state: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A record that is on the portal as of now; `action` is added, updated or unchanged, as the writer says it."""

    guid: str
    fingerprint: str
    dataset_id: str
    action: str
    place: Place


class Records:
    """The records of one source."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id

    def look_up(self, guids: Sequence[str]) -> dict[str, Known]:
        """What is known of these records, by guid; one query for all of them."""
        query = (
            sa.select(
                _RECORD.c.guid,
                _RECORD.c.fingerprint,
                _PACKAGE.c.id.label("dataset_id"),
                _PACKAGE.c.name.label("dataset_name"),
                _PACKAGE.c.state.label("dataset_state"),
            )
            .select_from(_RECORD.outerjoin(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id))
            .where(_RECORD.c.source_id == self.source_id, _RECORD.c.guid.in_(guids))
        )
        return {row.guid: Known(**row._mapping) for row in model.Session.execute(query)}

    def store(self, job_id: str, stored: Iterable[Stored]) -> None:
        """Write records and their harvest objects, without commit: they live or fall with their datasets.

        Each dataset keeps exactly one current harvest object, the one of the job that wrote it last.
        """
        rows = list(stored)
        if not rows:
            return
        written = [row for row in rows if row.action != "unchanged"]
        if written:
            model.Session.execute(
                sa.update(_OBJECT)
                .where(_OBJECT.c.package_id.in_([row.dataset_id for row in written]), _OBJECT.c.current.is_(True))
                .values(current=False)
            )
            self._link(job_id, [(row.guid, row.dataset_id, row.action) for row in written])
        statement = insert(_RECORD)
        kept = ("fingerprint", "dataset_id", "last_seen", "missing_runs", "state", "archived", "publisher_id", "placed")
        model.Session.execute(
            statement.on_conflict_do_update(
                index_elements=["source_id", "guid"], set_={name: statement.excluded[name] for name in kept}
            ),
            [self._row(row) for row in rows],
        )
        placements.note(self.source_id, [(row.dataset_id, row.place) for row in rows])

    def _row(self, stored: Stored) -> dict[str, Any]:
        time = now()
        return {
            "source_id": self.source_id,
            "guid": stored.guid,
            "fingerprint": stored.fingerprint,
            "dataset_id": stored.dataset_id,
            "first_seen": time,
            "last_seen": time,
            "missing_runs": 0,
            "state": "present",
            "archived": None,
            "publisher_id": stored.place.publisher.id_in(self.source_id),
            "placed": stored.place.owner,
        }

    def _link(self, job_id: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Insert current harvest objects (guid, dataset id, report status) past the ORM, whose listener would load
        job and source for each."""
        time = now()
        common = {
            "current": True,
            "gathered": time,
            "import_started": time,
            "import_finished": time,
            "state": "COMPLETE",
            "harvest_job_id": job_id,
            "harvest_source_id": self.source_id,
            "retry_times": 0,
        }
        model.Session.execute(
            sa.insert(_OBJECT),
            [
                {"id": make_uuid(), "guid": guid, "package_id": dataset_id, "report_status": status, **common}
                for guid, dataset_id, status in rows
            ],
        )

    def refuse(self, job_id: str, refused: Iterable[tuple[str, str]]) -> None:
        """Show errors (guid, message) where ckanext-harvest shows those of its own; without commit.

        An error that names no record is one of the job as a whole.
        """
        time = now()
        rows = [{"id": make_uuid(), "guid": guid, "message": message} for guid, message in refused]
        of_job = [row for row in rows if not row["guid"]]
        of_record = [row for row in rows if row["guid"]]
        if of_job:
            common = {"harvest_job_id": job_id, "created": time}
            model.Session.execute(
                sa.insert(HarvestGatherError),
                [{"id": row["id"], "message": row["message"], **common} for row in of_job],
            )
        if of_record:
            common = {
                "current": False,
                "gathered": time,
                "import_finished": time,
                "state": "ERROR",
                "report_status": "errored",
                "harvest_job_id": job_id,
                "harvest_source_id": self.source_id,
                "retry_times": 0,
            }
            model.Session.execute(
                sa.insert(_OBJECT), [{"id": row["id"], "guid": row["guid"], **common} for row in of_record]
            )
            model.Session.execute(
                sa.insert(HarvestObjectError),
                [
                    {
                        "id": make_uuid(),
                        "harvest_object_id": row["id"],
                        "message": row["message"],
                        "stage": "Import",
                        "created": time,
                    }
                    for row in of_record
                ],
            )

    def relink(self, job_id: str) -> int:
        """Give a current harvest object to every dataset that lost its own to a cleared history; returns how many.

        Without it the pages of ckanext-harvest, and the index, forget from which source the dataset came.
        """
        current = sa.select(_OBJECT.c.package_id).where(
            _OBJECT.c.package_id == _RECORD.c.dataset_id, _OBJECT.c.current.is_(True)
        )
        follows = sa.select(COPY.c.guid).where(COPY.c.source_id == _RECORD.c.source_id, COPY.c.guid == _RECORD.c.guid)
        orphans = model.Session.execute(
            sa.select(_RECORD.c.guid, _RECORD.c.dataset_id)
            .join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
            .where(_RECORD.c.source_id == self.source_id, ~sa.exists(current), ~sa.exists(follows))
        ).all()
        for page in pages(orphans, PAGE):
            self._link(job_id, [(row.guid, row.dataset_id, "not modified") for row in page])
        model.Session.commit()
        return len(orphans)

    def count(self) -> int:
        """Number of records of this source that have not left it."""
        query = sa.select(sa.func.count()).where(_RECORD.c.source_id == self.source_id, _RECORD.c.missing_runs == 0)
        return model.Session.execute(query).scalar_one()

    def compare(self, is_seen: Callable[[str], bool]) -> tuple[list[str], list[str]]:
        """The guids that this run did not meet, and those that it met again after they had left; each in order.

        What is archived, or kept by a person, left before and is not told again.
        """
        query = sa.select(_RECORD.c.guid, _RECORD.c.state).where(_RECORD.c.source_id == self.source_id)
        absent: list[str] = []
        returned: list[str] = []
        for guid, state in model.Session.execute(query.order_by(_RECORD.c.guid).execution_options(yield_per=PAGE)):
            if is_seen(guid):
                if state != "present":
                    returned.append(guid)
            elif state in ("present", "missing"):
                absent.append(guid)
        return absent, returned

    def mark_absent(self, guids: Sequence[str], last_seen: Any) -> None:
        """Count one more run without these records. Commits."""
        for page in pages(guids, PAGE):
            model.Session.execute(
                sa.update(_RECORD)
                .where(_RECORD.c.source_id == self.source_id, _RECORD.c.guid.in_(page))
                .values(
                    missing_runs=_RECORD.c.missing_runs + 1,
                    state="missing",
                    last_seen=sa.case(
                        (_RECORD.c.missing_runs == 0, last_seen or _RECORD.c.last_seen), else_=_RECORD.c.last_seen
                    ),
                )
            )
        model.Session.commit()


def pages(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Cut into lists of at most `size`."""
    iterator = iter(rows)
    while page := list(islice(iterator, size)):
        yield page
