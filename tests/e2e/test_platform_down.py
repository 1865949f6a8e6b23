"""The chat platform is down from the start: pages are there, and the bot comes when it is back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.demo import fill_database, sample_playground
from bot.drill.process import BotProcess
from tests.support.congress import at

PATIENCE = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Bot:
    """`maillon run`, and what its addresses answer."""

    def __init__(self, process: BotProcess, url: str) -> None:
        self.process, self.url = process, url
        self.awaited = "/health/pages"

    def answers(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(self.url + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def wait_for(self, path: str) -> None:
        self.awaited = path
        self.process.wait_up()


@contextmanager
def maillon(database_url: str, api_url: str, folder: Path) -> Iterator[Bot]:
    port = free_port()
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-playground",
        "SLACK_APP_TOKEN": "xapp-playground",
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "MAILLON_HTTP_PORT": str(port),
    }
    process = BotProcess(settings, folder, lambda: bot.answers(bot.awaited)[0] == 200)
    bot = Bot(process, f"http://127.0.0.1:{port}")
    process.start()
    try:
        yield bot
        process.stop()
        assert "Traceback" not in process.last_words(1_000)
    finally:
        process.stop()


def shows_the_programme(bot: Bot) -> None:
    bot.wait_for("/health/pages")
    status, page = bot.answers("/?lang=fr&day=2019-12-12")
    assert status == 200
    assert "Ouverture" in page
    assert bot.answers("/health")[0] == 503  # nothing can arrive from Slack
    assert bot.answers("/metrics")[0] == 200


def test_slack_refuses_connections_then_is_back(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, at("08:00"))
    port = free_port()
    with maillon(sqlite_url, f"http://127.0.0.1:{port}/api/", tmp_path) as bot:
        shows_the_programme(bot)
        assert list(bot.process.events("slack.out_of_reach"))
        with sample_playground(at("08:00"), port=port):
            bot.wait_for("/health")
            bot.process.stop()


def test_slack_takes_connections_and_never_answers(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, at("08:00"))
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        with maillon(sqlite_url, address, tmp_path) as bot:
            shows_the_programme(bot)
