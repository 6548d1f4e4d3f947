"""The errors of the suite, by consequence: what a caller does next depends on the class, never on the text."""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name for "translate this later"
    """Mark an English message for extraction; it is translated where it is shown."""
    return message


class OdfError(Exception):
    """Something that a person should read: a translatable sentence with named fields, and a stable code.

    Args:
        message: English msgid, marked with N_ where it is written, with ``{named}`` fields.
        params: values of the named fields.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        if code:
            self.code = code

    def __str__(self) -> str:
        return self.message.format(**self.params)


class FatalSourceError(OdfError):
    """This source cannot be read now; nothing that was harvested from it changes."""

    code = "source-unreadable"


class RetriableError(FatalSourceError):
    """The source did not answer properly this time; the same request may succeed later."""

    code = "source-unavailable"


class SkippableRecordError(OdfError):
    """One record is left out; the rest of the source goes on."""

    code = "record-refused"


class DataFileError(OdfError):
    """A file of `schemas/` or of an administrator is wrong; names the file and the key."""

    code = "data-file"
