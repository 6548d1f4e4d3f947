"""Read an HTML form and fill it in as a browser without scripts would."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import MultiDict


def read(html: str, form_id: str) -> MultiDict[str, Any]:
    """What the browser would send for the form as it stands; <template> holds no controls, <noscript> does."""
    form = BeautifulSoup(html, "html.parser").find("form", id=form_id)
    assert isinstance(form, Tag), f"no form {form_id}"
    for template in form.find_all("template"):
        template.decompose()
    sent: MultiDict[str, Any] = MultiDict()
    for control in form.find_all(["input", "select", "textarea"]):
        for name, value in _values(control):
            sent.add(name, value)
    return sent


def _values(control: Tag) -> list[tuple[str, str]]:
    name = str(control.get("name") or "")
    if not name or control.has_attr("disabled"):
        return []
    if control.name == "textarea":
        return [(name, control.text.removeprefix("\n"))]
    if control.name == "select":
        options = control.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [(name, str(option.get("value", option.text))) for option in chosen]
    if control.get("type") in ("file", "submit", "button"):
        return []
    if control.get("type") in ("checkbox", "radio") and not control.has_attr("checked"):
        return []
    return [(name, str(control.get("value", "")))]
