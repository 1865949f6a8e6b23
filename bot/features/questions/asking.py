"""Asking a question."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.cause import leave_no_trace
from bot.db.engine import insert_ignore
from bot.db.history import record
from bot.features.events.queries import event_settings
from bot.features.people.queries import as_known_now
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions import care
from bot.features.questions.keys import seal
from bot.features.questions.model import (
    ANONYMOUS,
    ANSWERED,
    BEFORE,
    CONSENT,
    DECLINED,
    PUBLISHED,
    REVIEW,
    WITHDRAWN,
    Draft,
    NoAnonymityError,
    NoGuestsError,
    NoNameError,
    NoQuestionsError,
    NotModeratorError,
    SessionCancelledError,
    joined,
    rounded,
)
from bot.features.questions.sheets import opened, rules_of, session_row
from bot.features.questions.tables import Guest, Question, QuestionSession
from bot.features.questions.telling import tell_first, tell_of_change

GUEST_NAME_LENGTH = 80


class Keys(Protocol):
    """Where the keys of anonymous questions live: never in this database."""

    def key_of(
        self, event_id: str, session_id: str, create_until: datetime | None = None
    ) -> bytes | None: ...


@dataclass(frozen=True)
class _Author:
    """Who asks; at most one of these."""

    person: Participant | None = None
    guest_id: str | None = None
    sent_in_by: str | None = None

    @property
    def actor(self) -> str:
        """As whom the history knows who asks, or passes on somebody's message."""
        if self.sent_in_by is not None:
            return self.sent_in_by
        return self.person.participant_id if self.person else "guest"


def ask(session: Session, person: Participant, draft: Draft, keys: Keys, now: datetime) -> Question:
    """A participant's question; anonymous, it holds nothing that leads to them."""
    person = as_known_now(session, person)
    return _ask(session, person.event_id, draft, _Author(person), keys, now)


def ask_for(
    session: Session,
    author: Participant,
    sender: Participant,
    draft: Draft,
    keys: Keys,
    now: datetime,
) -> Question:
    """Somebody's message, sent in by another person: it waits until its author agrees."""
    if (already := _sent_in(session, author, draft)) is not None:
        return already
    if author.participant_id == sender.participant_id:
        return ask(session, author, draft, keys, now)
    # Who passes it on knows whose it is, and it is the author's to say whether it is named.
    draft = replace(draft, anonymous=False, named=False)
    author = as_known_now(session, author)
    by = _Author(author, sent_in_by=sender.participant_id)
    return _ask(session, author.event_id, draft, by, keys, now)


def _sent_in(session: Session, author: Participant, draft: Draft) -> Question | None:
    """A message that many like is still one question, and its author is asked once."""
    query = select(Question).where(
        Question.event_id == author.event_id,
        Question.session_id == draft.session_id,
        Question.participant_id == author.participant_id,
        Question.text == care.accepted(draft.text),
        Question.state.not_in((WITHDRAWN, DECLINED)),
    )
    return session.scalar(query.limit(1))


def ask_as_guest(
    session: Session, event_id: str, guest_id: str, draft: Draft, now: datetime
) -> Question:
    """From the page of a room, without an account; always read by a person first."""
    return _ask(session, event_id, draft, _Author(guest_id=guest_id), None, now)


def _ask(
    session: Session, event_id: str, draft: Draft, author: _Author, keys: Keys | None, now: datetime
) -> Question:
    # Of who asks anonymously nothing is kept that is as exact as what else they do then.
    kept = rounded(now) if draft.anonymous else now
    if draft.anonymous:
        leave_no_trace(session)
    event = event_settings(session, event_id)
    session_row(session, event_id, draft.session_id)
    sheet = opened(session, event_id, event, draft.session_id, kept)
    rules = rules_of(session, event_id, event, draft.session_id)
    rules.check_open(now)
    if draft.anonymous and not rules.anonymous:
        raise NoAnonymityError
    if author.guest_id and not rules.guests:
        raise NoGuestsError
    text = care.accepted(draft.text)
    held = care.held_for(text)
    state = PUBLISHED
    if author.sent_in_by:
        state = CONSENT
    elif rules.moderation == BEFORE or held or author.guest_id:
        state = REVIEW
    question = _new(event_id, draft, text, kept)
    question.state, question.held = state, joined(held)
    question.published_at = question.asked_at if state == PUBLISHED else None
    question.guest_id, question.sent_in_by = author.guest_id, author.sent_in_by
    if author.person is not None:
        assert keys is not None, "a person may be anonymous"
        _sign(question, author.person, sheet, keys)
    if author.guest_id:
        question.guest_name = _typed_name(draft)
        language = {"event_id": event_id, "guest_id": author.guest_id, "language": draft.language}
        insert_ignore(session, Guest, [language])
    session.add(question)
    session.flush()
    actor = ANONYMOUS if question.anonymous else author.actor
    note(session, question, "question.asked", actor, None, kept)
    tell_first(session, event, question, kept)
    return question


def _typed_name(draft: Draft) -> str | None:
    """The name a guest wants to be shown; without one that can be read, nothing is asked."""
    if not draft.named:
        return None
    seen = "".join(letter if letter.isprintable() else " " for letter in draft.name)
    name = " ".join(seen.split())[:GUEST_NAME_LENGTH].rstrip()
    if not any(map(str.isalnum, name)):
        raise NoNameError
    return name


def _new(event_id: str, draft: Draft, text: str, asked_at: datetime) -> Question:
    question_id = new_id()
    return Question(
        event_id=event_id,
        question_id=question_id,
        session_id=draft.session_id,
        root_id=question_id,
        text=text,
        language=draft.language,
        anonymous=draft.anonymous,
        named=draft.named and not draft.anonymous,
        patients=draft.patients,
        spoken=False,
        asked_at=asked_at,
        version=1,
    )


def _sign(question: Question, person: Participant, sheet: QuestionSession, keys: Keys) -> None:
    if not question.anonymous:
        question.participant_id = person.participant_id
        return
    key = keys.key_of(question.event_id, question.session_id, sheet.keys_until)
    if key is None:  # past the date on which it was deleted: nobody could be told any more
        raise NoAnonymityError
    question.asker_hash = seal(key, person.participant_id)


def ask_aloud(
    session: Session, person: Participant, session_id: str, text: str, language: str, now: datetime
) -> Question:
    """*Question de la salle*: spoken and answered in the room, written down by a moderator."""
    event = event_settings(session, person.event_id)
    if not moderates(session, event, person, session_id):
        raise NotModeratorError
    rules = rules_of(session, person.event_id, event, session_id)
    if not rules.takes_questions:
        raise NoQuestionsError
    if rules.cancelled:
        raise SessionCancelledError
    opened(session, person.event_id, event, session_id, now)
    draft = Draft(session_id, text, language)
    question = _new(person.event_id, draft, care.accepted(text), now)
    question.spoken, question.state = True, ANSWERED
    question.published_at = question.staged_at = question.answered_at = now
    session.add(question)
    session.flush()
    record(
        session,
        question.event_id,
        "question.spoken",
        question.question_id,
        at=now,
        actor=person.participant_id,
        # Undone, it is as if taken back: rows are marked, never deleted.
        before={"question": {"state": WITHDRAWN}, "sheet": {}},
        after={"question": {"state": ANSWERED}, "sheet": {}},
    )
    tell_of_change(session, event, question, now)
    return question


def note(
    session: Session,
    question: Question,
    what: str,
    actor: str,
    before: dict[str, str | None] | None,
    now: datetime,
) -> None:
    """In the history, in a form that no undo takes back; of an anonymous asker neither who nor
    exactly when: `actor` and `now` are theirs."""
    holds = {"state": question.state, "merged_into": question.merged_into, "on_screen": None}
    record(
        session,
        question.event_id,
        what,
        question.question_id,
        at=now,
        actor=actor,
        before=before,
        after={name: holds[name] for name in before or ("state",)},
    )
