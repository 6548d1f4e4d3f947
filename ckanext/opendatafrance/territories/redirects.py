"""Old addresses of organisations lead to where their data is now."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.territories import closed

_ENDPOINTS = ("organization.read", "organization.about", "feeds.organization")


def to_successor() -> Response | None:
    """Send to the successor whoever asks for a closed organisation; ?closed=1 shows the old page all the same."""
    request = tk.request
    if request.endpoint not in _ENDPOINTS or request.method not in ("GET", "HEAD") or "closed" in request.args:
        return None
    found = closed.forward(str((request.view_args or {}).get("id", "")))
    if found is None:
        return None
    old, new = found
    if old is not None and request.endpoint != "feeds.organization":
        _say(old, new.title)
    asked = request.args.to_dict(flat=False)
    answer = tk.redirect_to(request.endpoint, **asked, id=new.name)
    answer.status_code = 301
    return answer


def _say(old: Any, title: str) -> None:
    sentence = Markup(
        tk._('“{old}” ended on {day}; “{new}” follows it and holds its data. <a href="{url}">See the old page</a>')
    )
    day = tk.h.render_datetime(old.valid_to)
    url = tk.h.url_for("organization.read", id=old.name, closed="1")
    tk.h.flash_notice(sentence.format(old=old.title, new=title, day=day or old.valid_to, url=url), allow_html=True)
