"""Who wants to read what, and when a digest was sent."""

from __future__ import annotations

revision = "e4d18a6f37b9"
down_revision = "d05b7c4e92f1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
