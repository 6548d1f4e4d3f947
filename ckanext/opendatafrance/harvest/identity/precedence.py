"""Which of two sources is nearer to the producer, and may therefore show a dataset that both have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestSource

ORDER = ("commune", "epci", "syndicat_mixte", "departement", "region", "etat")
OTHERS, NATIONAL = len(ORDER), len(ORDER) + 1
#: Sites that gather the whole country, whoever of the portal reads them.
_NATIONAL = ("data.gouv.fr", "data.europa.eu", "geocatalogue.fr", "geoportail.gouv.fr")
_MEMBER, _GROUP, _PACKAGE = model.member_table, model.group_table, model.package_table
_SOURCE: sa.Table = HarvestSource.__table__
#: Of the plugin opendatafrance_territories, which may be off.
_MEMBERSHIP = sa.table("odf_membership", sa.column("organization_id"), sa.column("of_id"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What precedence needs of a source.

    Attributes:
        rank: 0 is nearest to the producer.
        above: ids of the organisations that the one of the source is below, or a member of.
        placed: whether the rank is that of a territory, whose place in the tree means something.
    """

    active: bool
    rank: int
    organization: str | None
    above: frozenset[str] = frozenset()
    placed: bool = False


GONE = Standing(active=False, rank=NATIONAL + 1, organization=None)


class Precedence:
    """Compares the sources of one run with each other; each source is looked up once."""

    def __init__(self) -> None:
        self._known: dict[str, Standing] = {}

    def of(self, source_id: str) -> Standing:
        """The standing of a source; `GONE` for one that was removed."""
        if source_id not in self._known:
            self._known[source_id] = _standing(source_id)
        return self._known[source_id]

    def leads(self, mine: str, others: Iterable[str]) -> bool:
        """Whether a source shows a dataset rather than those that lead it now: they are all gone, or farther away.

        A source of a territory takes nothing from a territory that it is not part of, whatever it claims: the commune
        next door cannot have the budget of this one, nor of its département.
        """
        one = self.of(mine)
        return all(_yields(self.of(other), one) for other in others)


def _yields(held: Standing, claiming: Standing) -> bool:
    if not held.active:
        return True
    if claiming.rank >= held.rank:
        return False
    strangers = held.placed and claiming.above and held.organization not in claiming.above
    return not strangers or held.organization == claiming.organization


def _standing(source_id: str) -> Standing:
    query = (
        sa.select(_PACKAGE.c.state, _PACKAGE.c.owner_org, _SOURCE.c.url, _SOURCE.c.active, _GROUP.c.extras)
        .select_from(_PACKAGE)
        .join(_SOURCE, _SOURCE.c.id == _PACKAGE.c.id)
        .outerjoin(_GROUP, _GROUP.c.id == _PACKAGE.c.owner_org)
        .where(_PACKAGE.c.id == source_id)
    )
    row = model.Session.execute(query).first()
    if row is None or row.state != "active" or not row.active:
        return GONE
    kind = (row.extras or {}).get("territory_type") or ""
    rank = NATIONAL if _is_national(row.url) else ORDER.index(kind) if kind in ORDER else OTHERS
    return Standing(True, rank, row.owner_org, _above(row.owner_org), rank < OTHERS)


def _is_national(url: str) -> bool:
    host = (urlsplit(url or "").hostname or "").lower()
    return any(host == name or host.endswith(f".{name}") for name in _NATIONAL)


def _above(organization: str | None) -> frozenset[str]:
    """All organisations above one, in CKAN's tree and by the memberships of the plugin of territories.

    A chain that bites its tail ends by itself.
    """
    if not organization:
        return frozenset()
    parents = sa.select(_MEMBER.c.group_id.label("child"), _MEMBER.c.table_id.label("parent"))
    parents = parents.where(_MEMBER.c.table_name == "group", _MEMBER.c.state == "active")
    if model.Session.execute(sa.select(sa.func.to_regclass(_MEMBERSHIP.name))).scalar():
        parents = parents.union_all(sa.select(_MEMBERSHIP.c.organization_id, _MEMBERSHIP.c.of_id))
    step = parents.subquery()
    chain = sa.select(sa.literal(organization).label("id")).cte(recursive=True)
    chain = chain.union(sa.select(step.c.parent).join(chain, step.c.child == chain.c.id))
    return frozenset(model.Session.execute(sa.select(chain.c.id)).scalars()) - {organization}
