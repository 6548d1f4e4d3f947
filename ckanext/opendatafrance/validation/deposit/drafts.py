"""Files that wait between the steps of a deposit: private to who sent them, few, bounded, and gone after a day.

Each lies in a folder of its own under `ckan.storage_path`, beside what CKAN serves, never below it. Knowing the id is
not enough: only the user who sent a file ever reads it again.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ckanext.opendatafrance.errors import N_, OdfError

LIFE = 24 * 3600
"""Seconds that a draft is kept."""
PER_USER = 5
_PIECE = 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{32}")


class NoDraftError(OdfError):
    """There is no such draft, or not for this user."""

    code = "no-draft"


class TooLargeError(OdfError):
    """The file is larger than the portal accepts."""

    code = "file-too-large"


@dataclass
class Draft:
    """A file that waits.

    Attributes:
        name: of the file, as its owner calls it.
        likely: ids of the schemas that it may follow, `owner/name@version`, the likeliest first.
        schema: the one that it is checked against; empty = none.
        seen: what `looking.look` found.
    """

    id: str
    user_id: str
    name: str
    folder: Path
    likely: list[str] = field(default_factory=list)
    schema: str = ""
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """As it was sent."""
        return self.folder / "file"

    @property
    def repaired(self) -> Path:
        """The corrected copy; it may not be there."""
        return self.folder / "repaired.csv"

    def save(self) -> None:
        kept = {name: value for name, value in asdict(self).items() if name != "folder"}
        partial = self.folder / "draft.part"
        partial.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        partial.replace(self.folder / "draft.json")


class Drafts:
    """The drafts of a portal.

    Args:
        root: where they lie; made when the first comes.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, user_id: str, name: str, file: BinaryIO, most: int) -> Draft:
        """Keep a file; what is too old, and what its owner has beyond the last few, goes.

        Args:
            most: bytes that a file may have.

        Raises:
            TooLargeError: it has more; nothing is kept.
            OdfError: the disk is full or cannot be written.
        """
        draft = Draft(secrets.token_urlsafe(24), user_id, name, self.root)
        draft.folder = self.root / draft.id
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.sweep(user_id)
            draft.folder.mkdir(mode=0o700)
            _copy(file, draft.file, most)
            draft.save()
        except OdfError:
            self.remove(draft)
            raise
        except OSError as error:
            self.remove(draft)
            raise OdfError(
                N_("The portal cannot keep the file ({reason}). Tell its administrator, and try again later."),
                code="not-kept",
                reason=error.strerror or "",
            ) from error
        return draft

    def get(self, draft_id: str, user_id: str) -> Draft:
        """A draft of this user.

        Raises:
            NoDraftError: there is none, it is too old, or it is somebody else's.
        """
        draft = self._read(self.root / draft_id) if _ID.fullmatch(draft_id) else None
        if draft is None or not user_id or draft.user_id != user_id or _age(draft.folder) > LIFE:
            raise NoDraftError(N_("This file is no longer here: files wait one day. Choose it again."))
        return draft

    def remove(self, draft: Draft) -> None:
        shutil.rmtree(draft.folder, ignore_errors=True)

    def sweep(self, user_id: str = "") -> None:
        """Remove what is too old, and all but the latest few of a user who is about to send another."""
        own = []
        for folder in self._folders():
            age = _age(folder)
            draft = self._read(folder)
            if age > LIFE:
                shutil.rmtree(folder, ignore_errors=True)
            elif draft and user_id and draft.user_id == user_id:
                own.append((age, draft))
        for _, draft in sorted(own, key=lambda one: one[0])[PER_USER - 1 :]:
            self.remove(draft)

    def _folders(self) -> Iterator[Path]:
        yield from (one for one in self.root.glob("*") if _ID.fullmatch(one.name))

    def _read(self, folder: Path) -> Draft | None:
        try:
            kept = json.loads((folder / "draft.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Draft(folder=folder, **kept)


def _age(folder: Path) -> float:
    """Seconds since the file came."""
    for place in (folder / "file", folder):
        try:
            return time.time() - place.stat().st_mtime
        except OSError:
            continue
    return LIFE + 1


def _copy(file: BinaryIO, target: Path, most: int) -> None:
    size = 0
    with target.open("xb") as copy:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > most:
                raise TooLargeError(
                    N_(
                        "The file is larger than {most} MB, which is what this portal accepts. Send it in parts (by "
                        "year for example), or ask the administrator of the portal."
                    ),
                    most=most // 1024 // 1024,
                )
            copy.write(piece)
