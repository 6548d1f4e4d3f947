"""DCAT catalogues of sites that publish the same datasets: each dataset says what it likes of itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from dcat_catalogue import HEAD
from member_site import Answer


def host() -> str:
    """The address of a site of which no other test has heard."""
    return f"https://donnees.ville-{uuid4().hex[:12]}.fr"


@dataclass(frozen=True)
class Said:
    """One dcat:Dataset; what is empty is not said.

    Attributes:
        node: its URI; a blank node without.
        checksum: SHA-256 of its first file.
    """

    title: str
    node: str = ""
    identifier: str = ""
    page: str = ""
    files: tuple[str, ...] = ()
    checksum: str = ""

    def turtle(self) -> str:
        facts = [f'dct:title "{self.title}"@fr']
        facts += [f'dct:identifier "{self.identifier}"'] if self.identifier else []
        facts += [f"dcat:landingPage <{self.page}>"] if self.page else []
        facts += [f"dcat:distribution {self._file(number, file)}" for number, file in enumerate(self.files)]
        subject = f"<{self.node}>" if self.node else "[]"
        return f"{subject} a dcat:Dataset ; " + " ;\n    ".join(facts) + " ."

    def _file(self, number: int, address: str) -> str:
        checksum = "http://spdx.org/rdf/terms#"
        said = (
            f" ; <{checksum}checksum> [ <{checksum}algorithm> <{checksum}checksumAlgorithm_sha256> ;"
            f' <{checksum}checksumValue> "{self.checksum}" ]'
            if self.checksum and number == 0
            else ""
        )
        return f'[ a dcat:Distribution ; dcat:downloadURL <{address}> ; dct:title "Fichier {number}"@fr{said} ]'


def answer(datasets: Iterable[Said]) -> Answer:
    """A site that publishes these datasets."""
    head = "<https://donnees.example.org/> a dcat:Catalog ."
    return Answer("\n".join([HEAD, head, *(one.turtle() for one in datasets)]), media_type="text/turtle")
