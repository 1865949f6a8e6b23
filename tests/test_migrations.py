"""One chain of migrations for both databases, and what runs on a database that it left."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.migrations import check_migrated, config, revisions
from bot.demo import fill_database
from bot.features.events.queries import find_event
from bot.features.programme.queries import known_sessions
from bot.schema import Base


def test_the_tables_are_what_the_models_say(database_url: str) -> None:
    command.check(config(database_url))


def test_a_migrated_database_is_accepted(engine: Engine) -> None:
    check_migrated(engine)


def test_the_files_are_alembics_chain_in_its_order(sqlite_url: str) -> None:
    chain = ScriptDirectory.from_config(config(sqlite_url)).walk_revisions()
    assert revisions() == [one.revision for one in chain][::-1]


def test_an_upgrade_from_the_first_revision_keeps_the_data(
    engine: Engine, database_url: str
) -> None:
    first = ScriptDirectory.from_config(config(database_url)).get_base()
    assert first is not None
    command.downgrade(config(database_url), "base")
    command.upgrade(config(database_url), first)
    fill_database(database_url, datetime(2019, 12, 12, tzinfo=UTC))
    command.upgrade(config(database_url), "head")
    with Session(engine) as session:
        assert len(known_sessions(session, find_event(session, "bioprod4"))) == 29


def test_all_keys_begin_with_the_event(engine: Engine) -> None:
    """What lets many events share a database, and a cluster be distributed by event."""
    tables = inspect(engine)
    for name in Base.metadata.tables:
        keys = [tables.get_pk_constraint(name)["constrained_columns"]]
        keys += [unique["column_names"] for unique in tables.get_unique_constraints(name)]
        keys += [foreign["constrained_columns"] for foreign in tables.get_foreign_keys(name)]
        assert [key for key in keys if key[0] != "event_id"] == [], name


def test_sqlite_is_durable_and_strict(sqlite_url: str) -> None:
    engine = create_database_engine(sqlite_url)
    with engine.connect() as connection:
        pragmas = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("foreign_keys", "journal_mode", "synchronous")
        }
    engine.dispose()
    assert pragmas == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}
