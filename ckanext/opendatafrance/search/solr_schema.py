"""CKAN's own Solr schema with French analysis.

Run `python -m ckanext.opendatafrance.search.solr_schema [IN.xml] > OUT.xml`; no CKAN configuration is needed.
Everything French stands in the schema itself (no stop word or elision file), so an operator replaces one file of the
core. Only filters of Lucene's common analysis are used; `protwords.txt` and `synonyms.txt` stay CKAN's.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

from ckanext.opendatafrance.errors import N_, DataFileError

# Written as Unicode escapes where the character is easily lost in an editor.
APOSTROPHES = "'\u2019\u02bc\u2018\uff07"
ELISIONS = ("l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu")
# Articles, prepositions, conjunctions and pronouns. Left out on purpose are words that name something as well: "est" is
# a point of the compass, "été" a season, "avions" fly, a "car" drives, and Eu, Y and Vers are communes.
STOP_WORDS = (
    "le|la|les|l|un|une|des|du|de|d|au|aux|a|en|et|ou|ni|que|qui|quoi|dont|ce|cet|cette|ces|ceci|cela"
    "|dans|par|pour|sur|sous|avec|sans|chez|entre|depuis|pendant|selon"
    "|il|elle|ils|elles|je|tu|nous|vous|se|me|te|ne|leur|leurs|mon|ma|mes|ta|tes|sa|ses|notre|nos|votre|vos"
)

CHAR_FILTERS = (
    # File names of a Macintosh spell é as e and a combining accent, which the folding filter leaves alone.
    {"class": "solr.PatternReplaceCharFilterFactory", "pattern": "[\\u0300-\\u036f]", "replacement": ""},
    {
        "class": "solr.PatternReplaceCharFilterFactory",
        "pattern": rf"(?i)(?<![\p{{L}}\p{{N}}])({'|'.join(ELISIONS)})[{APOSTROPHES}](?=\p{{L}})",
        "replacement": "",
    },
)
# Folding precedes stemming, so that a word stems alike with and without its accents.
FOLDING = {"class": "solr.ASCIIFoldingFilterFactory"}
STEMMING = (
    # An emptied token is dropped by its length, which leaves a gap for phrases as a stop filter does.
    {"class": "solr.PatternReplaceFilterFactory", "pattern": f"^({STOP_WORDS})$", "replacement": ""},
    {"class": "solr.LengthFilterFactory", "min": "1", "max": "255"},
    # St-Jean and Saint-Jean, Ste-Marie and Sainte-Marie.
    {"class": "solr.PatternReplaceFilterFactory", "pattern": "^st(e?)$", "replacement": "saint$1"},
    {"class": "solr.KeywordMarkerFilterFactory", "protected": "protwords.txt"},
    {"class": "solr.FrenchLightStemFilterFactory"},
)
# A typed word longer than the longest indexed gram would match nothing.
LONGEST_GRAM = {"class": "solr.TruncateTokenFilterFactory", "prefixLength": "10"}
# Accents and case do not count in the order of titles: Écoles stands between Eau and Élections.
# Small words are dropped in analysed fields only: for a field of type string, dismax would require each of them.
WORDS = {"name": "odf_words", "type": "text", "indexed": "true", "stored": "false", "multiValued": "true"}
WORDS_OF = ("name", "tags", "groups")
COLLATION = {"name": "odf_french_order", "class": "solr.CollationField", "language": "fr", "strength": "secondary"}


def installed_schema() -> Path:
    """Path of the schema inside the installed `ckan` package, found without importing CKAN.

    Raises:
        DataFileError: there is no CKAN in this Python.
    """
    spec = find_spec("ckan")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "config" / "solr" / "schema.xml"
        if path.is_file():
            return path
    raise DataFileError(N_("No CKAN is installed in this Python: name the schema.xml of your CKAN as argument"))


def french_schema(source: Path) -> str:
    """The schema of `source` with French analysis, as XML text.

    Raises:
        DataFileError: `source` cannot be read or is not a CKAN schema with the field types that are adapted.
    """
    try:
        root = ET.parse(source).getroot()
    except (OSError, ET.ParseError) as error:
        raise DataFileError(N_("{file} cannot be read: {reason}"), file=source, reason=error) from error
    for name, adapt in (("text", _adapt_text), ("text_general", _adapt_general), ("text_ngram", _adapt_ngram)):
        for analyzer in _field_type(root, name, source).findall("analyzer"):
            adapt(analyzer)
    _sort_titles_in_french(root, source)
    _analyse_names(root)
    ET.indent(root, space="    ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _field_type(root: ET.Element, name: str, source: Path) -> ET.Element:
    found = root.find(f".//fieldType[@name='{name}']")
    if found is None:
        raise DataFileError(
            N_("{file} has no field type {name}: it is not the Solr schema of CKAN 2.12"), file=source, name=name
        )
    return found


def _adapt_text(analyzer: ET.Element) -> None:
    """Replace English stemming by French."""
    for filter_ in analyzer.findall("filter"):
        if filter_.get("class") in ("solr.SnowballPorterFilterFactory", FOLDING["class"]):
            analyzer.remove(filter_)
    _put_first(analyzer, CHAR_FILTERS)
    for attributes in (FOLDING, *STEMMING):
        ET.SubElement(analyzer, "filter", attributes)


def _adapt_general(analyzer: ET.Element) -> None:
    """Fold accents and drop elisions, without stemming: names of people and of files."""
    _put_first(analyzer, CHAR_FILTERS)
    ET.SubElement(analyzer, "filter", FOLDING)


def _adapt_ngram(analyzer: ET.Element) -> None:
    """Fold accents in what is suggested while a person types."""
    ET.SubElement(analyzer, "filter", FOLDING)
    if analyzer.get("type") == "query":
        ET.SubElement(analyzer, "filter", LONGEST_GRAM)


def _put_first(analyzer: ET.Element, char_filters: tuple[dict[str, str], ...]) -> None:
    for place, attributes in enumerate(char_filters):
        analyzer.insert(place, ET.Element("charFilter", attributes))


def _sort_titles_in_french(root: ET.Element, source: Path) -> None:
    types, field = root.find("types"), root.find(".//field[@name='title_string']")
    if types is None or field is None:
        raise DataFileError(N_("{file} has no field title_string: it is not the Solr schema of CKAN 2.12"), file=source)
    types.append(ET.Element("fieldType", COLLATION))
    field.set("type", COLLATION["name"])


def _analyse_names(root: ET.Element) -> None:
    """Add a field with the words of what CKAN searches as whole strings."""
    for parent in root.iter():
        if parent.find("field") is not None:
            parent.insert(0, ET.Element("field", WORDS))
    for source in WORDS_OF:
        ET.SubElement(root, "copyField", {"source": source, "dest": WORDS["name"]})


def main(arguments: list[str]) -> int:
    """Write the French schema to standard output; 0 when done, 2 when the input cannot be used."""
    try:
        text = french_schema(Path(arguments[0]) if arguments else installed_schema())
    except DataFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.buffer.write(text.encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
