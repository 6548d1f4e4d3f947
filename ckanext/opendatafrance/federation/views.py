"""Addresses of the feeds. They answer without redirection, because udata follows none."""

from __future__ import annotations

import gzip
from typing import Any

from flask import Blueprint, Response, request

import ckan.plugins.toolkit as tk

from ckanext.dcat.utils import catalog_uri
from ckanext.opendatafrance.federation import cache, config, feed, fragments, selection
from ckanext.opendatafrance.federation.feed import Catalogue, Links
from ckanext.opendatafrance.federation.selection import Scope
from ckanext.opendatafrance.validation import catalogue as schemas

_FORM = f"<any({','.join(fragments.TYPES)}):form>"

odf_feeds = Blueprint("odf_feeds", __name__)


@odf_feeds.route(f"/catalog.{_FORM}")
def catalog(form: str) -> Response:
    """All datasets of the portal."""
    site = tk.config["ckan.site_url"]
    title = tk.config["ckan.site_title"]
    head = Catalogue(catalog_uri(), title, tk.config["ckan.site_description"] or title, site)
    return _answer(head, Scope(schema=_schema()), form, "odf_feeds.catalog", {})


@odf_feeds.route(f"/organization/<id>/catalog.{_FORM}")
def organization(id: str, form: str) -> Response:
    """Datasets of one organisation (id, name, INSEE code or SIREN); ?subtree=1 adds those of all below it."""
    group = selection.organization(id)
    if group is None:
        tk.abort(404, tk._("Organization not found"))
    below = tk.asbool(request.args.get("subtree") or False)
    ids = selection.with_subtree(group.id) if below else (group.id,)
    title = group.title or group.name
    head = Catalogue(
        f"{catalog_uri().rstrip('/')}/organization/{group.id}/catalog",
        title,
        group.description or title,
        tk.h.url_for("organization.read", id=group.name, locale="default", _external=True),
    )
    return _answer(head, Scope(ids, _schema()), form, "odf_feeds.organization", {"id": id})


@odf_feeds.route(f"/dataset/<id>.{_FORM}")
def dataset(id: str, form: str) -> Response:
    """One dataset, for whoever may see it."""
    try:
        shown = tk.get_action("package_show")({"user": tk.current_user.name}, {"id": id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        tk.abort(404, tk._("Dataset not found"))
    owners = selection.owners([shown["owner_org"]] if shown.get("owner_org") else [])
    kind = "xml" if form == "rdf" else form
    body = fragments.page([fragments.body(feed.dataset_graph(shown, owners), kind)], kind)
    return _packed(body, form)


def _answer(head: Catalogue, scope: Scope, form: str, endpoint: str, place: dict[str, str]) -> Response:
    size = config.page_size()
    after, page = request.args.get("after", ""), tk.h.get_page_number(request.args)
    try:
        rows = selection.rows(scope, size + 1, after, 0 if after else (page - 1) * size)
    except ValueError:
        tk.abort(400, tk._("“{after}” is no place in this feed; begin at its first page").format(after=after))
    more, rows = len(rows) > size, rows[:size]
    kept = {name: value for name in ("subtree", "schema") if (value := request.args.get(name))}

    def link(**args: str) -> str:
        return tk.h.url_for(endpoint, form=form, locale="default", _external=True, **place, **kept, **args)

    this = link(after=after) if after else link(page=str(page)) if page > 1 else link()
    links = Links(this, link(), link(after=rows[-1].mark) if more else "")
    owners = selection.owners([row.owner for row in rows if row.owner])
    total = selection.total(scope)
    tag = feed.etag(head, links, rows, owners, total)
    changed = cache.since(this, tag)
    if _has(tag, changed):
        response = Response(status=304)
    else:
        response = _packed(feed.page(head, links, rows, owners, total, form), form)
    _mark(response, tag, changed)
    return response


def _has(tag: str, changed: Any) -> bool:
    """Whether the reader has the page as it is."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(tag)
    return bool(request.if_modified_since and request.if_modified_since >= changed)


def _mark(response: Response, tag: str, changed: Any) -> None:
    # Weak: the same page may come compressed or not.
    response.set_etag(tag, weak=True)
    response.last_modified = changed


def _packed(body: str, form: str) -> Response:
    raw = body.encode()
    response = Response(content_type=f"{fragments.TYPES[form]}; charset=utf-8")
    response.vary.add("Accept-Encoding")
    if "gzip" in request.accept_encodings:
        raw = gzip.compress(raw, 5, mtime=0)
        response.content_encoding = "gzip"
    response.data = raw
    return response


def _schema() -> str:
    """`owner/name` of the schema asked for by name or address."""
    wanted = request.args.get("schema", "")
    if not wanted:
        return ""
    try:
        return schemas.shipped().get(wanted).id
    except schemas.UnknownSchemaError:
        tk.abort(404, tk._("No schema is called “{name}”").format(name=wanted))
