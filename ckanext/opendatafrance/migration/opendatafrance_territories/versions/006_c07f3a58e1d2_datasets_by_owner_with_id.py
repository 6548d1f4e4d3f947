"""Datasets are counted without those that their source has no more, which are told by their id.

With the id in the index they are counted from it alone, for a région in a twentieth of the time.
"""

from __future__ import annotations

from alembic import op

revision = "c07f3a58e1d2"
down_revision = "b9d40e7715fa"
branch_labels = None
depends_on = None

_COLUMNS = "package (owner_org, state, type, private)"


def upgrade() -> None:
    op.execute("DROP INDEX IF EXISTS odf_package_owner_org")
    op.execute(f"CREATE INDEX odf_package_owner_org ON {_COLUMNS} INCLUDE (id)")


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS odf_package_owner_org")
    op.execute(f"CREATE INDEX odf_package_owner_org ON {_COLUMNS}")
