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
    "ix_deliveries_waiting": (
        "deliveries",
        _WAITING,
        (*_METHOD, "priority", "due_at", "delivery_id"),
    ),
    "ix_deliveries_next_try_at": ("deliveries", _WAITING, (*_METHOD, "next_try_at")),
    "ix_deliveries_expires_at": (
        "deliveries",
        f"{_WAITING} AND expires_at IS NOT NULL",
        ("event_id", "expires_at"),
    ),
    "ix_deliveries_sealed": ("deliveries", "sealed_to IS NOT NULL", ("event_id", "state")),
    "ix_question_sessions_wrap": (
        "question_sessions",
        "wrap_told_at IS NULL",
        ("event_id", "session_id"),
    ),
    "ix_question_sessions_answers": (
        "question_sessions",
        "answers_told_at IS NULL",
        ("event_id", "session_id"),
    ),
    "ix_questions_written": (
        "questions",
        "written_at IS NOT NULL",
        ("event_id", "session_id"),
    ),
}


def upgrade() -> None:
    for name, (table, where, columns) in _PARTS.items():
        only = sa.text(where)
        op.create_index(name, table, list(columns), sqlite_where=only, postgresql_where=only)
    op.create_index("ix_roles_event_id_role", "roles", ["event_id", "role", "session_id"])


def downgrade() -> None:
    op.drop_index("ix_roles_event_id_role", table_name="roles")
    for name, (table, _, _) in _PARTS.items():
        op.drop_index(name, table_name=table)
