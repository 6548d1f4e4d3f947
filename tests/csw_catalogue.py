"""A catalogue service as GeoNetwork and others answer: ISO 19139, ISO 19115-3 or Dublin Core, page after page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from member_site import Answer, Request

GMD = "http://www.isotc211.org/2005/gmd"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
DC = "http://www.opengis.net/cat/csw/2.0.2"

_GMD_SPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco" '
    'xmlns:gmx="http://www.isotc211.org/2005/gmx" xmlns:srv="http://www.isotc211.org/2005/srv" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_MDB = "http://standards.iso.org/iso/19115/-3"
_MDB_SPACES = " ".join(
    [
        *(
            f'xmlns:{name}="{_MDB}/{name}/{version}"'
            for name, version in (
                *(("mdb", "2.0"), ("mcc", "1.0"), ("cit", "2.0"), ("mri", "1.0"), ("lan", "1.0"), ("gex", "1.0")),
                *(("mco", "1.0"), ("mmi", "1.0"), ("mrd", "1.0"), ("mrl", "2.0"), ("gco", "1.0")),
            )
        ),
        'xmlns:gcx="http://standards.iso.org/iso/19115/-3/gcx/1.0"',
        'xmlns:gml="http://www.opengis.net/gml/3.2"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
    ]
)


def text(value: str) -> str:
    return f"<gco:CharacterString>{escape(value)}</gco:CharacterString>"


def free(main: str, **others: str) -> str:
    """A text with its translations, by the ids of locales."""
    groups = "".join(
        f'<gmd:textGroup><gmd:LocalisedCharacterString locale="#{name}">{escape(said)}</gmd:LocalisedCharacterString>'
        "</gmd:textGroup>"
        for name, said in others.items()
    )
    return f"{text(main) if main else ''}<gmd:PT_FreeText>{groups}</gmd:PT_FreeText>"


def link(url: str, protocol: str = "", name: str = "", description: str = "", function: str = "") -> str:
    """One entry of transferOptions."""
    parts = f"<gmd:linkage><gmd:URL>{escape(url)}</gmd:URL></gmd:linkage>"
    for tag, value in (("protocol", protocol), ("name", name), ("description", description)):
        parts += f"<gmd:{tag}>{text(value)}</gmd:{tag}>" if value else ""
    parts += f'<gmd:function><gmd:CI_OnLineFunctionCode codeListValue="{function}"/></gmd:function>' if function else ""
    return f"<gmd:onLine><gmd:CI_OnlineResource>{parts}</gmd:CI_OnlineResource></gmd:onLine>"


LINKS = (
    link("https://geo.saintes.fr/files/{id}.zip", "WWW:DOWNLOAD-1.0-http--download", "{id}.zip")
    + link("https://geo.saintes.fr/wms?", "OGC:WMS", "arbres_{id}", "Les arbres")
    + link("https://www.saintes.fr/arbres", "WWW:LINK-1.0-http--link", "Page du service")
)


def keyword(*words: str, thesaurus: str = "") -> str:
    said = "".join(f"<gmd:keyword>{word if '<' in word else text(word)}</gmd:keyword>" for word in words)
    if thesaurus:
        said += (
            f"<gmd:thesaurusName><gmd:CI_Citation><gmd:title>{text(thesaurus)}</gmd:title></gmd:CI_Citation>"
            "</gmd:thesaurusName>"
        )
    return f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{said}</gmd:MD_Keywords></gmd:descriptiveKeywords>"


LICENCE = (
    "<gmd:resourceConstraints><gmd:MD_LegalConstraints>"
    f"<gmd:useLimitation>{text('Utilisation libre sous réserve de mentionner la source')}</gmd:useLimitation>"
    '<gmd:useConstraints><gmd:MD_RestrictionCode codeListValue="license"/></gmd:useConstraints>'
    f"<gmd:otherConstraints>{text('Licence Ouverte version 2.0')}</gmd:otherConstraints>"
    "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
)


KEYWORDS = keyword("arbres", "végétation") + keyword("Sites protégés", thesaurus="GEMET - INSPIRE themes, version 1.0")


def gmd(
    identifier: str,
    title: str = "",
    *,
    title_xml: str = "",
    language: str = "fre",
    locales: dict[str, str] | None = None,
    constraints: str = LICENCE,
    keywords: str = "",
    links: str = LINKS,
    scope: str = "dataset",
    extra: str = "",
    stamp: str = "2026-01-02",
) -> str:
    """A dataset of Saintes in ISO 19139."""
    located = "".join(
        f'<gmd:locale><gmd:PT_Locale id="{name}"><gmd:languageCode><gmd:LanguageCode codeListValue="{code}"/>'
        "</gmd:languageCode></gmd:PT_Locale></gmd:locale>"
        for name, code in (locales or {}).items()
    )
    title_xml = title_xml or text(title or f"Arbres {identifier}")
    file = f"<gmd:fileIdentifier>{text(identifier)}</gmd:fileIdentifier>" if identifier else ""
    return f"""<gmd:MD_Metadata {_GMD_SPACES}>{file}
<gmd:language><gmd:LanguageCode codeListValue="{language}"/></gmd:language>
<gmd:hierarchyLevel><gmd:MD_ScopeCode codeListValue="{scope}"/></gmd:hierarchyLevel>
<gmd:contact>{party("Mairie de Saintes", "sig@saintes.example", "pointOfContact")}</gmd:contact>
<gmd:dateStamp><gco:Date>{stamp}</gco:Date></gmd:dateStamp>{located}
<gmd:identificationInfo><gmd:MD_DataIdentification>
<gmd:citation><gmd:CI_Citation><gmd:title>{title_xml}</gmd:title>
<gmd:date>{date("2020-03-04", "publication")}</gmd:date><gmd:date>{date("2025-06-07", "revision")}</gmd:date>
</gmd:CI_Citation></gmd:citation>
<gmd:abstract>{text("Les arbres <b>de la commune</b>, relevés sur place.")}</gmd:abstract>
<gmd:pointOfContact>{party("Ville de Saintes", "sig@saintes.example", "owner")}</gmd:pointOfContact>
<gmd:resourceMaintenance><gmd:MD_MaintenanceInformation><gmd:maintenanceAndUpdateFrequency>
<gmd:MD_MaintenanceFrequencyCode codeListValue="annually"/></gmd:maintenanceAndUpdateFrequency>
</gmd:MD_MaintenanceInformation></gmd:resourceMaintenance>
{keywords or KEYWORDS}
{constraints}
<gmd:language><gmd:LanguageCode codeListValue="fre"/></gmd:language>
<gmd:topicCategory><gmd:MD_TopicCategoryCode>environment</gmd:MD_TopicCategoryCode></gmd:topicCategory>
<gmd:extent><gmd:EX_Extent><gmd:description>{text("Saintes")}</gmd:description>
<gmd:geographicElement><gmd:EX_GeographicBoundingBox>
<gmd:westBoundLongitude><gco:Decimal>-0.7</gco:Decimal></gmd:westBoundLongitude>
<gmd:eastBoundLongitude><gco:Decimal>-0.5</gco:Decimal></gmd:eastBoundLongitude>
<gmd:southBoundLatitude><gco:Decimal>45.7</gco:Decimal></gmd:southBoundLatitude>
<gmd:northBoundLatitude><gco:Decimal>45.8</gco:Decimal></gmd:northBoundLatitude>
</gmd:EX_GeographicBoundingBox></gmd:geographicElement>
<gmd:geographicElement><gmd:EX_GeographicDescription><gmd:geographicIdentifier><gmd:RS_Identifier>
<gmd:code>{text("17415")}</gmd:code><gmd:codeSpace>{text("INSEE")}</gmd:codeSpace>
</gmd:RS_Identifier></gmd:geographicIdentifier></gmd:EX_GeographicDescription></gmd:geographicElement>
<gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent><gml:TimePeriod gml:id="p{identifier}">
<gml:beginPosition>2019-01-01</gml:beginPosition><gml:endPosition indeterminatePosition="now"/>
</gml:TimePeriod></gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>
</gmd:MD_DataIdentification></gmd:identificationInfo>
<gmd:distributionInfo><gmd:MD_Distribution>
<gmd:distributionFormat><gmd:MD_Format><gmd:name>{text("ESRI Shapefile")}</gmd:name></gmd:MD_Format>
</gmd:distributionFormat>
<gmd:transferOptions><gmd:MD_DigitalTransferOptions>{links.replace("{id}", identifier)}
</gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>
<gmd:dataQualityInfo><gmd:DQ_DataQuality><gmd:lineage><gmd:LI_Lineage>
<gmd:statement>{text("Relevés du service des espaces verts.")}</gmd:statement>
</gmd:LI_Lineage></gmd:lineage></gmd:DQ_DataQuality></gmd:dataQualityInfo>{extra}</gmd:MD_Metadata>"""


def party(organisation: str, mail: str, role: str) -> str:
    return (
        f"<gmd:CI_ResponsibleParty><gmd:organisationName>{text(organisation)}</gmd:organisationName>"
        "<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>"
        f"<gmd:electronicMailAddress>{text(mail)}</gmd:electronicMailAddress>"
        "</gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo>"
        f'<gmd:role><gmd:CI_RoleCode codeListValue="{role}"/></gmd:role></gmd:CI_ResponsibleParty>'
    )


def date(day: str, kind: str) -> str:
    return (
        f"<gmd:CI_Date><gmd:date><gco:Date>{day}</gco:Date></gmd:date>"
        f'<gmd:dateType><gmd:CI_DateTypeCode codeListValue="{kind}"/></gmd:dateType></gmd:CI_Date>'
    )


def service(identifier: str, title: str, address: str, couples: dict[str, list[str]], version: str = "OGC:WMS") -> str:
    """A service in ISO 19139 with the datasets, and their layers, that it operates on."""
    coupled = "".join(
        f"<srv:coupledResource><srv:SV_CoupledResource><srv:identifier>{text(guid)}</srv:identifier>"
        f"<gco:ScopedName>{layer}</gco:ScopedName></srv:SV_CoupledResource></srv:coupledResource>"
        for guid, layers in couples.items()
        for layer in layers
    )
    operates = "".join(f'<srv:operatesOn uuidref="{guid}"/>' for guid in couples)
    return f"""<gmd:MD_Metadata {_GMD_SPACES}><gmd:fileIdentifier>{text(identifier)}</gmd:fileIdentifier>
<gmd:hierarchyLevel><gmd:MD_ScopeCode codeListValue="service"/></gmd:hierarchyLevel>
<gmd:identificationInfo><srv:SV_ServiceIdentification>
<gmd:citation><gmd:CI_Citation><gmd:title>{text(title)}</gmd:title></gmd:CI_Citation></gmd:citation>
<srv:serviceType><gco:LocalName>view</gco:LocalName></srv:serviceType>
<srv:serviceTypeVersion>{text(version)}</srv:serviceTypeVersion>{coupled}
<srv:containsOperations><srv:SV_OperationMetadata><srv:operationName>{text("GetCapabilities")}</srv:operationName>
<srv:connectPoint><gmd:CI_OnlineResource><gmd:linkage><gmd:URL>{escape(address)}</gmd:URL></gmd:linkage>
</gmd:CI_OnlineResource></srv:connectPoint></srv:SV_OperationMetadata></srv:containsOperations>{operates}
</srv:SV_ServiceIdentification></gmd:identificationInfo></gmd:MD_Metadata>"""


def mdb(identifier: str, title: str = "") -> str:
    """A dataset in ISO 19115-3, as GeoNetwork 4 writes it."""
    return f"""<mdb:MD_Metadata {_MDB_SPACES}>
<mdb:metadataIdentifier><mcc:MD_Identifier><mcc:code>{text(identifier)}</mcc:code></mcc:MD_Identifier>
</mdb:metadataIdentifier>
<mdb:defaultLocale><lan:PT_Locale><lan:language><lan:LanguageCode codeListValue="fre"/></lan:language>
</lan:PT_Locale></mdb:defaultLocale>
<mdb:metadataScope><mdb:MD_MetadataScope><mdb:resourceScope><mcc:MD_ScopeCode codeListValue="dataset"/>
</mdb:resourceScope></mdb:MD_MetadataScope></mdb:metadataScope>
<mdb:identificationInfo><mri:MD_DataIdentification>
<mri:citation><cit:CI_Citation><cit:title>{text(title or f"Voies {identifier}")}</cit:title>
<cit:date><cit:CI_Date><cit:date><gco:DateTime>2021-02-03T00:00:00</gco:DateTime></cit:date>
<cit:dateType><cit:CI_DateTypeCode codeListValue="creation"/></cit:dateType></cit:CI_Date></cit:date>
<cit:identifier><mcc:MD_Identifier><mcc:code>
<gcx:Anchor xlink:href="https://geo.rochefort.fr/id/{identifier}">{identifier}</gcx:Anchor></mcc:code>
</mcc:MD_Identifier></cit:identifier></cit:CI_Citation></mri:citation>
<mri:abstract>{text("Les voies de la commune.")}</mri:abstract>
<mri:pointOfContact><cit:CI_Responsibility><cit:role><cit:CI_RoleCode codeListValue="publisher"/></cit:role>
<cit:party><cit:CI_Organisation><cit:name>{text("Ville de Rochefort")}</cit:name>
<cit:partyIdentifier><mcc:MD_Identifier><mcc:code>{text("21170299400013")}</mcc:code></mcc:MD_Identifier>
</cit:partyIdentifier>
<cit:contactInfo><cit:CI_Contact><cit:address><cit:CI_Address>
<cit:electronicMailAddress>{text("sig@rochefort.example")}</cit:electronicMailAddress></cit:CI_Address></cit:address>
</cit:CI_Contact></cit:contactInfo>
<cit:individual><cit:CI_Individual><cit:name>{text("Service SIG")}</cit:name></cit:CI_Individual></cit:individual>
</cit:CI_Organisation></cit:party></cit:CI_Responsibility></mri:pointOfContact>
<mri:topicCategory><mri:MD_TopicCategoryCode>transportation</mri:MD_TopicCategoryCode></mri:topicCategory>
<mri:extent><gex:EX_Extent><gex:geographicElement><gex:EX_GeographicBoundingBox>
<gex:westBoundLongitude><gco:Decimal>-1.0</gco:Decimal></gex:westBoundLongitude>
<gex:eastBoundLongitude><gco:Decimal>-0.9</gco:Decimal></gex:eastBoundLongitude>
<gex:southBoundLatitude><gco:Decimal>45.9</gco:Decimal></gex:southBoundLatitude>
<gex:northBoundLatitude><gco:Decimal>46.0</gco:Decimal></gex:northBoundLatitude>
</gex:EX_GeographicBoundingBox></gex:geographicElement></gex:EX_Extent></mri:extent>
<mri:resourceMaintenance><mmi:MD_MaintenanceInformation><mmi:maintenanceAndUpdateFrequency>
<mmi:MD_MaintenanceFrequencyCode codeListValue="monthly"/></mmi:maintenanceAndUpdateFrequency>
</mmi:MD_MaintenanceInformation></mri:resourceMaintenance>
<mri:resourceConstraints><mco:MD_LegalConstraints>
<mco:useConstraints><mco:MD_RestrictionCode codeListValue="otherRestrictions"/></mco:useConstraints>
<mco:otherConstraints><gcx:Anchor xlink:href="https://www.etalab.gouv.fr/licence-ouverte-open-licence">LO</gcx:Anchor>
</mco:otherConstraints></mco:MD_LegalConstraints></mri:resourceConstraints>
<mri:defaultLocale><lan:PT_Locale><lan:language><lan:LanguageCode codeListValue="fre"/></lan:language></lan:PT_Locale>
</mri:defaultLocale></mri:MD_DataIdentification></mdb:identificationInfo>
<mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions><mrd:MD_DigitalTransferOptions>
<mrd:onLine><cit:CI_OnlineResource><cit:linkage>{text("https://geo.rochefort.fr/voies.geojson")}</cit:linkage>
<cit:protocol>{text("WWW:DOWNLOAD-1.0-http--download")}</cit:protocol><cit:name>{text("Voies")}</cit:name>
</cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions></mrd:transferOptions></mrd:MD_Distribution>
</mdb:distributionInfo>
<mdb:resourceLineage><mrl:LI_Lineage><mrl:statement>{text("Base de la voirie.")}</mrl:statement></mrl:LI_Lineage>
</mdb:resourceLineage></mdb:MD_Metadata>"""


def dublin_core(identifier: str, title: str = "") -> str:
    return f"""<csw:Record xmlns:csw="{DC}" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:dct="http://purl.org/dc/terms/" xmlns:ows="http://www.opengis.net/ows"><dc:identifier>{identifier}</dc:identifier>
<dc:title>{escape(title or f"Quais {identifier}")}</dc:title><dc:type>dataset</dc:type>
<dc:subject>port</dc:subject><dc:subject>transportation</dc:subject><dct:modified>2024-05-06</dct:modified>
<dct:abstract>Les quais.</dct:abstract><dc:rights>otherRestrictions</dc:rights><dc:rights>Licence ODbL</dc:rights>
<dc:language>fre</dc:language><dc:publisher>Port de La Rochelle</dc:publisher><dc:format>ESRI Shapefile</dc:format>
<ows:BoundingBox crs="urn:ogc:def:crs:::WGS 1984"><ows:LowerCorner>-1.1 46.1</ows:LowerCorner>
<ows:UpperCorner>-1.2 46.2</ows:UpperCorner></ows:BoundingBox>
<dc:URI protocol="OGC:WFS" name="quais" description="Les quais">https://geo.port.fr/wfs</dc:URI>
<dc:URI protocol="WWW:DOWNLOAD-1.0-http--download" name="quais.zip">https://geo.port.fr/quais.zip</dc:URI>
</csw:Record>"""


def page(records: list[str], matched: int | str, following: int | str, returned: int | str = "") -> Answer:
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse xmlns:csw="{DC}"><csw:SearchStatus/>'
        f'<csw:SearchResults numberOfRecordsMatched="{matched}" numberOfRecordsReturned="{returned or len(records)}" '
        f'nextRecord="{following}" elementSet="full">{"".join(records)}</csw:SearchResults></csw:GetRecordsResponse>'
    )
    return Answer(body, media_type="application/xml")


def exception(words: str, code: str = "InvalidParameterValue", status: int = 200) -> Answer:
    body = (
        '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.0.0">'
        f'<ows:Exception exceptionCode="{code}"><ows:ExceptionText>{words}</ows:ExceptionText></ows:Exception>'
        "</ows:ExceptionReport>"
    )
    return Answer(body, status=status, media_type="application/xml")


def capabilities(*schemas: str) -> Answer:
    values = "".join(f"<ows:Value>{schema}</ows:Value>" for schema in schemas)
    body = (
        f'<csw:Capabilities xmlns:csw="{DC}" xmlns:ows="http://www.opengis.net/ows" version="2.0.2">'
        '<ows:OperationsMetadata><ows:Operation name="GetRecords"><ows:Parameter name="outputSchema">'
        f"{values}</ows:Parameter></ows:Operation></ows:OperationsMetadata></csw:Capabilities>"
    )
    return Answer(body, media_type="application/xml")


def server(
    records: list[str],
    *,
    most: int = 100,
    schema: str = GMD,
    services: list[str] | None = None,
    following: Callable[[int, int], int] = lambda after, total: after if after <= total else 0,
) -> Callable[[Request], Any]:
    """A route that answers as a catalogue service.

    Args:
        most: records of a page at most, whatever is asked for.
        schema: the only output schema besides that of Dublin Core.
        services: records for the question type='service'; None where the server does not know the question.
        following: what it says as nextRecord, by the right number and the total.
    """

    def answer(request: Request) -> Any:
        asked = {name.lower(): value for name, value in request.query.items()}
        if asked.get("request", "").lower() == "getcapabilities":
            return capabilities(schema, DC)
        if asked.get("request", "").lower() != "getrecords":
            return exception("request is missing", "MissingParameterValue", 400)
        held = records
        if "constraint" in asked:
            if services is None:
                return exception("constraint")
            held = services
        if asked.get("resulttype") == "hits":
            return page([], len(held), 1, 0)
        if asked["outputschema"] != schema:
            return exception("outputSchema")
        start, rows = int(asked.get("startposition", 1)), min(most, int(asked.get("maxrecords", 10)))
        given = held[start - 1 : start - 1 + rows]
        return page(given, len(held), following(start + len(given), len(held)))

    return answer
