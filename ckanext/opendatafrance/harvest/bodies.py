"""The body of an answer: counted and decompressed piece by piece, so that no bomb is ever held whole. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError

#: What the transport asks for; anything else that comes back was not asked for.
ACCEPTED_ENCODINGS = "gzip, deflate"
_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


def capped(pieces: Iterable[bytes], cap: int, url: str) -> Iterator[bytes]:
    """Pass the pieces on until there are more than `cap` bytes.

    Raises:
        FatalSourceError: `too-large`.
    """
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > cap:
            raise FatalSourceError(
                N_("The answer of {url} is larger than {megabytes} MB: it was not read to its end."),
                code="too-large",
                url=url,
                megabytes=round(cap / 1_000_000, 1),
            )
        yield piece


def decoded(pieces: Iterable[bytes], encoding: str, cap: int, url: str) -> Iterator[bytes]:
    """Undo the Content-Encoding, with at most `cap` bytes before it and after it.

    Raises:
        FatalSourceError: `too-large`, `bad-encoding`.
        RetriableError: `truncated`.
    """
    pieces = capped(pieces, cap, url)
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return pieces
    if encoding in ("gzip", "x-gzip", "deflate"):
        return capped(_inflated(pieces, gzipped=encoding != "deflate", url=url), cap, url)
    raise FatalSourceError(
        N_("{url} answers in the encoding “{encoding}”, which was not asked for."),
        code="bad-encoding",
        url=url,
        encoding=encoding[:100],
    )


def _inflated(pieces: Iterable[bytes], *, gzipped: bool, url: str) -> Iterator[bytes]:
    machine = None
    for piece in pieces:
        left = piece
        while left:
            if machine is None:
                machine = zlib.decompressobj(_GZIP if gzipped else _deflate_flavour(left))
            try:
                inflated = machine.decompress(left, _PIECE)
            except zlib.error as error:
                raise FatalSourceError(
                    N_("The answer of {url} says that it is compressed, but it cannot be decompressed ({reason})."),
                    code="bad-encoding",
                    url=url,
                    reason=str(error),
                ) from error
            if inflated:
                yield inflated
            left = machine.unconsumed_tail
            if machine.eof:  # a gzip answer may be several members, one after the other
                left, machine = machine.unused_data.lstrip(b"\0"), None
                if not gzipped:
                    return
    if machine is not None:
        raise RetriableError(
            N_("The answer of {url} stops in the middle: the compressed data has no end."), code="truncated", url=url
        )


def _deflate_flavour(start: bytes) -> int:
    """Servers send "deflate" with the zlib header of RFC 9110 or, against it, without."""
    has_header = start[0] & 0x0F == 8 and (len(start) < 2 or (start[0] << 8 | start[1]) % 31 == 0)
    return _ZLIB if has_header else _RAW_DEFLATE
