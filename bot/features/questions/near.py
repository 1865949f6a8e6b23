"""Which questions of a session are near to one that is about to be asked.

Vectors live in memory, beside the texts they were made from. What has none yet is compared by its
words, so that nobody waits for the encoder: it is loaded with the first question that there is to
compare with, and works off what it does not know in a thread of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.db.runtime import Runtime
from bot.features.programme.tables import SessionRow
from bot.features.questions.encoder import Encoder
from bot.features.questions.model import PUBLIC, REVIEW
from bot.features.questions.queries import QuestionView, questions_by_id
from bot.features.questions.tables import Question
from bot.features.questions.twins import Candidate, nearest

if TYPE_CHECKING:
    from bot.features.questions.encoder import Vector

log = structlog.get_logger(__name__)

COMPARED = (*PUBLIC, REVIEW)
LEARN_EVERY_S = 5.0
REMEMBERED = 256
"""Texts: what was compared when it was asked need not be encoded again to be compared with."""
Key = tuple[str, str]
"""An event and one of its questions."""


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """One a process, however many bots run in it: it weighs 150 MB."""
    return Encoder()


class NearQuestions:
    """`nearest` and `by_nearness` from any thread."""

    def __init__(self, encoder: Encoder | None = None) -> None:
        self.encoder = encoder or shared_encoder()
        self._encoded = lru_cache(maxsize=REMEMBERED)(self.encoder.encode)
        self._known: dict[Key, Candidate] = {}
        self._thread = ThreadPoolExecutor(1, "encode")

    def nearest(
        self, session: Session, event_id: str, session_id: str, text: str
    ) -> list[QuestionView]:
        """The few questions that everybody may read and that mean the same, the nearest first."""
        known = self._candidates(session, event_id, session_id, PUBLIC)
        if not known:
            return []
        found = [one for one in nearest(self._vector(text), text, known) if one.suggested]
        return questions_by_id(session, event_id, session_id, [one.id for one in found])

    def by_nearness(self, session: Session, event_id: str, view: QuestionView) -> list[str]:
        """The other questions of the session that it may be grouped with, the nearest first."""
        known = self._candidates(session, event_id, view.session_id, COMPARED)
        others = [one for one in known if one.id != view.question_id]
        vector = self._known_as((event_id, view.question_id), view.text).vector
        near = [one.id for one in nearest(vector, view.text, others, len(others))]
        return [*near, *(one.id for one in others if one.id not in near)]

    # ---------------------------------------------------------------- what is known

    def _candidates(
        self, session: Session, event_id: str, session_id: str, states: Iterable[str]
    ) -> list[Candidate]:
        rows = session.execute(
            select(Question.question_id, Question.text)
            .where(
                Question.event_id == event_id,
                Question.session_id == session_id,
                Question.state.in_(states),
            )
            .order_by(Question.asked_at, Question.question_id)
        ).all()
        return [self._known_as((event_id, row.question_id), row.text) for row in rows]

    def _known_as(self, key: Key, text: str) -> Candidate:
        candidate = self._known.get(key)
        if candidate is None or candidate.text != text:
            candidate = self._known[key] = Candidate(key[1], text)
            self._thread.submit(self._encode, key)
        return candidate

    def _encode(self, key: Key) -> None:
        """In the thread of the encoder; `load` comes back at once when it has been called."""
        candidate = self._known.get(key)
        if candidate is None or not self.encoder.load():
            return
        vector = self._vector(candidate.text)
        if vector is not None and self._known.get(key) is candidate:
            self._known[key] = Candidate(candidate.id, candidate.text, vector)

    def _vector(self, text: str) -> Vector | None:
        """None before the encoder is loaded."""
        return self._encoded(text) if self.encoder.ready else None

    # ---------------------------------------------------------------- keeping up

    @contextlib.asynccontextmanager
    async def following(self, runtime: Runtime, clock: EventClock) -> AsyncIterator[None]:
        """Learn what other processes and other pages publish, before anybody asks."""
        following = asyncio.ensure_future(self._follow(runtime, clock))
        try:
            yield
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _follow(self, runtime: Runtime, clock: EventClock) -> None:
        while True:
            try:
                await runtime.read(partial(self.learn, now=clock.now()))
            except Exception as error:  # asking goes on without it
                log.warning("questions.near_not_learned", error=type(error).__name__)
            await asyncio.sleep(LEARN_EVERY_S)

    def learn(self, session: Session, now: datetime) -> None:
        """Know the questions of the sessions that are not over, and no others."""
        rows = session.execute(
            select(Question.event_id, Question.question_id, Question.text)
            .join(
                SessionRow,
                (SessionRow.event_id == Question.event_id)
                & (SessionRow.session_id == Question.session_id),
            )
            .where(SessionRow.ends_at > now, Question.state.in_(COMPARED))
        ).all()
        wanted = {(row.event_id, row.question_id): row.text for row in rows}
        for key, text in wanted.items():
            self._known_as(key, text)
        for key in list(self._known):  # others add to it meanwhile
            if key not in wanted:
                self._known.pop(key, None)

    def settle(self) -> None:
        """Wait for the encoder to have worked off what is known now."""
        self._thread.submit(lambda: None).result()
