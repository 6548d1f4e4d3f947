"""A small DCAT catalogue in Turtle, made to order for the tests of the harvest room."""

from __future__ import annotations

from collections.abc import Mapping

HEAD = """@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
BASE = "https://donnees.example.org/dataset/"


def dataset(name: str, title: str, *, notes: str = "Une description.", identifier: str | None = None) -> str:
    """One dcat:Dataset with one file; the title may be left out with an empty string."""
    lines = [f"<{BASE}{name}> a dcat:Dataset ;"]
    if title:
        lines.append(f'    dct:title "{title}"@fr ;')
    lines.append(f'    dct:identifier "{identifier or name}" ;')
    lines.append(f'    dct:description "{notes}"@fr ;')
    lines.append('    dcat:keyword "budget"@fr ;')
    lines.append(f"    dcat:distribution <{BASE}{name}/csv> .")
    lines.append(f"<{BASE}{name}/csv> a dcat:Distribution ;")
    lines.append(f"    dcat:downloadURL <{BASE}{name}.csv> ;")
    lines.append(f"    dcat:accessURL <{BASE}{name}.csv> ;")
    lines.append('    dct:title "Fichier CSV"@fr ; dct:format "CSV" .')
    return "\n".join(lines)


def catalogue(titles: Mapping[str, str], *more: str) -> str:
    """A catalogue of datasets, given as name → title, and of what else is put in as Turtle."""
    listed = ", ".join(f"<{BASE}{name}>" for name in titles) or "<https://donnees.example.org/none>"
    head = f'<https://donnees.example.org/> a dcat:Catalog ; dct:title "Catalogue"@fr ; dcat:dataset {listed} .'
    if not titles:
        head = '<https://donnees.example.org/> a dcat:Catalog ; dct:title "Catalogue"@fr .'
    return "\n".join([HEAD, head, *(dataset(name, title) for name, title in titles.items()), *more])
