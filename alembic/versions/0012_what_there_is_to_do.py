"""indexes of what there is to do

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WAITING = "state = 'queued'"
_METHOD = ("event_id", "operation", "workspace_id")
_PARTS = {
    "ix_deliveries_waiting": (_WAITING, (*_METHOD, "priority", "due_at", "delivery_id")),
    "ix_deliveries_next_try_at": (_WAITING, (*_METHOD, "next_try_at")),
    "ix_deliveries_expires_at": (
        f"{_WAITING} AND expires_at IS NOT NULL",
        ("event_id", "expires_at"),
    ),
    "ix_deliveries_sealed": ("sealed_to IS NOT NULL", ("event_id", "state")),
}


def upgrade() -> None:
    for name, (where, columns) in _PARTS.items():
        only = sa.text(where)
        op.create_index(name, "deliveries", list(columns), sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name in _PARTS:
        op.drop_index(name, table_name="deliveries")
