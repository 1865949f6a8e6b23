"""Soutenir on the board of a session: what people read, and what the room sees."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from bot.demo import INSTALLED
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish
from bot.playground.workspace import Message
from tests.support.congress import Congress, at, prepared, said
from tests.support.questions import MemoryKeys

HOST, ASKER = "oceane.pineau@example.org", "ines.millet@example.org"
FIRST, SECOND = "susan.aubert@example.org", "laetitia.charpentier@example.org"
TEXT = "Combien de lots faut-il pour être rentable ?"


def _published(one: Congress, session: Session) -> None:
    now, event_id = one.playground.clock.now(), one.event_id(session)

    def person(email: str) -> Participant:
        found = participant_by_email(session, event_id, email)
        assert found is not None
        return found

    draft = Draft(one.session_id(session, "S003"), TEXT, "fr")
    question = ask(session, person(ASKER), draft, MemoryKeys(), now)
    publish(session, person(HOST), question.question_id, 1, now)


def _board(one: Congress) -> Message:
    channels = one.playground.workspace.channels.values()
    found = [
        message
        for channel in channels
        if channel.kind != "im"
        for message in one.posts(channel.name)
        if TEXT in said(message) and "Questions" in said(message)
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("over", ["socket", "http"])
def test_support_is_noted_counted_and_taken_back(sqlite_url: str, over: str) -> None:
    asyncio.run(_scene(sqlite_url, over == "http"))


async def _scene(database_url: str, http: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    app = replace(INSTALLED, request_url=f"http://127.0.0.1:{port}/slack/events" if http else None)
    settings = {
        "slack_app_token": None,
        "slack_signing_secret": app.signing_secret,
        "maillon_http_port": port,
    }
    with prepared(database_url, at("10:20"), app=app) as one:
        async with one.bot(**(settings if http else {})):
            await one.idle()
            await one.maillon.runtime.run(lambda session: _published(one, session))
            await one.idle()
            board = _board(one)
            assert f"*{TEXT}*\n0 soutien\n[Soutenir]" in said(board)

            await one.press(FIRST, board, "Soutenir")  # never met before
            await one.press(SECOND, board, "Soutenir")
            await one.press(SECOND, board, "Soutenir")
            await one.idle()
            assert f"*{TEXT}*\n2 soutiens\n[Soutenir]" in said(_board(one))

            where = one.playground.workspace.channels[board.channel]
            reply = (await one.private(FIRST, where))[-1]
            assert said(reply) == f"*{TEXT}*\nC'est noté.\n[Retirer mon soutien]"
            again = [said(each) for each in await one.private(SECOND, where)]
            assert again == [f"*{TEXT}*\nC'est noté.\n[Retirer mon soutien]"] * 2

            await one.press(FIRST, reply, "Retirer mon soutien")
            await one.idle()
            [reply] = await one.private(FIRST, where)
            assert said(reply) == f"*{TEXT}*\nVotre soutien est retiré.\n[Soutenir]"
            assert f"*{TEXT}*\n1 soutien\n[Soutenir]" in said(_board(one))

            await one.press(FIRST, reply, "Soutenir")  # in place: one private message, not two
            await one.idle()
            [reply] = await one.private(FIRST, where)
            assert said(reply) == f"*{TEXT}*\nC'est noté.\n[Retirer mon soutien]"
            assert f"*{TEXT}*\n2 soutiens\n[Soutenir]" in said(_board(one))

            one.playground.clock.set(at("11:30"))
            await one.idle()
            await one.press(FIRST, reply, "Retirer mon soutien")  # one's own, at any time
            [reply] = await one.private(FIRST, where)
            await one.press(FIRST, reply, "Soutenir")
            [closed] = await one.private(FIRST, where)
            assert said(closed) == (
                "Les questions de cette session sont fermées : elles ne reçoivent plus de soutien."
            )
