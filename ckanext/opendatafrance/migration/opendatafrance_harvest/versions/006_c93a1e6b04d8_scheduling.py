"""When a source is harvested, and by which worker."""

from __future__ import annotations

revision = "c93a1e6b04d8"
down_revision = "b6e03d7f51c2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
