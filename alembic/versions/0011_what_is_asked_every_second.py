"""indexes for what is asked every second

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_history_event_id_what", "history", ["event_id", "what", "at"])
    op.create_index("ix_sessions_event_id_kind", "sessions", ["event_id", "kind"])


def downgrade() -> None:
    op.drop_index("ix_sessions_event_id_kind", table_name="sessions")
    op.drop_index("ix_history_event_id_what", table_name="history")
