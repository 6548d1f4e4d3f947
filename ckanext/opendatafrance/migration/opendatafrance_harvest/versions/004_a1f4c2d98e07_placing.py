"""Which publisher of a pooled source is which organisation, and which owners a person chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a1f4c2d98e07"
down_revision = "d27f6a0e9c15"
branch_labels = None
depends_on = None

FACTS = ("name", "number", "insee", "reference")


def upgrade() -> None:
    op.add_column("odf_harvest_record", sa.Column("publisher_id", sa.UnicodeText))
    op.add_column("odf_harvest_record", sa.Column("placed", sa.UnicodeText))
    # What a person moved before is found by it at the next harvest.
    op.execute("UPDATE odf_harvest_record SET placed = owner_org FROM package WHERE package.id = source_id")
    op.create_index("ix_odf_harvest_record_publisher_id", "odf_harvest_record", ["publisher_id"])
    op.create_table(
        "odf_harvest_publisher",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False, index=True),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in FACTS),
        sa.Column("organization_id", sa.UnicodeText),
        sa.Column("reason", sa.UnicodeText),
        sa.Column("first_seen", sa.DateTime, nullable=False),
    )
    op.create_table(
        "odf_harvest_placing",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("key", sa.UnicodeText, primary_key=True),
        *(sa.Column(name, sa.UnicodeText, nullable=False) for name in FACTS),
        sa.Column("organization_id", sa.UnicodeText, nullable=False),
        sa.Column("replaced", sa.UnicodeText),
        sa.Column("decided", sa.DateTime, nullable=False),
        sa.Column("decided_by", sa.UnicodeText),
    )
    op.create_table(
        "odf_harvest_owner",
        sa.Column("dataset_id", sa.UnicodeText, primary_key=True),
        sa.Column("organization_id", sa.UnicodeText, nullable=False),
        sa.Column("decided", sa.DateTime, nullable=False),
        sa.Column("decided_by", sa.UnicodeText),
    )


def downgrade() -> None:
    op.drop_table("odf_harvest_owner")
    op.drop_table("odf_harvest_placing")
    op.drop_table("odf_harvest_publisher")
    op.drop_index("ix_odf_harvest_record_publisher_id", "odf_harvest_record")
    op.drop_column("odf_harvest_record", "placed")
    op.drop_column("odf_harvest_record", "publisher_id")
