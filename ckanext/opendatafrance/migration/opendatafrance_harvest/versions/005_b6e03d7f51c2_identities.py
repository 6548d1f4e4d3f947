"""The same dataset in several sources."""

from __future__ import annotations

revision = "b6e03d7f51c2"
down_revision = "a1f4c2d98e07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
