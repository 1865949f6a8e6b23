"""The pupitre: what it shows, and what one press does, once, whenever it arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db.history import Change
from bot.features.people.tables import Participant
from bot.features.questions import moderation
from bot.features.questions.model import (
    CannotUndoError,
    ChangedByError,
    NotModeratorError,
)
from bot.features.questions.sheets import question_session
from bot.features.questions.stage import (
    NothingNextError,
    Press,
    Pressed,
    StageView,
    UnknownPressError,
    press,
    stage_view,
    take_back,
)
from bot.features.questions.tables import Question
from tests.support.factories import at
from tests.support.questions import OPEN, QuestionWorld

_keys = count(1)


class Stage:
    """Questions A to D of the room, A the most supported; nothing on the screen yet."""

    def __init__(self, world: QuestionWorld) -> None:
        self.world, self.session = world, world.session
        self.session_id = world.row("T").session_id
        people = [world.person(f"P{n}") for n in range(8)]
        self.questions: dict[str, Question] = {}
        for rank, name in enumerate("ABCD"):
            question = world.asks(people[rank], f"Question {name} ?")
            moderation.publish(self.session, world.team, question.question_id, 1, OPEN)
            for person in people[: 8 - 2 * rank]:
                world.supports(person, question)
            self.questions[name] = question

    def id(self, name: str) -> str:
        return self.questions[name].question_id if name else ""

    def name(self, question_id: str | None) -> str:
        return next((n for n, q in self.questions.items() if q.question_id == question_id), "")

    def press(
        self,
        what: str,
        seen: str = "",
        following: str = "",
        *,
        key: str = "",
        by: Participant | None = None,
    ) -> Pressed:
        number = next(_keys)
        key, now = key or f"key-{number:08}", OPEN + timedelta(seconds=number)
        one = Press(what, key, self.id(seen), self.id(following))
        return press(self.session, by or self.world.host, self.session_id, one, now)

    def view(self) -> StageView:
        self.session.flush()
        return stage_view(self.session, self.world.host, self.session_id, OPEN)

    def seen(self) -> tuple[str, list[str]]:
        """What is on the screen, and what comes."""
        view = self.view()
        now = self.name(view.now.question_id) if view.now else ""
        return now, [self.name(one.question_id) for one in view.coming]

    def states(self) -> str:
        return " ".join(self.questions[name].state for name in "ABCD")

    def black(self) -> bool:
        sheet = question_session(self.session, self.world.event_id, self.session_id)
        assert sheet is not None
        return sheet.black


@pytest.fixture
def stage(session: Session) -> Stage:
    return Stage(QuestionWorld(session))


def test_a_session_is_played_press_by_press(stage: Stage) -> None:
    assert stage.seen() == ("", ["A", "B"])
    stage.press("show", following="A")
    assert stage.seen() == ("A", ["B", "C"])
    stage.press("answered", "A", "B")
    assert stage.seen() == ("B", ["C", "D"])
    stage.press("later", "B", "C")
    assert stage.seen() == ("C", ["D", "B"]), "what was put off waits for the others"
    stage.press("answered", "C", "D")
    stage.press("answered", "D", "B")
    assert stage.seen() == ("B", [])
    stage.press("answered", "B")
    assert stage.seen() == ("", [])
    assert stage.states() == "answered answered answered answered"
    with pytest.raises(NothingNextError):
        stage.press("show")


def test_what_was_seen_next_comes_next_though_votes_moved(stage: Stage) -> None:
    stage.press("show", following="A")
    stage.press("answered", "A", "C")
    assert stage.seen()[0] == "C"


def test_what_was_seen_next_and_is_gone_is_passed_over(stage: Stage) -> None:
    stage.press("show", following="A")
    moderation.decline(stage.session, stage.world.team, stage.id("B"), 2, "off_topic", OPEN)
    stage.press("answered", "A", "B")
    assert stage.seen()[0] == "C"


def test_a_press_is_done_once_however_often_it_arrives(stage: Stage) -> None:
    stage.press("show", following="A")
    first = stage.press("answered", "A", "B", key="the-same-press")
    assert len(first.changes) == 2
    assert stage.press("answered", "A", "B", key="the-same-press") == Pressed()
    assert stage.press("answered", "A", "B") == Pressed(), "and pressed twice, it is once"
    assert stage.seen() == ("B", ["C", "D"])


def test_a_press_is_taken_back_as_a_whole(stage: Stage) -> None:
    stage.press("show", following="A")
    for what in ("answered", "later"):
        pressed = stage.press(what, "A", "B")
        assert len(pressed.changes) == 2
        take_back(stage.session, stage.world.host, pressed.changes, OPEN)
        assert stage.seen() == ("A", ["B", "C"])
        assert stage.states() == "on_screen published published published"
        assert take_back(stage.session, stage.world.host, pressed.changes, OPEN) == Pressed()
    shown = stage.press("dark")
    assert stage.black()
    take_back(stage.session, stage.world.host, shown.changes, OPEN)
    assert not stage.black()


def test_what_others_built_on_is_not_taken_back(stage: Stage) -> None:
    stage.press("show", following="A")
    pressed = stage.press("answered", "A", "B")
    stage.press("answered", "B", "C", by=stage.world.team)
    with pytest.raises(CannotUndoError):
        take_back(stage.session, stage.world.host, pressed.changes, OPEN)


def test_a_press_for_what_is_no_longer_on_the_screen_names_who_moved_on(stage: Stage) -> None:
    stage.press("show", following="A")
    stage.press("later", "A", "B", by=stage.world.team)
    with pytest.raises(ChangedByError, match="Tim"):
        stage.press("answered", "A", "B")
    with pytest.raises(ChangedByError, match="Tim"):
        stage.press("show", following="C")
    assert stage.seen()[0] == "B"
    assert stage.press("later", "A", "B") == Pressed(), "what was wished has come about"


def test_words_that_changed_meanwhile_stop_no_press(stage: Stage) -> None:
    stage.press("show", following="A")
    version = stage.questions["A"].version
    moderation.translate(stage.session, stage.world.team, stage.id("A"), version, "Why?", OPEN)
    stage.press("answered", "A", "B")
    assert stage.seen()[0] == "B"


def test_the_screen_is_dark_and_lit_again(stage: Stage) -> None:
    stage.press("show", following="A")
    stage.press("dark")
    assert (stage.black(), stage.seen()[0]) == (True, "A")
    stage.press("light")
    assert (stage.black(), stage.seen()[0]) == (False, "A")
    stage.press("dark")
    stage.press("answered", "A", "B")
    assert not stage.black(), "the next question is to be read"


@pytest.mark.parametrize(
    "one",
    [
        Press("explode", "0123456789"),
        Press("dark", "short"),
        Press("dark", "x" * 65),
        Press("dark", "a key: with signs"),
        Press("answered", "0123456789", seen="nothing"),
    ],
)
def test_a_press_that_cannot_be_changes_nothing(stage: Stage, one: Press) -> None:
    before = len(stage.session.scalars(select(Change)).all())
    with pytest.raises(UnknownPressError):
        press(stage.session, stage.world.host, stage.session_id, one, OPEN)
    assert len(stage.session.scalars(select(Change)).all()) == before


def test_only_who_moderates_the_session_has_its_stage(stage: Stage) -> None:
    other = stage.world.row("U").session_id
    for person, session_id in (
        (stage.world.person("Noa"), stage.session_id),
        (stage.world.host, other),
    ):
        with pytest.raises(NotModeratorError):
            stage_view(stage.session, person, session_id, OPEN)
        with pytest.raises(NotModeratorError):
            press(stage.session, person, session_id, Press("dark", "0123456789"), OPEN)


def test_minutes_count_down_to_the_last(stage: Stage) -> None:
    def told(clock: str) -> tuple[int, int]:
        view = stage_view(stage.session, stage.world.host, stage.session_id, at(clock))
        return view.begins_in, view.minutes_left

    assert told("08:55") == (5, 65)
    assert told("09:25") == (0, 35)
    assert told("09:59:30") == (0, 1)
    assert told("10:00") == (0, 0)
    assert told("10:30") == (0, 0)


def test_the_patients_voice_is_counted(stage: Stage) -> None:
    world = stage.world
    iris = world.person("Iris")
    iris.kind = "patient_association"
    theirs = [world.asks(iris, f"Patients {n} ?") for n in range(3)]
    hidden = world.asks(world.person("Jo"), "Patients, encore ?", anonymous=True, patients=True)
    for one in theirs:
        moderation.publish(stage.session, world.team, one.question_id, 1, OPEN)
    moderation.answered(stage.session, world.team, theirs[0].question_id, 2, OPEN)
    view = stage.view()
    assert hidden.state == "review"
    assert (view.patients_asked, view.patients_answered) == (3, 1)
    moderation.publish(stage.session, world.team, hidden.question_id, 1, OPEN)
    assert stage.view().patients_asked == 4


def test_of_presses_at_once_one_moves_the_screen_on(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        stage = Stage(QuestionWorld(session))
        stage.press("show", following="A")
        event_id, session_id = stage.world.event_id, stage.session_id
        people = [stage.world.host.participant_id, stage.world.team.participant_id] * 4
        first, second, third = (stage.id(name) for name in "ABC")
    ready = Barrier(len(people))

    def attempt(number: int) -> int:
        ready.wait()
        with Session(engine) as session, session.begin():
            person = session.get_one(Participant, (event_id, people[number]))
            one = Press("answered", f"press-{number // 2}-of-eight", first, second)
            return len(press(session, person, session_id, one, OPEN).changes)

    with ThreadPoolExecutor(len(people)) as pool:
        assert sorted(pool.map(attempt, range(len(people)))) == [0] * 7 + [2]
    with Session(engine) as session:
        states = [
            session.get_one(Question, (event_id, one)).state for one in (first, second, third)
        ]
        assert states == ["answered", "on_screen", "published"]
