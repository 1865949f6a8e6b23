"""what a session carries, and what its people are told

Revision ID: 0006
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVENT = sa.String(length=13)


def upgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("full", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("accessibility", sa.String(length=255), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("next_brief_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_sessions_event_id_next_brief_at", ["event_id", "next_brief_at"], unique=False
        )
    # Nobody on a stage has been told anything: every session is looked at once.
    op.execute(
        "UPDATE sessions SET next_brief_at = (SELECT events.applied_at FROM events"
        " WHERE events.event_id = sessions.event_id)"
    )
    _passages()
    _materials()
    _speaking_tellings()


def _passages() -> None:
    op.create_table(
        "passages",
        sa.Column("event_id", EVENT, nullable=False),
        sa.Column("session_id", EVENT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("participant_id", EVENT, nullable=True),
        *_references("passages", "sessions", "participants"),
        sa.PrimaryKeyConstraint("event_id", "session_id", "position", name=op.f("pk_passages")),
    )
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_passages_event_id_participant_id", ["event_id", "participant_id"], unique=False
        )


def _materials() -> None:
    op.create_table(
        "materials",
        sa.Column("event_id", EVENT, nullable=False),
        sa.Column("material_id", EVENT, nullable=False),
        sa.Column("session_id", EVENT, nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("url", sa.String(length=512), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        *_references("materials", "sessions"),
        sa.PrimaryKeyConstraint("event_id", "material_id", name=op.f("pk_materials")),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(
            "ix_materials_event_id_session_id", ["event_id", "session_id"], unique=False
        )


def _speaking_tellings() -> None:
    op.create_table(
        "speaking_tellings",
        sa.Column("event_id", EVENT, nullable=False),
        sa.Column("participant_id", EVENT, nullable=False),
        sa.Column("session_id", EVENT, nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room", sa.String(length=255), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telling_id", EVENT, nullable=True),
        sa.Column("withheld", sa.String(length=16), nullable=True),
        *_references("speaking_tellings", "participants", "sessions"),
        sa.PrimaryKeyConstraint(
            "event_id", "participant_id", "session_id", "kind", name=op.f("pk_speaking_tellings")
        ),
    )
    with op.batch_alter_table("speaking_tellings", schema=None) as batch_op:
        for column in ("due_at", "telling_id"):
            batch_op.create_index(
                f"ix_speaking_tellings_event_id_{column}", ["event_id", column], unique=False
            )


def _references(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    columns = {"sessions": "session_id", "participants": "participant_id"}
    return [
        sa.ForeignKeyConstraint(
            ["event_id", columns[other]],
            [f"{other}.event_id", f"{other}.{columns[other]}"],
            name=op.f(f"fk_{table}_event_id_{columns[other]}_{other}"),
        )
        for other in others
    ]


def downgrade() -> None:
    for table in ("speaking_tellings", "materials", "passages"):
        op.drop_table(table)
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_event_id_next_brief_at")
        for column in ("next_brief_at", "accessibility", "full", "capacity"):
            batch_op.drop_column(column)
