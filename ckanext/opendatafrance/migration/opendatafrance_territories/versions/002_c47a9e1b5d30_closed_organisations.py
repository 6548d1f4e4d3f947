"""Closed organisations and what follows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c47a9e1b5d30"
down_revision = "8a2d51c07e94"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("valid_to", "successor"):
        op.add_column("odf_territory", sa.Column(name, sa.UnicodeText))
    op.execute(
        """
        UPDATE odf_territory SET valid_to = "group".extras ->> 'valid_to', successor = "group".extras ->> 'successor'
        FROM "group" WHERE "group".id = organization_id AND "group".extras ? 'valid_to'
        """
    )


def downgrade() -> None:
    for name in ("valid_to", "successor"):
        op.drop_column("odf_territory", name)
