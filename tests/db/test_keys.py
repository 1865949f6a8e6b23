"""Keys of anonymous questions: one a session, the same for all who ask, and gone once deleted."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bot.db.keys import KEY_BYTES, KeyStore, keys_of, same_database
from bot.db.runtime import Runtime
from tests.delivery.support import run
from tests.support.databases import create_database

UNTIL = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
_names = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'keys.db'}"
    server: str = request.getfixturevalue("postgresql_server")
    return create_database(server, f"keys_{next(_names)}")


@pytest.fixture
def keys(url: str) -> Iterator[KeyStore]:
    keys = KeyStore(url)
    yield keys
    keys.close()


def test_a_key_is_made_once_and_kept(keys: KeyStore, url: str) -> None:
    assert keys.key_of("e", "s") is None
    key = keys.key_of("e", "s", UNTIL)
    assert key is not None
    assert len(key) == KEY_BYTES
    assert keys.key_of("e", "s") == keys.key_of("e", "s", UNTIL + SECOND) == key
    assert keys.earliest_due() == UNTIL, "the date was fixed by the first"
    again = KeyStore(url)
    assert again.key_of("e", "s") == key
    again.close()


def test_each_session_has_its_own(keys: KeyStore) -> None:
    pairs = [("e", "s"), ("e", "t"), ("f", "s")]
    assert len({keys.key_of(event_id, session_id, UNTIL) for event_id, session_id in pairs}) == 3


def test_those_who_ask_at_once_get_the_same(url: str) -> None:
    """Replicas too, before there is even a table."""
    stores = [KeyStore(url) for _ in range(4)]

    def ask(number: int) -> bytes | None:
        return stores[number % 4].key_of("e", f"s{number // 16}", UNTIL)

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(ask, range(64)))
    assert None not in found
    assert [len(set(found[one : one + 16])) for one in range(0, 64, 16)] == [1] * 4
    assert len(set(found)) == 4
    for store in stores:
        store.close()


def test_a_key_goes_on_its_date_and_never_comes_back(keys: KeyStore) -> None:
    assert keys.earliest_due() is None
    keys.key_of("e", "early", UNTIL)
    late = keys.key_of("e", "late", UNTIL + SECOND)
    assert keys.delete_due(UNTIL - SECOND) == 0
    assert keys.earliest_due() == UNTIL
    assert keys.delete_due(UNTIL) == 1
    assert keys.key_of("e", "early") is None
    assert keys.key_of("e", "early", UNTIL + 30 * SECOND) is None
    assert (keys.key_of("e", "late"), keys.earliest_due()) == (late, UNTIL + SECOND)
    assert keys.delete_due(UNTIL) == 0
    assert keys.delete_due(UNTIL + SECOND) == 1
    assert keys.earliest_due() is None


def test_a_deleted_key_is_in_no_file(tmp_path: Path) -> None:
    """While others stay, and another process has the file open."""
    keys = KeyStore(f"sqlite:///{tmp_path / 'keys.db'}")
    other = create_engine(f"sqlite:///{tmp_path / 'keys.db'}")
    gone = [keys.key_of("e", f"g{number}", UNTIL) for number in range(300)]
    kept = [keys.key_of("e", f"k{number}", UNTIL + SECOND) for number in range(300)]
    with other.connect() as connection:
        connection.execute(text("SELECT count(*) FROM question_keys")).scalar_one()
        connection.rollback()
        assert keys.delete_due(UNTIL) == 300
        left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [key for key in gone if key is None or key in left] == []
    assert [key for key in kept if key is None or key not in left] == []
    other.dispose()
    keys.close()


@pytest.mark.postgresql
def test_a_deleted_key_is_in_no_table_of_postgresql(postgresql_server: str) -> None:
    url = create_database(postgresql_server, f"keys_{next(_names)}")
    keys, engine = KeyStore(url), create_engine(url)
    gone = keys.key_of("e", "gone", UNTIL)
    kept = keys.key_of("e", "kept", UNTIL + SECOND)
    assert gone is not None
    assert kept is not None
    keys.delete_due(UNTIL)
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        path = "pg_relation_filepath('question_keys')"
        table = bytes(connection.execute(text(f"SELECT pg_read_binary_file({path})")).scalar_one())
    assert (gone in table, kept in table) == (False, True)
    engine.dispose()
    keys.close()


def test_nobody_else_on_the_machine_reads_the_file(tmp_path: Path) -> None:
    keys = KeyStore(f"sqlite:///{tmp_path / 'keys.db'}")
    assert list(tmp_path.iterdir()) == [], "nothing is made before the first use"
    keys.key_of("e", "s", UNTIL)
    assert stat.S_IMODE((tmp_path / "keys.db").stat().st_mode) == 0o600
    keys.close()


def test_use_cases_find_the_store_at_their_session(sqlite_url: str, tmp_path: Path) -> None:
    from bot.db.engine import create_database_engine

    runtime = Runtime(
        create_database_engine(sqlite_url), KeyStore(f"sqlite:///{tmp_path / 'keys.db'}")
    )

    def ask(session: Session) -> bytes | None:
        return keys_of(session).key_of("e", "s", UNTIL)

    made, read = run(runtime.run(ask)), run(runtime.read(ask))
    assert made is not None
    assert made == read
    runtime.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sqlite:///a.db", "sqlite:///./a.db", True),
        ("sqlite:///a.db", "sqlite+pysqlite:///a.db", True),
        ("sqlite:///a.db", "sqlite:///a-keys.db", False),
        ("sqlite:///a.db", "postgresql://host/a", False),
        ("postgresql://me:x@host/a", "postgresql+psycopg://you@host:5432/a", True),
        ("postgresql:///a", "postgresql://localhost/a", True),
        ("postgresql://host/a", "postgresql://host/b", False),
        ("postgresql://host/a", "postgresql://other/a", False),
        ("postgresql://host/a", "postgresql://host:5433/a", False),
    ],
)
def test_the_same_database(one: str, other: str, same: bool) -> None:
    assert same_database(one, other) is same_database(other, one) is same
