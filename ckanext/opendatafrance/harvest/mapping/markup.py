"""Descriptions: HTML to Markdown, and no active content in either."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import lxml.etree as etree
from lxml import html as lxml_html
from lxml.html import defs

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import paragraphs

_ACTIVE = frozenset(
    {
        "applet",
        "audio",
        "base",
        "button",
        "canvas",
        "embed",
        "frame",
        "frameset",
        "iframe",
        "input",
        "link",
        "map",
        "math",
    }
    | {"meta", "noscript", "object", "option", "param", "script", "select", "source", "style", "svg", "template"}
    | {"textarea", "title", "track", "video", "xml"}
)
_BLOCKS = (
    defs.block_tags | {"article", "aside", "figcaption", "figure", "footer", "header", "main", "nav", "section"}
) - _ACTIVE
_KNOWN = defs.tags | _BLOCKS | _ACTIVE | {"o:p"}
_HARMLESS = frozenset({"title", "meta", "link"})  # left out too, but nothing that ran
_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)((?:\s[^<>]*|/)?)>|<!--(?:(?!<!--).)*?-->|<!doctype[^<>]*>", re.DOTALL | re.IGNORECASE
)
_ACTIVE_ELEMENT = re.compile(
    r"<(script|style|svg|math|iframe|object|template|noscript)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE
)
_OPEN_ANGLE = re.compile(r"<(?=[a-zA-Z/!?])")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|div|span|a|ul|li|strong|b|em|h[1-6]|table|script|img|font)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_SCRIPT_URL = re.compile(r"(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:", re.IGNORECASE)
_DATA_URL = re.compile(r"\bdata\s*:\s*[a-z]+/[a-z0-9.+-]+\s*[;,]\S*", re.IGNORECASE)
_HANDLER = re.compile(r"\bon[a-z]{3,20}\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "ftp", "ftps"})
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*(?=:)")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BREAK = "\x00"  # a line break that must survive the collapsing of blanks
_DEEPEST = 100
_EMPHASIS = {
    "strong": "**",
    "b": "**",
    "em": "*",
    "i": "*",
    "cite": "*",
    "code": "`",
    "kbd": "`",
    "samp": "`",
    "tt": "`",
}


def to_markdown(text: str, notes: Notes | None = None, field: str = "notes") -> str:
    """Give a description as Markdown that cannot run anything.

    HTML (also escaped HTML) is converted; plain text and Markdown stay as they are. Scripts, styles, frames, event
    handlers and `javascript:` or `data:` addresses are removed from both, with an issue in `notes`.
    """
    text = paragraphs(text)
    for _ in range(3):
        if not _ESCAPED_TAG.search(text) or _has_tags(text):
            break
        text = html.unescape(text)
    result = _converted(text) if _has_tags(text) else _unescaped(text)
    safe = _HANDLER.sub("", _DATA_URL.sub("", _SCRIPT_URL.sub("", result)))
    safe = _OPEN_ANGLE.sub("&lt;", safe)
    if notes is not None and ((safe != result and _is_active(result)) or _has_active_tags(text)):
        notes.warn(
            "active-content",
            N_("{field}: scripts and other active content of the description were removed."),
            field=field,
        )
    return paragraphs(safe)


def to_line(text: str) -> str:
    """Give a title or a name without any mark-up: tags dropped, entities read, one line."""
    text = paragraphs(text)
    if _has_tags(text):
        text = _converted(text, plain=True)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    return " ".join(paragraphs(text).split())


def _has_tags(text: str) -> bool:
    return any(_known(match) for match in _TAG.finditer(text))


def _known(match: re.Match[str]) -> bool:
    name = (match[2] or "").lower()
    return not name or name in _KNOWN or "=" in (match[3] or "")


def _has_active_tags(text: str) -> bool:
    return any((match[2] or "").lower() in _ACTIVE - _HARMLESS for match in _TAG.finditer(text)) or (
        _has_tags(text) and bool(_HANDLER.search(text) or _SCRIPT_URL.search(text))
    )


def _is_active(text: str) -> bool:
    return bool(_SCRIPT_URL.search(text) or _DATA_URL.search(text) or _HANDLER.search(text))


def _unescaped(text: str) -> str:
    """Read the entities of a plain text, twice escaped ones too, without creating tags."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return paragraphs(text)


def _converted(text: str, *, plain: bool = False) -> str:
    """Convert HTML; a "<" that opens no tag is a character of the text."""
    opened = {(match[2] or "").lower() for match in _TAG.finditer(text) if _known(match)}
    kept = _OPEN_ANGLE.sub(
        lambda match: (
            "<" if (tag := _TAG.match(text, match.start())) and (_known(tag) or tag[2].lower() in opened) else "&lt;"
        ),
        text,
    )
    inline = not any((match[2] or "").lower() in _BLOCKS for match in _TAG.finditer(kept))
    if inline:  # text of lines with a few tags: its line ends mean something
        kept = kept.replace("\n", _BREAK)
        kept = re.sub(rf"(<br\s*/?>){_BREAK}", r"\1", kept, flags=re.IGNORECASE)
    kept = kept.replace(_BREAK, "<br>")
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = lxml_html.fromstring(f"<div>{kept}</div>".encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return html.unescape(_TAG.sub(" ", _ACTIVE_ELEMENT.sub(" ", kept)))
    if plain:
        for element in list(root.iter(*_ACTIVE)):
            element.drop_tree()
        return _SPACES.sub(" ", root.text_content())
    # Nesting deeper than the parser goes leaves nothing: the words without their tags are better.
    return _tidy("".join(_walk(root, 0))) or html.unescape(_TAG.sub(" ", _ACTIVE_ELEMENT.sub(" ", kept)))


def _walk(element: lxml_html.HtmlElement, depth: int) -> Iterator[str]:
    """Markdown of the content of an element: blanks collapsed, blocks between line ends."""
    yield _escaped(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield _element(child, depth + 1)
        yield _escaped(child.tail)


def _element(element: lxml_html.HtmlElement, depth: int) -> str:
    name = element.tag.lower()
    if name in _ACTIVE:
        return ""
    if depth > _DEEPEST:
        return _escaped(element.text_content())
    if name == "br":
        return _BREAK
    if name == "hr":
        return _BREAK * 2 + "---" + _BREAK * 2
    inner = "".join(_walk(element, depth))
    if name == "a":
        return _link(inner, element.get("href") or "")
    if name == "img":
        return _image(element)
    if mark := _EMPHASIS.get(name):
        return _emphasised(inner, mark)
    return _block(name, inner, element)


def _block(name: str, inner: str, element: lxml_html.HtmlElement) -> str:
    if name == "li":
        return _BREAK + _marker(element) + inner.strip(" " + _BREAK).replace(_BREAK, _BREAK + "    ")
    if name in {"ul", "ol"}:
        around = _BREAK if element.getparent() is not None and element.getparent().tag == "li" else _BREAK * 2
        return around + inner.strip(_BREAK + " ") + around
    if re.fullmatch("h[1-6]", name):
        title = " ".join(inner.replace(_BREAK, " ").replace("**", "").split())
        return f"{_BREAK * 2}{'#' * int(name[1])} {title}{_BREAK * 2}" if title else ""
    if name in {"td", "th"}:
        return " ".join(inner.replace(_BREAK, " ").split()) + " | "
    if name == "tr":
        return _BREAK + inner.strip(" |")
    if name in {"blockquote", "pre"}:
        prefix = "> " if name == "blockquote" else "    "
        lines = inner.strip(_BREAK + " ").split(_BREAK)
        return _BREAK * 2 + _BREAK.join(prefix + one for one in lines) + _BREAK * 2
    return _BREAK * 2 + inner + _BREAK * 2 if name in _BLOCKS else inner


def _marker(element: lxml_html.HtmlElement) -> str:
    parent = element.getparent()
    if parent is None or parent.tag != "ol":
        return "* "
    return f"{sum(1 for _ in element.itersiblings('li', preceding=True)) + 1}. "


def _link(inner: str, href: str) -> str:
    text = " ".join(inner.replace(_BREAK, " ").split())
    target = _safe_target(href)
    if not target:
        return inner
    if not text:
        return ""
    return target if text.replace("\\", "") in {href.strip(), target} else f"[{text}]({target})"


def _image(element: lxml_html.HtmlElement) -> str:
    source = _safe_target(element.get("src") or "")
    text = " ".join((element.get("alt") or "").replace("[", "").replace("]", "").split())
    return f"![{text}]({source})" if source.startswith("http") else _escaped(text)


def _safe_target(href: str) -> str:
    """An address that a reader may follow, empty for any other."""
    bare = "".join(char for char in html.unescape(href) if char.isprintable() and not char.isspace())
    scheme = _SCHEME.match(bare)
    if not bare or bare.startswith("#") or (scheme and scheme[0].lower() not in _SAFE_SCHEMES):
        return ""
    if not scheme and not bare.startswith("//"):
        return f"http://{bare}" if bare.lower().startswith("www.") else ""
    clean = "".join(char for char in href.strip() if char.isprintable()).replace(" ", "%20")
    return clean.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")


def _emphasised(inner: str, mark: str) -> str:
    """Put the marks against the words: Markdown knows no "** word **"."""
    core = inner.strip(" " + _BREAK)
    if not core or _BREAK in core or mark[0] in core:
        return inner
    start = inner.index(core)
    return f"{inner[:start]}{mark}{core}{mark}{inner[start + len(core) :]}"


def _escaped(text: str | None) -> str:
    """Text of a node, with what Markdown would take for marks escaped."""
    if not text:
        return ""
    return re.sub(r"([*`])", r"\\\1", _SPACES.sub(" ", text)).replace("](", "]\\(")


def _tidy(marked: str) -> str:
    lines = [
        _SPACES.sub(" ", one.strip()) if not one.startswith("    ") else one.rstrip() for one in marked.split(_BREAK)
    ]
    return paragraphs("\n".join(lines))
