"""The site of a mairie without any catalogue: headings with links to files, and a page of minutes in PDF."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from . import pages
from .answers import NOT_FOUND, Answer, html
from .files import FORMATS, content
from .model import DEMONSTRATION, Site

SITTINGS = ("2026-09-24", "2026-06-18", "2026-03-26", "2025-12-11")


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to GET `path` (below its own address, decoded)."""
    if path == "":
        return html(pages.plain(site, site.title, _downloads(site)))
    if path == "conseil.html":
        return html(pages.plain(site, "Conseil municipal", _council(site)))
    for sitting in SITTINGS:
        if path == _minutes(sitting):
            return Answer(_pdf(f"Conseil municipal du {sitting}. Demonstration."), "application/pdf")
    for dataset in site.datasets:
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def _downloads(site: Site) -> str:
    sections = []
    for dataset in site.datasets:
        files = ((site.file_of(dataset, one), FORMATS[one.format].label) for one in dataset.resources)
        links = "".join(f"<li><a href='{escape(url)}'>Télécharger ({form})</a></li>" for url, form in files)
        sections.append(f"<h3>{escape(dataset.title)}</h3>\n<ul class='files'>{links}</ul>")
    council = f"<p><a href='{site.url}/conseil.html'>Les procès-verbaux du conseil municipal</a></p>"
    about = f"<p class='about'>{escape(site.about)}</p>"
    return "\n".join([f"<h1>{escape(site.title)}</h1>", about, council, "<h2>Fichiers à télécharger</h2>", *sections])


def _council(site: Site) -> str:
    links = "".join(f"<li><a href='{site.url}/{quote(_minutes(one))}'>Séance du {one}</a></li>" for one in SITTINGS)
    return (
        f"<h1>Procès-verbaux du conseil municipal</h1>\n<ul class='files'>{links}</ul>\n<p>{escape(DEMONSTRATION)}</p>"
    )


def _minutes(sitting: str) -> str:
    return f"documents/{sitting[:4]}/procès-verbal {sitting}.pdf"


def _pdf(text: str) -> bytes:
    """One page with one line, as small as a PDF gets."""
    drawn = f"BT /F1 14 Tf 60 760 Td ({text}) Tj ET".encode("ascii")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, entries)
    return body + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
