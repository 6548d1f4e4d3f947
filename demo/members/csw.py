"""A geographic catalogue as GeoNetwork serves it: ISO 19139 by CSW, its pages, and a service that is coupled."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from . import pages
from .answers import NOT_FOUND, Answer, html, query_number
from .files import FORMATS, content
from .model import DEMONSTRATION, Dataset, Resource, Site
from .vocabulary import LICENCES

PAGE_SIZE = 4
ENDPOINT = "geonetwork/srv/fre/csw"
_CSW = "http://www.opengis.net/cat/csw/2.0.2"
_GMD = "http://www.isotc211.org/2005/gmd"
_OWS = "http://www.opengis.net/ows"
_SPACES = (
    f'xmlns:gmd="{_GMD}" xmlns:gco="http://www.isotc211.org/2005/gco" xmlns:gmx="http://www.isotc211.org/2005/gmx" '
    'xmlns:srv="http://www.isotc211.org/2005/srv" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)
_THEME = "http://publications.europa.eu/resource/authority/data-theme/"
# The EU's frequencies in the words of ISO 19115; others are said as a duration.
_FREQUENCIES = {
    "DAILY": "daily",
    "WEEKLY": "weekly",
    "MONTHLY": "monthly",
    "QUARTERLY": "quarterly",
    "ANNUAL_2": "biannually",
    "ANNUAL": "annually",
    "IRREG": "irregular",
    "NEVER": "notPlanned",
}
_DURATIONS = {"TRIENNIAL": "P3Y"}


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to GET `path` (below its own address, decoded)."""
    if path in ("", "geonetwork/srv/fre/catalog.search"):
        return html(pages.home(site))
    if path == ENDPOINT:
        return _csw(site, {name.lower(): value for name, value in query.items()})
    if path == "geoserver/ows":
        return _service(site)
    for dataset in site.datasets:
        if f"{site.url}/{path}" == site.page_of(dataset):
            return html(pages.dataset(site, dataset))
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def layers(site: Site) -> list[Dataset]:
    """The datasets that the geographic service of the site serves."""
    return [dataset for dataset in site.datasets if any(one.format == "geojson" for one in dataset.resources)]


def _csw(site: Site, query: Mapping[str, str]) -> Answer:
    asked = query.get("request", "").lower()
    if asked == "getcapabilities":
        return _xml(_capabilities(site))
    if asked != "getrecords":
        return _exception("request", "MissingParameterValue")
    if query.get("resulttype") != "hits" and query.get("outputschema") != _GMD:
        return _exception("outputSchema", "InvalidParameterValue")
    records = [_service_record(site)] if layers(site) else []
    if "constraint" not in query:
        records = [_record(site, dataset) for dataset in site.datasets] + records
    start = max(1, query_number(query, "startposition", 1))
    shown = records[start - 1 : start - 1 + min(PAGE_SIZE, query_number(query, "maxrecords", 10))]
    if query.get("resulttype") == "hits":
        shown = []
    following = start + len(shown) if start + len(shown) <= len(records) else 0
    return _xml(
        f'<csw:GetRecordsResponse xmlns:csw="{_CSW}"><csw:SearchStatus/><csw:SearchResults '
        f'numberOfRecordsMatched="{len(records)}" numberOfRecordsReturned="{len(shown)}" nextRecord="{following}" '
        f'elementSet="full">{"".join(shown)}</csw:SearchResults></csw:GetRecordsResponse>'
    )


def _capabilities(site: Site) -> str:
    return (
        f'<csw:Capabilities xmlns:csw="{_CSW}" xmlns:ows="{_OWS}" version="2.0.2"><ows:ServiceIdentification>'
        f"<ows:Title>{escape(site.title)}</ows:Title></ows:ServiceIdentification><ows:OperationsMetadata>"
        f'<ows:Operation name="GetRecords"><ows:Parameter name="outputSchema"><ows:Value>{_GMD}</ows:Value>'
        "</ows:Parameter></ows:Operation></ows:OperationsMetadata></csw:Capabilities>"
    )


def _exception(locator: str, code: str) -> Answer:
    return _xml(
        f'<ows:ExceptionReport xmlns:ows="{_OWS}" version="1.0.0"><ows:Exception exceptionCode="{code}" '
        f'locator="{locator}"/></ows:ExceptionReport>'
    )


def _service(site: Site) -> Answer:
    """Capabilities of a map service, enough for the link to lead somewhere."""
    named = "".join(f"<Layer><Name>{one.id}</Name><Title>{escape(one.title)}</Title></Layer>" for one in layers(site))
    text = f'<WMS_Capabilities version="1.3.0"><Service><Name>WMS</Name></Service><Capability><Layer>{named}'
    return Answer(f"{text}</Layer></Capability></WMS_Capabilities>".encode(), "application/vnd.ogc.wms_xml")


def _record(site: Site, dataset: Dataset) -> str:
    west, south, east, north = site.owner.bbox
    keywords = "".join(f"<gmd:keyword>{_text(word)}</gmd:keyword>" for word in dataset.keywords)
    theme = f'<gmx:Anchor xlink:href="{_THEME}{dataset.theme}">{dataset.theme}</gmx:Anchor>'
    online = "".join(_online(site, dataset, resource) for resource in dataset.resources)
    first, last = dataset.years
    return (
        f"<gmd:MD_Metadata {_SPACES}><gmd:fileIdentifier>{_text(site.id_of(dataset.id))}</gmd:fileIdentifier>"
        f"<gmd:language>{_code('LanguageCode', 'fre')}</gmd:language>"
        f"<gmd:hierarchyLevel>{_code('MD_ScopeCode', 'dataset')}</gmd:hierarchyLevel>"
        f"<gmd:contact>{_party(site, 'pointOfContact')}</gmd:contact>"
        f"<gmd:identificationInfo><gmd:MD_DataIdentification>"
        f"<gmd:citation><gmd:CI_Citation><gmd:title>{_text(dataset.title)}</gmd:title>"
        f"{_date(dataset.issued.isoformat(), 'publication')}{_date(dataset.modified.isoformat(), 'revision')}"
        f"</gmd:CI_Citation></gmd:citation><gmd:abstract>{_text(dataset.notes)}</gmd:abstract>"
        f"<gmd:pointOfContact>{_party(site, 'owner')}</gmd:pointOfContact>{_maintenance(dataset.frequency)}"
        f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{keywords}</gmd:MD_Keywords></gmd:descriptiveKeywords>"
        f"<gmd:descriptiveKeywords><gmd:MD_Keywords><gmd:keyword>{theme}</gmd:keyword></gmd:MD_Keywords>"
        f"</gmd:descriptiveKeywords>{_constraints(dataset)}"
        f"<gmd:language>{_code('LanguageCode', 'fre')}</gmd:language>"
        f"<gmd:extent><gmd:EX_Extent><gmd:description>{_text(site.owner.title)}</gmd:description>"
        "<gmd:geographicElement><gmd:EX_GeographicBoundingBox>"
        f"{_side('westBoundLongitude', west)}{_side('eastBoundLongitude', east)}"
        f"{_side('southBoundLatitude', south)}{_side('northBoundLatitude', north)}"
        "</gmd:EX_GeographicBoundingBox></gmd:geographicElement><gmd:temporalElement><gmd:EX_TemporalExtent>"
        f'<gmd:extent><gml:TimePeriod gml:id="t"><gml:beginPosition>{first}-01-01</gml:beginPosition>'
        f"<gml:endPosition>{last}-12-31</gml:endPosition></gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent>"
        "</gmd:temporalElement></gmd:EX_Extent></gmd:extent></gmd:MD_DataIdentification></gmd:identificationInfo>"
        "<gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions>"
        f"{online}</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>"
        "</gmd:MD_Metadata>"
    )


def _service_record(site: Site) -> str:
    coupled = "".join(
        "<srv:coupledResource><srv:SV_CoupledResource>"
        f"<srv:identifier>{_text(site.id_of(one.id))}</srv:identifier><gco:ScopedName>{one.id}</gco:ScopedName>"
        "</srv:SV_CoupledResource></srv:coupledResource>"
        for one in layers(site)
    )
    address = f"{site.url}/geoserver/ows?service=WMS&amp;request=GetCapabilities"
    about = f"Service de consultation des cartes.\n\n{DEMONSTRATION}"
    return (
        f"<gmd:MD_Metadata {_SPACES}><gmd:fileIdentifier>{_text(site.id_of('service'))}</gmd:fileIdentifier>"
        f"<gmd:hierarchyLevel>{_code('MD_ScopeCode', 'service')}</gmd:hierarchyLevel>"
        "<gmd:identificationInfo><srv:SV_ServiceIdentification><gmd:citation><gmd:CI_Citation>"
        f"<gmd:title>{_text(f'Service WMS : {site.title}')}</gmd:title></gmd:CI_Citation></gmd:citation>"
        f"<gmd:abstract>{_text(about)}</gmd:abstract><gmd:pointOfContact>{_party(site, 'owner')}</gmd:pointOfContact>"
        f"<srv:serviceType><gco:LocalName>view</gco:LocalName></srv:serviceType>{coupled}"
        "<srv:containsOperations><srv:SV_OperationMetadata><srv:connectPoint><gmd:CI_OnlineResource>"
        f"<gmd:linkage><gmd:URL>{address}</gmd:URL></gmd:linkage></gmd:CI_OnlineResource></srv:connectPoint>"
        "</srv:SV_OperationMetadata></srv:containsOperations></srv:SV_ServiceIdentification></gmd:identificationInfo>"
        "</gmd:MD_Metadata>"
    )


def _online(site: Site, dataset: Dataset, resource: Resource) -> str:
    return (
        "<gmd:onLine><gmd:CI_OnlineResource>"
        f"<gmd:linkage><gmd:URL>{escape(site.file_of(dataset, resource))}</gmd:URL></gmd:linkage>"
        f"<gmd:protocol>{_text('WWW:DOWNLOAD-1.0-http--download')}</gmd:protocol>"
        f"<gmd:name>{_text(resource.title)}</gmd:name></gmd:CI_OnlineResource></gmd:onLine>"
    )


def _constraints(dataset: Dataset) -> str:
    """The licence where French records have it: as words, among the other constraints of use."""
    if not dataset.licence:
        return ""
    return (
        "<gmd:resourceConstraints><gmd:MD_LegalConstraints>"
        f"<gmd:useConstraints>{_code('MD_RestrictionCode', 'license')}</gmd:useConstraints>"
        f"<gmd:otherConstraints>{_text(LICENCES[dataset.licence][0])}</gmd:otherConstraints>"
        "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


def _maintenance(frequency: str) -> str:
    inside = (
        f"<gmd:maintenanceAndUpdateFrequency>{_code('MD_MaintenanceFrequencyCode', _FREQUENCIES.get(frequency, ''))}"
    )
    inside += "</gmd:maintenanceAndUpdateFrequency>"
    if frequency in _DURATIONS:
        duration = f"<gco:TM_PeriodDuration>{_DURATIONS[frequency]}</gco:TM_PeriodDuration>"
        inside = f"<gmd:userDefinedMaintenanceFrequency>{duration}</gmd:userDefinedMaintenanceFrequency>"
    return (
        f"<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation>{inside}</gmd:MD_MaintenanceInformation>"
        "</gmd:resourceMaintenance>"
    )


def _party(site: Site, role: str) -> str:
    return (
        f"<gmd:CI_ResponsibleParty><gmd:organisationName>{_text(site.owner.title)}</gmd:organisationName>"
        "<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>"
        f"<gmd:electronicMailAddress>{_text(site.mail)}</gmd:electronicMailAddress></gmd:CI_Address></gmd:address>"
        f"</gmd:CI_Contact></gmd:contactInfo><gmd:role>{_code('CI_RoleCode', role)}</gmd:role>"
        "</gmd:CI_ResponsibleParty>"
    )


def _date(day: str, kind: str) -> str:
    return (
        f"<gmd:date><gmd:CI_Date><gmd:date><gco:Date>{day}</gco:Date></gmd:date>"
        f"<gmd:dateType>{_code('CI_DateTypeCode', kind)}</gmd:dateType></gmd:CI_Date></gmd:date>"
    )


def _side(name: str, degrees: float) -> str:
    return f"<gmd:{name}><gco:Decimal>{degrees}</gco:Decimal></gmd:{name}>"


def _text(text: str) -> str:
    return f"<gco:CharacterString>{escape(text)}</gco:CharacterString>"


def _code(name: str, value: str) -> str:
    return f'<gmd:{name} codeList="http://standards.iso.org/iso/19139/#{name}" codeListValue="{value}"/>'


def _xml(text: str) -> Answer:
    return Answer(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode(), "application/xml; charset=utf-8")
