"""an index of what was tried and waits

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    only = sa.text("state = 'queued' AND claimed_at IS NOT NULL")
    op.create_index(
        "ix_deliveries_tried",
        "deliveries",
        ["event_id", "claimed_at"],
        sqlite_where=only,
        postgresql_where=only,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_tried", table_name="deliveries")
