"""Any number of bots on one database: what is asked of one is asked of all."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from bot.drill.process import BotProcess

ANSWERS_WITHIN_S = 10.0
Span = tuple[float, float]
"""From when to when, in machine time."""


class Fleet:
    def __init__(self, settings: Mapping[str, str], folder: Path, replicas: int) -> None:
        self.bots = [
            BotProcess(settings, folder, name=f"bot-{number}") for number in range(replicas)
        ]

    def start(self) -> None:
        for bot in self.bots:
            bot.start()

    def wait_up(self) -> None:
        for bot in self.bots:
            bot.wait_up()

    def stop(self) -> None:
        for bot in self.bots:
            bot.stop()

    @property
    def alive(self) -> bool:
        return all(bot.alive for bot in self.bots)

    @property
    def away(self) -> list[Span]:
        """When there was none at all."""
        away, *others = (merged(bot.away) for bot in self.bots)
        for other in others:
            away = [
                (max(one[0], two[0]), min(one[1], two[1]))
                for one in away
                for two in other
                if max(one[0], two[0]) < min(one[1], two[1])
            ]
        return away

    def of_caller(self, port: int) -> BotProcess | None:
        """Whose connection comes from `port` of this machine."""
        import psutil  # type: ignore[import-untyped]  # with the server that several bots need

        for bot in self.bots:
            if any(one.laddr.port == port for one in psutil.Process(bot.pid).net_connections()):
                return bot
        return None

    def pages(self, path: str) -> list[str]:
        """A page of each bot, or its health."""
        return [self._page(bot, path) for bot in self.bots]

    def says_away(self) -> bool:
        """Whether the health of each says that its database takes no writes."""
        try:
            return not any(json.loads(page)["database"] for page in self.pages("/health"))
        except (OSError, IndexError):  # one is just starting
            return False

    def _page(self, bot: BotProcess, path: str) -> str:
        address = [one["http"] for one in bot.events("maillon.pages")][-1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _AnyStatus())
        with opener.open(f"{address}{path}", timeout=ANSWERS_WITHIN_S) as answer:
            return str(answer.read().decode())

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        return chain.from_iterable(bot.events(name) for bot in self.bots)

    def last_words(self) -> str:
        return "\n\n".join(bot.last_words() for bot in self.bots)


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        return response


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time, none of it twice."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
