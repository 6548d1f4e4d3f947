"""Which worker is at a source, which jobs wait, and what a killed worker may have left in the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c93a1e6b04d8"
down_revision = "b6e03d7f51c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_harvest_lease",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("token", sa.UnicodeText, nullable=False),
        sa.Column("holder", sa.UnicodeText, nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "odf_harvest_waiting",
        sa.Column("job_id", sa.UnicodeText, primary_key=True),
        sa.Column("urgent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "odf_harvest_doubt",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("dataset_id", sa.UnicodeText, primary_key=True),
    )
    op.add_column("odf_harvest_run", sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("odf_harvest_run", "attempts")
    op.drop_table("odf_harvest_doubt")
    op.drop_table("odf_harvest_waiting")
    op.drop_table("odf_harvest_lease")
