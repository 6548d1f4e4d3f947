"""Actions on table schemas and checks."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context, DataDict

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.messages import language, say
from ckanext.opendatafrance.validation import catalogue, checking, config, describing, template
from ckanext.opendatafrance.validation.catalogue import UnknownSchemaError

MIMETYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@tk.side_effect_free
def odf_table_schema_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The table schemas of the portal, those of the socle commun first.

    Returns:
        For each: name, title, version, versions, labels, fields (number), required (number), url.
    """
    tk.check_access("odf_table_schema_list", context, data_dict)
    at_hand = catalogue.shipped()
    return [describing.summary(one, at_hand.versions(one.id)) for one in at_hand.all()]


@tk.side_effect_free
def odf_table_schema_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """One table schema, whole.

    Args:
        id: `owner/name`, `owner/name@version`, the bare name where it is unique, or the address of the schema.

    Returns:
        The Table Schema as it is published, with `versions`.

    Raises:
        ObjectNotFound: with the nearest names.
    """
    tk.check_access("odf_table_schema_show", context, data_dict)
    wanted = tk.get_or_bust(data_dict, "id")
    at_hand = catalogue.shipped()
    try:
        found = at_hand.get(str(wanted))
    except UnknownSchemaError as error:
        raise tk.ObjectNotFound(say(error.message, error.params)) from error
    return {**found.descriptor, "versions": at_hand.versions(found.id)}


@tk.side_effect_free
def odf_table_schema_template(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """An empty table of a schema, to be filled in.

    Args:
        id: as in odf_table_schema_show.
        format: csv (the header) or xlsx (drop-downs, hints, an example and help).

    Returns:
        name (of the file), mimetype and content (Base64).

    Raises:
        ObjectNotFound: no such schema.
        ValidationError: no such format.
    """
    tk.check_access("odf_table_schema_template", context, data_dict)
    wanted, form = tk.get_or_bust(data_dict, ["id", "format"])
    if form not in MIMETYPES:
        raise tk.ValidationError({"format": [tk._("Choose among: {allowed}").format(allowed=" · ".join(MIMETYPES))]})
    try:
        schema = catalogue.shipped().get(str(wanted))
    except UnknownSchemaError as error:
        raise tk.ObjectNotFound(say(error.message, error.params)) from error
    data = template.as_csv(schema) if form == "csv" else template.as_xlsx(schema, say, language())
    name = f"{schema.id.rpartition('/')[2]}-{schema.version}.{form}"
    return {"name": name, "mimetype": MIMETYPES[form], "content": b64encode(data).decode()}


def odf_table_check(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Check a table against a schema.

    Args:
        url: address of the file, or:
        upload: the file itself (multipart).
        schema: as in odf_table_schema_show; recognised from the columns where it is left out.
        kept: how many findings of each kind in each column are listed (100); all are counted.

    Returns:
        valid, schema (name, version), rows, format, encoding, delimiter, errors, warnings, totals and findings (code,
        level, row, field, value, message, suggestion; row 1 is the first row of data).

    Raises:
        ValidationError: the file cannot be read, or no schema fits; says what to do.
    """
    tk.check_access("odf_table_check", context, data_dict)
    at_hand = catalogue.shipped()
    kept = _number(data_dict.get("kept") or 100)
    upload, url = data_dict.get("upload"), data_dict.get("url")
    if upload and not hasattr(upload, "stream"):
        raise tk.ValidationError({"upload": [tk._("Send the file itself, as a form does (multipart/form-data)")]})
    if not upload and not url:
        raise tk.ValidationError({"url": [tk._("Give the address of a file, or the file itself")]})
    try:
        schema = at_hand.get(str(data_dict["schema"])) if data_dict.get("schema") else None
        if upload:
            return checking.check(upload.stream, at_hand, schema, kept).as_dict(say)
        with checking.source(_address(str(url)), config.transport()) as file:
            return checking.check(file, at_hand, schema, kept).as_dict(say)
    except UnknownSchemaError as error:
        raise tk.ValidationError({"schema": [say(error.message, error.params)]}) from error
    except OdfError as error:
        raise tk.ValidationError({"url": [say(error.message, error.params)]}) from error


def _number(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError) as error:
        raise tk.ValidationError({"kept": [tk._("Write a whole number")]}) from error


def _address(url: str) -> str:
    """Nobody reads the portal's own disk through the API."""
    if not url.startswith(("http://", "https://")):
        raise tk.ValidationError({"url": [tk._("“{url}” is not a web address").format(url=url)]})
    return url
