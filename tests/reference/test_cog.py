"""The official geographic code, without a network and fast enough for a page."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ckanext.opendatafrance.reference import cog, history, names, siren, zones


class TestCog:
    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("17300", "La Rochelle"),
            ("1001", "L'Abergement-Clémenciat"),
            (1001, "L'Abergement-Clémenciat"),
            ("1001.0", "L'Abergement-Clémenciat"),
            ("2a004", "Ajaccio"),
            (" 2A004 ", "Ajaccio"),
        ],
    )
    def test_codes_are_found_as_people_write_them(self, code: object, name: str) -> None:
        """A lost leading zero, a small letter, a number of a spreadsheet lead to the commune."""
        found = cog.commune(code)
        assert found
        assert found.name == name

    @pytest.mark.parametrize("code", ["", "99999", "17", "abc", None])
    def test_unknown_codes_give_nothing(self, code: object) -> None:
        """No commune is made up."""
        assert cog.commune(code) is None

    def test_a_commune_knows_where_it_belongs(self) -> None:
        """All that the form, the tree and the feeds need is there."""
        found = cog.commune("17300")
        assert found
        assert (found.departement, found.region, found.epci, found.siren) == ("17", "75", "241700434", "211703004")
        assert (found.population_municipale, found.population_totale) == (79851, 81843)
        assert found.postal_codes == ("17000",)
        assert found.place
        assert found.place.bbox == "-1.2408,46.1332,-1.111,46.1909"

    @pytest.mark.parametrize(
        ("where", "count"),
        [
            ({"departement": "17"}, 462),
            ({"departement": "1"}, 391),
            ({"region": "53"}, 1202),
            ({"epci": "200066009"}, 39),
            ({"epci": "200058006"}, 16),
            ({}, 34969),
        ],
    )
    def test_communes_of_a_territory(self, where: dict[str, str], count: int) -> None:
        """Arrondissements of Paris, Lyon and Marseille are not counted as communes; an EPT has its own."""
        assert len(list(cog.communes(**where))) == count

    def test_every_siren_of_the_files_is_right(self) -> None:
        """Communes, EPCI, départements and régions: each number passes Luhn's key and names one territory."""
        numbers = [
            one.siren for one in (*cog.communes(), *cog.epcis(), *cog.departements(), *cog.regions()) if one.siren
        ]
        assert len(numbers) == len(set(numbers)) > 36_000
        assert all(map(siren.is_siren, numbers))

    def test_a_territory_is_found_by_its_siren(self) -> None:
        """A commune, an EPCI, a département, a région."""
        found = [cog.by_siren(number) for number in ("211703004", "241700434", "221700016", "233500016")]
        assert [one.name for one in found if one] == [
            "La Rochelle", "CA de La Rochelle", "Charente-Maritime", "Bretagne",
        ]  # fmt: skip
        assert cog.by_siren("356000000") is None

    def test_only_the_communes_asked_for_are_made(self) -> None:
        """One département costs its own rows, not those of France (its time is in docs/territories.md)."""
        code = (
            "import gc; from ckanext.opendatafrance.reference import cog; found = list(cog.communes(departement='17'));"
            "print(len(found), sum(isinstance(one, cog.Commune) for one in gc.get_objects()))"
        )
        asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
        found, made = map(int, asked.stdout.split())
        assert found == 462
        assert made < 1000


class TestHistory:
    def test_a_code_of_today_is_itself(self) -> None:
        """Also where a déléguée bears the code of its commune nouvelle."""
        assert history.resolve("17300").current == ("17300",)
        assert not history.resolve("01015").changed

    def test_an_old_code_leads_to_its_successor(self) -> None:
        """Conques became part of 12218, a code that is new itself."""
        found = history.resolve("12076")
        assert (found.current, found.name, found.ambiguous) == (("12218",), "Conques", False)

    def test_a_split_commune_is_ambiguous(self) -> None:
        """A person must choose."""
        assert history.resolve("55273").ambiguous
        assert history.resolve("55273").current == ("55245", "55386")

    def test_an_unknown_code_has_no_successor(self) -> None:
        """Nothing is guessed."""
        assert history.resolve("99999").current == ()

    def test_a_commune_knows_what_it_took_in(self) -> None:
        """Old names help to find the commune of today."""
        assert ("12076", "Conques") in history.former("12218")


class TestSiren:
    @pytest.mark.parametrize("number", ["211703004", "211 703 004", "211.703.004", "356000000"])
    def test_right_siren(self, number: str) -> None:
        """Spaces and dots do not matter."""
        assert siren.is_siren(number)

    @pytest.mark.parametrize("number", ["211703005", "21170300", "000000000", "2117O3004", "", None, "²11703004"])
    def test_wrong_siren(self, number: object) -> None:
        """A wrong key, a missing digit, a letter O, nothing."""
        assert not siren.is_siren(number)

    @pytest.mark.parametrize("number", ["25351449100047", "253 514 491 00047", "35600000000048"])
    def test_right_siret(self, number: str) -> None:
        """La Poste's head office follows Luhn."""
        assert siren.is_siret(number)

    def test_offices_of_la_poste_add_up_to_a_multiple_of_five(self) -> None:
        """35600000000011 adds up to 16, 35600000000010 to 15."""
        assert siren.is_siret("35600000000010")
        assert not siren.is_siret("35600000000011")

    def test_a_siret_names_its_siren(self) -> None:
        """Organisations are known by their SIREN, because seats move."""
        assert siren.siren_of("25351449100047") == "253514491"
        assert siren.siren_of("25351449100048") is None


class TestZones:
    @pytest.mark.parametrize(
        ("kind", "code", "uri", "zone"),
        [
            ("commune", "35238", "http://id.insee.fr/geo/commune/35238", "fr:commune:35238"),
            ("departement", "2A", "http://id.insee.fr/geo/departement/2A", "fr:departement:2A"),
            ("departement", "975", "http://id.insee.fr/geo/collectiviteDOutreMer/975", "fr:departement:975"),
            ("region", "53", "http://id.insee.fr/geo/region/53", "fr:region:53"),
            ("epci", "243500139", None, "fr:epci:243500139"),
            ("syndicat_mixte", "", None, None),
        ],
    )
    def test_written_and_read_back(self, kind: str, code: str, uri: str | None, zone: str | None) -> None:
        """What is written names the same territory when it is read."""
        assert (zones.insee_uri(kind, code), zones.udata_zone(kind, code)) == (uri, zone)
        assert all(zones.parse(one) == (kind, code) for one in (uri, zone) if one)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("https://id.insee.fr/geo/commune/1001", ("commune", "01001")),
            ("fr/commune/17300@2020-01-01", ("commune", "17300")),
            ("fr:departement:2a", ("departement", "2A")),
            ("country:fr", ("country", "FR")),
            ("http://id.insee.fr/geo/commune/4b88116a-9ede-42f5-aef5-a70304de593b", None),
            ("Charente-Maritime", None),
        ],
    )
    def test_forms_in_the_wild(self, text: str, expected: tuple[str, str] | None) -> None:
        """Other schemes, other cases, validity; a UUID says nothing."""
        assert zones.parse(text) == expected


class TestNames:
    @pytest.mark.parametrize(
        ("name", "article", "expected"),
        [
            ("Rennes", None, "de Rennes"),
            ("Évreux", None, "d'Évreux"),
            ("Hyères", 1, "d'Hyères"),
            ("Le Havre", None, "du Havre"),
            ("Les Sables-d'Olonne", None, "des Sables-d'Olonne"),
            ("La Rochelle", None, "de La Rochelle"),
            ("La Réunion", 0, "de La Réunion"),
            ("Charente-Maritime", 3, "de la Charente-Maritime"),
            ("Côtes-d'Armor", 4, "des Côtes-d'Armor"),
            ("Ain", 5, "de l'Ain"),
        ],
    )
    def test_articles(self, name: str, article: int | None, expected: str) -> None:
        """French contracts articles."""
        assert names.of_place(name, article) == expected

    @pytest.mark.parametrize(
        ("name", "kind", "expected"),
        [
            ("CA de La Rochelle", "CA", "Communauté d'agglomération de La Rochelle"),
            ("CC de l'Ile de Ré", "CC", "Communauté de communes de l'Île de Ré"),
            ('CA "Saintes - Grandes Rives - L\'Agglo"', "CA", "Saintes – Grandes Rives – L'Agglo"),
            ("CA Mulhouse Alsace Agglomération", "CA", "Mulhouse Alsace Agglomération"),
            ("Rennes Métropole", "METRO", "Rennes Métropole"),
            ("Est Ensemble", "EPT", "Établissement public territorial Est Ensemble"),
        ],
    )
    def test_intercommunalites(self, name: str, kind: str, expected: str) -> None:
        """Acronyms of the register are spelt out, typewriter habits mended."""
        assert names.epci_title(name, kind) == expected

    def test_typographic_apostrophe(self) -> None:
        """For display only."""
        assert names.typographic("L'Île-d'Yeu") == "L’Île-d’Yeu"
