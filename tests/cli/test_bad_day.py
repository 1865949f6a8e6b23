"""What goes wrong before the first message: one clear sentence, and an exit code."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.demo import DEMO_START, fill_database, sample_playground
from bot.ground import only_one_on_sqlite
from bot.platforms.slack.manifest import BOT_SCOPES
from bot.playground.installed import InstalledApp
from bot.playground.server import Playground
from tests.cli.conftest import Maillon
from tests.support.pgbouncer import pgbouncer


def _tokens(playground: Playground, **other: str) -> dict[str, str]:
    app = playground.installed
    return {
        "SLACK_BOT_TOKEN": app.bot_token,
        "SLACK_APP_TOKEN": app.app_token,
        "SLACK_API_URL": f"{playground.url}/api/",
        "MAILLON_HTTP_PORT": "0",
        "MAILLON_PUBLIC_URL": "https://questions.example.org",
        **other,
    }


def test_no_token(maillon: Maillon) -> None:
    ended = maillon("run")
    assert ended.code == 1
    assert ended.err.strip().startswith("SLACK_BOT_TOKEN is missing.")
    assert maillon("run", LC_ALL="fr_FR.UTF-8").err.strip().startswith("SLACK_BOT_TOKEN manque.")
    no_way_in = maillon("run", SLACK_BOT_TOKEN="xoxb-1", LC_ALL="en_GB.UTF-8")
    assert "Events cannot arrive" in no_way_in.err


def test_a_wrong_token(maillon: Maillon, playground: Playground, sqlite_url: str) -> None:
    fill_database(sqlite_url, DEMO_START)
    ended = maillon("run", **_tokens(playground, SLACK_BOT_TOKEN="xoxb-wrong"))
    assert ended.code == 1
    assert "Slack refused or could not be reached: invalid_auth." in ended.err


def test_no_event(maillon: Maillon, playground: Playground) -> None:
    ended = maillon("run", **_tokens(playground))
    assert ended.code == 1
    assert "There is no event yet." in ended.err


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all.db", "postgresql://nobody@127.0.0.1:9/none"],
)
def test_no_database(maillon: Maillon, url: str) -> None:
    ended = maillon("migrate", DATABASE_URL=url)
    assert ended.code == 1
    assert "The database cannot be used:" in ended.err


@pytest.mark.parametrize("command", ["migrate", "doctor"])
def test_a_database_file_that_cannot_be_opened_is_named(maillon: Maillon, command: str) -> None:
    ended = maillon(command, DATABASE_URL="sqlite:////nowhere/at/all.db")
    assert ended.code == 1
    assert "unable to open database file: /nowhere/at/all.db\n" in ended.out + ended.err


@pytest.mark.parametrize("command", ["migrate", "doctor", "run"])
@pytest.mark.parametrize(
    "url", ["mysql://root:secret@host/x", "postgresql+asyncpg://host/x", "not an address"]
)
def test_a_database_that_is_not_known(maillon: Maillon, command: str, url: str) -> None:
    ended = maillon(command, DATABASE_URL=url)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "The setting DATABASE_URL is not right: only sqlite:// and postgresql:// are known.\n"
    )
    french = maillon(command, DATABASE_URL=url, LC_ALL="fr_FR.UTF-8")
    assert french.err.startswith("Le réglage DATABASE_URL ne convient pas")


def test_a_migration_behind_or_ahead(
    maillon: Maillon, playground: Playground, sqlite_url: str, tmp_path: Path
) -> None:
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    behind = maillon("run", **_tokens(playground, DATABASE_URL=empty))
    assert behind.code == 1
    assert re.search(r"The database is not up to date \(empty, wanted \d{4}\)\.", behind.err)
    _set_revision(sqlite_url, "9999")
    ahead = maillon("run", **_tokens(playground, DATABASE_URL=sqlite_url))
    assert ahead.code == 1
    assert "The database was migrated by a newer Maillon (9999)." in ahead.err


def _set_revision(url: str, revision: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def test_a_setting_that_cannot_be(maillon: Maillon) -> None:
    ended = maillon("run", MAILLON_HTTP_PORT="many")
    assert ended.code == 1
    assert ended.err.strip().startswith("The setting MAILLON_HTTP_PORT is not right:")


def test_doctor_finds_nothing_wrong(
    maillon: Maillon, playground: Playground, sqlite_url: str
) -> None:
    fill_database(sqlite_url, DEMO_START)
    well = maillon("doctor", **_tokens(playground))
    assert well.code == 0
    assert "✗" not in well.out
    assert "✓ #programme: Maillon can post here" in well.out


def test_doctor_says_that_pages_need_an_address(
    maillon: Maillon, playground: Playground, sqlite_url: str
) -> None:
    fill_database(sqlite_url, DEMO_START)
    without = maillon("doctor", **_tokens(playground, MAILLON_PUBLIC_URL=""))
    assert without.code == 1
    assert "✗ MAILLON_PUBLIC_URL: missing: set the https:// address" in without.out
    assert without.out.count("✗") == 1
    rehearsal = {"MAILLON_PUBLIC_URL": "", "MAILLON_CLOCK_URL": playground.url}
    assert "✗" not in maillon("doctor", **_tokens(playground, **rehearsal)).out


@pytest.mark.parametrize("url", ["questions.example.org", "ftp://x.org", "https://x.org/maillon"])
def test_an_address_of_the_pages_that_cannot_be(maillon: Maillon, url: str) -> None:
    ended = maillon("doctor", MAILLON_PUBLIC_URL=url)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("The setting MAILLON_PUBLIC_URL is not right: it begins with")


def test_doctor_says_what_to_do(maillon: Maillon, sqlite_url: str) -> None:
    fill_database(sqlite_url, DEMO_START)
    app = InstalledApp(scopes=BOT_SCOPES - {"channels:history"})
    with sample_playground(DEMO_START, app=app) as playground:
        ill = maillon("doctor", **_tokens(playground, SLACK_APP_TOKEN="xapp-wrong"))
    assert ill.code == 1
    assert "✗ scopes: missing: channels:history." in ill.out
    assert "✗ SLACK_APP_TOKEN: Slack answers invalid_auth" in ill.out
    with sample_playground(DEMO_START) as playground:
        channel = playground.workspace.channel_named("programme")
        assert channel is not None
        channel.archived = True
        ill = maillon("doctor", **_tokens(playground))
    assert ill.code == 1
    assert "✗ #programme: not found: create it, or invite Maillon if it is private" in ill.out


def test_doctor_says_where_the_keys_are(
    maillon: Maillon, playground: Playground, sqlite_url: str, tmp_path: Path
) -> None:
    fill_database(sqlite_url, DEMO_START)
    assert "✓ MAILLON_KEYS_URL: reached; to be kept out" in maillon("doctor").out
    assert (tmp_path / "maillon-keys.db").exists()
    lost = maillon("doctor", MAILLON_KEYS_URL="sqlite:////nowhere/at/all.db")
    assert (lost.code, "✗ MAILLON_KEYS_URL: cannot be used: " in lost.out) == (1, True)


@pytest.mark.parametrize("command", ["doctor", "run"])
def test_keys_in_the_database_itself(
    maillon: Maillon, playground: Playground, sqlite_url: str, command: str
) -> None:
    same = maillon(command, **_tokens(playground, MAILLON_KEYS_URL=sqlite_url))
    assert same.code == 1
    assert "MAILLON_KEYS_URL names the database itself." in same.out + same.err


@pytest.mark.postgresql
def test_doctor_says_that_several_processes_share_the_keys(
    maillon: Maillon, postgresql_url: str
) -> None:
    fill_database(postgresql_url, DEMO_START)
    told = maillon("doctor", DATABASE_URL=postgresql_url).out
    assert "✓ MAILLON_KEYS_URL: the file maillon-keys.db, to be kept out of the backup" in told
    assert "Several processes of “maillon run” need one address for all of them" in told


@pytest.mark.pgbouncer
def test_doctor_says_whether_processes_wake_one_another(
    maillon: Maillon, postgresql_url: str, postgresql_server: str
) -> None:
    fill_database(postgresql_url, DEMO_START)
    with pgbouncer(postgresql_url) as through:

        def wakes(database: str, listen: str = "") -> str:
            told = maillon("doctor", DATABASE_URL=database, MAILLON_LISTEN_URL=listen).out
            return next(line for line in told.splitlines() if "MAILLON_LISTEN_URL" in line)

        together = "✓ MAILLON_LISTEN_URL: processes wake one another at once"
        assert wakes(postgresql_url) == together
        assert wakes(through, postgresql_url) == together
        assert wakes(through).startswith("✓ MAILLON_LISTEN_URL: not set, and DATABASE_URL leads")
        assert "✗ MAILLON_LISTEN_URL: leads through a pooler" in wakes(postgresql_url, through)
        assert "✗ MAILLON_LISTEN_URL: cannot be used: " in wakes(
            through, "postgresql://127.0.0.1:9/"
        )


def test_a_part_that_is_not_there(maillon: Maillon) -> None:
    ended = maillon("run", "--only", "events,wep")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("--only knows no part “wep”. The parts are: events, deliveries,")


def test_an_address_that_is_taken(
    maillon: Maillon, playground: Playground, sqlite_url: str
) -> None:
    """It stops in order, and says why."""
    fill_database(sqlite_url, DEMO_START)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = maillon("run", **_tokens(playground, MAILLON_HTTP_PORT=port))
    assert ended.code == 1
    assert "The address cannot be used: Address already in use" in ended.err


def test_a_wrong_app_token(maillon: Maillon, playground: Playground, sqlite_url: str) -> None:
    fill_database(sqlite_url, DEMO_START)
    ended = maillon("run", **_tokens(playground, SLACK_APP_TOKEN="xapp-wrong"))
    assert ended.code == 1
    assert "Slack refused or could not be reached: invalid_auth." in ended.err


def test_a_second_bot_on_one_sqlite_file(
    maillon: Maillon, playground: Playground, sqlite_url: str
) -> None:
    fill_database(sqlite_url, DEMO_START)
    with only_one_on_sqlite(sqlite_url):
        ended = maillon("run", **_tokens(playground))
    assert ended.code == 1
    assert "Maillon already runs on the database file" in ended.err
