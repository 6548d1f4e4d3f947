"""Languages: the EU authority table "language", ISO 639-1 and 639-2/T and B codes, names in French and English."""

from __future__ import annotations

from ckanext.opendatafrance.reference.codelist import Code, CodeList

LANGUAGES = CodeList(
    "languages",
    "http://publications.europa.eu/resource/authority/language/",
    aliases=(
        "http://id.loc.gov/vocabulary/iso639-1/",
        "http://id.loc.gov/vocabulary/iso639-2/",
        "http://lexvo.org/id/iso639-1/",
        "http://lexvo.org/id/iso639-3/",
        "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml/LanguageCode/",
    ),
)
FRENCH = LANGUAGES.base + "FRA"


def find(text: str) -> Code | None:
    """The language that a URI, a code (fr, fra, fre, fr-FR, fr_FR) or a name means."""
    return LANGUAGES.find(text) or LANGUAGES.find(text.replace("_", "-").split("-")[0].split(";")[0].strip())


def tag(uri: str) -> str:
    """The two-letter code of a language of the list (its own code in lower case where there is none)."""
    code = LANGUAGES.get(uri)
    if code is None:
        return ""
    return next((word for word in code.words if len(word) == 2), code.code.lower())
