"""Indexes of ckanext-harvest's tables, whose pages ask again and again for the jobs of a source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d27f6a0e9c15"
down_revision = "9b3e5d1c8f40"
branch_labels = None
depends_on = None

INDEXES = (
    ("odf_harvest_job_source_id_created", "harvest_job", ["source_id", "created"]),
    ("odf_harvest_job_status", "harvest_job", ["status"]),
    ("odf_harvest_gather_error_harvest_job_id", "harvest_gather_error", ["harvest_job_id"]),
)


def upgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    for name, table, columns in INDEXES:
        # Where ckanext-harvest's tables are made later, its pages are as slow as without the suite, and nothing fails.
        if inspector.has_table(table):
            op.create_index(name, table, columns, if_not_exists=True)


def downgrade() -> None:
    inspector = sa.inspect(op.get_bind())
    for name, table, _ in INDEXES:
        if inspector.has_table(table):
            op.drop_index(name, table, if_exists=True)
