"""What a connector is: a class that turns one kind of member site into records, and a record into a dataset dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport


@dataclass(frozen=True, slots=True)
class Record:
    """One dataset as its source gives it.

    Attributes:
        guid: stable identifier within the source.
        fingerprint: sha256 (hex) of the meaning of the record; equal when only the order of bytes or triples differs.
        content: whatever the connector's own `map` needs.
    """

    guid: str
    fingerprint: str
    content: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that a person should know of a record or of a source.

    Attributes:
        code: stable kebab-case word, the key by which reports group.
        message: English msgid with ``{named}`` fields (marked with N_ where it is written).
        params: values of the named fields.
        record: guid or title of the record, empty for the source as a whole.
        level: "error" = the record is not harvested; "warning" = it is, without or with a mended value; "info" =
            all is well, and somebody may want to know.
    """

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    record: str = ""
    level: Literal["error", "warning", "info"] = "error"

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A dataset dict with the names of ckanext-dcat's `dcat_ap_full.yaml`, and what was mended or left out."""

    dataset: dict[str, Any]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way in which a site could be harvested: connector, canonical endpoint, number of datasets if it says so."""

    connector: str
    url: str
    count: int | None = None


class Connector:
    """Base class of the connectors: one file each, and an entry point in `ckanext.opendatafrance.connectors`.

    Args:
        url: the endpoint, as detection or a person gave it.
        fetch: the guarded HTTP client; a connector opens nothing by itself.
        options: the connector's part of the source's configuration.
    """

    name: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, url: str, fetch: Transport, options: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.fetch = fetch
        self.options = dict(options or {})

    @classmethod
    def recognises(cls, page: Page) -> bool:
        """Whether the page or its address is surely one of this software: whoever is sure is asked first."""
        return False

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """Yield the ways in which this connector could read the site of which `page` is the answer to the pasted URL.

        Looks at `page` first and asks for little more; `fetch` counts and caps the requests of a detection.
        """
        raise NotImplementedError

    def count(self) -> int | None:
        """Number of datasets that the source says it holds, None where it does not say without reading it all."""
        return None

    def records(self) -> Iterator[Record | Issue]:
        """Yield every record of the source in bounded memory, and an Issue for each that cannot be read.

        Raises:
            FatalSourceError: the source as a whole cannot be read; what was yielded before stays valid, but the
                listing is incomplete and removes nothing.
        """
        raise NotImplementedError

    def map(self, record: Record) -> Mapped:
        """Turn a record into a dataset dict; pure, opens nothing.

        Raises:
            SkippableRecordError: nothing usable is left of this record.
        """
        raise NotImplementedError
