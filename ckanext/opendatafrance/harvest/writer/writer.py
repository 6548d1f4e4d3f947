"""The batch writer: tries a batch as a whole, and in ever smaller parts where something is wrong with it."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest.writer import faults, indexing, known, names, stock
from ckanext.opendatafrance.harvest.writer.batch import Batch, MismatchError, Settings
from ckanext.opendatafrance.harvest.writer.items import BeforeIndex, Item, Result
from ckanext.opendatafrance.harvest.writer.plan import Plan, plan
from ckanext.opendatafrance.harvest.writer.stored import existing_user
from ckanext.opendatafrance.harvest.writer.validation import validator

log = logging.getLogger(__name__)

Results = dict[str, Result]
_NAMES_TRIED = 10
"""Other workers store datasets of the same title at the same moment."""


class Writer:
    """Stores datasets as package_create and package_update would, many at a time.

    Nothing may be pending in CKAN's session when a batch begins: it is committed or rolled back with the batch.

    Args:
        user: name of the user in whose name datasets are written, without asking for permissions.
        before_index: see BeforeIndex.
        batch_size: datasets a transaction.
        one_by_one: use CKAN's own actions for each dataset, even where it is not necessary.
    """

    def __init__(
        self,
        user: str,
        *,
        before_index: BeforeIndex | None = None,
        batch_size: int = 100,
        one_by_one: bool = False,
    ) -> None:
        self.user = user
        self.before_index = before_index
        self.batch_size = batch_size
        self.one_by_one = one_by_one
        self._settings: Settings | None = None

    def write(self, items: Iterable[Item]) -> Iterator[Result]:
        """Store the items and yield their results in the order given; one bad item never touches another.

        A batch is stored when its first result is asked for, and later items are not read before.

        Raises:
            ckan.plugins.toolkit.ObjectNotFound: there is no such user.
        """
        existing_user(self.user)
        for plans in self._batches(items):
            results = self._store(plans) if self._may_batch() else self._each(plans)
            for plan_ in plans:
                yield results[plan_.item.guid]

    def _batches(self, items: Iterable[Item]) -> Iterator[list[Plan]]:
        """Cut into batches in which no record and no dataset comes twice."""
        batch: list[Plan] = []
        seen: set[str] = set()
        for item in items:
            plan_ = plan(item)
            keys = {f"guid {item.guid}", f"id {plan_.id}"}
            if len(batch) >= self.batch_size or keys & seen:
                yield batch
                batch, seen = [], set()
            batch.append(plan_)
            seen |= keys
        if batch:
            yield batch

    def _may_batch(self) -> bool:
        if self._settings is None:
            self._settings = Settings(self.user, self.before_index, validator())
            for reason in known.obstacles():
                self._step_aside(reason)
        return not self.one_by_one

    def _step_aside(self, reason: str) -> None:
        if not self.one_by_one:
            log.warning("Datasets are stored one by one with CKAN's own actions, which takes longer: %s", reason)
        self.one_by_one = True

    def _store(self, plans: Sequence[Plan]) -> Results:
        """Store a batch: as a whole, else with a savepoint for each dataset, else by halves."""
        assert self._settings
        for isolate in (False, True):
            batch = Batch(self._settings, plans, isolate=isolate)
            try:
                with _uncollected():
                    batch.run()
            except indexing.IndexUnavailableError as error:
                return _all(plans, lambda plan_, error=error: faults.refusal(plan_, error))
            except indexing.DocumentsRefusedError as error:
                return self._without_refused(plans, error.reasons)
            except MismatchError as error:
                self._step_aside(f"the dataset {error} would not be what CKAN shows")
                return self._each(plans)
            except Exception as error:
                if faults.is_outage(error):
                    return _all(plans, lambda plan_, error=error: faults.refusal(plan_, error))
                log.info("A batch of %s datasets failed and is tried in parts", len(plans), exc_info=True)
            else:
                return self._finish(batch)
        return self._halves(plans)

    def _finish(self, batch: Batch) -> Results:
        """Tell those who listen, and do the rest of a stored batch with CKAN's own actions."""
        results = batch.results
        for plan_, error in batch.announce():
            results[plan_.item.guid].problem = faults.listener_fault(error)
        if batch.was_committed:
            self._step_aside("a plugin commits while a dataset is being stored")
        return results | self._each(batch.aside)

    def _without_refused(self, plans: Sequence[Plan], reasons: dict[str, str]) -> Results:
        if not reasons:
            return self._halves(plans)
        refused = {
            plan_.item.guid: Result(plan_.item.guid, "errored", problem=faults.index_refusal(reasons[plan_.id]))
            for plan_ in plans
            if plan_.id in reasons
        }
        rest = [plan_ for plan_ in plans if plan_.id not in reasons]
        return refused | (self._store(rest) if rest else {})

    def _halves(self, plans: Sequence[Plan]) -> Results:
        if len(plans) == 1:
            return self._each(plans)
        middle = len(plans) // 2
        return self._store(plans[:middle]) | self._store(plans[middle:])

    def _each(self, plans: Sequence[Plan]) -> Results:
        return _all(plans, self._one)

    def _one(self, plan_: Plan) -> Result:
        """One dataset; again under another name where another worker took the one that it was given."""
        result = self._once(plan_)
        for _ in range(_NAMES_TRIED):
            if result.action != "errored" or not _lost_its_name(plan_):
                break
            result = self._once(plan_)
        return result

    def _once(self, plan_: Plan) -> Result:
        try:
            return stock.write(plan_, self.user, self.before_index)
        except (tk.ValidationError, tk.ObjectNotFound) as error:
            model.Session.rollback()
            return faults.refusal(plan_, error)
        except Exception as error:  # noqa: BLE001 - the guard of one record; `refusal` logs what is not expected
            model.Session.rollback()
            # CKAN indexes before it commits.
            indexing.withdraw([plan_.id] if plan_.is_new else [], [] if plan_.is_new else [plan_.id])
            return faults.refusal(plan_, error)


def _lost_its_name(plan_: Plan) -> bool:
    return plan_.is_new and bool(plan_.name) and names.is_lost(plan_.name, plan_.id)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the objects of a batch alone: they live to its end, and looking for garbage among them is in vain."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _all(plans: Iterable[Plan], result: Callable[[Plan], Result]) -> Results:
    return {plan_.item.guid: result(plan_) for plan_ in plans}
