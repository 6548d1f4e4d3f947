"""The dataset schema: what goes in comes back, whoever enters it."""

from __future__ import annotations

import pytest
from full_dataset import EU, FULL, HVD, differences

import ckan.plugins.toolkit as tk


@pytest.mark.usefixtures("with_plugins", "clean_portal")
class TestFields:
    def test_a_full_dataset_comes_back_unchanged(self, organization, act):
        """Every field of the schema is stored and shown as it was given, also after an update with what is shown."""
        created = act("package_create", **FULL, owner_org=organization["id"])
        shown = act("package_show", id=created["id"])
        assert differences(FULL, shown) == []
        assert not shown.get("extras")

        act("package_update", **shown)
        again = act("package_show", id=created["id"])
        assert differences(FULL, again) == []
        schema = act("scheming_dataset_schema_show", type="dataset")
        names = {field["field_name"] for field in schema["dataset_fields"]} - {"tag_string", "owner_org"}
        assert names - set(FULL) == set(), "fields that this test does not try"
        assert {field["field_name"] for field in schema["resource_fields"]} - set(FULL["resources"][0]) == set()

    def test_what_people_write_is_stored_in_the_official_form(self, organization, act):
        """French dates, words for codes, bare INSEE codes and a missing name are understood."""
        made = act(
            "package_create",
            title="Budget primitif",
            owner_org=organization["id"],
            issued="31/12/2024",
            modified="1er mars 2024",
            frequency="annuelle",
            theme=["Transports", EU + "data-theme/GOVE"],
            license_id="Licence Ouverte",
            territory=["17415", "departement:17", "http://id.insee.fr/geo/region/75"],
            contact=[{"name": "Mairie", "email": "mailto:mairie@saintes.fr"}, {"name": ""}],
            publisher=[{"name": "Ville", "identifier": "211 704 150 00013"}],
            hvd_category="Statistiques",
            documentation=["", "https://saintes.fr/a"],
        )
        assert made["name"] == "budget-primitif"
        assert made["issued"] == "2024-12-31"
        assert made["modified"] == "2024-03-01"
        assert made["frequency"] == EU + "frequency/ANNUAL"
        assert made["theme"] == [EU + "data-theme/TRAN", EU + "data-theme/GOVE"]
        assert made["license_id"] == "lov2"
        assert made["territory"] == ["fr:commune:17415", "fr:departement:17", "fr:region:75"]
        assert made["contact"] == [{"name": "Mairie", "email": "mairie@saintes.fr"}]
        assert made["publisher"][0]["identifier"] == "21170415000013"
        assert made["hvd_category"] == ["http://data.europa.eu/bna/c_e1da4e07"]
        assert made["applicable_legislation"] == [HVD]
        assert made["documentation"] == ["https://saintes.fr/a"]

        second = act("package_create", title="Budget primitif", owner_org=organization["id"])
        assert second["name"] == "budget-primitif-2"

    def test_other_vocabularies_and_thin_records_of_a_harvest_are_kept(self, organization, act):
        """Without a description, with codes of other vocabularies or odd addresses, a dataset is not refused."""
        made = act(
            "package_create",
            name="maigre",
            owner_org=organization["id"],
            theme=["http://inspire.ec.europa.eu/theme/au"],
            license_id="une licence à nous",
            documentation=["notice au guichet"],
            contact=[{"email": "voir la mairie"}],
        )
        assert made["title"] == "maigre"
        assert made["theme"] == ["http://inspire.ec.europa.eu/theme/au"]
        assert made["license_id"] == "une licence à nous"
        assert made["documentation"] == ["notice au guichet"]
        assert made["contact"] == [{"email": "voir la mairie"}]

    def test_errors_name_the_value_and_the_remedy(self, organization, act):
        """Each wrong field has its own message; none hides another."""
        wrong = {
            "title": "",
            "issued": "31/02/2024",
            "frequency": "de temps à autre",
            "theme": ["Licornes"],
            "territory": ["Saintes"],
            "spatial_resolution_in_meters": "dix",
        }
        with pytest.raises(tk.ValidationError) as refused:
            act("package_create", **wrong, owner_org=organization["id"])
        errors = {field: messages[0] for field, messages in refused.value.error_dict.items()}
        assert errors.pop("title")
        assert errors.keys() == wrong.keys() - {"title"}
        for field, message in errors.items():
            assert str(wrong[field]).strip("[]'") in message
        assert "31/12/2024" in errors["issued"]
        assert "17415" in errors["territory"]
