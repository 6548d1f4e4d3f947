"""Real files of member sites, each served as its software would, and the ways in which they are damaged.

Every variant has a name, `file#number`, from which alone it is made: one that fails can be made again.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import connector_conformance as conformance
import dcat_corpus
from lxml import etree
from member_site import Answer

HUGE = 300_000
"""Characters of a value that is too long for every field; two hundred thousand more than the longest real one."""


@dataclass(frozen=True)
class Subject:
    """A real answer: the connector that reads it, and at which path of a site it is served (`*`: at every one)."""

    name: str
    connector: str
    path: str
    route: str
    body: bytes
    media_type: str

    def routes(self, body: bytes) -> dict[str, Any]:
        return {self.route: Answer(body, media_type=self.media_type)}

    def variant(self, number: int) -> bytes:
        """The answer, damaged in the way that its name and the number stand for."""
        dice = random.Random(f"{self.name}#{number}")
        body = self.body
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            body = dice.choice(_DAMAGES)(body, dice)
        return body


def subjects(corpus: Path) -> list[Subject]:
    """All files of the kinds that a connector reads, in a shuffled order that is always the same."""
    found = [*_dcat(corpus), *_ckan(corpus), *_opendatasoft(corpus), *_udata(corpus), *_data_json(corpus)]
    found += [*_csw(corpus), *_tables(corpus), *_pages(corpus)]
    random.Random(7).shuffle(found)
    return found


def _subject(
    corpus: Path, file: Path, connector: str, path: str, media_type: str, body: bytes | None = None
) -> Subject:
    name = file.relative_to(corpus).as_posix()
    body = file.read_bytes() if body is None else body
    return Subject(f"{name} as {connector}", connector, path, path, body, media_type)


def _dcat(corpus: Path) -> Iterator[Subject]:
    for file in dcat_corpus.files(corpus):
        yield _subject(corpus, file, "dcat", "/feed", dcat_corpus.MEDIA_TYPES.get(file.suffix, "application/json"))


def _ckan(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "ckan-api").rglob("*.json")):
        yield _subject(corpus, file, "ckan", "/file.json", "application/json")
        value = json.loads(file.read_bytes())
        if isinstance(value, dict) and value.get("results"):
            answer = {"success": True, "result": {**value, "count": len(value["results"])}}
            yield _api(corpus, file, "ckan", "/api/3/action/package_search", answer)


def _opendatasoft(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "ods-v1").rglob("*.json")):
        answer = {"nhits": 1, "datasets": [json.loads(file.read_bytes())]}
        yield _api(corpus, file, "opendatasoft", "/api/datasets/1.0/search/", answer)
    for file in sorted((corpus / "ods-v1").rglob("*.csv")):
        yield _subject(corpus, file, "opendatasoft", "/catalog.csv", "text/csv")
    for file in sorted((corpus / "ods-v2.1").rglob("*.json")):
        yield _api(corpus, file, "opendatasoft", "/api/explore/v2.1/catalog/datasets", json.loads(file.read_bytes()))


def _udata(corpus: Path) -> Iterator[Subject]:
    file = corpus / "data-gouv/udata-fixtures/fixtures/given.json"
    parts = json.loads(file.read_bytes())["datasets"]
    listed = [
        {**part["dataset"], "organization": part["organization"], "resources": part["resources"]} for part in parts
    ]
    pager = {"page": 1, "page_size": len(listed), "total": len(listed), "next_page": None, "previous_page": None}
    # One dataset has hundreds of files: half a megabyte in all, most of it alike.
    for one in listed:
        one["resources"] = one["resources"][:10]
    yield _api(corpus, file, "udata", "/api/1/datasets/", {"data": listed, **pager})


def _data_json(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "data-json-us").rglob("*.json")):
        if b'"identifier"' in file.read_bytes():
            yield _subject(corpus, file, "arcgis", "/data.json", "application/json")


def _csw(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "csw-iso19139").rglob("*.xml")):
        if not any(word in str(file) for word in ("expected", "dcat", "atom")):
            yield _subject(corpus, file, "csw", "/csw", "application/xml")


def _tables(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "scdl-csv/schema-catalogue-donnees").glob("*.csv")):
        yield _subject(corpus, file, "catalogue_csv", "/catalogue.csv", "text/csv")


def _pages(corpus: Path) -> Iterator[Subject]:
    for file in sorted((corpus / "html-pages").rglob("*.html")):
        yield _subject(corpus, file, "web_page", "/", "text/html")


def _api(corpus: Path, file: Path, connector: str, route: str, answer: Any) -> Subject:
    """An answer of an API, at its own address; the connector is given the address of the site."""
    name = f"{file.relative_to(corpus).as_posix()} as {connector} API"
    return Subject(name, connector, "", route, json.dumps(answer, ensure_ascii=False).encode(), "application/json")


# -- damages --------------------------------------------------------------------------------------------------------

Damage = Callable[[bytes, random.Random], bytes]


def _structure(body: bytes, dice: random.Random) -> bytes:
    """One part of a JSON value, an XML tree or a table taken out, doubled, emptied, exchanged or blown up."""
    text = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in (b"{", b"["):
        try:
            return _json(json.loads(text), dice)
        except (ValueError, RecursionError):  # damaged already
            return conformance._flipped(body, dice)
    if text[:1] == b"<":
        return _tree(text, dice)
    return _cells(body, dice)


_MARK = "mark-that-no-data-has"
_ODD = (None, True, -1, 1.5, "", "x", [], {}, [[]], {"a": {"b": None}}, [None], "\0", "\ud800", "http://[", 10**30)
_NOT_JSON = (b"9" * 5000, b"1e999", b"-0.0", b"NaN", b"01", b"'x'", b'{"a":[' * 3000 + b"1" + b"]}" * 3000)


def _json(value: Any, dice: random.Random) -> bytes:
    value = copy.deepcopy(value)
    holders = list(_holders(value))
    if not holders:
        return b""
    holder = dice.choice(holders)
    key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    kind = dice.choice(("missing", "value", "value", "value", "text", "text", "doubled", "exchanged"))
    if kind == "missing":
        del holder[key]
    elif kind == "value":
        holder[key] = dice.choice((*_ODD, dice.choice("éx< \n") * HUGE, [holder[key]] * 200))
    elif kind == "exchanged":
        other = dice.choice(holders)
        holder[key] = copy.deepcopy(other[dice.choice(list(other) if isinstance(other, dict) else range(len(other)))])
    elif kind == "text":
        holder[key] = _MARK
        return json.dumps(value).encode().replace(b'"%s"' % _MARK.encode(), dice.choice(_NOT_JSON), 1)
    elif isinstance(holder, dict):
        # Two keys of one name: a mark that no data has becomes the name of a sibling.
        holder[_MARK] = dice.choice((None, "autre", [1], {}))
        return json.dumps(value).encode().replace(b'"%s"' % _MARK.encode(), json.dumps(str(key)).encode())
    else:
        holder.append(copy.deepcopy(holder[key]))
    return json.dumps(value).encode()


def _holders(value: Any) -> Iterator[Any]:
    """Every object and list that is not empty."""
    if isinstance(value, dict | list) and value:
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _holders(part)


def _tree(body: bytes, dice: random.Random) -> bytes:
    try:
        root = etree.fromstring(body, etree.XMLParser(recover=True, huge_tree=True))
    except etree.XMLSyntaxError:
        root = None
    parts = [one for one in root.iter(etree.Element) if one.getparent() is not None] if root is not None else []
    if not parts:
        return conformance._flipped(body, dice)
    one, other = dice.choice(parts), dice.choice(parts)
    parent: Any = one.getparent()
    texts = ("", "null", "-1", "javascript:alert(1)", "9" * 400, "http://[", "\u202e", "2024-99-99")
    damage: Callable[[], Any] = dice.choice(
        (
            lambda: parent.remove(one),
            lambda: parent.append(copy.deepcopy(one)),
            lambda: setattr(one, "text", dice.choice(texts)),
            lambda: setattr(one, "text", dice.choice("éx< \n") * HUGE),
            lambda: setattr(one, "tag", "inconnu"),
            lambda: other.append(copy.deepcopy(one)),
            lambda: parent.extend(copy.deepcopy(one) if len(one) < 20 else etree.Element("x") for _ in range(200)),
            lambda: [one.set(name, dice.choice(("", "x" * 5000, "http://[::1", "#"))) for name in one.attrib],
            one.clear,
        )
    )
    damage()
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _cells(body: bytes, dice: random.Random) -> bytes:
    lines = body.split(b"\n")
    place = dice.randrange(len(lines))
    separator = max((b";", b",", b"\t"), key=lines[0].count)
    cells = lines[place].split(separator)
    cells[dice.randrange(len(cells))] = dice.choice(
        (b"", b'"', b"x" * HUGE, b"\0", b"=1+1", b"\xff\xfe", separator * 50)
    )
    dice.choice((lambda _: None, dice.shuffle))(cells)
    lines[place] = separator.join(cells)
    return b"\n".join(dice.choice((lines, lines[:place], [*lines, *lines])))


def _encoding(body: bytes, dice: random.Random) -> bytes:
    """Bytes of one charset under the name of another."""
    said = dice.choice((b"ISO-8859-1", b"UTF-16", b"windows-1252", b"EBCDIC", b"x-unknown", b"ascii"))
    for name in (b"UTF-8", b"utf-8"):
        body = body.replace(name, said, 1)
    charset = dice.choice(("utf-8", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037"))
    return body.decode("utf-8", "replace").encode(charset, "replace")


def _wrapped(body: bytes, dice: random.Random) -> bytes:
    """What proxies and careless scripts put around an answer."""
    notice = b"<br />\n<b>Warning</b>: Undefined index in /var/www/export.php on line 12<br />\n"
    return dice.choice((notice + body, body + notice, b"\xef\xbb\xbf" * 2 + body, b"\r\n" * 50 + body, body + body))


_DAMAGES: tuple[Damage, ...] = (
    *(conformance._cut, conformance._flipped, conformance._doubled, conformance._holed, conformance._retyped),
    *(_structure, _structure, _structure, _structure, _structure, _encoding, _wrapped),
)
