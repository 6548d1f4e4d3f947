"""A file between its preview and its being applied: kept in the page, so that nothing waits on the server."""

from __future__ import annotations

import base64
import binascii
import zlib

from ckanext.opendatafrance.errors import N_, OdfError

# Some thirty thousand lines; a form field may have 500,000 bytes (MAX_FORM_MEMORY_SIZE).
MOST_BYTES = 1_500_000
_MOST_KEPT = 400_000


class UploadError(OdfError):
    """The file cannot be taken; says what to do."""


def checked(content: bytes, name: str) -> bytes:
    """The content of an uploaded file.

    Raises:
        UploadError: there is no file, or it is too large for a page.
    """
    if not name:
        raise UploadError(N_("Choose a file first."), code="upload-missing")
    if len(content) > MOST_BYTES or len(keep(content)) > _MOST_KEPT:
        raise UploadError(
            N_("{file} is too large for this page: cut it into several files, or use the command."),
            code="upload-too-large",
            file=name,
        )
    return content


def keep(content: bytes) -> str:
    """The content as a text for a hidden field."""
    return base64.b64encode(zlib.compress(content)).decode()


def kept(text: str) -> bytes:
    """The content of a hidden field.

    Raises:
        UploadError: it is not what `keep` wrote.
    """
    try:
        # Bounded, because whoever sends the form may send anything.
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), MOST_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise UploadError(N_("The file did not come back whole: choose it again."), code="upload-broken") from error
