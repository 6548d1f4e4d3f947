"""Validata itself, in an environment of its own beside the portal's, asked through a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "bin"))

from stack import validata as environment  # noqa: E402
from stack.console import StepError  # noqa: E402

NotInstalledError = StepError


class Validata:
    """Validata, started once; `judge` one table after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [environment.python(), str(HERE / "validata_peer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def judge(self, descriptor: Mapping[str, Any], **table: Any) -> dict[str, Any]:
        """Args: table - `rows`, header first, or the path of a `file`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"schema": plain(descriptor), **table}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=30)


def plain(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without what only describes: Frictionless refuses a file for the spelling of its schema's name."""
    schema = json.loads(json.dumps(descriptor, default=str))
    kept = {"fields", "custom_checks", "primaryKey", "missingValues"}
    schema = {key: value for key, value in schema.items() if key in kept}
    for field in schema["fields"]:
        for key in ("title", "description", "example"):
            field.pop(key, None)
    return schema
