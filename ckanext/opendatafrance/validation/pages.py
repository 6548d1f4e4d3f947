"""What the pages of the validation room share: actions in the name of the visitor, and their errors as pages."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def ask(action: str, data: dict[str, Any]) -> Any:
    """The answer of an action to the visitor; what is not there, or not for them, ends in CKAN's page for that."""
    try:
        return tk.get_action(action)({"user": tk.current_user.name}, data)
    except tk.ObjectNotFound as error:
        tk.abort(404, str(error.message or "") or tk._("There is nothing here."))
    except tk.NotAuthorized:
        tk.abort(403, tk._("This page is not for you."))


def sentences(value: Any) -> list[str]:
    """CKAN's error dict as sentences, each with the name of its field where that is one of a form."""
    if isinstance(value, dict):
        return [sentence for inner in value.values() for sentence in sentences(inner)]
    if isinstance(value, list):
        return [sentence for inner in value for sentence in sentences(inner)]
    return [str(value)]
