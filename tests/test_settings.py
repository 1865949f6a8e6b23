"""Settings, `.env.example` and docs/settings.md say the same; a wrong value says what is wrong."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from bot.cli.main import main
from bot.settings import Settings
from tests.support.machine import ROOT

EXAMPLE = ROOT / ".env.example"
PAGE = ROOT / "docs" / "settings.md"
NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor an `.env` of the machine that runs the tests."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")


def defaults() -> dict[str, object]:
    return {name.upper(): field.default for name, field in Settings.model_fields.items()}


def example_lines() -> list[str]:
    return EXAMPLE.read_text(encoding="utf-8").splitlines()


def table() -> dict[str, tuple[str, str]]:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {name: (default, meaning) for name, default, meaning in rows}


def test_defaults() -> None:
    assert Settings().model_dump() == {
        "slack_bot_token": None,
        "slack_app_token": None,
        "slack_signing_secret": None,
        "slack_api_url": "https://slack.com/api/",
        "database_url": "sqlite:///maillon.db",
        "maillon_listen_url": None,
        "maillon_keys_url": None,
        "maillon_event": None,
        "maillon_http_host": "127.0.0.1",
        "maillon_http_port": 8080,
        "maillon_public_url": None,
        "maillon_log_level": "info",
        "maillon_log_format": "json",
        "maillon_settle_after": 15.0,
        "maillon_pace_scale": 1.0,
        "maillon_clock_url": None,
    }


def test_names_are_those_people_expect() -> None:
    for name in NAMES:
        assert re.match(r"SLACK_|MAILLON_|DATABASE_URL$", name), name


@pytest.mark.parametrize("field", Settings.model_fields.values(), ids=NAMES)
def test_every_setting_says_what_it_is(field: FieldInfo) -> None:
    assert field.description


def test_the_example_names_every_setting_with_a_line_above_it() -> None:
    lines = example_lines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert named == NAMES
    for number, line in enumerate(lines):
        if line and not line.startswith("#"):
            assert re.match(r"# \S", lines[number - 1]), line


def test_the_example_copied_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(EXAMPLE.read_bytes())
    assert Settings().model_dump() == {key.lower(): value for key, value in defaults().items()}


def test_the_page_has_every_setting_with_its_default() -> None:
    told = {name: default.strip("`") for name, (default, _) in table().items()}
    assert list(told) == NAMES
    assert told == {
        name: "–" if value is None else str(value) for name, value in defaults().items()
    }
    assert all(meaning.strip() for _, meaning in table().values())


def test_the_environment_goes_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("MAILLON_HTTP_PORT=1\nSLACK_BOT_TOKEN=xoxb-file\nOTHER=x\n")
    monkeypatch.setenv("MAILLON_HTTP_PORT", "2")
    settings = Settings()
    assert settings.maillon_http_port == 2
    assert settings.slack_bot_token == SecretStr("xoxb-file")


def test_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert {key.upper(): value for key, value in Settings().model_dump().items()} == defaults()


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("sqlite:///x.db", True),
        ("postgresql://host/x", True),
        ("postgresql+psycopg://host/x", True),
        ("mysql://x", False),
        ("postgresql+psycopg2://host/x", False),
        ("x", False),
    ],
)
def test_databases_are_sqlite_and_postgresql(
    url: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    if known:
        assert Settings().database_url == url
        return
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [flaw["loc"] for flaw in refused.value.errors()] == [("database_url",)]


def test_the_public_address_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().maillon_public_url is None
    monkeypatch.setenv("MAILLON_PUBLIC_URL", "https://questions.example.org/")
    assert Settings().maillon_public_url == "https://questions.example.org"


def test_keys_are_in_one_of_the_same_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLON_KEYS_URL", "mysql://host/keys")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert [flaw["loc"] for flaw in refused.value.errors()] == [("maillon_keys_url",)]


@pytest.mark.parametrize(
    ("database", "keys", "used"),
    [
        ("sqlite:///maillon.db", None, "sqlite:///maillon-keys.db"),
        (
            "sqlite:////var/lib/maillon/event.sqlite3",
            None,
            "sqlite:////var/lib/maillon/event-keys.db",
        ),
        ("postgresql://host/maillon", None, "sqlite:///maillon-keys.db"),
        ("postgresql://host/maillon", "postgresql://host/keys", "postgresql://host/keys"),
    ],
)
def test_where_the_keys_are(
    database: str, keys: str | None, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    if keys is not None:
        monkeypatch.setenv("MAILLON_KEYS_URL", keys)
    assert Settings().keys_url == used


def test_tokens_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "xoxb-very-secret"
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, secret)
    assert secret not in repr(Settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAILLON_HTTP_PORT", "eighty"),
        ("MAILLON_HTTP_PORT", "65536"),
        ("MAILLON_HTTP_PORT", "-1"),
        ("MAILLON_LOG_LEVEL", "loud"),
        ("MAILLON_LOG_FORMAT", "xml"),
        ("MAILLON_SETTLE_AFTER", "0"),
        ("MAILLON_SETTLE_AFTER", "soon"),
        ("MAILLON_PACE_SCALE", "-2"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "doctor", "run"])
def test_a_bad_value_is_named(
    command: str,
    name: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["maillon", command])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith(f"The setting {name} is not right: Input should be ")
    assert list(tmp_path.iterdir()) == [], "nothing was made, a database least of all"
