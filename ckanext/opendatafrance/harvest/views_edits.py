"""The buttons by which the fields of a dataset follow their source again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import pages

odf_edits = Blueprint("odf_edits", __name__, url_prefix="/odf/harvest/edits")


@odf_edits.route("/release/<id>", methods=["POST"])
def release(id: str) -> Response:
    """Release one field (`resource_id` and `field`), or all without them; the page of the dataset says how it went."""
    named = {name: tk.request.form[name] for name in ("resource_id", "field") if name in tk.request.form}
    return pages.do("odf_local_edits_release", {"id": id, **named}, said, tk.url_for("dataset.read", id=id))


def said(done: dict[str, Any]) -> str:
    """What came of a release, in words."""
    count = done["released"]
    text = tk.ungettext("{count} edit was released.", "{count} edits were released.", count).format(count=count)
    if done["later"]:
        return f"{text} {tk._('Some of it comes back with the next harvest.')}"
    return f"{text} {tk._('The dataset says there what its source says.')}"
