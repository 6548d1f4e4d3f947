"""Which publisher of a pooled source is which organisation."""

from __future__ import annotations

revision = "a1f4c2d98e07"
down_revision = "d27f6a0e9c15"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
