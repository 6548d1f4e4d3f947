"""Pages of CKAN's that are not made for thousands of organisations, and what stands in for them."""

from __future__ import annotations

from functools import partial
from typing import Any

from werkzeug.wrappers import Response

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import Page

from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories import listing

PER_PAGE = 50


def to_territories() -> Response | None:
    """CKAN's list of organisations leads to ours, which has filters; the API stays."""
    request = tk.request
    if request.endpoint != "organization.index" or request.method not in ("GET", "HEAD"):
        return None
    asked = {"q": request.args["q"]} if request.args.get("q") else {}
    return tk.redirect_to("odf_territories.index", **asked)


def of_user(user: str, route: str, **parts: str) -> dict[str, Any] | None:
    """The organisations of a user, fifty a page, with the words that narrow them; None where there are none.

    Args:
        user: id or name.
        route: of the page that shows them, with `parts` of its address.

    Returns:
        page (a Page with the organisations as CKAN's snippet shows them), q, many (whether there are several pages).
    """
    asked = {"id": user, "permission": "manage_group"}
    found = tk.get_action("organization_list_for_user")({"user": tk.current_user.name}, asked)
    if not found:
        return None
    q = tk.request.args.get("q", "").strip()
    words = fold(q).split()
    chosen = [one for one in found if all(word in fold(one["display_name"]) for word in words)] if words else found
    number = tk.h.get_page_number(tk.request.args)
    shown = chosen[(number - 1) * PER_PAGE : number * PER_PAGE]
    page = Page(
        collection=listing.counted(shown, include_dataset_count=True, include_member_count=True),
        page=number,
        url=partial(tk.h.url_for, route, **parts, **({"q": q} if q else {})),
        item_count=len(chosen),
        items_per_page=PER_PAGE,
        presliced_list=True,
    )
    return {"page": page, "q": q, "many": len(found) > PER_PAGE}
