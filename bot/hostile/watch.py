"""What the application did: what was heard by whom, what was logged, what stands in the tables."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import structlog
from sqlalchemy import Engine

from bot.app import Maillon
from bot.db.base import Base

KEPT_TRACES = 20
DEFECTS = ("gesture.failed", "page.failed", "slack.listener_failed")


class Heard:
    """Counts what reaches listeners, and handlers by name, from when it is made."""

    def __init__(self, maillon: Maillon) -> None:
        self.listeners = 0
        self.handlers: Counter[str] = Counter()
        for listener in maillon.slack.bolt._async_listeners:
            listener.ack_function = self._listening(listener.ack_function)
        # A vote is heard before Bolt looks for a listener.
        votes = maillon.slack.votes
        votes._press = self._listening(votes._press, "questions.support")  # type: ignore
        known = maillon.slack.gestures.handlers
        self.known: set[str] = set()
        for kind in (known.views, known.actions, known.forms, known.submissions):
            named: dict[str, Any] = kind
            self.known |= set(named)
            for name, handler in named.items():
                named[name] = self._handling(name, handler)

    def _listening(
        self, listener: Callable[..., Awaitable[Any]], name: str = ""
    ) -> Callable[..., Awaitable[Any]]:
        @wraps(listener)
        async def heard(*args: Any, **kwargs: Any) -> Any:
            self.listeners += 1
            if name:
                self.handlers[name] += 1
            return await listener(*args, **kwargs)

        return heard

    def _handling(self, name: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(handler)
        def heard(*args: Any) -> Any:
            self.handlers[name] += 1
            return handler(*args)

        return heard


class Traces(logging.Handler):
    """Counts what is logged, keeps what holds a stack trace, and passes the rest over."""

    def __init__(self) -> None:
        super().__init__()
        self.events: Counter[str] = Counter()
        self.count = 0
        self.kept: list[str] = []
        self.bytes = 0
        self.personal = 0
        shared = structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ]
        )
        self.setFormatter(shared)

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        said = record.msg.get("event") if isinstance(record.msg, dict) else str(record.msg)
        self.events[str(said)] += 1
        self.personal += "example.org" in line
        if "Traceback (most recent call last)" in line or said in DEFECTS:
            self.count += 1
            if len(self.kept) < KEPT_TRACES:
                self.kept.append(line)


@contextmanager
def watching_logs() -> Iterator[Traces]:
    """Everything that is logged from warning on goes here instead of standard error."""
    root, traces = logging.getLogger(), Traces()
    before, root.handlers[:] = list(root.handlers), [traces]
    try:
        yield traces
    finally:
        root.handlers[:] = before


def digest(engine: Engine) -> str:
    """Of every row of every table."""
    found = hashlib.sha256()
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(table.select())
            found.update(table.name.encode())
            for row in sorted(repr(tuple(one)) for one in rows):
                found.update(row.encode("utf-8", "surrogatepass"))
    return found.hexdigest()
