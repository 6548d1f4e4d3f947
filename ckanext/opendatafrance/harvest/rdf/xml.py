"""RDF/XML before it is read: no entities, the RDF inside other answers, and the faults of usual software mended."""

from __future__ import annotations

import re

import lxml.etree as etree

from ckanext.opendatafrance.errors import N_, FatalSourceError

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LABEL = "{http://www.w3.org/2000/01/rdf-schema#}label"
_SEARCH_RESULTS = re.compile(r"\{http://www\.opengis\.net/cat/csw/[\d.]+\}SearchResults")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_FIRST_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)")
_LAST_TAG = re.compile(r"</([^\s<>]+)\s*>(?:\s|<!--(?:(?!-->).)*-->)*\Z", re.DOTALL)
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)


def without_doctype(text: str, url: str) -> str:
    """The text without XML declaration and DOCTYPE.

    Raises:
        FatalSourceError: `doctype-refused` where entities are defined, which could fill the memory or read files.
    """
    text = _DECLARATION.sub(_line_ends, text, count=1)
    head = text[:100_000] if "<!DOCTYPE" in text[:10_000].upper() else ""
    if _ENTITY.search(head):
        raise FatalSourceError(
            N_("{url} defines XML entities (<!ENTITY …>), not read for safety: its publisher can leave them out."),
            code="doctype-refused",
            url=url,
        )
    return _DOCTYPE.sub(_line_ends, text, count=1) if head else text


def _line_ends(cut: re.Match[str]) -> str:
    """What stays of a part that is cut out, so that faults are told with the line that a person sees."""
    return "\n" * cut[0].count("\n")


def is_closed(text: str) -> bool:
    """Whether the text ends with the end of its first element; False also where that is hard to see."""
    first, last = _FIRST_TAG.search(text), _LAST_TAG.search(text[-2000:])
    return first is not None and last is not None and first[1] == last[1]


def mended(text: str, url: str) -> bytes:
    """The same RDF as strict readers want it.

    The rdf:RDF within another answer (CSW, OAI) is taken out; what stands both as rdf:resource and as text becomes a
    resource with a label; elements inside an rdf:resource replace it.

    Raises:
        FatalSourceError: `broken-xml` with the line, `not-rdf` where there is no RDF inside.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FatalSourceError(
            N_("The XML of {url} is broken at line {line}, column {column}: it is damaged or cut short ({reason})."),
            code="broken-xml",
            url=url,
            line=error.lineno or 0,
            column=error.offset or 0,
            reason=str(error.msg)[:200],
        ) from error
    root = _unwrapped(root, url)
    for element in list(root.iter(etree.Element)):
        _mend(element, root)
    return etree.tostring(root, encoding="utf-8")


def _unwrapped(root: etree._Element, url: str) -> etree._Element:
    if root.tag == f"{_RDF}RDF":
        return root
    inside = list(root.iter(f"{_RDF}RDF"))
    if not inside:
        inside = [one for one in root.iter(etree.Element) if _SEARCH_RESULTS.fullmatch(str(one.tag))]
    if not inside and "http://www.w3.org/1999/02/22-rdf-syntax-ns#" not in root.nsmap.values():
        raise FatalSourceError(
            N_("{url} is XML ({root}), but holds no RDF."), code="not-rdf", url=url, root=str(root.tag)
        )
    whole = etree.Element(f"{_RDF}RDF", nsmap={"rdf": _RDF[1:-1]})
    for part in inside or [root]:
        for child in list(part) if inside else [part]:
            whole.append(child)
    return whole


def _mend(element: etree._Element, root: etree._Element) -> None:
    resource = element.get(f"{_RDF}resource")
    if resource is None:
        return
    if len(element):
        del element.attrib[f"{_RDF}resource"]
    elif element.text and element.text.strip():
        node = etree.SubElement(root, f"{_RDF}Description", {f"{_RDF}about": resource})
        etree.SubElement(node, _LABEL).text = element.text.strip()
        element.text = None
