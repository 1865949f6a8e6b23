"""What becomes of rows that belong to a person, or to a pair, when people are merged or erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, literal, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.base import Lifecycle, reassign
from bot.db.engine import dialect_insert


def take_over(session: Session, rows: Any, event_id: str, kept: str, gone: str) -> None:
    """Rows whose key names the person: no matter what the other does at this very moment."""
    theirs = (rows.event_id == event_id, rows.participant_id == gone)
    columns = rows.__table__.c
    values = [literal(kept) if one.name == "participant_id" else one for one in columns]
    taken = dialect_insert(session, rows).from_select(
        [one.name for one in columns], select(*values).where(*theirs)
    )
    session.execute(taken.on_conflict_do_nothing())
    session.execute(delete(rows).where(*theirs))


def personal(table: Callable[[], Any], *same: str, kept_for: timedelta, why: str) -> Lifecycle:
    """Rows of one person; two rows that agree in `same` become one when people are merged.

    `table` is a function because a class is not yet there while its body is read.
    """

    def merge(session: Session, event_id: str, kept: str, gone: str) -> None:
        rows, other = table(), aliased(table())
        if rows.__table__.c.participant_id.primary_key:
            take_over(session, rows, event_id, kept, gone)
            return
        both = (
            select(other.event_id)
            .where(
                other.event_id == event_id,
                other.participant_id == kept,
                *(getattr(other, column) == getattr(rows, column) for column in same),
            )
            .exists()
        )
        session.execute(
            delete(rows).where(rows.event_id == event_id, rows.participant_id == gone, both)
        )
        reassign(session, rows, event_id, kept, gone)

    def erase(session: Session, event_id: str, participant_id: str) -> None:
        rows = table()
        session.execute(
            delete(rows).where(rows.event_id == event_id, rows.participant_id == participant_id)
        )

    def expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
        if now - ended_at >= kept_for:
            session.execute(delete(table()).where(table().event_id == event_id))

    return Lifecycle(why, merge, erase, expire)


def of_pairs(
    table: Callable[[], Any], other: str = "other_id", *, kept_for: timedelta, why: str
) -> Lifecycle:
    """Rows about a pair, by the one who says it: whoever is merged or erased takes both roles.

    `other` names the column of the second person.
    """

    def merge(session: Session, event_id: str, kept: str, gone: str) -> None:
        model = table()
        rows = session.scalars(
            select(model).where(
                model.event_id == event_id,
                or_(model.participant_id == gone, getattr(model, other) == gone),
            )
        ).all()
        for row in rows:
            values = {column.key: getattr(row, column.key) for column in model.__table__.columns}
            session.delete(row)
            session.flush()
            for name in ("participant_id", other):
                values[name] = kept if values[name] == gone else values[name]
            key = tuple(values[column.key] for column in model.__table__.primary_key)
            if values["participant_id"] != values[other] and session.get(model, key) is None:
                session.add(model(**values))
                session.flush()

    def erase(session: Session, event_id: str, participant_id: str) -> None:
        model = table()
        session.execute(
            delete(model).where(
                model.event_id == event_id,
                or_(
                    model.participant_id == participant_id, getattr(model, other) == participant_id
                ),
            )
        )

    def expire(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
        if now - ended_at >= kept_for:
            session.execute(delete(table()).where(table().event_id == event_id))

    return Lifecycle(why, merge, erase, expire)
