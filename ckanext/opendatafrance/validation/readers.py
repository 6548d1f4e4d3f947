"""How the texts of each type are read, as Frictionless Framework 5 reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import validators
from dateutil import parser as dateutil_parser
from jsonschema import Draft7Validator
from rfc3986 import exceptions as uri_exceptions
from rfc3986 import uri_reference
from rfc3986.validators import Validator as UriValidator

from ckanext.opendatafrance.validation.geojson import GEOJSON
from ckanext.opendatafrance.validation.table_schema import Field

Reader = Callable[[Any], Any]
"""A cell to its value; None where it has not the type."""

_NOT_BARE = re.compile(r"((^[^-\d]*)|(\D*$))")


def reader(field: Field) -> Reader:
    """How the texts, and in arrays the JSON values, of a column are read."""
    return _READERS[field.type](field)


def _string(field: Field) -> Reader:
    accepts = _STRING_FORMATS.get(field.format, lambda text: True)
    return lambda cell: cell if isinstance(cell, str) and accepts(cell) else None


def _is_uri(text: str) -> bool:
    checker = UriValidator().require_presence_of("scheme")
    try:
        checker.validate(uri_reference(text))
    except (uri_exceptions.ValidationError, ValueError):
        return False
    return True


def _is_email(text: str) -> bool:
    return bool(validators.email(text))


def _is_uuid(text: str) -> bool:
    return bool(validators.uuid(text))


_STRING_FORMATS: Mapping[str, Callable[[str], bool]] = {"uri": _is_uri, "email": _is_email, "uuid": _is_uuid}


def _number(field: Field) -> Reader:
    plain = field.bare_number and field.decimal_char == "." and not field.group_char

    def read(cell: Any) -> Any:
        if isinstance(cell, bool):
            return None
        if isinstance(cell, int | Decimal):
            return cell
        if isinstance(cell, float):
            return Decimal(str(cell))
        if not isinstance(cell, str):
            return None
        text = cell.strip()
        if not plain:
            text = text if field.bare_number else _NOT_BARE.sub("", text)
            text = text.replace(field.group_char, "") if field.group_char else text
            if field.decimal_char != "." and "." in text:
                return None
            text = text.replace(field.decimal_char, ".")
        try:
            return Decimal(text)
        except ArithmeticError:
            return None

    return read


def _integer(field: Field) -> Reader:
    def read(cell: Any) -> Any:
        if isinstance(cell, bool):
            return None
        if isinstance(cell, int):
            return cell
        if isinstance(cell, float):
            return int(cell) if cell.is_integer() else None
        if not isinstance(cell, str):
            return None
        text = cell.strip() if field.bare_number else _NOT_BARE.sub("", cell.strip())
        try:
            return int(text)
        except ValueError:
            return None

    return read


def _boolean(field: Field) -> Reader:
    values = {**dict.fromkeys(field.true_values, True), **dict.fromkeys(field.false_values, False)}

    def read(cell: Any) -> Any:
        if isinstance(cell, bool):
            return cell
        return values.get(cell) if isinstance(cell, str) else None

    return read


def _date(field: Field) -> Reader:
    return _text_reader(field, "%Y-%m-%d", lambda text, pattern: datetime.strptime(text, pattern).date(), date)


def _datetime(field: Field) -> Reader:
    def iso(text: str, pattern: str) -> datetime:
        if pattern != "default":
            return datetime.strptime(text, pattern)
        # Shorter forms of ISO 8601 are dates, not instants.
        if len(text) < 19 or text[16] != ":":
            raise ValueError
        return dateutil_parser.isoparse(text)

    return _text_reader(field, "default", iso, datetime)


def _time(field: Field) -> Reader:
    def iso(text: str, pattern: str) -> time:
        if pattern != "default":
            return datetime.strptime(text, pattern).timetz()
        if len(text) < 8 or text[5] != ":":
            raise ValueError
        return dateutil_parser.isoparse(f"2000-01-01T{text}").timetz()

    return _text_reader(field, "default", iso, time)


def _text_reader(field: Field, default: str, parse: Callable[[str, str], Any], kind: type) -> Reader:
    pattern = default if field.format == "default" else field.format

    def read(cell: Any) -> Any:
        if isinstance(cell, kind):
            return cell
        if not isinstance(cell, str):
            return None
        try:
            if pattern == "any":
                return parse(dateutil_parser.parse(cell).strftime("%Y-%m-%dT%H:%M:%S"), "%Y-%m-%dT%H:%M:%S")
            return parse(cell, pattern)
        except (ValueError, OverflowError, IndexError):
            return None

    return read


def _year(field: Field) -> Reader:
    def read(cell: Any) -> Any:
        if isinstance(cell, str):
            if len(cell) != 4:
                return None
            try:
                cell = int(cell)
            except ValueError:
                return None
        return cell if isinstance(cell, int) and 0 <= cell <= 9999 else None

    return read


def _geopoint(field: Field) -> Reader:
    def read(cell: Any) -> Any:
        try:
            longitude, latitude = (Decimal(str(one).strip()) for one in _pair(cell, field.format))
            inside = -180 <= longitude <= 180 and -90 <= latitude <= 90
        except (ValueError, TypeError, KeyError, ArithmeticError):
            return None
        return (longitude, latitude) if inside else None

    return read


def _pair(cell: Any, form: str) -> Any:
    if form == "default":
        return cell.split(",") if isinstance(cell, str) else cell
    value = json.loads(cell) if isinstance(cell, str) else cell
    if form == "object":
        if len(value) != 2:
            raise ValueError
        return value["lon"], value["lat"]
    return value


def _geojson(field: Field) -> Reader:
    checker = Draft7Validator(GEOJSON)

    def read(cell: Any) -> Any:
        try:
            value = json.loads(cell) if isinstance(cell, str) else cell
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) and checker.is_valid(value) else None

    return read


def _array(field: Field) -> Reader:
    def read(cell: Any) -> Any:
        try:
            value = json.loads(cell) if isinstance(cell, str) else cell
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, list) else None

    return read


_READERS: Mapping[str, Callable[[Field], Reader]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "year": _year,
    "geopoint": _geopoint,
    "geojson": _geojson,
    "array": _array,
    "any": lambda field: lambda cell: cell,
}
