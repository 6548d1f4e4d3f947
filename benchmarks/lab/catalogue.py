"""A DCAT catalogue of any size, as a served file that can change: about 70 triples and 6 kB for each dataset."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from members.rdf import GEOSPARQL_WKT, Literal, Node, Ref, french, rdf_xml

SITE = "http://donnees.example"
EU = "http://publications.europa.eu/resource/authority"
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
THEMES = ("ECON", "EDUC", "ENVI", "GOVE", "REGI", "SOCI", "TRAN")
WORDS = ("voirie", "écoles", "budget", "arbres", "équipements", "délibérations", "déchets", "mobilité", "culture")
FORMATS = (("CSV", "text/csv"), ("JSON", "application/json"), ("GEOJSON", "application/geo+json"))


def catalogue(size: int, changed: int = 0, edition: str = "mis à jour") -> bytes:
    """The catalogue as RDF/XML; the first `changed` datasets have the title of an edition and another date."""
    node = Node("dcat:Catalog", f"{SITE}/catalogue")
    node.add("dct:title", french("Catalogue de mesure"))
    node.add("dct:publisher", Ref(f"{SITE}/producteur"))
    datasets = [_dataset(number, edition if number < changed else "") for number in range(size)]
    node.add("dcat:dataset", *(Ref(dataset.uri) for dataset in datasets))
    publisher = Node("foaf:Organization", f"{SITE}/producteur")
    publisher.add("foaf:name", french("Collectivité de mesure"))
    return rdf_xml([node, publisher, *datasets]).encode()


def _dataset(number: int, edition: str) -> Node:
    word = WORDS[number % len(WORDS)]
    day = f"2025-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    node = Node("dcat:Dataset", f"{SITE}/jeux/{number}")
    node.add("dct:identifier", Literal(f"jeu-{number:06d}"))
    node.add("dct:title", french(f"Jeu {number} : {word}{f' ({edition})' if edition else ''}"))
    node.add("dct:description", french(f"Description du jeu {number}. " + f"Il décrit {word} dans la commune. " * 8))
    node.add("dcat:keyword", *(french(WORDS[(number + step) % len(WORDS)]) for step in range(5)))
    node.add("dcat:theme", Ref(f"{EU}/data-theme/{THEMES[number % len(THEMES)]}"))
    node.add("dct:issued", Literal("2024-01-15", datatype="xsd:date"))
    node.add("dct:modified", Literal("2026-01-02" if edition else day, datatype="xsd:date"))
    node.add("dct:accrualPeriodicity", Ref(f"{EU}/frequency/ANNUAL"))
    node.add("dct:language", Ref(f"{EU}/language/FRA"))
    node.add("dct:publisher", Ref(f"{SITE}/producteur"))
    contact = Node("vcard:Organization")
    contact.add("vcard:fn", french("Service des données"))
    contact.add("vcard:hasEmail", Ref("mailto:donnees@donnees.example"))
    node.add("dcat:contactPoint", contact)
    node.add("dct:spatial", _where(number))
    period = Node("dct:PeriodOfTime")
    period.add("dcat:startDate", Literal("2024-01-01", datatype="xsd:date"))
    period.add("dcat:endDate", Literal("2024-12-31", datatype="xsd:date"))
    node.add("dct:temporal", period)
    node.add("dcat:landingPage", Ref(f"{SITE}/jeux/{number}/page"))
    node.add("dcat:distribution", *(_distribution(number, *form) for form in FORMATS))
    return node


def _where(number: int) -> Node:
    west, south = -1 + number % 100 / 50, 45 + number % 70 / 50
    corners = ((west, south), (west + 0.1, south), (west + 0.1, south + 0.1), (west, south + 0.1), (west, south))
    place = Node("dct:Location")
    text = ", ".join(f"{longitude:.4f} {latitude:.4f}" for longitude, latitude in corners)
    place.add("dcat:bbox", Literal(f"POLYGON(({text}))", datatype=GEOSPARQL_WKT))
    return place


def _distribution(number: int, name: str, media_type: str) -> Node:
    address = f"{SITE}/jeux/{number}/fichier.{name.lower()}"
    node = Node("dcat:Distribution", f"{SITE}/jeux/{number}#{name}")
    node.add("dct:title", french(f"Fichier {name} du jeu {number}"))
    node.add("dct:description", french("Toutes les lignes, sans filtre, dans l'ordre de leur identifiant."))
    node.add("dcat:accessURL", Ref(address))
    node.add("dcat:downloadURL", Ref(address))
    node.add("dct:format", Ref(f"{EU}/file-type/{name}"))
    node.add("dcat:mediaType", Ref(f"https://www.iana.org/assignments/media-types/{media_type}"))
    node.add("dcat:byteSize", Literal(str(1000 + number), datatype="xsd:nonNegativeInteger"))
    node.add("dct:license", Ref(LICENCE))
    node.add("dct:issued", Literal("2024-01-15", datatype="xsd:date"))
    node.add("dct:modified", Literal("2024-12-31", datatype="xsd:date"))
    return node


class Site:
    """A loopback server of one catalogue; `/change/20` makes 20 % of the datasets (at least one) others."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.body = catalogue(size)
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                changing = self.path.startswith("/change/")
                if changing:
                    percentage = int(self.path.rpartition("/")[2])
                    site.body = catalogue(size, site.changed(percentage), f"mis à jour, {percentage} %")
                body = b"" if changing else site.body
                self.send_response(200)
                self.send_header("Content-Type", "application/rdf+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def changed(self, percentage: int) -> int:
        """How many datasets such a change touches."""
        return max(1, round(self.size * percentage / 100))

    @property
    def host(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Address of the catalogue."""
        return f"http://{self.host}/catalogue.rdf"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
