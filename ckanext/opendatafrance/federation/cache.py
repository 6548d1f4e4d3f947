"""Pieces of feeds kept in Redis, each until its dataset changes; without Redis everything is made anew."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from redis.exceptions import RedisError

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

log = logging.getLogger(__name__)
# A piece that nobody reads goes after this many seconds, so that formats out of use take no room.
_KEPT = 30 * 24 * 3600


def read(form: str, versions: Mapping[str, str]) -> dict[str, str]:
    """The kept pieces, by dataset id, of those datasets that are still in the version asked for."""
    if not versions:
        return {}
    try:
        stored: Any = connect_to_redis().mget([_key(form, one) for one in versions])
    except RedisError as error:
        log.warning("Feeds are made without what was kept: %s", error)
        return {}
    found = {}
    for (identifier, version), value in zip(versions.items(), stored, strict=True):
        said, _, packed = (value or b"").partition(b"\n")
        if said == version.encode():
            found[identifier] = zlib.decompress(packed).decode()
    return found


def write(form: str, versions: Mapping[str, str], pieces: Mapping[str, str]) -> None:
    """Keep pieces; each takes the place of the one that was kept of the same dataset and format."""
    try:
        pipe = connect_to_redis().pipeline(transaction=False)
        for identifier, piece in pieces.items():
            value = versions[identifier].encode() + b"\n" + zlib.compress(piece.encode(), 6)
            pipe.set(_key(form, identifier), value, ex=_KEPT)
        pipe.execute()
    except RedisError as error:
        log.warning("Pieces of feeds are not kept: %s", error)


def since(address: str, etag: str) -> datetime:
    """When a page was first in the state that this tag names; now where it is new."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    try:
        redis = connect_to_redis()
        stored: Any = redis.get(_key("seen", address))
        said, _, moment = (stored or b"").decode().partition(" ")
        if said == etag:
            return datetime.fromisoformat(moment)
        redis.set(_key("seen", address), f"{etag} {now.isoformat()}", ex=_KEPT)
    except RedisError as error:
        log.warning("The date of a feed is not kept: %s", error)
    return now


def _key(form: str, name: str) -> str:
    return f"ckan:{tk.config['ckan.site_id']}:odf-feed:{form}:{name}"
