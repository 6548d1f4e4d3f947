"""Texts for each column of a schema that are right, as many as the rules allow; `#` stands for the number of the row.

usage: validation_rows.py SCHEMA.yaml SCHEMA.json (written for the other sides)
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "validation"))

import table_cases
from validata import plain

from ckanext.opendatafrance.validation import catalogue
from ckanext.opendatafrance.validation.cells import judge
from ckanext.opendatafrance.validation.table_schema import Field

_DAY = date(2015, 1, 1)


def texts(field: Field, good: str, tied: bool) -> list[str]:
    """tied - a check looks at this column: only its one right text is certain."""
    accept = judge(field)
    once = field.constraints.get("unique")
    if tied and not once:
        return [good]
    if once or field.type == "string":
        numbered = [f"{good} #"] if not once else [f"{good}#", "#"]
        found = [one for one in numbered if all(not accept(one.replace("#", str(n)))[1] for n in (0, 7, 999_999))]
        if found:
            return found[:1]
    ideas = [str(one) for one in field.constraints.get("enum", ())]
    ideas += [str(_DAY + timedelta(n)) for n in range(997)] if field.type == "date" else []
    ideas += [str(n / 4 if field.type == "number" else n) for n in range(991)]
    right = [one for one in dict.fromkeys([good, *ideas]) if one and not accept(one)[1]]
    return right or [good]


def main(source: str, target: str) -> None:
    schema = catalogue.read(Path(source))
    Path(target).write_text(json.dumps(plain(schema.descriptor)))
    tied = {name for check in schema.checks for name in _columns(check.params)}
    row = table_cases.good_row(schema)
    columns = [texts(field, good, field.name in tied) for field, good in zip(schema.fields, row, strict=True)]
    sys.stdout.write(json.dumps([[field.name for field in schema.fields], *columns]))


def _columns(params) -> set[str]:
    named = [params.get(key) for key in ("column", "column1", "column2")]
    return {name for name in [*named, *params.get("columns", ()), *params.get("othercolumns", ())] if name}


if __name__ == "__main__":
    main(*sys.argv[1:])
