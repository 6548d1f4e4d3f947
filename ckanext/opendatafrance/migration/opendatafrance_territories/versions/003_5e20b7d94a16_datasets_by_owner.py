"""Datasets are counted by organisation: CKAN has no index on their owner, and each page would read all of them.

Territories are looked up by name, as by their codes.
"""

from __future__ import annotations

from alembic import op

revision = "5e20b7d94a16"
down_revision = "c47a9e1b5d30"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX IF NOT EXISTS odf_package_owner_org ON package (owner_org, state, type, private)")
    op.execute("CREATE INDEX IF NOT EXISTS ix_odf_territory_name ON odf_territory (name)")


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS ix_odf_territory_name")
    op.execute("DROP INDEX IF EXISTS odf_package_owner_org")
