"""Territories and memberships."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "8a2d51c07e94"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_territory",
        sa.Column("organization_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("type", sa.UnicodeText, nullable=False, index=True),
        sa.Column("insee_code", sa.UnicodeText, index=True),
        sa.Column("siren", sa.UnicodeText, index=True),
        sa.Column("postal_codes", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("population_municipale", sa.Integer),
        sa.Column("population_totale", sa.Integer),
        sa.Column("legal_duty", sa.UnicodeText, nullable=False),
        sa.Column("longitude", sa.Float),
        sa.Column("latitude", sa.Float),
        sa.Column("parent_id", sa.UnicodeText, index=True),
        sa.Column("ancestors", ARRAY(sa.UnicodeText), nullable=False),
        sa.Column("sort_key", sa.UnicodeText, nullable=False, index=True),
        sa.Column("search_text", sa.UnicodeText, nullable=False),
        sa.Column("seeded_title", sa.UnicodeText),
    )
    op.create_index("ix_odf_territory_ancestors", "odf_territory", ["ancestors"], postgresql_using="gin")
    op.create_table(
        "odf_membership",
        sa.Column("organization_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("of_id", sa.UnicodeText, sa.ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.Column("origin", sa.UnicodeText, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("odf_membership")
    op.drop_table("odf_territory")
