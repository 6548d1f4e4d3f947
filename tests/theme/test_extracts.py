"""The first words of descriptions are those that CKAN shows, whether or not Markdown was needed for them."""

from __future__ import annotations

import pytest

import ckan.lib.helpers as core

from ckanext.opendatafrance import extracts

TEXTS = [
    "Liste des écoles publiques de la commune.",
    "Le budget primitif 2024 (investissement) – 12,5 % de plus qu’en 2023 ; l'annexe suit…",
    "Tri sélectif : jours de collecte, rue par rue / quartier par quartier",
    "Horaires « d’été » de la piscine\u00a0!",
    "Deux  espaces   de suite, et une fin ",
    "Ce jeu décrit les points d'apport volontaire. " * 12,
    "Un mot" + "très" * 80,
    "Première ligne\n\nseconde ligne",
    "Avec *accent*, `code` et _souligné_",
    "Voir https://example.org/page?a=1&b=2",
    "Voir www.example.org ou ecrire@example.org",
    "<b>Gras</b> & entités &eacute;",
    "1. premier\n2. second",
    "2024. Une année",
    "- tiret",
    "# Titre",
    "    du code",
    " une espace au début",
    "tag:budget et dataset:ecoles",
    "Tableau | de | colonnes",
    "Prix ~ 5 € = 5 EUR [note](http://a.example)",
    "Élus et élues 1) puis 2)",
    "",
]


@pytest.mark.usefixtures("with_request_context")
def test_an_extract_is_that_of_ckan() -> None:
    for text in TEXTS:
        for length in (190, 20, 0):
            ours = extracts.markdown_extract(core.markdown_extract, text, length)
            assert ours == core.markdown_extract(text, length), text


def test_plain_words_need_no_markdown() -> None:
    """Neither do those of French typography; all others are CKAN's affair."""

    def ckans(text: str, length: int) -> str:
        return "CKAN"

    assert extracts.markdown_extract(ckans, TEXTS[1], 190) == TEXTS[1]
    assert {extracts.markdown_extract(ckans, text, 190) for text in TEXTS[7:17]} == {"CKAN"}
