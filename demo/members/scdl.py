"""Tables of the socle commun des données locales whose cells depend on each other."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from .lambert import lambert93
from .model import Dataset, Owner, Spot
from .streets import STREETS

Row = dict[str, Any]

MATTERS = (
    ("1.1", "Commande publique/Marchés publics", "Attribution du marché d'entretien des espaces verts"),
    ("2.1", "Urbanisme/Documents d'urbanisme", "Débat sur le projet d'aménagement et de développement durables"),
    ("3.1", "Domaine et patrimoine/Acquisitions", "Acquisition d'une parcelle pour un jardin partagé"),
    ("3.3", "Domaine et patrimoine/Locations", "Bail d'un local associatif"),
    ("4.1", "Fonction publique/Personnel titulaire", "Mise à jour du tableau des effectifs"),
    ("5.7", "Institutions et vie politique/Intercommunalité", "Désignation de représentants dans un syndicat"),
    ("7.1", "Finances locales/Décisions budgétaires", "Vote du budget primitif"),
    ("7.2", "Finances locales/Fiscalité", "Taux des taxes locales"),
    ("7.5", "Finances locales/Subventions", "Subventions aux associations"),
    ("8.1", "Domaines de compétences par thèmes/Enseignement", "Tarifs de la restauration scolaire"),
    ("8.7", "Domaines de compétences par thèmes/Transport", "Plan vélo et stationnement"),
    ("8.9", "Domaines de compétences par thèmes/Culture", "Règlement de la médiathèque"),
)
GIRLS = "Jade Louise Alba Ambre Emma Alma Romy Rose Alice Anna Lina Léna Mila Agathe Iris Inès Jeanne Juliette Lou Zoé"
BOYS = (
    "Gabriel Raphaël Louis Léo Noah Arthur Adam Jules Maël Isaac Marin Sacha Nino Malo Hugo Tiago Eden Côme Paul Naël"
)
ACCOUNTS = (
    ("011", "Charges à caractère général", "6068", "Autres matières et fournitures", "fonctionnement", "dépense", 0.06),
    ("011", "Charges à caractère général", "61521", "Entretien de terrains", "fonctionnement", "dépense", 0.04),
    ("012", "Charges de personnel", "64111", "Rémunération principale", "fonctionnement", "dépense", 0.42),
    ("65", "Autres charges de gestion", "65748", "Subventions aux associations", "fonctionnement", "dépense", 0.07),
    ("66", "Charges financières", "66111", "Intérêts réglés à l'échéance", "fonctionnement", "dépense", 0.01),
    ("70", "Produits des services", "7067", "Redevances périscolaires", "fonctionnement", "recette", 0.05),
    ("73", "Impôts et taxes", "73111", "Impôts directs locaux", "fonctionnement", "recette", 0.48),
    ("74", "Dotations et participations", "74111", "Dotation forfaitaire", "fonctionnement", "recette", 0.12),
    ("20", "Immobilisations incorporelles", "2031", "Frais d'études", "investissement", "dépense", 0.02),
    ("21", "Immobilisations corporelles", "21312", "Bâtiments scolaires", "investissement", "dépense", 0.11),
    ("21", "Immobilisations corporelles", "2151", "Réseaux de voirie", "investissement", "dépense", 0.09),
    ("16", "Emprunts et dettes", "1641", "Emprunts en euros", "investissement", "dépense", 0.05),
    ("10", "Dotations et fonds divers", "10222", "FCTVA", "investissement", "recette", 0.04),
    ("13", "Subventions d'investissement", "1323", "Départements", "investissement", "recette", 0.06),
)
FUNCTIONS = (("020", "Administration générale"), ("211", "Écoles maternelles"), ("321", "Salles de sport"))
DISHES = {
    "entrée": ("Carottes râpées", "Betteraves vinaigrette", "Salade de lentilles", "Melon", "Velouté de potiron"),
    "plat principal": ("Filet de merlu", "Rôti de porc", "Omelette", "Blanquette de dinde", "Curry de pois chiches"),
    "garniture": ("Riz", "Haricots verts", "Purée", "Mojhettes", "Semoule"),
    "produit laitier": ("Yaourt nature", "Comté", "Fromage blanc", "Camembert"),
    "dessert": ("Pomme", "Compote", "Gâteau au yaourt", "Clémentine", "Riz au lait"),
}
ALLERGENS = {"Filet de merlu": ["poissons"], "Omelette": ["oeufs"], "Semoule": ["céréales contenant du gluten"]}
VEGETARIAN = {"Omelette", "Curry de pois chiches"}


def deliberations(owner: Owner, dataset: Dataset, rng: random.Random) -> Iterator[Row]:
    """About twelve acts for each of six sittings a year; votes add up."""
    members = {"commune": 33, "departement": 54, "region": 83}.get(owner.type, 45)
    number = 0
    for sitting in _sittings(dataset):
        for code, matter, subject in rng.sample(MATTERS, 6):
            number += 1
            there = rng.randint(members - 9, members)
            against = rng.choice((0, 0, 0, 3, 6))
            abstained = rng.choice((0, 0, 2, 4))
            financial = code.startswith("7.")
            yield {
                "COLL_NOM": owner.title,
                "COLL_SIRET": owner.siret,
                "DELIB_ID": f"{sitting.year}-{number:03d}",
                "DELIB_DATE": sitting.isoformat(),
                "DELIB_MATIERE_CODE": code,
                "DELIB_MATIERE_NOM": matter,
                "DELIB_OBJET": subject,
                "BUDGET_ANNEE": sitting.year if financial else "",
                "BUDGET_NOM": "Budget principal" if financial else "",
                "PREF_ID": f"PREF{owner.spots[0].insee[:2]:0>3}",
                "PREF_DATE": (sitting + timedelta(days=rng.randint(1, 8))).isoformat(),
                "VOTE_EFFECTIF": members,
                "VOTE_REEL": there,
                "VOTE_POUR": there - against - abstained,
                "VOTE_CONTRE": against,
                "VOTE_ABSTENTION": abstained,
                "DELIB_URL": "",
            }


def _sittings(dataset: Dataset) -> Iterator[date]:
    first, last = dataset.years
    for year in range(first, last + 1):
        for month in (2, 4, 6, 7, 10, 12):
            sitting = date(year, month, 12)
            if sitting <= dataset.modified:
                yield sitting


def prenoms(owner: Owner, dataset: Dataset, rng: random.Random) -> Iterator[Row]:
    """Given names by year and sex, the frequent ones first."""
    births = max(40, owner.population // 110)
    for year in range(dataset.years[0], dataset.years[1] + 1):
        for sex, names in (("F", GIRLS.split()), ("M", BOYS.split())):
            for rank, name in enumerate(rng.sample(names, len(names))):
                yield {
                    "COMMUNE_NOM": owner.title,
                    "COLL_INSEE": owner.insee,
                    "ENFANT_SEXE": sex,
                    "ENFANT_PRENOM": name,
                    "NOMBRE_OCCURRENCES": max(3, round(births * 0.012 / (1 + rank / 5))),
                    "ANNEE": year,
                }


def budget(owner: Owner, dataset: Dataset, rng: random.Random) -> Iterator[Row]:
    """Voted expenses and receipts; the size follows the population."""
    total = max(owner.population, 500) * 1400
    for chapter, chapter_label, nature, nature_label, section, way, share in ACCOUNTS:
        for function, function_label in FUNCTIONS:
            amount = round(total * share / len(FUNCTIONS) * rng.uniform(0.7, 1.3), 2)
            yield {
                "BGT_NATDEC": "budget primitif",
                "BGT_ANNEE": dataset.years[1],
                "BGT_SIRET": owner.siret,
                "BGT_NOM": owner.title,
                "BGT_CONTNAT": chapter,
                "BGT_CONTNAT_LABEL": chapter_label,
                "BGT_NATURE": nature,
                "BGT_NATURE_LABEL": nature_label,
                "BGT_FONCTION": function,
                "BGT_FONCTION_LABEL": function_label,
                "BGT_OPERATION": "",
                "BGT_SECTION": section,
                "BGT_OPBUDG": "réel",
                "BGT_CODRD": way,
                "BGT_MTREAL": "",
                "BGT_MTBUDGPREC": round(amount * rng.uniform(0.9, 1.05), 2),
                "BGT_MTRARPREC": "",
                "BGT_MTPROPNOUV": amount,
                "BGT_MTPREV": amount,
                "BGT_CREDOUV": "",
                "BGT_MTRAR3112": "",
                "BGT_ARTSPE": "",
            }


def menus(owner: Owner, dataset: Dataset, rng: random.Random) -> Iterator[Row]:
    """Four school weeks of lunches, five dishes a day, without Wednesday."""
    monday = dataset.modified - timedelta(days=dataset.modified.weekday())
    days = (monday + timedelta(weeks=week, days=day) for week in range(4) for day in (0, 1, 3, 4))
    for day in days:
        for kind, dishes in DISHES.items():
            yield _dish(owner, dataset, day, kind, rng.choice(dishes), rng)


def _dish(owner: Owner, dataset: Dataset, day: date, kind: str, dish: str, rng: random.Random) -> Row:
    organic = ["agriculture biologique"] if rng.random() < 0.3 else []
    return {
        "menuCollNom": owner.title,
        "menuCollSiret": owner.siret,
        "menuEtablissementNom": f"Cuisine centrale {owner.of}",
        "menuEtablissementSiret": "",
        "menuRestaurantNom": "École élémentaire Jean Moulin",
        "menuRestaurantInsee": owner.insee,
        "menuRestaurantId": "",
        "menuRestaurantIdType": "sans",
        "menuRestaurantType": "élémentaire",
        "menuRestaurantConvive": "tous",
        "menuDate": day.isoformat(),
        "menuRepasType": "déjeuner",
        "menuPlatType": kind,
        "menuPlatNom": dish,
        "menuPlatCode": "",
        "menuPlatSiqo": _array(organic),
        "menuPlatLabel": "",
        "menuPlatPrecision": "",
        "menuPlatRegime": _array(["végétarien"] if dish in VEGETARIAN else []),
        "menuPlatAllergene": _array(ALLERGENS.get(dish, ["lait"] if kind == "produit laitier" else [])),
        "menuPlatTexture": "",
        "menuPlatNutriscore": "",
        "menuPlatPrix": "",
        "menuPublicationDate": f"{dataset.modified.isoformat()}T08:00:00Z",
        "menuModificationDate": "",
        "menuModificationInfo": "",
    }


def _array(items: list[str]) -> str:
    return json.dumps(items, ensure_ascii=False) if items else ""


def addresses(owner: Owner, dataset: Dataset, rng: random.Random) -> Iterator[Row]:
    """A dozen numbers in each street, along a straight line, in the columns of the "Base adresse locale" 1.4."""
    spot = owner.spots[0]
    for rank, street in enumerate(STREETS, 1):
        heading = rng.uniform(0, 2 * math.pi)
        start = rng.gauss(0, 350), rng.gauss(0, 350)
        for number in range(1, 26, 2):
            yield _address(owner, dataset, spot, rank, street, number, heading, start)


def _address(
    owner: Owner,
    dataset: Dataset,
    spot: Spot,
    rank: int,
    street: str,
    number: int,
    heading: float,
    start: tuple[float, float],
) -> Row:
    east, north = start[0] + 9 * number * math.cos(heading), start[1] + 9 * number * math.sin(heading)
    longitude = round(spot.longitude + east / 111_320 / math.cos(math.radians(spot.latitude)), 7)
    latitude = round(spot.latitude + north / 111_320, 7)
    x, y = lambert93(longitude, latitude)
    return {
        "id_ban_commune": "",
        "id_ban_toponyme": "",
        "id_ban_adresse": "",
        "cle_interop": f"{owner.insee}_{rank:04d}_{number:05d}",
        "commune_insee": owner.insee,
        "commune_nom": owner.title,
        "commune_deleguee_insee": "",
        "commune_deleguee_nom": "",
        "voie_nom": street,
        "lieudit_complement_nom": "",
        "numero": number,
        "suffixe": "",
        "position": "entrée",
        "x": f"{x:.2f}",
        "y": f"{y:.2f}",
        "long": f"{longitude:.6f}",
        "lat": f"{latitude:.6f}",
        "cad_parcelles": "",
        "source": "Commune (démonstration)",
        "date_der_maj": dataset.modified.isoformat(),
        "certification_commune": 1,
    }


MAKERS: dict[str, Callable[[Owner, Dataset, random.Random], Iterator[Row]]] = {
    "adresses": addresses,
    "budget": budget,
    "deliberations": deliberations,
    "menus": menus,
    "prenoms": prenoms,
}
