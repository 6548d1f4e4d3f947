"""Fields of harvested datasets that a person changed here."""

from __future__ import annotations

revision = "d05b7c4e92f1"
down_revision = "c93a1e6b04d8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
