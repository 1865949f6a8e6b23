"""Guests press at the same moment: a question arrives once, a device counts once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.runtime import Runtime
from bot.features.questions.guests import CODES_A_MINUTE, Device, guest_asks, guest_vote
from bot.features.questions.model import Draft, WrongCodeError
from bot.features.questions.moderation import publish
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.vote_tables import CodeAttempt, GuestVote
from tests.delivery.support import run
from tests.support.questions import OPEN, QuestionWorld

AT_ONCE = 12


def prepared(session: Session) -> tuple[str, str, str, str]:
    """Event, session, a published question, the code."""
    world = QuestionWorld(session)
    question = world.asks(world.person("Ines"), "Quand ?")
    publish(session, world.team, question.question_id, 1, OPEN)
    sheet = session.get_one(QuestionSession, (world.event_id, question.session_id))
    return world.event_id, question.session_id, question.question_id, sheet.code


def count(runtime: Runtime, query: Callable[[Session], int | None]) -> int:
    return run(runtime.read(query)) or 0


def test_at_once_is_once(runtime: Runtime) -> None:
    event_id, session_id, question_id, code = run(runtime.run(prepared))
    phone, draft = Device("guest-phone", "fr"), Draft(session_id, "Où ?", "fr")

    def asks(session: Session) -> object:
        return guest_asks(session, event_id, phone, "key", draft, OPEN)

    def votes(session: Session) -> object:
        return guest_vote(session, event_id, phone, question_id, code, OPEN)

    async def scene() -> list[object]:
        return await asyncio.gather(*(runtime.run(one) for one in [asks, votes] * AT_ONCE))

    run(scene())
    asked = select(func.count()).select_from(Question).where(Question.guest_id.is_not(None))
    assert count(runtime, lambda session: session.scalar(asked)) == 1
    cast = select(func.count()).select_from(GuestVote)
    assert count(runtime, lambda session: session.scalar(cast)) == 1


def test_who_guesses_with_many_devices_at_once_gains_nothing(runtime: Runtime) -> None:
    event_id, _, question_id, code = run(runtime.run(prepared))
    wrong = f"{(int(code) + 1) % 10_000:04}"

    def guess(number: int) -> Callable[[Session], WrongCodeError | None]:
        device = Device(f"guest-{number:06}", "fr")
        return lambda session: guest_vote(session, event_id, device, question_id, wrong, OPEN)

    async def scene() -> list[WrongCodeError | None]:
        return await asyncio.gather(*(runtime.run(guess(number)) for number in range(40)))

    run(scene())
    a_minute = select(func.sum(CodeAttempt.failed)).group_by(CodeAttempt.minute)
    most = count(
        runtime,
        lambda session: session.scalar(
            a_minute.order_by(func.sum(CodeAttempt.failed).desc()).limit(1)
        ),
    )
    assert most == CODES_A_MINUTE
