"""The profile `odf_dcat_ap` of ckanext-dcat: DCAT-AP 3 in the form that data.gouv.fr reads.

It extends `euro_dcat_ap_3`, so that a profile of yours can follow it in `ckanext.dcat.rdf.profiles` or inherit from it.
What udata reads was observed on its code; where it and DCAT-AP differ, both find what they look for. One thing cannot
be both: the checksum is a plain string, because udata refuses datasets whose checksum is an xsd:hexBinary.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import FOAF, PROV, RDF, RDFS, SKOS, XSD

import ckan.plugins.toolkit as tk

from ckanext.dcat.profiles import ADMS, DCAT, DCATAP, DCT, SPDX, VCARD
from ckanext.dcat.profiles.euro_dcat_ap_3 import EuropeanDCATAP3Profile
from ckanext.opendatafrance.federation import labels
from ckanext.opendatafrance.federation.graph import places, rights, services
from ckanext.opendatafrance.federation.mending import Site, prepare, texts
from ckanext.opendatafrance.reference import languages

_TEXTS = (DCT.title, DCT.description, DCAT.keyword, RDFS.label, ADMS.versionNotes)
# Of ckanext-dcat's keys, those that this profile writes itself.
_OWN = ("spatial_coverage", "license_id", "license_url", "has_version", "in_series", "qualified_attribution", "theme")
_OWN_OF_FILES = ("license", "format", "mimetype", "hash", "hash_algorithm", "size", "access_services")
_CONCEPTS = (DCAT.theme, DCATAP.hvdCategory, DCATAP.availability, ADMS.status, DCT.type)
_CLASSES = {
    DCT.language: DCT.LinguisticSystem,
    DCT.accrualPeriodicity: DCT.Frequency,
    DCT.conformsTo: DCT.Standard,
    DCT.accessRights: DCT.RightsStatement,
    DCAT.landingPage: FOAF.Document,
    FOAF.page: FOAF.Document,
    DCAT.hadRole: DCAT.Role,
    VCARD.hasEmail: RDFS.Resource,
    VCARD.hasURL: RDFS.Resource,
}


class OdfDcatApProfile(EuropeanDCATAP3Profile):
    """DCAT-AP 3.0.1 and HVD 3.0.0, as data.gouv.fr reads them.

    Attributes:
        owners: by organisation id, its title, email, url and siren; its title is in each dataset.
    """

    owners: Mapping[str, Mapping[str, str]] = {}

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Write one dataset; the dict stays as it is."""
        prepared, _found = prepare(dataset_dict, self.site(dataset_dict))
        files = prepared.pop("resources")
        for position, file in enumerate(files):
            file["uri"] = f"{dataset_ref}/resource/{file.get('id') or position}"
        stock = {key: value for key, value in prepared.items() if key not in _OWN}
        stock["resources"] = [{k: v for k, v in file.items() if k not in _OWN_OF_FILES} for file in files]
        # A graph of its own: what is corrected below must not touch other datasets of the page.
        page, self.g = self.g, Graph()
        try:
            super().graph_from_dataset(stock, dataset_ref)
            self._dataset(prepared, dataset_ref)
            for file in files:
                self._file(file, prepared, dataset_ref)
            self._finish(_language(prepared))
            for triple in self.g:
                page.add(triple)
        finally:
            self.g = page

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:
        """Write the catalogue with its language as a code, and a publisher."""
        super().graph_from_catalog(catalog_dict, catalog_ref)
        self.g.remove((catalog_ref, DCT.language, None))
        language = URIRef(languages.FRENCH)
        self.g.add((catalog_ref, DCT.language, language))
        self.g.add((language, RDF.type, DCT.LinguisticSystem))
        for page in self.g.objects(catalog_ref, FOAF.homepage):
            self.g.add((page, RDF.type, FOAF.Document))
        title = str((catalog_dict or {}).get("title") or tk.config["ckan.site_title"])
        if (catalog_ref, DCT.description, None) not in self.g:
            self.g.add((catalog_ref, DCT.description, Literal(title, lang="fr")))
        publisher = BNode()
        self.g.add((catalog_ref, DCT.publisher, publisher))
        self.g.add((publisher, RDF.type, FOAF.Agent))
        self.g.add((publisher, FOAF.name, Literal(title)))

    def site(self, dataset_dict: dict[str, Any]) -> Site:
        """What of the portal goes into a dataset; for profiles that extend this one."""
        root = str(tk.config.get("ckan.site_url") or "").rstrip("/")
        organization = dataset_dict.get("organization") or {}
        owner = self.owners.get(organization.get("id", "")) or {"title": organization.get("title") or ""}
        name = dataset_dict.get("name")
        return Site(texts.is_public(root), f"{root}/dataset/{name}" if root and name else "", owner)

    def _dataset(self, made: dict[str, Any], ref: URIRef) -> None:
        g = self.g
        # One text that is an address would be written as a node; the identifier is a literal for every reader.
        g.remove((ref, DCT.identifier, None))
        g.add((ref, DCT.identifier, Literal(made["identifier"])))
        rights.licence(g, ref, made["license_id"])
        for uri in [*made["theme"], *made["hvd_category"]]:
            g.add((ref, DCAT.theme, URIRef(uri)))
        for uri in made["has_version"]:
            # dcat:hasVersion would have to be a described dataset, which one of elsewhere is not here.
            g.add((ref, DCT.hasVersion, URIRef(uri)))
        for uri in made["in_series"]:
            g.add((ref, DCT.isPartOf, URIRef(uri)))
        if made["homepage"]:
            g.add((ref, FOAF.homepage, URIRef(made["homepage"])))
        for place in made["spatial_coverage"]:
            places.write(g, ref, place)
        for said in made.get("qualified_attribution") or []:
            self._attribution(ref, said)

    def _attribution(self, ref: URIRef, said: dict[str, Any]) -> None:
        node = BNode()
        self.g.add((ref, PROV.qualifiedAttribution, node))
        self.g.add((node, RDF.type, PROV.Attribution))
        for agent in said.get("agent") or []:
            if isinstance(agent, dict):
                self._add_agent_to_graph(node, PROV.agent, agent)
        if said.get("role"):
            self.g.add((node, DCAT.hadRole, URIRef(said["role"])))

    def _file(self, file: dict[str, Any], made: dict[str, Any], dataset_ref: URIRef) -> None:
        g, ref = self.g, URIRef(file["uri"])
        rights.licence(g, ref, file["license"] or made["license_id"])
        rights.file_format(g, ref, file["format"], file["mimetype"])
        if file["size"] is not None:
            g.add((ref, DCAT.byteSize, Literal(Decimal(file["size"]), datatype=XSD.nonNegativeInteger)))
        if file["hash"]:
            checksum, algorithm = BNode(), URIRef(file["hash_algorithm"])
            g.add((ref, SPDX.checksum, checksum))
            g.add((checksum, RDF.type, SPDX.Checksum))
            g.add((checksum, SPDX.checksumValue, Literal(file["hash"])))
            g.add((checksum, SPDX.algorithm, algorithm))
            g.add((algorithm, RDF.type, SPDX.ChecksumAlgorithm))
        for service in file["access_services"]:
            services.write(self, ref, service, made, dataset_ref)

    def _finish(self, language: str) -> None:
        """Classes and names that DCAT-AP asks for, e-mail addresses where readers look, and the language of texts."""
        g = self.g
        for agent in list(g.subjects(RDF.type, FOAF.Agent)):
            for mail in list(g.objects(agent, VCARD.hasEmail)):
                g.remove((agent, VCARD.hasEmail, mail))
                g.add((agent, FOAF.mbox, mail))
        for node in {node for predicate in _CONCEPTS for node in g.objects(None, predicate)}:
            if isinstance(node, URIRef):
                g.add((node, RDF.type, SKOS.Concept))
                g.add((node, SKOS.prefLabel, Literal(labels.label(str(node)), lang="fr")))
        for predicate, kind in _CLASSES.items():
            for node in set(g.objects(None, predicate)):
                if not isinstance(node, Literal):
                    g.add((node, RDF.type, kind))
        if language:
            self._tag(language)

    def _tag(self, language: str) -> None:
        """Say the language of texts; labels of licences are ids by which data.gouv.fr knows them."""
        g = self.g
        for predicate in _TEXTS:
            for subject, text in list(g.subject_objects(predicate)):
                bare = isinstance(text, Literal) and not text.language and not text.datatype
                if bare and (subject, RDF.type, DCT.LicenseDocument) not in g:
                    g.remove((subject, predicate, text))
                    g.add((subject, predicate, Literal(str(text), lang=language)))


def _language(made: dict[str, Any]) -> str:
    """The language of the texts: French, unless the dataset is in other languages only."""
    uris = made["language"]
    return "fr" if not uris or languages.FRENCH in uris else languages.tag(uris[0])
