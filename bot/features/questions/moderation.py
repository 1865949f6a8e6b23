"""What the équipe Questions and the host do with a question: one change, one function."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.history import record
from bot.features.people.tables import Participant
from bot.features.programme.roles import speaks
from bot.features.questions import care
from bot.features.questions.acting import Action, begin, off_screen
from bot.features.questions.model import (
    ANSWERED,
    DECLINED,
    MERGED,
    ON_SCREEN,
    PUBLISHED,
    REVIEW,
    WAITING,
    Done,
    GoneQuestionError,
    MergedInCircleError,
)
from bot.features.questions.news import tell_late_answer
from bot.features.questions.tables import Question
from bot.features.questions.telling import tell_of_change
from bot.features.questions.undoing import TAKEN_DOWN, reroot, stored


def publish(
    session: Session, person: Participant, question_id: str, seen: int, now: datetime
) -> Done:
    action = begin(session, person, question_id, seen, now)
    if action.question.state in (PUBLISHED, ON_SCREEN, ANSWERED):
        return Done(question_id, action.question.session_id, None)
    action.expect(REVIEW, DECLINED)
    moment = action.question.published_at or now
    return action.do("published", state=PUBLISHED, declined=None, published_at=moment)


def edit(
    session: Session, person: Participant, question_id: str, seen: int, text: str, now: datetime
) -> Done:
    """Change the words before they are read out; the original stays, and the asker is told."""
    action = begin(session, person, question_id, seen, now)
    action.expect(REVIEW, PUBLISHED, ON_SCREEN)
    accepted, question = care.accepted(text), action.question
    if accepted == question.text:
        return Done(question_id, question.session_id, None)
    return action.do("edited", text=accepted, original=question.original or question.text)


def translate(
    session: Session, person: Participant, question_id: str, seen: int, text: str, now: datetime
) -> Done:
    """Add the other language's version; an empty text takes it away."""
    action = begin(session, person, question_id, seen, now)
    action.expect(*WAITING, ANSWERED)
    translation = care.accepted(text) if text.strip() else None
    return action.do("translated", translation=translation)


def decline(
    session: Session, person: Participant, question_id: str, seen: int, reason: str, now: datetime
) -> Done:
    """*Ne pas retenir*, with a reason that the asker reads."""
    if reason not in care.DECLINE_REASONS:
        raise NoLongerThereError
    action = begin(session, person, question_id, seen, now)
    if action.question.state != DECLINED:
        action.expect(REVIEW, PUBLISHED, ON_SCREEN)
    return action.do("declined", off_screen(action), state=DECLINED, declined=reason)


def restore(
    session: Session, person: Participant, question_id: str, seen: int, now: datetime
) -> Done:
    """What was not kept, or was grouped, is looked at again."""
    action = begin(session, person, question_id, seen, now)
    if action.question.state == REVIEW:
        return Done(question_id, action.question.session_id, None)
    action.expect(DECLINED, MERGED)
    state = PUBLISHED if action.question.state == MERGED else REVIEW
    if state == PUBLISHED and action.question.published_at is None:
        state = REVIEW
    done = action.do("restored", state=state, declined=None, merged_into=None)
    reroot(session, action.question)
    return done


def merge(
    session: Session, person: Participant, question_id: str, seen: int, into: str, now: datetime
) -> Done:
    """*Regrouper*: askers and votes are united, and nobody counts twice."""
    action = begin(session, person, question_id, seen, now)
    target = session.get(Question, (person.event_id, into))
    if target is None or target.session_id != action.question.session_id:
        raise NoLongerThereError
    session.refresh(target)
    if target.root_id == question_id:
        raise MergedInCircleError
    kept = target.root_id
    if action.question.state == MERGED and action.question.merged_into == kept:
        return Done(question_id, action.question.session_id, None)
    stands = session.get_one(Question, (person.event_id, kept), populate_existing=True)
    if stands.state not in (*WAITING, ANSWERED):
        raise GoneQuestionError(stands.state)
    action.expect(REVIEW, PUBLISHED, ON_SCREEN)
    done = action.do("merged", off_screen(action), state=MERGED, merged_into=kept)
    reroot(session, action.question)
    tell_late_answer(session, stands, now)
    return done


def assign(
    session: Session,
    person: Participant,
    question_id: str,
    seen: int,
    panelist: str | None,
    now: datetime,
) -> Done:
    """To somebody on the panel, who is told and has it on their list; None takes it back."""
    action = begin(session, person, question_id, seen, now)
    panelist = panelist or None
    action.expect(*WAITING, ANSWERED)
    if panelist and not speaks(session, person.event_id, panelist, action.question.session_id):
        raise NoLongerThereError
    return action.do("assigned", assigned_to=panelist)


def put_on_screen(
    session: Session, person: Participant, question_id: str, seen: int, now: datetime
) -> Done:
    """The one question that the room reads; what stood there before goes back to the list."""
    action = begin(session, person, question_id, seen, now)
    if action.sheet.on_screen == question_id:
        return Done(question_id, action.question.session_id, None)
    action.expect(PUBLISHED, ANSWERED)
    action.unchanged()
    other = action.sheet.on_screen
    done = action.do(
        "on_screen",
        {"on_screen": question_id, "black": False, "figures": False},
        state=ON_SCREEN,
        staged_at=now,
    )
    if other is not None:
        _take_down(action, other, done)
    return done


def answered(
    session: Session, person: Participant, question_id: str, seen: int, now: datetime
) -> Done:
    """*Réponse apportée*, and the screen is free."""
    action = begin(session, person, question_id, seen, now)
    if action.question.state == ANSWERED:
        return Done(question_id, action.question.session_id, None)
    action.expect(PUBLISHED, ON_SCREEN)
    return action.do(
        "answered",
        off_screen(action),
        state=ANSWERED,
        staged_at=action.question.staged_at or now,
        answered_at=now,
    )


def later(
    session: Session, person: Participant, question_id: str, seen: int, now: datetime
) -> Done:
    """*Plus tard*: off the screen and back to the list."""
    action = begin(session, person, question_id, seen, now)
    if action.question.state == PUBLISHED:
        return Done(question_id, action.question.session_id, None)
    action.expect(ON_SCREEN)
    return action.do("put_off", off_screen(action), **_back(action.question))


def _back(question: Question) -> dict[str, Any]:
    """What leaves the screen is as it was before; shown again, it was answered already."""
    if question.answered_at is not None:
        return {"state": ANSWERED}
    return {"state": PUBLISHED, "staged_at": None}


def _take_down(action: Action, other: str, instead: Done) -> None:
    """What stood on the screen gives way; it comes back with the undo of what replaced it."""
    question = action.session.get_one(
        Question, (action.question.event_id, other), populate_existing=True
    )
    values = _back(question)
    before = {name: getattr(question, name) for name in values}
    for name, value in values.items():
        setattr(question, name, value)
    question.version += 1
    record(
        action.session,
        question.event_id,
        TAKEN_DOWN,
        question.question_id,
        at=action.now,
        actor=action.person.participant_id,
        before=stored({"question": before}),
        after=stored({"question": values}),
        cause=instead.change_id,
    )
    tell_of_change(action.session, action.event, question, action.now)
