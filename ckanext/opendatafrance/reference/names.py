"""How French place names are compared, shortened for addresses and put into sentences."""

from __future__ import annotations

import re

from ckanext.opendatafrance.reference.folding import fold

# INSEE's TNCC ("type de nom en clair"): what joins a name to the words before it.
_OF = {0: "de ", 1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'", 6: "des ", 7: "de las ", 8: "de los "}
_EPCI_KINDS = {
    "CC": "Communauté de communes",
    "CA": "Communauté d'agglomération",
    "CU": "Communauté urbaine",
}
# What the register of intercommunalités writes as typewriters did.
_MENDED = ((" - ", " – "), ("St-", "Saint-"), ("Ste-", "Sainte-"), ("Ile", "Île"), ("Coeur", "Cœur"))
_EPCI_NAMED = re.compile(r"^(?!(?:de|du|des|d'|l'|la|le|les)\b).*(?:agglo|communaut|métropole)", re.IGNORECASE)
_ACRONYM = re.compile(r"^(CC|CA|CU)\s+")


def slug(*parts: str, limit: int = 100) -> str:
    """Join the parts to a CKAN name: "commune", "17300", "La Rochelle" → "commune-17300-la-rochelle"."""
    name = "-".join(fold(part).replace(" ", "-") for part in parts if part)
    return name[:limit].rstrip("-")


def of_place(name: str, article: int | None = None) -> str:
    """Put "de" before a name as French does: "de Rennes", "d'Angers", "du Havre", "de La Rochelle".

    Args:
        name: official name; those of communes carry their article, those of départements and régions do not.
        article: INSEE's TNCC; without it a name with a mute h ("Hyères") is taken for one that begins with a consonant.
    """
    for carried, joined in (("Le ", "du "), ("Les ", "des "), ("Aux ", "des "), ("La ", "de La "), ("L'", "de L'")):
        if name.startswith(carried):
            return joined + name[len(carried) :]
    if article is None:
        article = 1 if fold(name[:1]) in tuple("aeiou") else 0
    return f"{_OF.get(article, 'de ')}{name}"


def typographic(text: str) -> str:
    """Typeset a name: the curly apostrophe between letters, as in L’Haÿ-les-Roses."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def epci_title(name: str, kind: str) -> str:
    """Spell out an intercommunalité of the register: "CA de La Rochelle" → "Communauté d'agglomération de La Rochelle".

    Those that already say what they are keep their own name: "CA Morlaix Communauté" → "Morlaix Communauté".
    """
    name = re.sub(r"\s+", " ", name.replace('"', " ")).strip()
    for written, right in _MENDED:
        name = name.replace(written, right)
    short = _ACRONYM.sub("", name)
    if kind == "EPT":
        return f"Établissement public territorial {short}"
    if short == name or _EPCI_NAMED.match(short):
        return short
    return f"{_EPCI_KINDS[name.split(' ', 1)[0]]} {short}"
