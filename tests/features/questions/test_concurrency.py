"""Many people at once, over two replicas: nothing is counted twice, nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.db.engine import create_database_engine
from bot.db.history import Change
from bot.db.keys import KeyStore
from bot.db.runtime import Runtime
from bot.features.events.queries import event_settings
from bot.features.people.actions import merge as merge_people
from bot.features.people.tables import Participant
from bot.features.questions import jobs, moderation
from bot.features.questions.afterwards import entrust, write_answer
from bot.features.questions.askers import withdraw
from bot.features.questions.asking import ask
from bot.features.questions.model import (
    ANSWERED,
    DECLINED,
    MERGED,
    ON_SCREEN,
    WAITING,
    Done,
    Draft,
)
from bot.features.questions.supporters import voters_of, votes_of
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.undoing import plain, undo
from bot.features.questions.vote_tables import QuestionVote
from bot.features.questions.voting import VoteClick, cast_votes, withdraw_vote
from tests.support.factories import talk
from tests.support.questions import OPEN, QuestionWorld

PEOPLE, QUESTIONS, GESTURES = 12, 24, 500
SESSIONS = ("T", "V")
OF_SESSION = ("on_screen", "black", "figures")
COLUMNS = ("state", "merged_into", "text", "translation", "declined", "published_at", "staged_at",
           "answered_at", "owner_id", "answer", "written_at")  # fmt: skip

Gesture = Callable[[Session], Any]
MODERATING: list[Callable[..., Done]] = [
    moderation.publish, moderation.publish, moderation.put_on_screen, moderation.put_on_screen,
    moderation.put_on_screen, moderation.answered, moderation.later, moderation.restore,
    moderation.decline, moderation.merge, moderation.merge, moderation.edit, moderation.translate,
    entrust, write_answer,
]  # fmt: skip


@dataclass
class Room:
    """Who is there, and what they have done so far."""

    event_id: str
    workspace_id: str
    people: list[str]
    team: list[str]
    sessions: list[str]
    keys: KeyStore
    chance: Random
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Each question as it was when it had just been asked."""
    anonymous: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    now: datetime = OPEN
    clicks: int = 0
    merged: list[str] = field(default_factory=list)

    def person(self, session: Session, who: str) -> Participant:
        return session.get_one(Participant, (self.event_id, who))

    def asks(self) -> Gesture:
        who, anonymous = self.chance.choice(self.people[:-2]), self.chance.random() < 0.3
        text, now = f"Question {self.chance.random()}", self.now
        draft = Draft(self.chance.choice(self.sessions), text, "fr", anonymous=anonymous)

        def gesture(session: Session) -> None:
            question = ask(session, self.person(session, who), draft, self.keys, now)
            self.asked[question.question_id] = {
                name: plain(getattr(question, name)) for name in COLUMNS
            }
            self.anonymous[question.question_id] = who

        return gesture

    def withdraws(self) -> Gesture:
        question, now = self.question(), self.now

        def gesture(session: Session) -> None:
            who = self.anonymous[question]
            withdraw(session, self.person(session, who), question, self.keys, now)

        return gesture

    def votes(self) -> Gesture:
        clicks = []
        for _ in range(self.chance.randint(1, 6)):
            self.clicks += self.chance.random() < 0.9  # else it is heard of twice
            clicks.append(
                VoteClick(
                    self.event_id,
                    self.workspace_id,
                    f"UPerson{self.chance.randrange(PEOPLE)}",
                    self.question(),
                    f"click{self.clicks}",
                    self.now,
                )
            )
        return lambda session: cast_votes(session, clicks)

    def takes_back_a_vote(self) -> Gesture:
        who, question, now = self.chance.choice(self.people), self.question(), self.now

        def gesture(session: Session) -> None:
            event = event_settings(session, self.event_id)
            withdraw_vote(session, self.event_id, event, who, question, now)

        return gesture

    def moderates(self) -> Gesture:
        who, one, now = self.chance.choice(self.team), self.question(), self.now
        other, owner = self.question(), self.chance.choice(self.people[:-2])
        use = self.chance.choice(MODERATING)
        more: dict[Any, tuple[str, ...]] = {
            moderation.decline: (self.chance.choice(["already_asked", "off_topic"]),),
            moderation.merge: (other,),
            moderation.edit: (f"Changed {self.chance.random()}",),
            moderation.translate: ("In English",),
            entrust: (owner,),
            write_answer: ("Demain.",),
        }

        def gesture(session: Session) -> None:
            seen = session.scalar(select(Question.version).where(Question.question_id == one))
            done = use(session, self.person(session, who), one, seen, *more.get(use, ()), now)
            if done.change_id:
                self.changes.append(done.change_id)

        return gesture

    def undoes(self) -> Gesture:
        change = self.chance.choice(self.changes[-20:] or ["none"])
        who, now = self.chance.choice(self.team), self.now
        return lambda session: undo(session, self.person(session, who), change, now)

    def is_somebody_else(self) -> Gesture:
        """Two accounts turn out to be one person's."""
        kept, gone = self.people[0], self.people[-1 - len(self.merged)]
        self.merged.append(gone)
        return lambda session: merge_people(session, self.event_id, kept, gone)

    def wakes(self) -> Gesture:
        now = self.now
        return lambda session: jobs.tick(session, self.event_id, now)

    def question(self) -> str:
        return self.chance.choice(list(self.asked))


def begin(runtime: Runtime, keys: KeyStore, seed: int) -> Room:
    with Session(runtime.engine, info={KeyStore: keys}) as session, session.begin():
        world = QuestionWorld(session)
        talks = [talk(name, OPEN, 60, kind="round_table", room=name) for name in SESSIONS]
        world.imports(*talks)
        return Room(
            world.event_id,
            world.workspace_id,
            [world.person(f"Person{n}").participant_id for n in range(PEOPLE)],
            [world.team.participant_id, world.person("Ada").participant_id],
            [world.row(name).session_id for name in SESSIONS],
            keys,
            Random(seed),
        )


@pytest.fixture
def replicas(database_url: str, keys: KeyStore) -> Iterator[list[Runtime]]:
    runtimes = [Runtime(create_database_engine(database_url), keys) for _ in range(2)]
    yield runtimes
    for runtime in runtimes:
        runtime.close()


async def everybody_at_once(room: Room, replicas: Sequence[Runtime]) -> Counter[str]:
    """What became of their gestures; what is no answer for a person is raised."""
    outcomes: Counter[str] = Counter()

    async def make(number: int, gesture: Gesture) -> None:
        try:
            await replicas[number % 2].run(gesture)
        except MaillonError as error:
            outcomes[type(error).__name__] += 1
        else:
            outcomes["done"] += 1

    for _ in range(QUESTIONS):
        await make(0, room.asks())
    kinds = [room.moderates] * 10 + [room.votes] * 6 + [room.undoes] * 3 + [room.takes_back_a_vote]
    kinds += [room.asks, room.withdraws]
    for first in range(0, GESTURES, 25):
        room.now += timedelta(seconds=30)
        gestures = [room.chance.choice(kinds)() for _ in range(25)]
        gestures += [room.wakes()] if first % 100 == 0 else []
        gestures += [room.is_somebody_else()] if first in (100, 300) else []
        await asyncio.gather(*(make(n, gesture) for n, gesture in enumerate(gestures)))
    return outcomes


def test_many_at_once(replicas: list[Runtime], keys: KeyStore) -> None:
    room = begin(replicas[0], keys, seed=1)
    outcomes = asyncio.run(everybody_at_once(room, replicas))
    assert outcomes["done"] > GESTURES / 4, outcomes
    with Session(replicas[0].engine) as session:
        questions = {
            row.question_id: row
            for row in session.scalars(select(Question))
        }  # fmt: skip
        assert questions.keys() == room.asked.keys()
        check_merges(questions)
        check_counts(session, room, questions)
        check_screens(session, questions)
        check_history(session, room, questions)


# ---------------------------------------------------------------- from the bare rows


def standing(questions: dict[str, Question], one: str) -> str:
    """Where it is told, at the end of its chain; each step once, or it is a circle."""
    for _ in range(len(questions)):
        into = questions[one].merged_into
        if into is None:
            return one
        one = into
    raise AssertionError("a circle")


def check_merges(questions: dict[str, Question]) -> None:
    for one, row in questions.items():
        assert row.root_id == standing(questions, one)
        assert (row.state == MERGED) == (row.merged_into is not None)
        assert row.state != MERGED or questions[row.root_id].state in (
            *WAITING,
            ANSWERED,
            DECLINED,
        )


def check_counts(session: Session, room: Room, questions: dict[str, Question]) -> None:
    people: defaultdict[str, set[str]] = defaultdict(set)
    for vote in session.scalars(select(QuestionVote)):
        people[standing(questions, vote.question_id)].add(vote.participant_id)
    for one, row in questions.items():
        if row.merged_into and row.participant_id:
            people[standing(questions, one)].add(row.participant_id)
    assert sum(map(len, people.values())) > PEOPLE
    assert len(room.merged) == 2
    assert not {who for each in people.values() for who in each} & set(room.merged)
    counted: dict[str, int] = {}
    voters: dict[str, frozenset[str]] = {}
    for session_id in room.sessions:
        counted |= votes_of(session, room.event_id, session_id)
        voters |= voters_of(session, room.event_id, session_id)
    assert voters == dict(people)
    assert counted == {one: len(each) for one, each in people.items()}


def check_screens(session: Session, questions: dict[str, Question]) -> None:
    for sheet in session.scalars(select(QuestionSession)):
        shown = {
            one
            for one, row in questions.items()
            if row.state == ON_SCREEN and row.session_id == sheet.session_id
        }
        assert shown == {sheet.on_screen} - {None}


def check_history(session: Session, room: Room, questions: dict[str, Question]) -> None:
    """The changes of a column lead from what it was at first to what it is, each from where
    the one before had left it: every value is entered as often as it is left."""
    steps: defaultdict[tuple[str, str], Counter[Any]] = defaultdict(Counter)
    for change in session.scalars(select(Change).where(Change.before.is_not(None))):
        if change.subject not in questions or change.what == "question.asked":
            continue
        for sign, values in ((-1, change.before), (1, change.after)):
            for column, value in flat(values).items():
                of_session = column in OF_SESSION
                subject = questions[change.subject].session_id if of_session else change.subject
                steps[subject, column][value] += sign
    for (subject, column), balance in steps.items():
        if subject in questions:
            first, last = room.asked[subject].get(column), getattr(questions[subject], column)
        else:
            sheet = session.get_one(QuestionSession, (room.event_id, subject))
            first, last = (None if column == "on_screen" else False), getattr(sheet, column)
        if column in ("original", "deadline", "answer_by"):
            first = None
        balance[first] += 1
        balance[plain(last)] -= 1
        assert not any(balance.values()), (subject, column, balance)
    assert len(steps) > len(questions)


def flat(values: dict[str, Any]) -> dict[str, Any]:
    if values.keys() <= {"question", "sheet"}:
        return {**values.get("question", {}), **values.get("sheet", {})}
    return values
