"""Stale buttons, strangers, channels that are gone: a clear reply, and nothing changed."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef, Card
from bot.db.engine import create_database_engine
from bot.db.history import Change
from bot.delivery.tables import FAILED, Delivery
from bot.features.events.queries import find_event
from bot.features.people.tables import Participant
from bot.features.programme.tables import SpeakerRow, Star
from bot.platforms.slack.render import Rendered
from tests.support.congress import Congress, at, congress, prepared, said

GUEST = "ines.millet@example.org"
ORGANISER = "susan.aubert@example.org"
GONE = "Cela ne figure plus au programme. /maillon montre la suite."


async def _press_value(one: Congress, email: str, value: str) -> str:
    """Press a button of ours that says `value`, as an old message would."""
    reply = await one.maillon.slack.gestures.press(one.user(email).id, value, f"key-{value}")
    assert isinstance(reply, Rendered)
    return " ".join(block["text"]["text"] for block in reply.blocks if "text" in block)


async def _count(one: Congress, table: Any) -> int:
    def query(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return await one.maillon.runtime.read(query)


def test_a_stale_button_changes_nothing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:46")) as one:
            await one.command(GUEST, "")
            event_id = await one.maillon.runtime.read(find_event)
            before = await _count(one, Change)
            for value in (
                ActionRef(event_id, "programme.star", ("no-session",)).encode(),
                ActionRef("no-event", "programme.star", ("no-session",)).encode(),
                ActionRef(event_id, "programme.star").encode(),
                ActionRef(event_id, "a.feature.of.yesterday").encode(),
                "0:an:older:version",
                "",
            ):
                assert GONE in await _press_value(one, GUEST, value)
            assert await _count(one, Star) == 0
            assert await _count(one, Change) == before

    asyncio.run(scene())


def test_a_cancelled_session_cannot_be_chosen(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:00", day=13)) as one:
            found = await one.command(GUEST, "programme transport")
            assert found is not None
            await one.import_programme("schedule-v3.json")
            await one.press(GUEST, found, "Ajouter à mon programme")
            [*_, reply] = await one.private(GUEST, one.channel("programme"))
            assert GONE in said(reply)
            assert await _count(one, Star) == 0

    asyncio.run(scene())


def test_a_stranger_is_met_and_recognised_later(sqlite_url: str) -> None:
    """Somebody whom the list of members did not hold yet presses first, and is named after."""

    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:46")) as one:
            guests = await _count(one, Participant)
            user = one.user(GUEST)
            one.maillon.slack.members._known.pop(user.id)
            await one.idle()
            [post] = one.posts("programme")
            await one.press(GUEST, post, "Ajouter à mon programme")

            def of_the_list(session: Session) -> Participant | None:
                return session.scalar(
                    select(Participant)
                    .join(Star, Star.participant_id == Participant.participant_id)
                    .where(Participant.email == GUEST)
                )

            assert await one.maillon.runtime.read(of_the_list) is not None
            assert await _count(one, Participant) == guests + 1  # the one merged, emptied

    asyncio.run(scene())


def test_a_channel_that_is_gone_fails_visibly_and_stops_nothing(sqlite_url: str) -> None:
    async def scene() -> None:
        with prepared(sqlite_url, at("08:00")) as one:
            one.channel("village-innovation").archived = True
            async with one.bot():
                await one.until(at("09:00"))
                assert [place for _, place, _ in one.told()] == ["programme"]

                def failures(session: Session) -> list[tuple[str | None, str | None]]:
                    rows = session.execute(
                        select(Delivery.channel, Delivery.error).where(Delivery.state == FAILED)
                    )
                    return [(row.channel, row.error) for row in rows]

                assert await one.maillon.runtime.read(failures) == [
                    ("village-innovation", "channel_not_found")
                ]

    asyncio.run(scene())


def test_what_nobody_handles_is_not_written_to_the_log(sqlite_url: str, caplog: Any) -> None:
    async def scene() -> None:
        async with congress(sqlite_url) as one:
            who, where = one.user(GUEST), one.channel("programme")
            answer = await one.playground.command(who, where, "/autre", "mon fils est malade")
            assert not answer.acked
            assert "request_unknown" in caplog.text
            assert "malade" not in caplog.text

    asyncio.run(scene())


def _broken(*args: object) -> Card:
    raise ZeroDivisionError


def test_an_unexpected_error_shows_a_code_that_is_in_the_log(sqlite_url: str, caplog: Any) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:46")) as one:
            event_id = await one.maillon.runtime.read(find_event)
            known = one.maillon.slack.gestures.handlers
            known.views["programme.room"] = _broken
            value = ActionRef(event_id, "programme.room", ("x",)).encode()
            said_to_guest = await _press_value(one, GUEST, value)
            assert said_to_guest.startswith("Cela n'a pas fonctionné.")
            code = said_to_guest.rsplit(" ", 1)[-1]
            assert any(code in str(record.msg) for record in caplog.records)

    asyncio.run(scene())


def test_an_organiser_confirms_a_speaker_with_one_tap(sqlite_url: str) -> None:
    async def scene() -> None:
        with prepared(sqlite_url, at("08:00")) as one:
            _forget_an_address(one, "Audrey Hebert")
            async with one.bot():
                await one.idle()
                [question] = one.posts("organisation")
                assert said(question) == (
                    "Ces personnes figurent-elles dans la liste des participantes et participants ?\n"
                    "*Audrey Hebert*\n"
                    "Ce que la bioproduction peut apprendre d'un champion de la donnée\n"
                    "Dans la liste : Audrey Hebert, Ateliers Sanchez\n"
                    "[C'est la même personne]"
                )
                button = question.blocks[1]["accessory"]["action_id"]
                refused = await _press_value(one, GUEST, button)
                assert refused.startswith("Seule l'équipe d'organisation peut le faire.")
                assert await _links(one, "Audrey Hebert") == [False]
                await one.press(ORGANISER, question, "C'est la même personne")
                assert await _links(one, "Audrey Hebert") == [True]
                await one.idle()
                assert "Lien confirmé" in said(one.posts("organisation")[0])

    asyncio.run(scene())


def _forget_an_address(one: Congress, name: str) -> None:
    engine = create_database_engine(one.database_url)
    with Session(engine) as session, session.begin():
        speaker = session.scalars(select(SpeakerRow).where(SpeakerRow.name == name)).one()
        speaker.email = speaker.participant_id = None
    engine.dispose()


async def _links(one: Congress, name: str) -> list[bool]:
    def query(session: Session) -> list[bool]:
        rows = session.scalars(select(SpeakerRow.participant_id).where(SpeakerRow.name == name))
        return [row is not None for row in rows]

    return await one.maillon.runtime.read(query)
