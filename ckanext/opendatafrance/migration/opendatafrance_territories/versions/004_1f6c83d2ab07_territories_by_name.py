"""The index on names, where 003 ran before it made one."""

from __future__ import annotations

from alembic import op

revision = "1f6c83d2ab07"
down_revision = "5e20b7d94a16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX IF NOT EXISTS ix_odf_territory_name ON odf_territory (name)")


def downgrade() -> None:
    """Nothing: the index belongs to 003."""
