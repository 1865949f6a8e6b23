"""votes without an index by person

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEX = "ix_question_votes_event_id_participant_id"


def upgrade() -> None:
    op.drop_index(_INDEX, table_name="question_votes")


def downgrade() -> None:
    op.create_index(_INDEX, "question_votes", ["event_id", "participant_id"])
