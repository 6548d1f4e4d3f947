"""Every real file, damaged: reading ends with datasets or clear errors, in bounded time and memory.

The suite tries as many variants as fit in the time of `SECONDS`, one of each file after the other. ODF_MUTATIONS=200
damages each file in 200 ways, which takes long; ODF_MUTATIONS_ONLY=text keeps the files whose name holds it.
"""

from __future__ import annotations

import logging
import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from connector_conformance import checked
from member_site import MemberSite
from mutations import Subject, subjects

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.transport import Transport

log = logging.getLogger(__name__)
SECONDS = 40.0
WAYS = int(os.environ.get("ODF_MUTATIONS") or 0)
ONLY = os.environ.get("ODF_MUTATIONS_ONLY", "")
MOST_CPU = 30.0
"""Seconds of this process for one variant, which is a hundred times what the slowest takes on an idle machine."""
MOST_MEMORY = 1024 * 1024
"""KiB by which the process may grow over all variants."""
MOST_REQUESTS = 200


def run(subject: Subject, body: bytes, site: MemberSite, fetch: Transport) -> str:
    """Harvest a damaged file as far as it can be read; what went wrong that should not, empty where nothing did."""
    site.routes = subject.routes(body)
    site.requests.clear()
    begun = time.process_time()
    try:
        reader = connectors()[subject.connector](site.url + subject.path, fetch, {})
        for item in reader.records():
            if isinstance(item, Record):
                assert item.guid, "no guid"
                checked(reader, item)
            else:
                assert isinstance(item, Issue), "neither record nor issue"
                assert str(item), "an issue without words"
    except FatalSourceError as error:
        if not str(error) or error.code in ("connector-fault", "error"):
            return f"no clear error: {error.code}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what this suite looks for
        return f"{type(error).__name__}: {error}"[:300]
    if len(site.requests) > MOST_REQUESTS:
        return f"{len(site.requests)} requests"
    seconds = time.process_time() - begun
    return f"{seconds:.0f} s of work" if seconds > MOST_CPU else ""


def variants(found: list[Subject]) -> Iterator[tuple[Subject, int]]:
    """One of each file after the other, until the time or the wanted number is reached."""
    ends = time.monotonic() + SECONDS
    for number in range(WAYS or 10_000):
        for subject in found:
            if not WAYS and time.monotonic() > ends:
                return
            yield subject, number


def test_damaged_files_end_in_datasets_or_clear_errors(
    corpus: Path, member_site: Callable[..., MemberSite], fetch: Callable[..., Any]
) -> None:
    """A failure names the file and the number of the variant, which make it again."""
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    found = [one for one in subjects(corpus) if one.connector in connectors() and ONLY in one.name]
    assert ONLY or len(found) > 100
    site = member_site({})
    client = fetch(site, tries=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wrong = {}
    for subject, number in variants(found):
        if fault := run(subject, subject.variant(number), site, client):
            wrong[f"{subject.name}#{number}"] = fault
            log.error("%s#%s: %s", subject.name, number, fault)
    assert not wrong
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
