"""What every connector must keep to; a connector's tests subclass `ConnectorConformance` and describe a site.

    class TestMine(ConnectorConformance):
        connector = MyConnector
        path = "/catalogue.xml"

        def routes(self):
            return {"/catalogue.xml": …}

All checks run against a real loopback server, with the real transport.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from member_site import Answer, MemberSite, Routes

from ckanext.opendatafrance.errors import FatalSourceError, SkippableRecordError
from ckanext.opendatafrance.harvest.connector import Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
WEB_FIELDS = ("url", "homepage", "access_url", "download_url")
#: Codes by which a connector may say that a list has no end or is not complete.
NOT_WHOLE = ("page-loop", "pages-without-end", "listing-incomplete")
UNUSABLE = {
    "empty": Answer(b""),
    "blank": Answer(b" \n \n"),
    "html": Answer("<!doctype html><html><head><title>Maintenance</title></head><body>Revenez demain</body></html>"),
    "binary": Answer(bytes(range(256)) * 20),
    "null": Answer(b"null", media_type="application/json"),
    "deep": Answer(b"[" * 100_000, media_type="application/json"),
    "error": Answer("<html>Erreur</html>", status=500),
    "forbidden": Answer("<html>Interdit</html>", status=403),
}


class ConnectorConformance:
    """Attributes to set, methods to write; those that return None by default switch their check off.

    Attributes:
        connector: the class.
        path: of the endpoint, as the connector is given it.
        at_least: number of records that the site of `routes` holds, left-out ones not counted.
        mutations: number of damaged variants of the site to try.
    """

    connector: ClassVar[type[Connector]]
    path: ClassVar[str] = "/"
    at_least: ClassVar[int] = 2
    mutations: ClassVar[int] = 60

    def routes(self) -> Routes:
        """A faithful site; links to itself can be made from `request.headers["host"]` in a callable route."""
        raise NotImplementedError

    def reordered(self) -> Routes | None:
        """The same site with keys, triples or elements in another order."""
        return None

    def changed(self) -> Routes | None:
        """The same site after the title of one record changed."""
        return None

    def looping(self) -> Routes | None:
        """A site whose pages come round again without an end."""
        return None

    # -- helpers ------------------------------------------------------------------------------------------------------

    def reader(self, site: MemberSite, fetch: Fetch) -> Connector:
        return self.connector(site.url + self.path, fetch(site, tries=1), {})

    def read(self, site: MemberSite, fetch: Fetch) -> tuple[Connector, list[Record]]:
        reader = self.reader(site, fetch)
        return reader, [item for item in reader.records() if isinstance(item, Record)]

    def prints(self, site: MemberSite, fetch: Fetch) -> dict[str, str]:
        """Fingerprints by guid, the site's own port taken out of the guids."""
        _, records = self.read(site, fetch)
        return {record.guid.replace(site.host, "host"): record.fingerprint for record in records}

    # -- checks -------------------------------------------------------------------------------------------------------

    def test_it_is_registered_under_its_name(self) -> None:
        """Detection and sources find the connector by its entry point."""
        assert connectors()[self.connector.name] is self.connector
        assert self.connector.title

    def test_it_is_detected(self, member_site: Sites, fetch: Fetch) -> None:
        """From its endpoint, within the budget of a detection, and the endpoint found can be read."""
        site = member_site(self.routes())
        found = detect(site.url + self.path, fetch(site))
        candidate = next(one for one in found.candidates if one.connector == self.connector.name)
        assert len(site.requests) <= 8
        records = [
            item for item in self.connector(candidate.url, fetch(site), {}).records() if isinstance(item, Record)
        ]
        assert len(records) >= self.at_least

    def test_records_are_the_same_at_each_run(self, member_site: Sites, fetch: Fetch) -> None:
        """Guids are unique, guids and fingerprints stable; the fingerprint is a sha256."""
        site = member_site(self.routes())
        _, records = self.read(site, fetch)
        assert len(records) >= self.at_least
        assert len({record.guid for record in records}) == len(records)
        assert all(record.guid and len(record.fingerprint) == 64 for record in records)
        _, again = self.read(site, fetch)
        assert [(one.guid, one.fingerprint) for one in again] == [(one.guid, one.fingerprint) for one in records]

    def test_the_order_of_bytes_changes_nothing(self, member_site: Sites, fetch: Fetch) -> None:
        if (routes := self.reordered()) is None:
            pytest.skip("no reordered site")
        before = self.prints(member_site(self.routes()), fetch)
        assert self.prints(member_site(routes), fetch) == before

    def test_a_change_changes_one_fingerprint(self, member_site: Sites, fetch: Fetch) -> None:
        if (routes := self.changed()) is None:
            pytest.skip("no changed site")
        before = self.prints(member_site(self.routes()), fetch)
        after = self.prints(member_site(routes), fetch)
        assert before.keys() == after.keys()
        assert sum(before[guid] != after[guid] for guid in before) == 1

    def test_every_record_is_mapped_or_says_why_not(self, member_site: Sites, fetch: Fetch) -> None:
        """A dataset dict with a title, in JSON, with web addresses only; the site is not asked again."""
        site = member_site(self.routes())
        reader, records = self.read(site, fetch)
        asked = len(site.requests)
        datasets = [mapped.dataset for record in records if (mapped := checked(reader, record))]
        assert datasets
        assert len(site.requests) == asked

    def test_mapping_is_repeatable(self, member_site: Sites, fetch: Fetch) -> None:
        """The same record gives the same dataset: otherwise unchanged datasets would be written again."""
        reader, records = self.read(member_site(self.routes()), fetch)
        for record in records:
            one, other = checked(reader, record), checked(reader, record)
            assert one == other

    def test_pages_that_turn_in_a_circle_end(self, member_site: Sites, fetch: Fetch) -> None:
        if (routes := self.looping()) is None:
            pytest.skip("no looping site")
        site = member_site(routes)
        with pytest.raises(FatalSourceError) as caught:
            list(self.reader(site, fetch).records())
        assert caught.value.code in NOT_WHOLE
        assert len(site.requests) < 50

    @pytest.mark.parametrize("kind", UNUSABLE)
    def test_an_unusable_answer_is_an_error_not_an_empty_catalogue(
        self, member_site: Sites, fetch: Fetch, kind: str
    ) -> None:
        """Whatever comes instead of data must never look like a catalogue from which everything was removed."""
        site = member_site(lambda _: UNUSABLE[kind])
        with pytest.raises(FatalSourceError) as caught:
            list(self.reader(site, fetch).records())
        assert str(caught.value)
        assert caught.value.code not in ("connector-fault", "error")

    def test_damaged_answers_end_in_records_or_clear_errors(self, member_site: Sites, fetch: Fetch) -> None:
        """Cuts, flipped bits, doubled and swapped pieces, nulls and other encodings: no traceback, and an end."""
        inner = MemberSite(self.routes())
        dice = random.Random(17)
        site = member_site(lambda request: damaged(inner.answer(request), dice))
        try:
            for _ in range(self.mutations):
                assert self.survived(site, fetch)
        finally:
            inner.close()

    def survived(self, site: MemberSite, fetch: Fetch) -> bool:
        reader = self.reader(site, fetch)
        before = len(site.requests)
        with suppress(FatalSourceError):
            for item in reader.records():
                if isinstance(item, Record):
                    checked(reader, item)
                else:
                    assert isinstance(item, Issue)
                    assert str(item)
        return len(site.requests) - before < 200


def checked(reader: Connector, record: Record) -> Mapped | None:
    """The mapped record after a look at it, None where it is skipped for a reason."""
    try:
        mapped = reader.map(record)
    except SkippableRecordError:
        return None
    assert all(str(issue) and issue.record for issue in mapped.issues)
    dataset = mapped.dataset
    assert dataset["title"].strip()
    assert "\0" not in json.dumps(dataset, allow_nan=False)
    dataset_text = json.dumps(dataset, ensure_ascii=False)
    dataset_text.encode()  # no lone surrogates
    for holder in (dataset, *dataset.get("resources", [])):
        for field in WEB_FIELDS:
            address = holder.get(field, "")
            assert not address or address.startswith(("http://", "https://", "ftp://", "ftps://")), (field, address)
    return mapped


def damaged(answer: Answer, dice: random.Random) -> Answer:
    """The answer with one kind of damage."""
    body, media_type = answer.payload()
    assert isinstance(body, bytes)
    return replace(answer, body=dice.choice(DAMAGES)(body, dice), media_type=media_type)


def _cut(body: bytes, dice: random.Random) -> bytes:
    return body[: dice.randrange(len(body) + 1)]


def _flipped(body: bytes, dice: random.Random) -> bytes:
    flipped = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        if flipped:
            flipped[dice.randrange(len(flipped))] ^= 1 << dice.randrange(8)
    return bytes(flipped)


def _doubled(body: bytes, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(body) + 1), dice.randint(1, 200)
    return body[: start + length] + body[start:]


def _holed(body: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(body) + 1)
    return body[:start] + body[start + dice.randint(1, 200) :]


def _reencoded(body: bytes, dice: random.Random) -> bytes:
    return body.decode("utf-8", "replace").encode(dice.choice(("latin-1", "utf-16", "cp1252")), "replace")


def _retyped(body: bytes, dice: random.Random) -> bytes:
    """Values of another type, in JSON by its values, elsewhere by its words."""
    try:
        return json.dumps(_retype(json.loads(body), dice)).encode()
    except (ValueError, RecursionError):
        pieces = body.split(b'"')
        pieces[dice.randrange(len(pieces))] = dice.choice((b"", b"null", b"\x00", b"9" * 400, b"javascript:alert(1)"))
        return b'"'.join(pieces)


def _retype(value: Any, dice: random.Random, chance: float = 0.06) -> Any:
    if dice.random() < chance:
        return dice.choice(
            (None, True, -1, 1e308, "", "\0", "x" * 5000, [], {}, [[]], {"a": None}, ["x", 1], "javascript:alert(1)")
        )
    if isinstance(value, dict):
        return {key: _retype(part, dice, chance) for key, part in value.items() if dice.random() > 0.02}
    if isinstance(value, list):
        return [_retype(part, dice, chance) for part in value]
    return value


DAMAGES = (_cut, _flipped, _doubled, _holed, _reencoded, _retyped, _retyped, _retyped)


def shuffled(value: Any, dice: random.Random | None = None) -> Any:
    """JSON with the keys of its objects in another order."""
    dice = dice or random.Random(3)
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: shuffled(value[key], dice) for key in keys}
    return [shuffled(part, dice) for part in value] if isinstance(value, list) else value
