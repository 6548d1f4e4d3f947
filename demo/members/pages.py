"""The pages for people; every site of the demonstration has the same sober look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from string import Template

from .files import FORMATS, content
from .model import DEMONSTRATION, Dataset, Site
from .vocabulary import FREQUENCIES, LICENCES, MONTHS, NO_LICENCE, THEMES

PAGES = Path(__file__).parent.parent / "pages"
STYLE = (PAGES / "style.css").read_bytes()
#: By what a page shows which software stands behind it.
_HEADS = {
    "ckan": '<meta name="generator" content="ckan 2.10.4">',
    "opendatasoft": '<meta name="ods-domain" content="opendatasoft">',
    "udata": '<meta name="generator" content="udata 10.2.0">',
    "csw": '<meta name="application-name" content="GeoNetwork">',
    "arcgis": '<link rel="preconnect" href="https://hubcdn.arcgis.com">',
}
_WAYS = {
    "ckan": [("API de CKAN", "api/3/action/package_search")],
    "dcat": [("DCAT en RDF/XML", "catalogue.rdf"), ("DCAT en Turtle", "catalogue.ttl")],
    "opendatasoft": [("API Explore", "api/explore/v2.1/catalog/datasets")],
    "udata": [("API de udata", "api/1/datasets/")],
    "csw": [("CSW", "geonetwork/srv/fre/csw?service=CSW&amp;request=GetCapabilities")],
    "arcgis": [("DCAT-US", "api/feed/dcat-us/1.1.json")],
    "catalogue_csv": [("catalogue en CSV", "catalogue.csv")],
}
_LAYOUT = Template((PAGES / "layout.html").read_text(encoding="utf-8"))


def home(site: Site) -> str:
    """The home page of a site: what it is, and its datasets."""
    cards = "\n".join(_card(site, dataset) for dataset in site.datasets)
    count = len(site.datasets)
    main = (
        f"<h1>{escape(site.title)}</h1>\n<p class='about'>{escape(site.about)}</p>\n{_ways_in(site)}\n"
        f"<h2>{count} jeux de données</h2>\n<ul class='cards'>\n{cards}\n</ul>"
    )
    return _page(site.title, main, site)


def dataset(site: Site, shown: Dataset) -> str:
    """The page of a dataset: what it is, and its files."""
    files = "\n".join(
        f"<li><a href='{escape(site.file_of(shown, resource))}'>{escape(resource.file)}</a> "
        f"<span class='tag'>{FORMATS[resource.format].label}</span> "
        f"<span class='size'>{_size(len(content(site, shown, resource)))}</span></li>"
        for resource in shown.resources
    )
    paragraphs = "\n".join(f"<p>{escape(part)}</p>" for part in shown.notes.split("\n\n"))
    facts = "\n".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in _facts(site, shown))
    title = shown.title or "Jeu de données sans titre"
    main = (
        f"<p class='back'><a href='{site.url}/'>← {escape(site.title)}</a></p>\n<h1>{escape(title)}</h1>\n"
        f"{paragraphs}\n<h2>Fichiers</h2>\n<ul class='files'>\n{files}\n</ul>\n"
        f"<h2>Informations</h2>\n<dl>\n{facts}\n</dl>"
    )
    return _page(f"{title} – {site.title}", main, site)


def plain(site: Site, title: str, main: str) -> str:
    """A page of a site that no software made."""
    return _page(title, main, site)


def index(sites: Sequence[Site]) -> str:
    """The page at the root of a port: the sites below it."""
    items = "\n".join(
        f"<li><h2><a href='{site.url}/'>{escape(site.title)}</a></h2><p>{escape(site.about)}</p></li>" for site in sites
    )
    main = f"<h1>Sites de démonstration</h1>\n<ul class='cards'>\n{items}\n</ul>"
    return _page("Sites de démonstration", main)


def _page(title: str, main: str, site: Site | None = None) -> str:
    head = ""
    if site and site.software == "dcat":
        head = "\n".join(
            f'<link rel="alternate" type="{media_type}" href="{site.url}/catalogue.{suffix}" title="Catalogue DCAT">'
            for media_type, suffix in (("application/rdf+xml", "rdf"), ("text/turtle", "ttl"))
        )
    elif site:
        head = _HEADS.get(site.software, "")
    return _LAYOUT.substitute(title=escape(title), head=head, main=main, notice=escape(DEMONSTRATION))


def _ways_in(site: Site) -> str:
    """How software reads the site."""
    links = ", ".join(f"<a href='{site.url}/{path}'>{name}</a>" for name, path in _WAYS[site.software])
    return f"<p class='ways'>Pour les logiciels : {links}</p>"


def _card(site: Site, shown: Dataset) -> str:
    formats = " ".join(f"<span class='tag'>{FORMATS[item.format].label}</span>" for item in shown.resources)
    title = shown.title or "Jeu de données sans titre"
    return (
        f"<li><h3><a href='{site.page_of(shown)}'>{escape(title)}</a></h3>"
        f"<p>{escape(shown.notes.split(chr(10))[0])}</p>"
        f"<p class='meta'>{formats} Mis à jour le {_day(shown.modified)}</p></li>"
    )


def _facts(site: Site, shown: Dataset) -> list[tuple[str, str]]:
    return [
        ("Producteur", shown.producer.title),
        ("Licence", LICENCES[shown.licence][0] if shown.licence else NO_LICENCE),
        ("Thème", THEMES[shown.theme]),
        ("Mots-clés", ", ".join(shown.keywords)),
        ("Mise à jour", FREQUENCIES[shown.frequency]),
        ("Publié le", _day(shown.issued)),
        ("Modifié le", _day(shown.modified)),
        ("Contact", site.mail),
    ]


def _day(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def _size(octets: int) -> str:
    return f"{octets} octets" if octets < 1000 else f"{octets / 1000:.0f} ko"
