"""Archived records, lists that wait for a person, and all problems of a job."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "9b3e5d1c8f40"
down_revision = "4c1f0a7d2b6e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("odf_harvest_record", sa.Column("archived", sa.DateTime))
    op.create_index("ix_odf_harvest_run_source_id_started", "odf_harvest_run", ["source_id", "started"])
    op.drop_index("ix_odf_harvest_run_source_id", "odf_harvest_run")
    op.create_table(
        "odf_harvest_deletion",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False),
        sa.Column("job_id", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False, server_default="pending"),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("guids", JSONB, nullable=False),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("decided", sa.DateTime),
        sa.Column("decided_by", sa.UnicodeText),
    )
    op.create_index(
        "uq_odf_harvest_deletion_pending",
        "odf_harvest_deletion",
        ["source_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_odf_harvest_deletion_source_id_created", "odf_harvest_deletion", ["source_id", "created"])
    op.create_table(
        "odf_harvest_issues",
        sa.Column("job_id", sa.UnicodeText, primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("odf_harvest_issues")
    op.drop_table("odf_harvest_deletion")
    op.create_index("ix_odf_harvest_run_source_id", "odf_harvest_run", ["source_id"])
    op.drop_index("ix_odf_harvest_run_source_id_started", "odf_harvest_run")
    op.drop_column("odf_harvest_record", "archived")
