"""The list of datasets of a collectivité as a CSV file: the SCDL schema "catalogue", as spreadsheets save it.

The national schema for lists of datasets (etalab/schema-catalogue-donnees) says much of the same in other words.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ckanext.opendatafrance.reference.folding import fold

#: Spellings of the headings besides the column's own name; accents, capitals, blanks and signs do not matter.
COLUMNS = {
    "COLL_NOM": ("collectivite", "nomcollectivite", "collectivitenom"),
    "COLL_SIRET": ("siretcollectivite", "collectivitesiret"),
    "ID": ("identifiant", "identifier", "iddataset", "idjeu", "datasetid"),
    "TITRE": ("title", "titrejeu", "titredujeudedonnees", "nomdujeudedonnees", "intitule"),
    "DESCRIPTION": ("resume", "descriptif", "descriptiondujeudedonnees"),
    "THEME": ("themes", "thematique", "thematiques", "categorie"),
    "PRODUCTEUR_NOM": ("producteur", "nomproducteur", "prodnom", "nomorga"),
    "PRODUCTEUR_SIRET": ("siretproducteur", "prodsiret", "siretorga"),
    "COUV_SPAT_MAILLE": ("couvspatialemaille", "maille", "granularite"),
    "COUV_SPAT_NOM": ("couvspatialenom", "couverturespatiale", "couverturegeographique", "couvgeo", "territoire"),
    "COUV_TEMP_DEBUT": ("couvtempdeb", "couverturetemporelledebut", "datedebut"),
    "COUV_TEMP_FIN": ("couverturetemporellefin", "datefin"),
    "DATE_PUBL": ("datepub", "datepublication", "datedepublication"),
    "FREQ_MAJ": ("frequence", "frequencemaj", "frequencedemiseajour", "freqmiseajour"),
    "DATE_MAJ": ("datemiseajour", "datedemiseajour", "datemodification", "dernieremiseajour"),
    "MOTS_CLES": ("motscle", "motcle", "motcles", "tags", "keywords"),
    "LICENCE": ("license", "licenses", "licences"),
    "NOMBRE_RESSOURCES": ("nbressources", "nombreressource", "nbreressources", "nombrederessources"),
    "FORMAT_RESSOURCES": ("format", "formats", "formatressource", "formatsressources", "formatdesressources"),
    "URL": ("url", "lien", "urls", "adresse", "urljeu", "lienurl"),
}
ENOUGH = 8
"""Columns by which a table is known to be a catalogue."""
_SPELLED = {word: name for name, words in COLUMNS.items() for word in (fold(name).replace(" ", ""), *words)}
_SEPARATORS = (";", "\t", ",", "|")
_HEAD_LINES = 40
_HEAD_CHARACTERS = 200_000
_LARGEST_CELL = 1_000_000
_END = "\ue000end of the file\ue000"
_NUMBER_IN_WORDS = re.compile(r"(?<=\d)[\s\u00a0\u202f.](?=\d)")


@dataclass(frozen=True, slots=True)
class Head:
    """Where the table begins: line (from 0), separator, columns by place, number of cells."""

    line: int
    separator: str
    places: Mapping[int, str]
    width: int


@dataclass(slots=True)
class Reading:
    """A file being read.

    Attributes:
        text: with "\n" at the end of lines.
        cut: the file stops in the middle of a line, which a spreadsheet writes with all its separators and ends;
            known when `rows` has come to its end.
    """

    text: str
    head: Head
    cut: bool = False

    def rows(self) -> Iterator[dict[str, str]]:
        """Filled cells of each line by column; a line that was cut is left out.

        Raises:
            csv.Error: a cell has a size that no catalogue has.
        """
        csv.field_size_limit(_LARGEST_CELL)
        below = self.text.split("\n", self.head.line + 1)[-1] if self.text.count("\n") > self.head.line else ""
        # What follows the last line shows whether it ended within quotation marks.
        body = io.StringIO(f"{below}\n{_END}", newline="")
        last: list[str] = []
        for cells in csv.reader(body, delimiter=self.head.separator):
            if cells == [_END]:
                self.cut = not self.text.endswith("\n") and 0 < len(last) < self.head.width
                if not self.cut:
                    yield from self._row(last)
                return
            yield from self._row(last)
            last = cells
        self.cut = True

    def _row(self, cells: list[str]) -> Iterator[dict[str, str]]:
        row = {
            name: said
            for place, name in self.head.places.items()
            if place < len(cells) and (said := _plain(cells[place]))
        }
        if row and not _repeats_head(row):
            yield row


def find_head(text: str) -> Head | None:
    """The line with the headings, which titles and notes may precede; None where this is no catalogue."""
    best: Head | None = None
    for number, line in enumerate(text[:_HEAD_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if number >= _HEAD_LINES:
            break
        for separator in _SEPARATORS:
            cells = next(csv.reader([line[:20_000]], delimiter=separator), [])
            places = _places(cells)
            if len(places) >= ENOUGH and (best is None or len(places) > len(best.places)):
                best = Head(number, separator, places, len(cells))
    return best


def _places(cells: list[str]) -> dict[int, str]:
    places: dict[int, str] = {}
    for place, heading in enumerate(cells):
        name = _SPELLED.get(fold(heading).replace(" ", ""))
        if name and name not in places.values():
            places[place] = name
    return places


def _plain(cell: str) -> str:
    return cell.replace("\0", "").strip().strip("\ufeff\u00a0\u202f")


def _repeats_head(row: Mapping[str, str]) -> bool:
    """Whether a line is the headings again, as in files that were put together of several."""
    return sum(_SPELLED.get(fold(said).replace(" ", "")) == name for name, said in row.items()) >= ENOUGH


def digits(said: str) -> str:
    """A SIRET without the blanks that people type into it."""
    return _NUMBER_IN_WORDS.sub("", said)


def guids(rows: list[dict[str, str]]) -> list[str]:
    """The identifier of each row: its ID, else one derived of COLL_SIRET and title.

    An ID that several collectivités of one file use, each for its own, goes with their SIRET. Empty where a row has
    neither ID nor title.
    """
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        owners[row.get("ID", "")].add(_owner(row))
    return [_guid(row, shared=len(owners[row.get("ID", "")]) > 1) for row in rows]


def _owner(row: Mapping[str, str]) -> str:
    return digits(row.get("COLL_SIRET", "")) or fold(row.get("COLL_NOM", ""))


def _guid(row: Mapping[str, str], *, shared: bool) -> str:
    if said := row.get("ID", ""):
        return f"{_owner(row)}/{said}" if shared and _owner(row) else said
    if not (title := fold(row.get("TITRE", ""))):
        return ""
    return "derived:" + hashlib.sha256(f"{_owner(row)} {title}".encode()).hexdigest()[:32]


def fingerprint(row: Mapping[str, str]) -> str:
    """sha256 of what a row says, whatever the order of its columns."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
