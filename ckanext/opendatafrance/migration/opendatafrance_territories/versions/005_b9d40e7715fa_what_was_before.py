"""The few organisations that others follow are found from those that follow them, on each page."""

from __future__ import annotations

from alembic import op

revision = "b9d40e7715fa"
down_revision = "1f6c83d2ab07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_odf_territory_successor ON odf_territory (successor) WHERE successor IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS ix_odf_territory_successor")
