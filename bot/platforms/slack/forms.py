"""Forms: a modal opened from a short read, and what is sent with it taken in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from bot.core.cards import ActionRef
from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_, Reader, known_language
from bot.db.cause import because
from bot.db.inbox import forget, new_keys
from bot.delivery.gateway import DeliveryError, RefusedError
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.queries import participant_by_email, participant_of, reader_of
from bot.features.people.tables import Participant
from bot.platforms.slack.errors import attempt
from bot.platforms.slack.gestures import BEGIN_WITHIN_S, Gestures
from bot.platforms.slack.handlers import Form, Gesture, Message, Opening, Submission
from bot.platforms.slack.modals import Modal, View
from bot.platforms.slack.render import Rendered
from bot.platforms.slack.text import clean
from bot.platforms.slack.views import (
    Flaws,
    Reply,
    first_input,
    private_of,
    shown,
    values_of,
    with_notice,
)

log = structlog.get_logger(__name__)

Answer = dict[str, Any]
"""What the ack of a submission says; an empty one closes the modal."""


class NotOpenedError(MaillonError):
    msgid = N_("The form could not be opened in time. Please try again.")


@dataclass(frozen=True)
class Request:
    """Who wants a form, and what Slack gives to show it with: `trigger` lives 3 s, once."""

    user_id: str
    trigger: str
    event_id: str | None = None
    typed: str = ""
    message: Message | None = None
    inside: View | None = None


class _Flawed(Exception):  # noqa: N818 (takes a transaction back, and its key with it)
    def __init__(self, flaws: Flaws) -> None:
        self.flaws = flaws


class Forms:
    def __init__(self, gestures: Gestures, client: AsyncWebClient) -> None:
        self._gestures, self._client = gestures, client
        self._runtime, self._handlers = gestures.runtime, gestures.handlers

    def __contains__(self, name: str) -> bool:
        return name in self._handlers.forms

    # Opening

    async def open(self, name: str, args: tuple[str, ...], request: Request) -> Reply | None:
        """None once the form stands before the person; else what they are to see instead.

        Pressed inside a modal, that is the view which takes its place.
        """
        try:
            reply = await self._open(name, args, request)
        except Exception as error:
            return await self._gestures.apologise(request.user_id, name, error, request.inside)
        self._gestures.done(request.user_id)
        log.info("gesture.done", gesture=name)
        return reply

    async def _open(self, name: str, args: tuple[str, ...], request: Request) -> Reply | None:
        form = self._handlers.forms.get(name)
        if form is None:
            raise NoLongerThereError
        reply = await self._runtime.read(lambda session: self._form(session, form, args, request))
        if request.inside is not None or isinstance(reply, Rendered):
            return reply
        try:
            await attempt(self._client.views_open(trigger_id=request.trigger, view=reply))
        except DeliveryError as error:
            if isinstance(error, RefusedError) and "trigger" not in str(error):
                raise  # the view itself is wrong
            log.warning("slack.form_not_opened", form=name, code=str(error))
            raise NotOpenedError from error
        return None

    def _form(self, session: Session, form: Form, args: tuple[str, ...], request: Request) -> Reply:
        workspace_id = self._gestures.workspace_id
        event_id = self._gestures.event(session, request.event_id)
        event = event_settings(session, event_id)
        member = self._gestures.members.get(request.user_id)
        person = participant_of(session, event_id, workspace_id, request.user_id)
        reader = _reader(event, person, member)
        if person is None and member.email:  # whom they turn out to be as soon as they are met
            person = participant_by_email(session, event_id, member.email)
        opening = Opening(
            event_id=event_id,
            event=event,
            workspace_id=workspace_id,
            person=person,
            reader=reader,
            now=self._gestures.clock.now(),
            typed=request.typed,
            message=request.message,
            private=private_of(request.inside),
        )
        return shown(form(session, opening, args), event_id, reader, request.inside)

    # Receiving

    async def submit(self, user_id: str, key: str, view: View) -> Answer:
        """What is to become of the modal; sent a second time, it only closes."""
        ref = ActionRef.decode(view.get("callback_id") or "")
        name = ref.name if ref else "submission"
        said: list[View | None] = []
        try:
            submission = self._handlers.submissions.get(name)
            if ref is None or submission is None:
                raise NoLongerThereError
            reply = await self._runtime.run(
                lambda session: self._take(session, submission, ref, user_id, key, view, said),
                begin_within=BEGIN_WITHIN_S,
            )
        except _Flawed as flawed:
            return _errors(flawed.flaws.sentences)
        except Exception as error:
            text, _ = await self._gestures.sorry(user_id, name, error)
            beside = first_input(view)
            return _errors({beside: text}) if beside else _update(with_notice(view, text))
        self._gestures.done(user_id)
        log.info("gesture.done", gesture=name)
        return _update(reply) if reply else {}

    def _take(
        self,
        session: Session,
        submission: Submission,
        ref: ActionRef,
        user_id: str,
        key: str,
        view: View,
        said: list[View | None],
    ) -> View | None:
        """`said` is what it answered in transactions of which nobody knows whether they stand."""
        gestures, now = self._gestures, self._gestures.clock.now()
        event_id = gestures.event(session, ref.event_id)
        # By itself and as it stands: whoever never heard that it was taken sends it again.
        form = f"{view['id']}:{view['hash']}"
        fresh = new_keys(session, event_id, (key, form), now)
        if len(fresh) < 2:
            if form in fresh:  # this very sending was asked back, and the next one counts
                forget(session, event_id, form)
            return said[-1] if said else None
        because(session, key)
        member = gestures.members.get(user_id)
        person = meet(session, event_id, gestures.workspace_id, member, now)
        event = event_settings(session, event_id)
        gesture = Gesture(
            event_id=event_id,
            event=event,
            workspace_id=gestures.workspace_id,
            person=person,
            reader=reader_of(event, person),
            now=now,
            key=key,
            private=private_of(view),
        )
        reply = submission(session, gesture, ref.args, values_of(view))
        if isinstance(reply, Flaws):
            raise _Flawed(reply)
        if reply is None:
            return None
        if isinstance(reply, Modal):  # it asks back: sent again, it has to do so again
            forget(session, event_id, form)
        answer = shown(reply, event_id, gesture.reader, view)
        assert not isinstance(answer, Rendered), "inside a modal everything is a view"
        said.append(answer)
        return answer


def _reader(event: EventFile, person: Participant | None, member: Member) -> Reader:
    """Somebody never met reads by what the platform knows of them."""
    if person is not None or member.locale is None:
        return reader_of(event, person)
    language = known_language(member.locale, event.language)
    return Reader.of(language, event.zone, member.locale)


def _update(view: View) -> Answer:
    return {"response_action": "update", "view": view}


def _errors(sentences: Mapping[str, str]) -> Answer:
    return {
        "response_action": "errors",
        "errors": {name: clean(words) for name, words in sentences.items()},
    }
