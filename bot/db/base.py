"""What every table shares: naming, time, and what becomes of its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    text,
    update,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, always UTC; SQLite has no zones, so a naive one is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone reached the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = String(13)


@dataclass(frozen=True)
class Lifecycle:
    """What becomes of a table's rows when people are merged or erased, and when time passes.

    `merge(session, event_id, kept, gone)` and `erase(session, event_id, participant_id)` are
    None where the rows hold nobody. `expire(session, event_id, ended_at, now)` deletes or empties
    what is past its retention and is None where rows live as long as their event.
    `met(session, event_id, participant_id)` says that from now on a person can be written to,
    or is one with another: for rows about whom something may have waited.
    `why` gives the reason for each None.
    """

    why: str
    merge: Callable[[Session, str, str, str], None] | None = None
    erase: Callable[[Session, str, str], None] | None = None
    expire: Callable[[Session, str, datetime, datetime], None] | None = None
    met: Callable[[Session, str, str], None] | None = None


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy's own protocol)
    lifecycle: ClassVar[Lifecycle]
    """Every table declares one; a test fails on a table that holds people and does not."""


def lifecycles() -> list[Lifecycle]:
    """Of all tables, those that refer to others first: the order in which rows may go."""
    by_table = {mapper.local_table: mapper.class_.lifecycle for mapper in Base.registry.mappers}
    return [by_table[table] for table in reversed(Base.metadata.sorted_tables)]


def reassign(session: Session, table: Any, event_id: str, kept: str, gone: str) -> None:
    """The rows of `table` that were the participant `gone`'s are now `kept`'s."""
    session.execute(
        update(table)
        .where(table.event_id == event_id, table.participant_id == gone)
        .values(participant_id=kept)
    )


def of_event(*columns: str, table: str, to: tuple[str, ...] | None = None) -> ForeignKeyConstraint:
    """A foreign key within one event: `event_id` comes first on both sides."""
    targets = ("event_id", *(to or columns))
    return ForeignKeyConstraint(["event_id", *columns], [f"{table}.{target}" for target in targets])


def partial_index(name: str, where: str, *columns: str) -> Index:
    """An index of those rows only of which `where` is true: of what there is to do, say.

    A statement uses it where it spells out the same condition; `NULL` it may, a value that is
    bound to it not.
    """
    only = text(where)
    return Index(name, "event_id", *columns, sqlite_where=only, postgresql_where=only)
