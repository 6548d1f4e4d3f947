"""Code lists in the words of the sites; written apart from those of the suite, which they help to try out."""

from __future__ import annotations

# Key → title, address. The keys are those of CKAN and udata.
LICENCES = {
    "lov2": ("Licence Ouverte / Open Licence 2.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    "fr-lo": (
        "Licence Ouverte / Open Licence",
        "https://www.etalab.gouv.fr/wp-content/uploads/2014/05/Licence_Ouverte.pdf",
    ),
    "odc-odbl": ("Open Database License (ODbL) 1.0", "http://opendatacommons.org/licenses/odbl/1.0/"),
    "cc-by": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc-by-sa": ("Creative Commons Attribution - Partage 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc-zero": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "mobility-licence": ("Licence Mobilités", "https://wiki.lafabriquedesmobilites.fr/wiki/Licence_Mobilités"),
}
NO_LICENCE = "Licence non précisée"

THEMES = {
    "AGRI": "Agriculture",
    "ECON": "Économie et finances",
    "EDUC": "Éducation, culture et sport",
    "ENER": "Énergie",
    "ENVI": "Environnement",
    "GOVE": "Vie publique",
    "HEAL": "Santé",
    "JUST": "Sécurité publique",
    "REGI": "Aménagement du territoire",
    "SOCI": "Population et société",
    "TECH": "Numérique",
    "TRAN": "Transports et mobilité",
}

FREQUENCIES = {
    "WEEKLY": "Hebdomadaire",
    "MONTHLY": "Mensuelle",
    "QUARTERLY": "Trimestrielle",
    "ANNUAL_2": "Semestrielle",
    "ANNUAL": "Annuelle",
    "TRIENNIAL": "Triennale",
    "IRREG": "Irrégulière",
    "NEVER": "Ponctuelle",
}

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
