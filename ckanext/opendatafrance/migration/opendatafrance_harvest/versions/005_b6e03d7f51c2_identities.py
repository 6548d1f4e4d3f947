"""The same dataset in several sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "b6e03d7f51c2"
down_revision = "a1f4c2d98e07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_harvest_key",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True, index=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
    )
    op.create_table(
        "odf_harvest_copy",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("title", sa.UnicodeText),
        sa.Column("link", sa.UnicodeText),
        sa.Column("since", sa.DateTime, nullable=False),
    )
    op.create_table(
        "odf_harvest_apart",
        *(
            sa.Column(name, sa.UnicodeText, primary_key=True)
            for name in ("source_id", "guid", "other_source_id", "other_guid")
        ),
    )
    op.create_table(
        "odf_harvest_identity",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("action", sa.UnicodeText, nullable=False),
        sa.Column("dataset_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("other_id", sa.UnicodeText, index=True),
        sa.Column("other_name", sa.UnicodeText, index=True),
        sa.Column("records", JSONB, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("decided_by", sa.UnicodeText),
        sa.Column("undone", sa.DateTime),
    )
    op.create_index("ix_odf_harvest_identity_created", "odf_harvest_identity", ["created"])
    op.add_column("odf_harvest_run", sa.Column("skipped", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("odf_harvest_run", "skipped")
    for name in ("odf_harvest_identity", "odf_harvest_apart", "odf_harvest_copy", "odf_harvest_key"):
        op.drop_table(name)
