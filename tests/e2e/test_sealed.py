"""To who asked anonymously, through the whole bot: posted, found again, edited; then the key goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.keys import keys_of
from bot.delivery.outbox import Place, enqueue, refresh_sealed
from bot.delivery.tables import Delivery
from bot.features.events.queries import find_event
from bot.features.people.queries import participant_by_email
from bot.features.questions.keys import seal
from bot.registry import MESSAGE_TYPES
from tests.support.congress import EARLY, Congress, congress

UNTIL = EARLY + timedelta(hours=1)


def answer(event_id: str, participant_id: str, words: str) -> Any:
    args = {
        "event_id": event_id,
        "participant_id": participant_id,
        "words": words,
        "at": EARLY.isoformat(),
    }
    return MESSAGE_TYPES.load("programme.answer", 1, args)


def test_posted_and_edited_without_a_name(database_url: str) -> None:
    async def scene(one: Congress) -> None:
        email = next(user.email for user in one.playground.workspace.users.values() if user.email)
        await one.command(email, "now")

        def says(words: str, edits: bool) -> Any:
            def use_case(session: Session) -> None:
                event_id = find_event(session, None)
                person = participant_by_email(session, event_id, email)
                assert person is not None
                key = keys_of(session).key_of(event_id, "session", UNTIL)
                assert key is not None
                sealed = {"sealed_to": seal(key, person.participant_id), "sealed_by": "session"}
                message = answer(event_id, person.participant_id, words)
                if edits:
                    refresh_sealed(session, event_id, "k", message, now=EARLY, **sealed)
                    return
                place = Place(one.maillon.slack.workspace_id, **sealed)
                enqueue(session, event_id, place, message, "k", message_class="answer", now=EARLY)

            return use_case

        def kept(session: Session) -> list[tuple[Any, ...]]:
            post = select(Delivery).where(Delivery.key == "k")
            delivery_id = session.scalars(post).one().delivery_id
            mine = (Delivery.delivery_id == delivery_id) | (Delivery.edits == delivery_id)
            rows = session.scalars(select(Delivery).where(mine).order_by(Delivery.operation))
            return [(row.operation, row.state, row.sealed_to, row.args) for row in rows]

        before = len(await one.letters_asked_for(email))
        await one.maillon.runtime.run(says("late", False))
        await one.idle()
        first = (await one.letters_asked_for(email))[before:]
        assert len(first) == 1
        await one.maillon.runtime.run(says("programme", True))
        await one.idle()
        second = (await one.letters_asked_for(email))[before:]
        assert [message.ts for message in second] == [first[0].ts]
        assert second[0].edited_ts is not None
        assert await one.maillon.runtime.read(kept) == [
            ("edit", "sent", None, {}),
            ("post", "sent", None, {}),
        ]
        await one.until(UNTIL)
        assert await one.maillon.runtime.read(lambda s: keys_of(s).earliest_due()) is None

    async def play() -> None:
        async with congress(database_url) as one:
            await scene(one)

    asyncio.run(play())
