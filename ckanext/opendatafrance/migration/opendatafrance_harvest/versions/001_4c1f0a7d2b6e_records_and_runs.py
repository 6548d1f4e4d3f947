"""Records of the sources and runs of the jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "4c1f0a7d2b6e"
down_revision = None
branch_labels = None
depends_on = None

COUNTS = ("added", "updated", "unchanged", "deleted", "held", "missing", "errored")


def upgrade() -> None:
    op.create_table(
        "odf_harvest_record",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column("fingerprint", sa.UnicodeText, nullable=False),
        sa.Column("dataset_id", sa.UnicodeText, index=True),
        sa.Column("first_seen", sa.DateTime, nullable=False),
        sa.Column("last_seen", sa.DateTime, nullable=False),
        sa.Column("missing_runs", sa.Integer, nullable=False, server_default="0"),
        sa.Column("state", sa.UnicodeText, nullable=False, server_default="present"),
    )
    op.create_table(
        "odf_harvest_run",
        sa.Column("job_id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("connector", sa.UnicodeText),
        sa.Column("url", sa.UnicodeText),
        sa.Column("state", sa.UnicodeText, nullable=False, server_default="running"),
        sa.Column("started", sa.DateTime, nullable=False),
        sa.Column("finished", sa.DateTime),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in COUNTS),
        sa.Column("issues", JSONB, nullable=False, server_default="[]"),
    )


def downgrade() -> None:
    op.drop_table("odf_harvest_run")
    op.drop_table("odf_harvest_record")
