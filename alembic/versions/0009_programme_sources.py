"""where the programme is fetched from, what waits for an organiser, and who gave a role

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_sources",
        sa.Column("event_id", sa.String(length=13), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("next_fetch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("modified", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_programme_sources_event_id_events")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_programme_sources")),
    )
    op.create_index(
        "ix_programme_sources_event_id_next_fetch_at",
        "programme_sources",
        ["event_id", "next_fetch_at"],
    )
    op.create_table(
        "pending_programmes",
        sa.Column("event_id", sa.String(length=13), nullable=False),
        sa.Column("import_id", sa.String(length=13), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Text(), nullable=True),
        sa.Column("summary", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=13), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.event_id"], name=op.f("fk_pending_programmes_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "decided_by"],
            ["participants.event_id", "participants.participant_id"],
            name=op.f("fk_pending_programmes_event_id_decided_by_participants"),
        ),
        sa.PrimaryKeyConstraint("event_id", "import_id", name=op.f("pk_pending_programmes")),
    )
    with op.batch_alter_table("roles") as roles:
        roles.add_column(
            sa.Column("source", sa.String(length=32), server_default="file", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("roles") as roles:
        roles.drop_column("source")
    op.drop_table("pending_programmes")
    op.drop_table("programme_sources")
