"""What came of the checks of files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7e3c91b5d024"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "odf_resource_check",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("resource_id", sa.UnicodeText, nullable=False),
        sa.Column("package_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("checked", sa.DateTime, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("schema_id", sa.UnicodeText),
        sa.Column("schema_version", sa.UnicodeText),
        sa.Column("basis", sa.UnicodeText, nullable=False),
        sa.Column("report", JSONB, nullable=False),
    )
    op.create_index("ix_odf_resource_check_resource_id_id", "odf_resource_check", ["resource_id", "id"])


def downgrade() -> None:
    op.drop_table("odf_resource_check")
