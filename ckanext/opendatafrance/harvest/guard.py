"""A fault of our own in one connector ends one record or one source, never the run of all of them. Pure."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError
from ckanext.opendatafrance.harvest.connector import Connector, Issue, Mapped, Record

log = logging.getLogger(__name__)


def records(connector: Connector) -> Iterator[Record | Issue]:
    """The records of a connector; whatever it raises that it should not becomes `connector-fault`.

    Raises:
        FatalSourceError: the source cannot be read to its end.
    """
    try:
        yield from connector.records()
    except OdfError:
        raise
    except Exception as error:
        log.exception("Connector %s failed on %s", connector.name, connector.url)
        raise FatalSourceError(
            N_("The answer of {url} is in a form that the portal does not know ({fault})."),
            code="connector-fault",
            url=connector.url,
            fault=type(error).__name__,
        ) from error


def mapped(connector: Connector, record: Record) -> Mapped:
    """The record as a dataset; whatever fails becomes an issue of the level "error"."""
    try:
        return connector.map(record)
    except OdfError as error:
        return Mapped({}, (Issue(error.code, error.message, error.params, record.guid),))
    except Exception as error:
        log.exception("Record %s of %s could not be mapped", record.guid, connector.url)
        return Mapped({}, (Issue("record-fault", _FAULT, {"fault": type(error).__name__}, record.guid),))


_FAULT = N_("The dataset could not be read because of a fault of the portal ({fault}).")
