"""The configuration of a stock portal: the plugins of the suite's portal without ours, with plain scheming."""

from __future__ import annotations

import json
from pathlib import Path

from stack.ini import PLUGINS

# The fields of our organisations, as the author of a plain scheming file would write them.
_FIELDS = (
    "territory_type", "insee_code", "siren", "postal_codes", "population_totale", "population_municipale",
    "population_year", "agents", "agents_year", "legal_duty", "website", "contact_email", "longitude", "latitude",
    "bbox", "valid_from", "valid_to", "successor",
)  # fmt: skip


def settings(folder: Path) -> dict[str, str]:
    """Settings for ckan.ini; writes the organisation schema that they name into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "organization.json"
    path.write_text(json.dumps(_organization()))
    return {
        "ckan.plugins": " ".join(name for name in PLUGINS.split() if not name.startswith("opendatafrance")),
        "scheming.dataset_schemas": "ckanext.dcat.schemas:dcat_ap_full.yaml",
        "scheming.organization_schemas": path.as_uri(),
        "scheming.presets": "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml",
        "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3 euro_dcat_ap_scheming",
        "ckan.locale_default": "fr",
        "ckan.views.default_views": "",
        "ckan.gravatar_default": "disabled",
    }


def _organization() -> dict[str, object]:
    fields = [
        {"field_name": "title", "label": "Nom", "form_snippet": "large_text.html"},
        {"field_name": "name", "label": "Adresse", "form_snippet": "slug.html",
         "validators": "not_empty unicode_safe name_validator group_name_validator"},
        {"field_name": "description", "label": "Description", "form_snippet": "markdown.html"},
        {"field_name": "image_url", "label": "Logo", "form_snippet": "organization_upload.html"},
    ]  # fmt: skip
    fields += [{"field_name": name, "label": name} for name in _FIELDS]
    return {"scheming_version": 2, "organization_type": "organization", "about_url": "", "fields": fields}
