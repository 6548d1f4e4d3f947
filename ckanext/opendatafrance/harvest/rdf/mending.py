"""RDF/XML as strict readers want it, rewritten element by element in bounded memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import IO, Any, Protocol

import lxml.etree as etree

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.charset import IN_MEMORY
from ckanext.opendatafrance.harvest.page import disk_full
from ckanext.opendatafrance.harvest.rdf.xml import LONGEST_TEXT, doctype_refused

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LABEL = "{http://www.w3.org/2000/01/rdf-schema#}label"
#: xml:lang gets this prefix only where it is declared.
_XML = {"xml": "http://www.w3.org/XML/1998/namespace"}
_SEARCH_RESULTS = re.compile(r"\{http://www\.opengis\.net/cat/csw/[\d.]+\}SearchResults")
_DEEPEST = 1000
Names = Mapping[str | None, str] | None
Attributes = dict[str, str]


class Document(Protocol):
    """What can be read several times, piece by piece."""

    def pieces(self) -> Iterable[bytes]: ...


def mended(document: Document, url: str) -> IO[bytes]:
    """The same RDF as strict readers want it, in a temporary file.

    The rdf:RDF within another answer (CSW, OAI) is taken out; what stands both as rdf:resource and as text becomes a
    resource with a label; elements inside an rdf:resource replace it.

    Raises:
        FatalSourceError: `broken-xml` with the line, `not-rdf` where there is no RDF inside, `doctype-refused`,
            `too-large`, `disk-full`.
    """
    shape: _Shape = _read(document, _Shape(url), url)
    if not (shape.has_rdf or shape.has_results or shape.names_rdf):
        raise FatalSourceError(
            N_("{url} is XML ({root}), but holds no RDF."), code="not-rdf", url=url, root=str(shape.root)
        )
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - goes with the last who holds it
    try:
        with etree.xmlfile(file, encoding="utf-8") as out, shape.whole(out):
            _read(document, _Mender(out, shape), url)
    except OSError as error:
        raise disk_full(url, error) from error
    file.seek(0)
    return file


def _read(document: Document, target: Any, url: str) -> Any:
    # Comments and processing instructions are left out, because the targets do not ask for them.
    # Entities are those of XML itself: `_Shape` refuses a document that could define others. Unresolved ones would come
    # as they are written, in attributes even &amp;.
    parser = etree.XMLParser(target=target, resolve_entities="internal", no_network=True, load_dtd=False)
    try:
        for piece in document.pieces():
            parser.feed(piece)
        return parser.close()
    except etree.XMLSyntaxError as error:
        raise FatalSourceError(
            N_("The XML of {url} is broken at line {line}, column {column}: it is damaged or cut short ({reason})."),
            code="broken-xml",
            url=url,
            line=error.lineno or 0,
            column=error.offset or 0,
            reason=str(error.msg)[:200],
        ) from error


class _Shape:
    """Where the RDF of a document is, and whether it can be rewritten in bounded memory."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.root = ""
        self._attributes: Attributes = {}
        self._names: Names = None
        self._depth = self._text = 0
        self.names_rdf = False
        self.has_rdf = False
        self.has_results = False

    def start(self, tag: str, attributes: Attributes, names: Names = None) -> None:
        self._text = 0
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._monstrous()
        if not self.root:
            self.root, self._attributes, self._names = tag, dict(attributes), names
            self.names_rdf = _RDF[1:-1] in (names or {}).values()
        self.has_rdf = self.has_rdf or tag == f"{_RDF}RDF"
        self.has_results = self.has_results or bool(_SEARCH_RESULTS.fullmatch(tag))

    def data(self, text: str) -> None:
        self._text += len(text)
        if self._text > LONGEST_TEXT:
            raise self._monstrous()

    def end(self, tag: str) -> None:
        self._text = 0
        self._depth -= 1

    def doctype(self, *names: str | None) -> None:
        raise doctype_refused(self._url)

    def close(self) -> _Shape:
        return self

    def _monstrous(self) -> FatalSourceError:
        return FatalSourceError(
            N_(
                "{url} holds a text of more than {megabytes} MB, or elements more than {depth} deep, as no catalogue "
                "does: it was not read."
            ),
            code="too-large",
            url=self._url,
            megabytes=LONGEST_TEXT // 1024**2,
            depth=_DEEPEST,
        )

    def whole(self, out: Any) -> AbstractContextManager[Any]:
        """The element around all the RDF: the root, with its xml:base and xml:lang, where it is one."""
        if self.root == f"{_RDF}RDF":
            return out.element(self.root, self._attributes, nsmap={**(self._names or {}), **_XML})
        return out.element(f"{_RDF}RDF", nsmap={"rdf": _RDF[1:-1], **_XML})

    def holds(self, tag: str) -> bool:
        """Whether the children of this element are the RDF, rather than the element itself."""
        return tag == f"{_RDF}RDF" if self.has_rdf else bool(_SEARCH_RESULTS.fullmatch(tag))


class _Mender:
    """Writes what is RDF; an element with rdf:resource waits until what it holds is seen."""

    def __init__(self, out: Any, shape: _Shape) -> None:
        self._out = out
        self._shape = shape
        # What is above the RDF is None; from there on what is open.
        self._open: list[AbstractContextManager[Any] | None] = []
        self._inside = 0
        self._waiting: tuple[str, Attributes, Names] | None = None
        self._text: list[str] = []
        self._labels: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: Attributes, names: Names = None) -> None:
        if self._waiting:
            self._begin(without_resource=True)
        if not self._inside and (self._shape.has_rdf or self._shape.has_results):
            self._inside += self._shape.holds(tag)
            self._open.append(None)
            return
        self._waiting = tag, dict(attributes), names
        if f"{_RDF}resource" not in attributes:
            self._begin()

    def data(self, text: str) -> None:
        if self._waiting:
            self._text.append(text)
        elif self._open and self._open[-1] is not None:
            self._out.write(text)

    def end(self, tag: str) -> None:
        if self._waiting:
            _, attributes, _ = self._waiting
            if label := "".join(self._text).strip():
                self._labels.append((attributes[f"{_RDF}resource"], label))
                self._text.clear()
            self._begin()
        element = self._open.pop()
        if element is not None:
            element.__exit__(None, None, None)
        elif self._inside and self._shape.holds(tag):
            self._inside -= 1

    def close(self) -> None:
        for about, label in self._labels:
            with self._out.element(f"{_RDF}Description", {f"{_RDF}about": about}), self._out.element(_LABEL):
                self._out.write(label)

    def _begin(self, *, without_resource: bool = False) -> None:
        tag, attributes, names = self._waiting or ("", {}, None)
        if without_resource:
            del attributes[f"{_RDF}resource"]
        element = self._out.element(tag, attributes, nsmap=dict(names) if names else None)
        element.__enter__()
        self._open.append(element)
        for text in self._text:
            self._out.write(text)
        self._waiting = None
        self._text.clear()
