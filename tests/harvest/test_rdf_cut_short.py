"""RDF/XML that stops before its end is never taken for a whole catalogue."""

from __future__ import annotations

import pytest
from member_site import Answer

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector

RDF = "application/rdf+xml"
CATALOGUE = """<?xml version="1.0"?>
<!-- two datasets -->
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"
         xmlns:dct="http://purl.org/dc/terms/">
<dcat:Dataset rdf:about="http://a.example/1"><dct:title>Un</dct:title></dcat:Dataset>
<dcat:Dataset rdf:about="http://a.example/2"><dct:title>Deux</dct:title></dcat:Dataset>
</rdf:RDF>
<!-- the end -->
"""


def test_whole_catalogue_is_read(member_site, fetch):
    """Both datasets of the whole file are there."""
    site = member_site({"/c.rdf": Answer(CATALOGUE, media_type=RDF)})
    assert len(list(DcatConnector(f"{site.url}/c.rdf", fetch(site)).records())) == 2


@pytest.mark.parametrize("end", ["</rdf:RDF>", "<dcat:Dataset rdf:about='http://a.example/2'>", "Deux", "</dct:title>"])
def test_catalogue_cut_short_is_refused(member_site, fetch, end):
    """Cut before the end, between two elements, within a text, before a closing tag: each time it is said."""
    text = CATALOGUE.replace('"http://a.example/2"', "'http://a.example/2'")
    site = member_site({"/c.rdf": Answer(text[: text.rindex(end)], media_type=RDF)})
    with pytest.raises(FatalSourceError) as raised:
        list(DcatConnector(f"{site.url}/c.rdf", fetch(site)).records())
    assert raised.value.code == "broken-xml"
