"""One id from the click to the message; and none to who asked anonymously."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import Delivery
from bot.log import configure_logging
from tests.e2e.test_questions import GUEST, OTHER, asks
from tests.support.congress import Congress, at, congress

Lines = list[dict[str, Any]]


@contextmanager
def log_of_everything() -> Iterator[io.StringIO]:
    configure_logging("debug", "json")
    try:
        with redirect_stderr(io.StringIO()) as written:
            yield written
    finally:
        configure_logging("warning", "json")


def test_from_the_click_to_the_message(sqlite_url: str) -> None:
    named, anonymous = asyncio.run(_two_questions(sqlite_url))
    asked = _lines(named, "gesture.done", gesture="questions.ask")[-1]["cause"]
    said = _lines(named, "delivery.attempted", outcome="sent", cause=asked)
    assert len(said) == 2, "its asker and the équipe Questions are told"
    assert {line["cause"] for line in _lines(named, "slack.answered")} >= {asked}

    hidden = _lines(anonymous, "gesture.done", gesture="questions.ask")[-1]["cause"]
    assert hidden != asked
    told = _lines(anonymous, "delivery.attempted")
    assert {"sealed"} < {line["delivery"] for line in told}
    assert all(line.get("cause") != hidden for line in told)
    assert all("cause" not in line for line in told if line["delivery"] == "sealed")
    assert json.dumps(anonymous).count(OTHER) == 0


async def _two_questions(database_url: str) -> tuple[Lines, Lines]:
    with log_of_everything() as written:
        async with congress(database_url, start=at("13:45")) as one:
            await one.idle()
            await asks(one, GUEST, "Qui décide ?", choices=["named"])
            first = len(written.getvalue())
            await asks(one, OTHER, "Et si l'on renonce ?", choices=["anonymous"])
            causes = {row.cause for row in await _deliveries(one)}
    text = written.getvalue()
    named, anonymous = _read(text[:first]), _read(text[first:])
    assert causes.isdisjoint(_causes(anonymous, "gesture.done")), "nor does the database tell"
    assert causes & _causes(named, "gesture.done")
    return named, anonymous


async def _deliveries(one: Congress) -> list[Delivery]:
    def query(session: Session) -> list[Delivery]:
        found = list(session.scalars(select(Delivery)))
        session.expunge_all()
        return found

    return await one.maillon.runtime.read(query)


def _read(text: str) -> Lines:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _lines(lines: Lines, event: str, **having: Any) -> Lines:
    return [line for line in lines if line["event"] == event and having.items() <= line.items()]


def _causes(lines: Lines, event: str, **having: Any) -> set[str]:
    return {line["cause"] for line in _lines(lines, event, **having)}
