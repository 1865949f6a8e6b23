"""Direct messages about what was left open: to its host, its owner, its asker and voters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.messages import fewer_action
from bot.features.programme.queries import entries_by_id
from bot.features.questions.model import ANSWERED, STATE_LABELS, WAITING
from bot.features.questions.queries import QuestionView, questions_of
from bot.features.questions.supporters import supported_by
from bot.features.questions.tables import Question
from bot.features.questions.wording import quoted, stage_action, supports

HEALTH_AUTHORITY = "health_authority"


def entrusted_to(
    session: Session, event_id: str, session_id: str, participant_id: str, *, open_only: bool
) -> list[QuestionView]:
    """The questions that a person answers in writing; `open_only`: without those answered."""
    return [
        one
        for one in questions_of(session, event_id, session_id)
        if one.owner_id == participant_id
        and one.state in (*WAITING, ANSWERED)
        and not (open_only and one.answer)
    ]


@dataclass(frozen=True)
class StageOpens:
    """To who has the stage, as the session is announced: where the pupitre is."""

    name: ClassVar[str] = "questions.stage_opens"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    session_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        title = reader.gettext("You have the stage at {time}").format(
            time=reader.time(entry.starts_at)
        )
        return Card(
            summary=f"{title} · {entry.title}",
            title=title,
            sections=(Section(entry.title, (entry.room,)),),
            actions=(
                stage_action(self.session_id, reader, primary=True),
                fewer_action(reader),
            ),
        )


@dataclass(frozen=True)
class QuestionsLeftOpen:
    """To who has the stage, five minutes before the end."""

    name: ClassVar[str] = "questions.left_open"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    session_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        left = questions_of(session, self.event_id, self.session_id, WAITING)
        count = reader.ngettext(
            "{count} question is still open", "{count} questions are still open", len(left)
        ).format(count=reader.number(len(left)))
        return Card(
            summary=f"{count} · {entry.title}",
            title=count,
            sections=(Section(entry.title), *(_open(one, reader) for one in left)),
        )


def _open(view: QuestionView, reader: Reader) -> Section:
    owner = reader.gettext("Answer entrusted to {name}").format(name=view.owner_name)
    facts = (reader.gettext(STATE_LABELS[view.state]), supports(view.votes, reader))
    lines = (" · ".join(facts), *((owner,) if view.owner_name else ()))
    entrust = Action(
        reader.gettext("Entrust the answer"),
        "questions.entrust",
        (view.question_id, str(view.version)),
    )
    return Section(
        quoted(view.in_language(reader.language), reader),
        lines,
        () if view.owner_name else (entrust,),
    )


@dataclass(frozen=True)
class QuestionsEntrusted:
    """To who answers in writing: what is asked, and until when."""

    name: ClassVar[str] = "questions.entrusted"
    version: ClassVar[int] = 1
    event_id: str
    session_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        theirs = entrusted_to(
            session, self.event_id, self.session_id, self.participant_id, open_only=False
        )
        title = reader.ngettext(
            "A question for you to answer in writing",
            "Questions for you to answer in writing",
            len(theirs),
        )
        return Card(
            summary=f"{title} · {entry.title}",
            title=title,
            sections=(Section(entry.title), *(_to_answer(one, reader) for one in theirs)),
            actions=(fewer_action(reader),),
        )


def _to_answer(view: QuestionView, reader: Reader) -> Section:
    state = reader.gettext(STATE_LABELS[ANSWERED])
    if view.answer is None and view.deadline is not None:
        day = reader.day(view.deadline.astimezone(reader.zone).date())
        state = reader.gettext("Until {day}").format(day=day)
    label = reader.gettext("Answer") if view.answer is None else reader.gettext("Change the answer")
    write = Action(label, "questions.write", (view.question_id, str(view.version)))
    return Section(quoted(view.in_language(reader.language), reader), (state,), (write,))


@dataclass(frozen=True)
class WrittenAnswers:
    """To an asker or a voter: the answers to what they asked or supported in one session."""

    name: ClassVar[str] = "questions.answers"
    version: ClassVar[int] = 1
    event_id: str
    session_id: str
    participant_id: str
    question_id: str = ""
    """The one question of an anonymous asker, whose message names nobody."""

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        written = [
            one
            for one in questions_of(session, self.event_id, self.session_id)
            if one.answer is not None and one.question_id in self._theirs(session)
        ]
        title = reader.ngettext("A written answer", "Written answers", len(written))
        return Card(
            summary=f"{title} · {entry.title}",
            title=title,
            sections=(
                Section(entry.title),
                *(_written(session, self.event_id, one, reader) for one in written),
            ),
            actions=(fewer_action(reader),),
        )

    def _theirs(self, session: Session) -> set[str]:
        if self.question_id:
            return {self.question_id}
        asked = session.scalars(
            select(Question.question_id).where(
                Question.event_id == self.event_id,
                Question.session_id == self.session_id,
                Question.participant_id == self.participant_id,
            )
        )
        return {*asked, *supported_by(session, self.event_id, self.session_id, self.participant_id)}


def _written(session: Session, event_id: str, view: QuestionView, reader: Reader) -> Section:
    lines = [view.answer or ""]
    if view.answered_by:
        lines.append(view.answered_by)
    if by_authority(session, event_id, view.question_id):
        lines.append(reader.gettext("For information; does not bind the agency"))
    return Section(quoted(view.in_language(reader.language), reader), tuple(lines))


def by_authority(session: Session, event_id: str, question_id: str) -> bool:
    """Whether the written answer is a health authority's, which never commits the agency."""
    kind = session.scalar(
        select(Participant.kind)
        .join(
            Question,
            (Question.event_id == Participant.event_id)
            & (Question.answer_by == Participant.participant_id),
        )
        .where(Question.event_id == event_id, Question.question_id == question_id)
    )
    return kind == HEALTH_AUTHORITY


LETTERS = (StageOpens, QuestionsLeftOpen, QuestionsEntrusted, WrittenAnswers)
