"""What a portal remembers between two commands: ports, secrets, the territory, the steps that are done."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class State:
    """Read from and written to `state.json` (readable by its owner only: it holds the secrets).

    Attributes:
        ports: of the servers started here.
        secrets: made once; changing them logs everybody out.
        port: of the portal's own web address.
        done: step → fingerprint of what it did, so that a second run skips it and a changed input redoes it.
    """

    path: Path
    ports: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    port: int = 5000
    territory: str = "charente-maritime"
    demo: bool = True
    done: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> State:
        """The stored state, or a new one with fresh secrets."""
        stored = json.loads(path.read_text()) if path.exists() else {}
        state = cls(path, **stored)
        for name in ("database", "session", "token"):
            state.secrets.setdefault(name, secrets.token_urlsafe(32))
        return state

    def save(self) -> None:
        """Write the file anew, whole or not at all."""
        values = {key: value for key, value in asdict(self).items() if key != "path"}
        half = self.path.with_suffix(".new")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(values, out, indent=1)
        half.replace(self.path)

    def mark(self, step: str, fingerprint: str) -> None:
        """Remember that a step is done for these inputs."""
        self.done[step] = fingerprint
        self.save()
