"""The smallest territory that data tells apart, in the words of the socle commun's catalogue (COUV_SPAT_MAILLE)."""

from __future__ import annotations

from ckanext.opendatafrance.reference.folding import fold

_WORDS = {
    "Infracommunale": ("infracommunale", "infra communale", "iris", "fr iris", "quartier", "quartiers", "parcelle"),
    "Communale": ("communale", "commune", "communes", "fr commune", "municipality"),
    "Intercommunale": ("intercommunale", "intercommunalite", "intercommunalite epci", "epci", "fr epci"),
    "Cantonale": ("cantonale", "canton", "cantons", "fr canton"),
    "Départementale": ("departementale", "departement", "departements", "fr departement"),
    "Régionale": ("regionale", "region", "regions", "fr region"),
}
_VALUES = {word: value for value, words in _WORDS.items() for word in words}


def granularity(said: str) -> str:
    """The value of the field spatial_granularity that a word or an id of data.gouv.fr means; empty where none does."""
    return _VALUES.get(fold(said), "")
