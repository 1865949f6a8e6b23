"""Whether anything was written is seen from any process, and reading is no writing."""

from __future__ import annotations

from sqlalchemy import Engine, text

from bot.db.engine import create_database_engine
from bot.db.revision import Revision


def test_every_write_is_seen(engine: Engine, database_url: str) -> None:
    revision, other = Revision(engine), create_database_engine(database_url)
    seen = [revision.number()]
    for writer in (engine, other, engine, other):
        with writer.begin() as connection:
            connection.execute(text("DELETE FROM paces"))
            connection.execute(
                text(
                    "INSERT INTO events (event_id, slug, settings, applied_at)"
                    " VALUES (:id, :id, '{}', '2024-12-12 08:00:00')"
                ),
                {"id": f"e{len(seen)}"},
            )
        seen.append(revision.number())
    assert len(set(seen)) == 5
    with other.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 4
    assert engine.dialect.name != "sqlite" or revision.number() == seen[-1]
    revision.close()
    other.dispose()
