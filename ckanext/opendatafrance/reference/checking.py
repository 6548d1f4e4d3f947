"""Whether a folder of COG files can be trusted: every line is looked at before anything is done with it."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import siren

_PLACE = ("lon", "lat", "xmin", "ymin", "xmax", "ymax")
_HEADS = {
    "communes": ("code", "nom", "tncc", "dep", "reg", "epci", "ept", "siren", "pmun", "ptot", "cp", "parent", *_PLACE),
    "epci": ("siren", "nom", "type", "financement", "deps", "regs", "communes", "pmun", "ptot", *_PLACE),
    "departements": ("code", "nom", "tncc", "reg", "cheflieu", "zone", "communes", "pmun", "ptot", *_PLACE),
    "regions": ("code", "nom", "tncc", "cheflieu", "zone", "communes", "pmun", "ptot", *_PLACE),
    "history": ("ancien", "nom", "actuel"),
    "moves": ("date", "mod", "avant", "nom_avant", "apres", "nom_apres"),
}
NAMES = (*(f"{name}.csv.gz" for name in _HEADS), "vintage.json")
_COMMUNE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")

Row = dict[str, str]


def check(folder: Path) -> None:
    """Look for what would make wrong organisations.

    Raises:
        DataFileError: names the file, the line, the value and the remedy.
    """
    _check_vintage(folder / "vintage.json")
    regions = {row["code"] for _, row in _rows(folder, "regions", {"code": _matches(r"[0-9]{2}|97[0-9]|98[0-9]")})}
    departements = {
        row["code"]
        for _, row in _rows(
            folder,
            "departements",
            {"code": _matches(r"[0-9]{2}|2[AB]|97[0-9]|98[0-9]"), "reg": lambda text: not text or text in regions},
        )
    }
    counts = {"communes": _whole_number, "pmun": _whole_number, "ptot": _whole_number}
    epcis = {row["siren"] for _, row in _rows(folder, "epci", {"siren": siren.is_siren, **counts})}
    communes = _check_communes(folder, departements, regions, epcis)
    _read_all(folder, "history", {"ancien": _is_commune, "actuel": lambda text: text in communes})
    codes = dict.fromkeys(("avant", "apres"), _maybe_commune)
    _read_all(folder, "moves", {"date": _is_date, "mod": _matches(r"[0-9]{2}"), **codes})


def _check_communes(folder: Path, departements: set[str], regions: set[str], epcis: set[str]) -> set[str]:
    seen: set[str] = set()
    rules: dict[str, Callable[[str], bool]] = {
        "code": _is_commune,
        "nom": bool,
        "tncc": lambda text: not text or _whole_number(text),
        "dep": lambda text: text in departements,
        "reg": lambda text: not text or text in regions,
        "epci": lambda text: not text or text in epcis,
        "ept": lambda text: not text or text in epcis,
        "siren": lambda text: not text or siren.is_siren(text),
        "pmun": lambda text: not text or _whole_number(text),
        "ptot": lambda text: not text or _whole_number(text),
    }
    for line, row in _rows(folder, "communes", rules):
        if row["code"] in seen:
            raise DataFileError(
                N_("{file}, line {line}: the commune “{value}” is there twice: take one line out."),
                file="communes.csv.gz",
                line=line,
                value=row["code"],
            )
        seen.add(row["code"])
    return seen


def _check_vintage(path: Path) -> None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        right = set(found) == {"cog", "populations"} and all(isinstance(year, int) for year in found.values())
    except (OSError, ValueError, TypeError):
        right = False
    if not right:
        raise DataFileError(
            N_("{file} must say which COG this is, as {example}: write it."),
            file=path.name,
            example='{"cog": 2026, "populations": 2023}',
        )


def _read_all(folder: Path, name: str, rules: dict[str, Callable[[str], bool]]) -> None:
    for _ in _rows(folder, name, rules):
        pass


def _rows(folder: Path, name: str, rules: dict[str, Callable[[str], bool]]) -> Iterator[tuple[int, Row]]:
    """Rows with their line numbers, each value that has a rule checked."""
    file_name = f"{name}.csv.gz"
    number = 0
    try:
        with gzip.open(folder / file_name, "rt", encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            head = next(reader, [])
            if tuple(head) != _HEADS[name]:
                raise DataFileError(
                    N_("{file}, line 1: the columns must be {columns}, not {found}: make the file with rebuild.py."),
                    file=file_name,
                    columns=",".join(_HEADS[name]),
                    found=",".join(head)[:200],
                )
            for values in reader:
                number += 1
                row = dict(zip(head, values, strict=False))
                if len(values) != len(head):
                    raise _wrong(name, reader.line_num, "*", ",".join(values)[:100])
                for column, right in rules.items():
                    if not right(row[column]):
                        raise _wrong(name, reader.line_num, column, row[column])
                yield reader.line_num, row
    except FileNotFoundError as error:
        raise DataFileError(
            N_("{file} is missing: give the whole folder that rebuild.py wrote."), file=file_name
        ) from error
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(
            N_("{file} cannot be read after line {line} ({reason}): copy it again, whole."),
            file=file_name,
            line=number + 1,
            reason=str(error)[:100],
        ) from error
    if not number:
        raise DataFileError(N_("{file} holds no line: copy it again, whole."), file=file_name)


def _wrong(name: str, line: int, column: str, value: str) -> DataFileError:
    return DataFileError(
        N_("{file}, line {line}, {column}: “{value}” cannot be right. Correct it, or make the file with rebuild.py."),
        file=f"{name}.csv.gz",
        line=line,
        column=column,
        value=value,
    )


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _is_commune(text: str) -> bool:
    return _COMMUNE.fullmatch(text) is not None


def _maybe_commune(text: str) -> bool:
    return not text or _is_commune(text)


def _whole_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
