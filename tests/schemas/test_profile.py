"""What ckanext-dcat's DCAT-AP 3 profile writes of a dataset of ours, it reads back into the same fields."""

from __future__ import annotations

import pytest
from full_dataset import FULL, differences

from ckanext.dcat.processors import RDFParser, RDFSerializer

# What the profiles of ckanext-dcat 2.4 do not carry from writing to reading, whatever the schema:
NOT_CARRIED = {
    # fields of the suite without a DCAT property
    "territory",
    "spatial_granularity",
    "legal_basis",
    # the address on the portal
    "name",
    # written as an adms:Identifier, read as a plain value
    "alternate_identifier",
    # written, not read
    "spatial_coverage.bbox",
    "spatial_coverage.centroid",
    # written with dcat:qualifiedAttribution, read with prov:qualifiedAttribution
    "qualified_attribution",
    # written as the portal's own datasets, not read
    "in_series",
    # never written
    "homepage",
}


@pytest.mark.usefixtures("with_plugins", "clean_portal")
def test_every_field_survives_writing_and_reading_dcat(organization, act):
    """A dataset entered here and harvested again as DCAT looks alike; what the profile itself loses is named above."""
    act("package_create", **FULL, owner_org=organization["id"])
    shown = act("package_show", id=FULL["name"])
    turtle = RDFSerializer(profiles=["euro_dcat_ap_3"]).serialize_dataset(shown, _format="turtle")

    parser = RDFParser(profiles=["euro_dcat_ap_3"])
    parser.parse(turtle, _format="turtle")
    [parsed] = parser.datasets()
    act("package_create", **parsed, name="lu", owner_org=organization["id"])

    read = act("package_show", id="lu")
    read["temporal_coverage"].sort(key=lambda period: period["start"])  # a graph has no order
    found = differences(FULL, read)
    assert {line.split(":")[0] for line in found} == NOT_CARRIED
