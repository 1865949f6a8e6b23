"""What people are told while the database is away, and of what they pressed as it went."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import UnavailableError
from bot.core.i18n import Reader
from bot.db import engine as engines
from bot.platforms.slack import gestures
from tests.platforms.slack.support import Bot
from tests.platforms.slack.test_forms import play
from tests.support.outages import commit_in_doubt

SORRY = Reader.of("fr", "UTC").gettext(UnavailableError.msgid)


def test_a_press_whose_commit_was_lost_is_answered_and_done_once(database_url: str) -> None:
    async def scene(one: Bot) -> None:
        button = await one.button("note.support")
        with commit_in_doubt(one.runtime):
            answer = await one.press(button, one.value("note.support"))
        assert (answer.acked, one.private()) == (True, ["42 soutiens"])
        assert await one.written() == 1

    play(database_url, scene)


@pytest.mark.parametrize("words", ["Pourquoi ?", "thanks", "twin"])
def test_a_form_whose_commit_was_lost_is_taken_once(sqlite_url: str, words: str) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        with commit_in_doubt(one.runtime):
            answer = await one.submit(view, words=words)
        assert (answer.acked, await one.written()) == (True, 1)
        assert one.closed == (words == "Pourquoi ?")

    play(sqlite_url, scene)


def test_a_form_that_was_asked_back_in_doubt_can_be_sent_again(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        before = dict(view.body)
        with commit_in_doubt(one.runtime):
            await one.sent_twice(view, words="twin")
        view.body = before  # nobody heard of the answer
        await one.submit(view, words="Pourquoi ?")
        assert await one.written() == 2

    play(sqlite_url, scene)


def test_who_presses_meanwhile_is_told_to_try_again(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(gestures, "BEGIN_WITHIN_S", 0.3)

    async def scene(one: Bot) -> None:
        button: Any = await one.button("note.support")
        other = one.runtime.engine.connect()
        other.exec_driver_sql("SELECT 1")  # and with it BEGIN IMMEDIATE
        answer = await one.press(button, one.value("note.support"))
        assert (answer.acked, one.private()) == (True, [SORRY])
        assert not one.runtime.writable
        other.close()
        await one.press(button, one.value("note.support"))
        assert (one.private()[-1], await one.written()) == ("42 soutiens", 1)

    play(sqlite_url, scene)
