"""Two tables beside CKAN's organisations: what makes each quick to find, and the memberships beside the tree."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

import ckan.plugins.toolkit as tk


class OdfTerritory(tk.BaseModel):
    """What search, pages and index need of one active organisation; kept true by `records`.

    CKAN's own record stays the reference: this one can be made again from it at any time.

    Attributes:
        ancestors: organisation ids from the top of the tree down to the parent.
        sort_key: title in lower case without accents.
        search_text: words of title, codes and former names in lower case without accents, each after a space.
        valid_to: ISO date from which it is closed.
        successor: name or id of the organisation that follows a closed one.
        seeded_title: title that seeding gave last; while the organisation still has it, nobody chose another.
    """

    __tablename__ = "odf_territory"

    organization_id = sa.Column(sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    name = sa.Column(sa.UnicodeText, nullable=False, index=True)
    title = sa.Column(sa.UnicodeText, nullable=False)
    type = sa.Column(sa.UnicodeText, nullable=False, index=True)
    insee_code = sa.Column(sa.UnicodeText, index=True)
    siren = sa.Column(sa.UnicodeText, index=True)
    postal_codes = sa.Column(ARRAY(sa.UnicodeText), nullable=False)
    population_municipale = sa.Column(sa.Integer)
    population_totale = sa.Column(sa.Integer)
    legal_duty = sa.Column(sa.UnicodeText, nullable=False)
    longitude = sa.Column(sa.Float)
    latitude = sa.Column(sa.Float)
    parent_id = sa.Column(sa.UnicodeText, index=True)
    ancestors = sa.Column(ARRAY(sa.UnicodeText), nullable=False)
    sort_key = sa.Column(sa.UnicodeText, nullable=False, index=True)
    search_text = sa.Column(sa.UnicodeText, nullable=False)
    seeded_title = sa.Column(sa.UnicodeText)
    valid_to = sa.Column(sa.UnicodeText)
    successor = sa.Column(sa.UnicodeText)


class OdfMembership(tk.BaseModel):
    """One organisation belongs to another, besides its place in the tree.

    Attributes:
        origin: "seed" (the COG and the registry; seeding may change it) or "list" (a person's list; it may not).
    """

    __tablename__ = "odf_membership"

    organization_id = sa.Column(sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True)
    of_id = sa.Column(sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True)
    origin = sa.Column(sa.UnicodeText, nullable=False)


territories = OdfTerritory.__table__
memberships = OdfMembership.__table__
