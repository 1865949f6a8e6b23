"""Asking a question, and taking it back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.engine import insert_ignore
from bot.db.history import record
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.queries import as_known_now, known_as
from bot.features.people.tables import Participant
from bot.features.programme.roles import moderates
from bot.features.questions import care
from bot.features.questions.keys import opened as unsealed
from bot.features.questions.keys import seal
from bot.features.questions.model import (
    ANONYMOUS,
    ANSWERED,
    BEFORE,
    CONSENT,
    DECLINED,
    PUBLISHED,
    REVIEW,
    WAITING,
    WITHDRAWN,
    Draft,
    GoneQuestionError,
    NoAnonymityError,
    NoGuestsError,
    NoNameError,
    NoQuestionsError,
    NotModeratorError,
    NotYourQuestionError,
    SessionCancelledError,
    joined,
    rounded,
)
from bot.features.questions.sheets import locked, rules_of, session_row
from bot.features.questions.tables import Guest, Question, QuestionSession
from bot.features.questions.telling import tell_first, tell_of_change
from bot.features.questions.undoing import reroot

CODE_DIGITS = 4
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
    _note(session, question, "question.asked", actor, None, kept)
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


def opened(
    session: Session, event_id: str, event: EventFile, session_id: str, now: datetime
) -> QuestionSession:
    """The questions of a session, locked: whoever changes one waits for the one before.

    They may open with an anonymous question, so that this moment is rounded too.
    """
    now = rounded(now)
    fixed = {
        "event_id": event_id,
        "session_id": session_id,
        "opened_at": now,
        "keys_until": now + timedelta(days=event.questions.key_days),
        "code": f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}",
        "black": False,
        "version": 1,
    }
    insert_ignore(session, QuestionSession, [fixed])
    row = locked(session, event_id, session_id)
    assert row is not None, "it was there or has just been made"
    return row


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


def agree(
    session: Session, person: Participant, question_id: str, now: datetime, *, named: bool
) -> Question:
    """The author of a message that another person sent in lets it be asked."""
    question = _mine(session, person, question_id)
    if question.state != CONSENT:
        return question
    event = event_settings(session, person.event_id)
    rules = rules_of(session, person.event_id, event, question.session_id)
    rules.check_open(now)
    waits = rules.moderation == BEFORE or question.held
    question.state = REVIEW if waits else PUBLISHED
    question.published_at = None if waits else now
    question.named, question.sent_in_by = named, None
    question.version += 1
    _note(session, question, "question.agreed", person.participant_id, {"state": CONSENT}, now)
    tell_first(session, event, question, now)
    return question


def withdraw(
    session: Session, person: Participant, question_id: str, keys: Keys, now: datetime
) -> Question:
    """What its asker takes back; again changes nothing."""
    question = _mine(session, person, question_id, keys)
    if question.state == WITHDRAWN:
        return question
    if question.state not in (*WAITING, CONSENT):
        raise GoneQuestionError(question.state)
    actor = ANONYMOUS if question.anonymous else person.participant_id
    now = rounded(now) if question.anonymous else now
    before: dict[str, str | None] = {"state": question.state}
    sheet = session.get_one(QuestionSession, (question.event_id, question.session_id))
    if sheet.on_screen == question_id:
        before["on_screen"], sheet.on_screen = question_id, None
    question.state = WITHDRAWN
    question.version += 1
    _note(session, question, "question.withdrawn", actor, before, now)
    event = event_settings(session, question.event_id)
    _let_another_stand(session, event, question, actor, now)
    tell_of_change(session, event, question, now)
    return question


def _let_another_stand(
    session: Session, event: EventFile, gone: Question, actor: str, now: datetime
) -> None:
    """What others asked was told in a question that its asker took back: the oldest of theirs
    stands in its place, so that nobody's question goes with it. It is read first, unless it
    was published before."""
    theirs = session.scalars(
        select(Question)
        .where(Question.event_id == gone.event_id, Question.merged_into == gone.question_id)
        .order_by(Question.published_at.is_(None), Question.asked_at, Question.question_id)
    ).all()
    for place, one in enumerate(theirs):
        before = {"state": one.state, "merged_into": one.merged_into}
        one.merged_into = theirs[0].question_id if place else None
        if not place:
            one.state = PUBLISHED if one.published_at else REVIEW
        one.version += 1
        _note(session, one, "question.stands_again", actor, before, now)
    if theirs:
        reroot(session, gone)
        tell_of_change(session, event, theirs[0], now)


def _mine(
    session: Session, person: Participant, question_id: str, keys: Keys | None = None
) -> Question:
    """The question, locked with its session, if `person` is its asker."""
    question = session.get(Question, (person.event_id, question_id))
    if question is None:
        raise NotYourQuestionError
    locked(session, person.event_id, question.session_id)
    session.refresh(question)
    if not is_asker(session, question, person, keys):
        raise NotYourQuestionError
    return question


def is_asker(session: Session, question: Question, person: Participant, keys: Keys | None) -> bool:
    """Whoever they were when they asked: many are recognised only after their first gesture."""
    if question.participant_id is not None:
        return question.participant_id == person.participant_id
    if question.asker_hash is None or keys is None:
        return False
    key = keys.key_of(question.event_id, question.session_id)
    if key is None:
        return False
    ids = known_as(session, person.event_id, person.participant_id)
    return unsealed(key, question.asker_hash, ids) is not None


def _note(
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


def asked_by(
    session: Session, questions: Sequence[Question], person: Participant, keys: Keys
) -> list[Question]:
    """Those of `questions` that this person asked, anonymous ones included."""
    return [one for one in questions if is_asker(session, one, person, keys)]
