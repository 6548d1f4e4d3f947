"""What the pages of the harvest room share: actions in the name of the visitor, and their errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Response

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import Page

PER_PAGE = 50


def ask(action: str, data: dict[str, Any]) -> Any:
    """The answer of an action to the visitor; what is not there, or not for them, ends in CKAN's page for that."""
    try:
        return tk.get_action(action)({"user": tk.current_user.name}, data)
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error) or tk._("There is nothing here."))
    except tk.NotAuthorized as error:
        if tk.current_user.is_anonymous:
            return tk.abort(403, tk._("Log in to see this page."))
        tk.abort(403, str(error) or tk._("This page is not for you."))


def do(action: str, data: dict[str, Any], done: Callable[[dict[str, Any]], str], then: str) -> Response:
    """Do something that a button asks for, say how it went, and go to the address `then`."""
    try:
        tk.h.flash_success(done(ask(action, data)))
    except tk.ValidationError as error:
        tk.h.flash_error(sentence(error.error_dict))
    return tk.redirect_to(then)


def sentence(value: Any) -> str:
    """CKAN's error dict as text, without the names of its fields."""
    if isinstance(value, dict):
        return " ".join(sentence(inner) for inner in value.values())
    return " ".join(sentence(inner) for inner in value) if isinstance(value, list) else str(value)


def number() -> int:
    """The page that the visitor is at."""
    return tk.h.get_page_number(tk.request.args)


def pager(endpoint: str, found: list[Any], count: int, **asked: str) -> Page:
    """A pager that keeps what was asked for."""
    return Page(
        collection=found,
        page=number(),
        url=partial(tk.h.url_for, endpoint, **{name: value for name, value in asked.items() if value}),
        item_count=count,
        items_per_page=PER_PAGE,
        presliced_list=True,
    )
