"""Whether the law requires an organisation to publish its data.

Code des relations entre le public et l'administration: article L. 312-1-1 leaves out the collectivités of less than
3,500 inhabitants, article D. 312-1-1-1 the administrations of less than 50 agents (full-time equivalents).
"""

from __future__ import annotations

from typing import Literal

INHABITANTS = 3500
AGENTS = 50
SOURCE = "CRPA, articles L. 312-1-1 et D. 312-1-1-1"


def legal_duty(population_totale: int | None, agents: int | None) -> Literal["yes", "no", "unknown"]:
    """Say "no" as soon as one figure is below its threshold, "yes" where both are known and reach it."""
    if population_totale is not None and population_totale < INHABITANTS:
        return "no"
    if agents is not None and agents < AGENTS:
        return "no"
    return "unknown" if population_totale is None or agents is None else "yes"
