"""Who wants to read what, in which language, and what was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e4d18a6f37b9"
down_revision = "d05b7c4e92f1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_harvest_reader",
        sa.Column("user_id", sa.UnicodeText, primary_key=True),
        sa.Column("mails", sa.Boolean),
        sa.Column("language", sa.UnicodeText),
    )
    op.create_table(
        "odf_harvest_mailed",
        sa.Column("about", sa.UnicodeText, primary_key=True),
        sa.Column("occasion", sa.UnicodeText, primary_key=True),
        sa.Column("sent", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("odf_harvest_mailed")
    op.drop_table("odf_harvest_reader")
