"""What a member site is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

#: Where the pages of datasets are, by software.
_PAGES = {
    "ckan": "dataset",
    "dcat": "jeux",
    "opendatasoft": "explore/dataset",
    "udata": "datasets",
    "catalogue_csv": "jeux",
}
#: What Opendatasoft makes of its records by itself; other files are attached to them.
EXPORTED = ("csv", "json", "geojson", "parquet", "shp")
DEMONSTRATION = "Données de démonstration\u00a0: elles ont été écrites pour ce projet et ne décrivent rien de réel."


@dataclass(frozen=True, slots=True)
class Spot:
    """A commune as a place where things are; degrees, WGS 84."""

    insee: str
    name: str
    postal_code: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Owner:
    """The collectivité behind a site.

    Attributes:
        name: of its organisation in the portal ("commune-17300-la-rochelle").
        of: the title after "de" ("de La Rochelle", "du département de la Charente-Maritime").
        siret: made of the SIREN for demonstration; empty where no SIREN is known.
        bbox: west, south, east, north.
        spots: its communes.
    """

    key: str
    type: str
    name: str
    title: str
    of: str
    insee: str
    siren: str
    siret: str
    population: int
    bbox: tuple[float, float, float, float]
    spots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of a dataset: its name on the site, without the folder, and its format (a key of files.FORMATS)."""

    file: str
    title: str
    format: str


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """One dataset as its site describes it; `licence` is a key of vocabulary.LICENCES or None, `theme` and `frequency`
    are codes of the EU's lists, `schema` a name on schema.data.gouv.fr, `table` how its files are made; `producer` is
    the owner of the site, or another collectivité that shares it."""

    id: str
    producer: Owner
    kind: str
    title: str
    notes: str
    theme: str
    keywords: tuple[str, ...]
    frequency: str
    licence: str | None
    issued: date
    modified: date
    years: tuple[int, int]
    schema: str
    table: Any
    resources: tuple[Resource, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One member site: below `url`, on a port that it shares with the others of its software.

    Attributes:
        software: "ckan", "dcat", "opendatasoft", "udata", "csw", "arcgis", "catalogue_csv" or "web_page".
        paging: hydra vocabulary of a DCAT catalogue, "paged-collection" or "partial-view".
        broken: "error-500", "truncated", or empty.
    """

    slug: str
    title: str
    about: str
    software: str
    paging: str
    broken: str
    owner: Owner
    datasets: tuple[Dataset, ...]
    url: str

    @property
    def mail(self) -> str:
        """A contact that cannot exist: `.example` is reserved."""
        return f"donnees@{self.slug}.example"

    def id_of(self, *parts: str) -> str:
        """A UUID that stays the same from one start to the next, and on other ports."""
        return str(uuid5(NAMESPACE_URL, "/".join(("demo", self.slug, *parts))))

    def page_of(self, dataset: Dataset) -> str:
        """Address of the page of a dataset."""
        if self.software == "csw":
            return f"{self.url}/geonetwork/srv/api/records/{self.id_of(dataset.id)}"
        if self.software == "arcgis":
            return f"{self.url}/datasets/{self.item_of(dataset)}_0"
        if self.software == "web_page":  # no dataset has a page of its own
            return f"{self.url}/"
        return f"{self.url}/{_PAGES[self.software]}/{dataset.id}"

    def item_of(self, dataset: Dataset) -> str:
        """The item of ArcGIS that a dataset is."""
        return self.id_of(dataset.id).replace("-", "")

    def path_of(self, dataset: Dataset, resource: Resource) -> str:
        """Where a file is below the address of the site, not encoded."""
        if self.software == "ckan":
            folder = f"dataset/{self.id_of(dataset.id)}/resource/{self.id_of(dataset.id, resource.file)}/download"
        elif self.software == "opendatasoft":
            kind = "exports" if resource.format in EXPORTED else "attachments"
            return f"api/explore/v2.1/catalog/datasets/{dataset.id}/{kind}/{resource.format}"
        elif self.software == "arcgis":
            return f"datasets/{self.item_of(dataset)}_0.{resource.format}"
        elif self.software == "udata":
            folder = f"resources/{dataset.id}/{dataset.modified:%Y%m%d}-091231"
        else:
            folder = "fichiers"
        return f"{folder}/{resource.file}"

    def file_of(self, dataset: Dataset, resource: Resource) -> str:
        """Address of a file."""
        return f"{self.url}/{quote(self.path_of(dataset, resource))}"
