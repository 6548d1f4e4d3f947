"""Fields of harvested datasets that a person changed here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "d05b7c4e92f1"
down_revision = "c93a1e6b04d8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_harvest_edit",
        sa.Column("dataset_id", sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("field", sa.UnicodeText, primary_key=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("source", JSONB),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("edited", sa.DateTime, nullable=False),
        sa.Column("edited_by", sa.UnicodeText),
        sa.Column("source_changed", sa.DateTime),
    )


def downgrade() -> None:
    op.drop_table("odf_harvest_edit")
