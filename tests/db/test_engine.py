"""Addresses of databases, and what holds of a connection whoever stands behind it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bot.db.address import database_address, servers
from bot.db.engine import PATIENCE, create_database_engine, reading
from tests.support.databases import create_database
from tests.support.pgbouncer import pgbouncer


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("postgresql://u:p%40@h1:5432,h2:5433/db?target_session_attrs=read-write", "h1,h2", ""),
        ("postgresql://u:p%40@h1,h2:5433/db?target_session_attrs=read-write", "h1,h2", ""),
        ("postgresql://u:p%40@[::1],h2:5433/db?target_session_attrs=read-write", "::1,h2", ""),
        (
            "postgresql://u:p%40@/db?host=h1:5432&host=h2:5433&target_session_attrs=read-write",
            "h1,h2",
            "",
        ),
        ("postgresql://u:p%40@h1:5433/db?target_session_attrs=read-write", "h1", 5433),
    ],
)
def test_one_server_or_several(address: str, host: str, port: str | int) -> None:
    url = database_address(address)
    assert database_address(url.render_as_string(hide_password=False)) == url
    _, options = PGDialect_psycopg().create_connect_args(url)  # type: ignore[no-untyped-call]
    assert options == {
        "user": "u",
        "password": "p@",
        "host": host,
        "port": port or "5432,5433",
        "dbname": "db",
        "target_session_attrs": "read-write",
    }


@pytest.mark.parametrize("address", ["postgresql://h1:a,h2/db", "postgresql://h1]:1,h2/db"])
def test_what_is_no_list_of_servers_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        database_address(address)
    assert address not in str(refused.value)


def test_the_servers_of_an_address() -> None:
    found = [servers(database_address(one)) for one in ("postgresql:///a", "postgresql://h1,h2:7/")]
    assert found == [{("localhost", "5432")}, {("h1", "5432"), ("h2", "7")}]


def test_what_the_address_says_goes_before_our_patience() -> None:
    engine = create_database_engine("postgresql://h/db?connect_timeout=30")
    assert engine.url.query == {**PATIENCE, "connect_timeout": "30"}


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.postgresql
def test_the_next_server_is_tried_where_one_is_gone_or_silent(
    postgresql_url: str, silent: str
) -> None:
    real = make_url(postgresql_url)
    sockets = quote(str(real.query["host"]), safe="")
    for first in ("%2Fnowhere", silent):
        engine = create_database_engine(
            f"postgresql://{real.username}@{first},{sockets}/{real.database}"
            "?target_session_attrs=read-write&connect_timeout=1"
        )
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT current_database()")) == real.database
        engine.dispose()


@pytest.fixture
def careless(postgresql_server: str) -> Iterator[str]:
    """A database of which a commit need not be on disk."""
    url = create_database(postgresql_server, "careless")
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER DATABASE careless SET synchronous_commit TO off"))
    yield url
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE careless WITH (FORCE)"))
    engine.dispose()


def durable(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SHOW synchronous_commit")))


@pytest.mark.postgresql
def test_an_ack_means_on_disk_even_where_the_database_says_otherwise(careless: str) -> None:
    engine = create_database_engine(careless)
    assert durable(engine) == "on"
    assert durable(reading(engine)) == "off", "which costs nothing"
    engine.dispose()


@pytest.mark.pgbouncer
def test_behind_a_pooler_it_does_too_and_nothing_is_prepared(careless: str) -> None:
    with pgbouncer(careless) as through:
        engine = create_database_engine(through)
        for _ in range(8):  # psycopg prepares what it says for the sixth time
            assert durable(engine) == "on"
        stranger = create_engine(through)  # as another program of the same pool would
        assert durable(stranger) == "off", "nothing is left behind"
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
            driver = connection.connection.driver_connection
            assert driver is not None
            assert driver.prepare_threshold is None
        stranger.dispose()
        engine.dispose()


@pytest.mark.postgresql
def test_without_a_pooler_statements_are_prepared(postgresql_url: str) -> None:
    engine = create_database_engine(postgresql_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.prepare_threshold == 5
    engine.dispose()
