"""The actions on schemas and checks, and who may use them."""

from __future__ import annotations

import base64
import io

import pytest
from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_request_context")


def _as(user: str, action: str, **params):
    return helpers.call_action(action, {"user": user, "ignore_auth": False}, **params)


def _file(data: bytes) -> FileStorage:
    return FileStorage(io.BytesIO(data), "t.csv")


def test_schemas_are_public() -> None:
    """Anybody may list, see and fetch the templates of schemas."""
    names = [one["name"] for one in _as("", "odf_table_schema_list")]
    assert "scdl/subventions" in names
    shown = _as("", "odf_table_schema_show", id="etalab/schema-bal")
    assert shown["versions"] == ["1.5.0", "1.4.0", "1.3.0"]
    template = _as("", "odf_table_schema_template", id="scdl/prenoms", format="csv")
    assert base64.b64decode(template["content"]).startswith(b"COMMUNE_NOM,")
    assert template["name"] == "prenoms-1.1.6.csv"
    with pytest.raises(tk.ObjectNotFound):
        _as("", "odf_table_schema_show", id="no/such")
    with pytest.raises(tk.ValidationError):
        _as("", "odf_table_schema_template", id="scdl/prenoms", format="pdf")


def test_only_accounts_have_files_checked() -> None:
    """The portal reads addresses and works only for those whom it knows."""
    with pytest.raises(tk.NotAuthorized):
        _as("", "odf_table_check", url="https://nimes.fr/x.csv")
    user = factories.User()["name"]
    names = [one["name"] for one in _as("", "odf_table_schema_show", id="scdl/prenoms")["fields"]]
    report = _as(user, "odf_table_check", upload=_file(",".join(names).encode()), schema="scdl/prenoms")
    assert (report["valid"], report["rows"]) == (True, 0)


@pytest.mark.parametrize(
    ("params", "key"),
    [
        ({}, "url"),
        ({"url": "/etc/passwd"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "http://127.0.0.1:1/x.csv"}, "url"),
        ({"upload": "not a file"}, "upload"),
        ({"url": "https://nimes.fr/x.csv", "schema": "no/such"}, "schema"),
        ({"url": "https://nimes.fr/x.csv", "kept": "many"}, "kept"),
    ],
)
def test_what_cannot_be_checked_is_said_of_its_parameter(params, key: str) -> None:
    """No file of the server, no private host, no unknown schema."""
    with pytest.raises(tk.ValidationError) as error:
        _as(factories.User()["name"], "odf_table_check", **params)
    assert list(error.value.error_dict) == [key]
