"""*Soutenir*: what a whole room presses at once.

Such a press is recognised as soon as Bolt has checked its signature, joins those that arrive
together, and is acknowledged once their transaction is committed. All else goes the way of every
gesture, and so does the first press of a person whom Maillon has not met.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import structlog
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef, Card
from bot.core.i18n import Reader
from bot.db.batches import Batches
from bot.features.questions.by_name import support_by_name
from bot.features.questions.order import PATIENT_ASSOCIATION
from bot.features.questions.pressed import Supported
from bot.features.questions.voting import (
    VoteClick,
    VoteResult,
    cast_votes,
    support,
    withdraw_vote,
)
from bot.features.questions.voting_views import (
    BY_NAME,
    SUPPORT,
    UNSUPPORT,
    support_withdrawn,
    supported,
    supported_by_name,
)
from bot.platforms.slack.gestures import Gestures
from bot.platforms.slack.handlers import Gesture, Handlers
from bot.platforms.slack.render import Rendered, render
from bot.platforms.slack.replies import Replies, reply_body


def _support(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    question = support(
        session,
        gesture.event_id,
        gesture.event,
        gesture.person.participant_id,
        args[0],
        gesture.now,
    )
    association = gesture.person.kind == PATIENT_ASSOCIATION
    return supported(question, gesture.reader, association=association)


def _by_name(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    question_id, named = args[0], args[1] == "1"
    question = support_by_name(session, gesture.person, question_id, gesture.now, named=named)
    return supported_by_name(question, gesture.reader, named=named)


def _withdraw(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    question = withdraw_vote(
        session,
        gesture.event_id,
        gesture.event,
        gesture.person.participant_id,
        args[0],
        gesture.now,
    )
    return support_withdrawn(question, gesture.reader)


log = structlog.get_logger(__name__)

HANDLERS = Handlers(actions={SUPPORT: _support, UNSUPPORT: _withdraw, BY_NAME: _by_name})


class Votes(AsyncMiddleware):
    """Stands before Bolt's authorization: whose team it is, it sees for itself."""

    def __init__(self, gestures: Gestures, team_id: str, replies: Replies) -> None:
        self._gestures, self._team_id, self._replies = gestures, team_id, replies
        self._batches = Batches(gestures.runtime, cast_votes)

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 (Bolt's name)
    ) -> BoltResponse:
        click = self._click(req.body)
        if click is None:
            return await next()
        body = await self._press(click, bool(req.body["container"].get("is_ephemeral")))
        if body is not None:
            self._replies.later(req.body["response_url"], body)
        return BoltResponse(status=200)

    async def settled(self) -> None:
        await self._batches.settled()
        await self._replies.settled()

    def _click(self, body: dict[str, Any]) -> VoteClick | None:
        """None for all else; in a modal there is no response URL, and the view is the answer."""
        if body.get("type") != "block_actions" or "response_url" not in body:
            return None
        ref = ActionRef.decode(body["actions"][0].get("value") or "")
        if ref is None or ref.name != SUPPORT or not ref.args:
            return None
        if (body.get("team") or {}).get("id") != self._team_id:
            return None
        return VoteClick(
            event_id=ref.event_id,
            workspace_id=self._gestures.workspace_id,
            user_id=body["user"]["id"],
            question_id=ref.args[0],
            key=body["trigger_id"],
            now=self._gestures.clock.now(),
        )

    async def _press(self, click: VoteClick, in_place: bool) -> bytes | None:
        """The reply; None if this very press was answered before."""
        reply: Any
        try:
            result = await self._batches.add(click)
        except Exception as error:
            reply = await self._gestures.apologise(click.user_id, SUPPORT, error)
            return reply_body(reply, in_place=in_place)
        if result.reader is None:
            args = (click.question_id,)
            reply = await self._gestures.make(
                click.user_id, SUPPORT, args, click.key, click.event_id
            )
            return reply_body(reply, in_place=in_place) if reply else None
        if result.redelivered:
            return None
        self._gestures.done(click.user_id)
        log.debug("gesture.done", gesture=SUPPORT)  # a whole room's would fill the log
        return _answer(result, click.event_id, in_place)


def _answer(result: VoteResult, event_id: str, in_place: bool) -> bytes:
    assert result.reader is not None
    if result.question is not None:
        return _supported(result.question, result.reader, result.association, in_place)
    assert result.refused is not None
    text = Card(result.refused.told_to(result.reader))
    return reply_body(render(text, event_id, result.reader), in_place=in_place)


@lru_cache(maxsize=512)
def _supported(question: Supported, reader: Reader, association: bool, in_place: bool) -> bytes:
    """A room reads few different ones."""
    card = supported(question, reader, association=association)
    rendered: Rendered = render(card, question.event_id, reader)
    return reply_body(rendered, in_place=in_place)
