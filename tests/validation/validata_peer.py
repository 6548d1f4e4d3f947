"""Run by the Python of Validata's own environment: judges tables, one JSON object a line.

In: {"schema": descriptor, "rows": [[header…], [cells…], …]} or {"schema": descriptor, "file": path}.
Out: {"valid": bool, "errors": [[type, row, field], …], "warnings": number, "fault": text}; row 1 is the first of data.
"""

from __future__ import annotations

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import validata_core  # noqa: E402


def judge(case: dict) -> dict:
    source = case["rows"] if "rows" in case else case["file"]
    try:
        report = validata_core.validate(source, case["schema"])
    except Exception as error:  # noqa: BLE001 - whatever happens in it is an answer
        return {"valid": False, "errors": [], "warnings": 0, "fault": f"{type(error).__name__}: {error}"}
    told = report.to_dict()
    errors = [[one["type"], one.get("rowNumber", 1) - 1 or None, one.get("fieldName", "")] for one in told["errors"]]
    return {"valid": told["valid"], "errors": errors, "warnings": len(told["warnings"]), "fault": ""}


for line in sys.stdin:
    sys.stdout.write(json.dumps(judge(json.loads(line))) + "\n")
    sys.stdout.flush()
