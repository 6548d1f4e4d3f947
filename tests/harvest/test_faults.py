"""Workers killed at any point: after the next harvest, everything is as if none had been.

Kills are at points drawn from a seed; a failure names the episode, which happens again alike.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import sqlalchemy as sa
from soundness import assert_at_rest, assert_sound, rows
from workshop import lasting

from ckanext.opendatafrance.harvest.model import HarvestRecord, HarvestRun

SEED = 20261122
KILLS = 165
"""With those of test_faults_workers.py, more than 200."""


class Site:
    """A member site that changes by chance, and what the portal should hold of it.

    Attributes:
        there: title by identifier of what the site publishes.
        portal: title by identifier of what the portal should have: also what left the site and is not archived yet.
        missing: complete harvests in a row without it, by identifier.
    """

    def __init__(self, place: Any, chance: Random) -> None:
        self.place = place
        self.chance = chance
        self.there = {f"d{n}": f"Titre {n}" for n in range(5)}
        self.portal: dict[str, str] = {}
        self.missing: Counter[str] = Counter()
        self._next = 5

    def change(self) -> None:
        """Some titles change, one dataset comes, one leaves now and then; one that left comes back."""
        for name in self.chance.sample(sorted(self.there), 3):
            self.there[name] = f"Titre {self.chance.random()}"
        self.there[f"d{self._next}"] = f"Titre {self._next}"
        self._next += 1
        gone = sorted(set(self.portal) - set(self.there))
        if gone and self.chance.random() < 0.6:
            self.there[gone[0]] = self.portal[gone[0]]
        while len(self.there) > 6 or (len(self.there) > 3 and self.chance.random() < 0.3):
            del self.there[self.chance.choice(sorted(self.there))]
        self.place.publish(self.there)

    def harvested(self, times: int) -> None:
        """So many complete harvests were made; a worker may be killed when its harvest is complete already."""
        self.portal |= self.there
        self.missing = Counter({name: self.missing[name] + times for name in set(self.portal) - set(self.there)})


def completed(place: Any) -> int:
    """Number of complete harvests; fewer than are remembered."""
    return len(
        rows(
            sa.select(HarvestRun.job_id).where(
                HarvestRun.source_id == place.source["id"], HarvestRun.state == "complete"
            )
        )
    )


def test_workers_killed_at_any_point_lose_double_or_halve_nothing(town, workshop) -> None:
    """Killed again and again at the same job; then one harvest ends, and everything is as without the kills."""
    chance = Random(SEED)
    place = town({})
    site = Site(place, chance)
    place.publish(site.there)
    settings = lasting(place)
    begun, episode = workshop.kills, 0
    points = 200
    while workshop.kills - begun < KILLS:
        episode, before = episode + 1, completed(place)
        for _ in range(chance.randint(4, 9)):
            done = workshop.harvest(place.source["id"], at=chance.randint(1, points), config=settings, page=2)
            if not done["killed"]:
                break
        if done["killed"]:
            done = workshop.harvest(place.source["id"], config=settings, page=2)
        assert (done["state"], done["errors"]) == ("complete", []), episode
        points = max(done["points"], 60)
        site.harvested(completed(place) - before)
        assert_sound(place, site.portal)
        assert_at_rest(place)
        missing = sa.select(HarvestRecord.guid, HarvestRecord.missing_runs).where(
            HarvestRecord.source_id == place.source["id"], HarvestRecord.missing_runs > 0
        )
        assert {row.guid: row.missing_runs for row in rows(missing)} == dict(site.missing), episode
        site.change()
