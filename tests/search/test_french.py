"""What a person types in French finds what was written in French: through package_search, on a real Solr."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ckan.plugins import toolkit as tk
from ckan.tests import factories

THEMES = "http://publications.europa.eu/resource/authority/data-theme/"
TITLES = {
    "ecoles": "Les écoles publiques de l'agglomération",
    "l-ecole": "Horaires de l’École de musique",
    "budget": "Budget primitif 2026",
    "dechets": "Déchèteries et points d'apport volontaire",
    "saint-jean": "Marchés publics de Saint-Jean-d'Angély",
    "elections": "Résultats des élections municipales",
    "coeur": "Action cœur de ville",
    "english": "Bus stops dataset (GTFS feeds)",
    "est": "Carte de l'est du territoire",
    "ete": "Activités d'été",
    "eau": "Qualité de l'eau",
    "cafe": "Cafe\u0301s et restaurants",
}


@pytest.fixture
def datasets(fill_once: Callable[[Callable[[], None]], None]) -> None:
    """Datasets by name; made once, since every test only searches."""
    fill_once(make_datasets)


def make_datasets() -> None:
    owner = factories.Organization()
    for name, title in TITLES.items():
        extra: dict[str, Any] = {"theme": [f"{THEMES}EDUC", f"{THEMES}GOVE"]} if name == "ecoles" else {}
        factories.Dataset(name=name, title=title, notes="", owner_org=owner["id"], license_id="lov2", **extra)


def names(q: str, **more: Any) -> set[str]:
    return {found["name"] for found in tk.get_action("package_search")({}, {"q": q, "rows": 50, **more})["results"]}


@pytest.mark.usefixtures("datasets")
class TestSearch:
    @pytest.mark.parametrize(
        "typed",
        ["école", "ecole", "écoles", "ecoles", "ÉCOLES", "l'École", "l’école", "L'ecole", "(l'école)", "e\u0301cole"],
    )
    def test_every_spelling_of_a_word_meets_every_other(self, typed: str) -> None:
        """Accents, case, plural, elision and either apostrophe make no difference."""
        assert names(typed) == {"ecoles", "l-ecole"}

    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("dechetterie", set()),
            ("déchèterie", {"dechets"}),
            ("decheteries", {"dechets"}),
            ("marché public", {"saint-jean"}),
            ("St Jean d’Angely", {"saint-jean"}),
            ("saint jean d'angely", {"saint-jean"}),
            ("élection municipale", {"elections"}),
            ("municipaux", {"elections"}),
            ("coeur de ville", {"coeur"}),
            ("l'eau", {"eau"}),
            ("cafés", {"cafe"}),
        ],
    )
    def test_words_of_a_town_hall(self, typed: str, found: set[str]) -> None:
        assert names(typed) >= found
        if not found:
            assert "budget" not in names(typed)

    def test_small_words_neither_find_nor_hinder(self) -> None:
        """A sentence finds what its words find."""
        assert names("les écoles de la ville dans l'agglomération") >= set()
        assert names("le budget de la commune", mm="1") == names("budget commune", mm="1")
        assert names("le budget") == {"budget"}

    def test_words_that_also_name_something_are_kept(self) -> None:
        """The east and the summer are not small words."""
        assert names("est") == {"est"}
        assert names("été") == {"ete"}

    def test_a_phrase_in_quotes(self) -> None:
        assert names('"écoles publiques"') == {"ecoles"}
        assert names('"école publique"') == {"ecoles"}
        assert names('"publiques écoles"') == set()
        assert names('"école de musique"') == {"l-ecole"}

    def test_english_words_stay_usable(self) -> None:
        assert names("dataset") == {"english"}
        assert names("stop") == {"english"}
        assert names("GTFS feed") == {"english"}

    def test_suggestions_while_typing(self) -> None:
        """The autocompletion of CKAN folds accents, also in words longer than the index's grams."""
        suggest = tk.get_action("package_autocomplete")
        assert [found["name"] for found in suggest({}, {"q": "ecol"})][:2]
        assert "dechets" in {found["name"] for found in suggest({}, {"q": "decheteries"})}

    def test_titles_sort_as_in_a_dictionary(self) -> None:
        """Accents do not send a title behind Z."""
        found = tk.get_action("package_search")({}, {"sort": "title_string asc", "rows": 50})["results"]
        titles = [one["title"] for one in found]
        assert titles[:5] == [
            "Action cœur de ville",
            "Activités d'été",
            "Budget primitif 2026",
            "Bus stops dataset (GTFS feeds)",
            "Cafe\u0301s et restaurants",
        ]
        assert titles.index("Déchèteries et points d'apport volontaire") < titles.index(
            "Horaires de l’École de musique"
        )


@pytest.mark.usefixtures("datasets")
class TestFacets:
    def test_a_dataset_counts_under_each_of_its_themes(self) -> None:
        found = tk.get_action("package_search")({}, {"facet.field": ["vocab_odf_theme", "license_id"], "rows": 0})
        themes = {item["name"]: item for item in found["search_facets"]["vocab_odf_theme"]["items"]}
        assert {name: item["count"] for name, item in themes.items()} == {"EDUC": 1, "GOVE": 1}
        assert themes["EDUC"]["display_name"] == "Éducation, culture et sport"

    def test_a_theme_filters(self) -> None:
        assert names("", fq="vocab_odf_theme:EDUC") == {"ecoles"}
