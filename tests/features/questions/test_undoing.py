"""What is done can be taken back, by whoever may, as long as nothing stands on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.db.history import Change
from bot.features.people.actions import erase
from bot.features.programme.roles import HOST
from bot.features.questions import moderation
from bot.features.questions.afterwards import NotOwnerError, entrust, write_answer
from bot.features.questions.askers import agree, withdraw
from bot.features.questions.asking import ask, ask_aloud, ask_for
from bot.features.questions.model import (
    CannotUndoError,
    ChangedMeanwhileError,
    Done,
    Draft,
    GoneQuestionError,
    MergedInCircleError,
    NotModeratorError,
    QuestionsClosedError,
    SessionCancelledError,
)
from bot.features.questions.moderation import (
    answered,
    decline,
    later,
    merge,
    publish,
    put_on_screen,
    restore,
)
from bot.features.questions.sessions import change_session
from bot.features.questions.supporters import votes_of
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.undoing import undo
from tests.support.factories import at, talk
from tests.support.questions import OPEN, QuestionWorld

ACTIONS: dict[str, Callable[..., Done]] = {
    "publish": publish,
    "screen": put_on_screen,
    "answered": answered,
    "later": later,
    "decline": decline,
    "restore": restore,
    "merge": merge,
    "edit": moderation.edit,
    "translate": moderation.translate,
    "entrust": entrust,
    "write": write_answer,
}
UNTOLD = {"version", "wrap_told_at", "board_told_at", "board_state"}


class Desk:
    """Four questions before the team."""

    def __init__(self, session: Session) -> None:
        self.session, self.world = session, QuestionWorld(session)
        self.asked = [
            self.world.asks(self.world.person(f"Person{n}"), f"Question {n} ?").question_id
            for n in range(4)
        ]
        self.sheet = session.scalars(select(QuestionSession)).one()

    def row(self, number: int) -> Question:
        return self.session.get_one(Question, (self.world.event_id, self.asked[number]))

    def act(self, name: str, number: int, other: int, seen: int | None = None) -> str | None:
        more: dict[str, tuple[Any, ...]] = {
            "decline": ("off_topic",),
            "merge": (self.asked[other],),
            "edit": (f"Changée {other} ?",),
            "translate": (f"In English {other}",),
            "entrust": (self.world.person(f"Person{other}").participant_id,),
            "write": (f"Demain {other}.",),
        }
        row, world = self.row(number), self.world
        version = row.version if seen is None else seen
        done = ACTIONS[name](
            self.session, world.team, row.question_id, version, *more.get(name, ()), OPEN
        )
        return done.change_id

    def undo(self, change_id: str | None) -> Done:
        assert change_id is not None
        return undo(self.session, self.world.host, change_id, OPEN)

    def state(self) -> dict[str, Any]:
        """All that the rows hold, but for what counts changes."""
        self.session.flush()
        self.session.expire_all()
        rows = self.session.scalars(select(Question).order_by(Question.question_id)).all()
        return {
            f"{row.__tablename__}:{getattr(row, 'question_id', '')}:{column.name}": value
            for row in (*rows, self.sheet)
            for column in row.__table__.columns
            if column.name not in UNTOLD and (value := getattr(row, column.name)) is not None
        }


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    with Session(engine) as session:
        session.connection()
        yield Desk(session)


steps = st.lists(
    st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 3), st.integers(0, 3)),
    min_size=4,
    max_size=24,
)


def tried(desk: Desk, name: str, number: int, other: int) -> str | None:
    """What was refused has changed nothing, as in a transaction of its own."""
    with desk.session.begin_nested() as point:
        try:
            return desk.act(name, number, other)
        except (GoneQuestionError, MergedInCircleError):
            point.rollback()
            return None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_all_that_was_done_is_undone_in_reverse(
    sqlite_url: str, doing: list[tuple[str, int, int]]
) -> None:
    engine = create_database_engine(sqlite_url)
    with Session(engine) as session:
        session.connection()
        desk = Desk(session)
        before = [desk.state()]
        done = []
        for name, number, other in doing:
            change = tried(desk, name, number, other)
            if change is not None:
                done.append(change)
                before.append(desk.state())
        for change in reversed(done):
            assert desk.state() == before.pop()
            desk.undo(change)
            assert desk.undo(change).change_id is None  # the same press once more
        assert desk.state() == before.pop()
        session.rollback()
    engine.dispose()


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_who_looked_at_something_older_changes_nothing(desk: Desk, name: str) -> None:
    desk.act("publish", 0, 0)
    if name in ("later", "screen", "answered"):
        desk.act("screen", 0, 0)
    if name == "screen":
        desk.act("later", 0, 0)
    if name in ("restore",):
        desk.act("decline", 0, 0)
    if name == "publish":
        desk.act("decline", 0, 0)
    before = desk.state()
    with pytest.raises(ChangedMeanwhileError, match="Tim"):
        desk.act(name, 0, 1, seen=desk.row(0).version - 1)
    assert desk.state() == before


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_nobody_without_the_right_does_anything(desk: Desk, name: str) -> None:
    world, session = desk.world, desk.session
    world.imports(talk("T", OPEN, 60, kind="round_table"), talk("X", OPEN, 60, kind="round_table"))
    elsewhere, gone = world.person("Elsa"), world.person("Gus")
    world.role(elsewhere, HOST, world.row("X").session_id)
    world.role(gone, HOST, world.row("T").session_id)
    erase(session, world.event_id, gone.participant_id, OPEN)
    change = desk.act("publish", 0, 0)
    before = desk.state()
    for person in (world.person("Person0"), world.person("Nobody"), elsewhere, gone):
        desk.world.team = person
        with pytest.raises((NotModeratorError, NotOwnerError)):
            desk.act(name, 0, 1)
        with pytest.raises(NotModeratorError):
            undo(session, person, change or "", OPEN)
        with pytest.raises(NotModeratorError):
            change_session(session, person, world.row("T").session_id, OPEN, closed_at=OPEN)
        with pytest.raises(NotModeratorError):
            ask_aloud(session, person, world.row("T").session_id, "Et alors ?", "fr", OPEN)
    assert desk.state() == before


def test_what_something_stands_on_is_not_undone(desk: Desk) -> None:
    first, _ = desk.act("publish", 0, 0), desk.act("screen", 0, 0)
    before = desk.state()
    with pytest.raises(CannotUndoError):
        desk.undo(first)
    assert desk.state() == before


def test_what_gave_way_on_the_screen_comes_back(desk: Desk) -> None:
    for number in (0, 1):
        desk.act("publish", number, 0)
    desk.act("screen", 0, 0)
    shown = desk.state()
    change = desk.act("screen", 1, 0)
    assert [desk.row(number).state for number in (0, 1)] == ["published", "on_screen"]
    desk.undo(change)
    assert desk.state() == shown
    assert desk.sheet.on_screen == desk.asked[0]


def test_what_gave_way_and_was_taken_back_does_not_return(desk: Desk) -> None:
    for number in (0, 1):
        desk.act("publish", number, 0)
    desk.act("screen", 0, 0)
    change = desk.act("screen", 1, 0)
    world = desk.world
    withdraw(desk.session, world.person("Person0"), desk.asked[0], world.keys, OPEN)
    with pytest.raises(CannotUndoError), desk.session.begin_nested():
        desk.undo(change)
    assert (desk.row(1).state, desk.sheet.on_screen) == ("on_screen", desk.asked[1])


def test_an_undo_can_be_undone(desk: Desk) -> None:
    change = desk.act("publish", 0, 0)
    again = desk.undo(change).change_id
    assert desk.row(0).state == "review"
    desk.undo(again)
    assert desk.row(0).state == "published"


def test_a_deadline_comes_back(desk: Desk) -> None:
    desk.act("entrust", 0, 1)
    before = desk.state()
    change = desk.session.scalars(select(Change).where(Change.what == "question.entrusted")).one()
    assert change.after["question"]["deadline"]
    later_day = entrust(
        desk.session, desk.world.team, desk.asked[0], 2,
        desk.world.person("Person2").participant_id, OPEN, at("12:00", 20),
    )  # fmt: skip
    desk.undo(later_day.change_id)
    assert desk.state() == before


def test_a_question_answered_on_stage_and_shown_again_stays_answered(desk: Desk) -> None:
    desk.act("publish", 0, 0)
    desk.act("answered", 0, 0)
    desk.act("screen", 0, 0)
    desk.act("later", 0, 0)
    assert desk.row(0).state == "answered"


def test_an_answer_in_writing_frees_the_screen(desk: Desk) -> None:
    desk.act("publish", 0, 0)
    desk.act("screen", 0, 0)
    desk.act("write", 0, 0)
    assert (desk.row(0).state, desk.sheet.on_screen) == ("answered", None)


# ---------------------------------------------------------------- grouped questions


def test_a_person_counts_once_along_a_chain(desk: Desk) -> None:
    world, session = desk.world, desk.session
    for number in range(3):
        desk.act("publish", number, 0)
    everywhere, once = world.person("Eve"), world.person("Otto")
    for number in range(3):
        world.supports(everywhere, desk.row(number))
    world.supports(once, desk.row(0))
    world.supports(world.person("Person0"), desk.row(2))  # whose own is grouped with it
    desk.act("merge", 0, 1)
    desk.act("merge", 1, 2)
    assert {desk.row(number).root_id for number in range(3)} == {desk.asked[2]}
    # Eve, Otto, who asked 0 and 1; who asked the one that stands is its asker, not a supporter.
    assert votes_of(session, world.event_id, desk.sheet.session_id) == {desk.asked[2]: 4}
    with pytest.raises(MergedInCircleError):
        desk.act("merge", 2, 0)


@pytest.mark.parametrize("ended", ["decline", "withdraw"])
def test_nothing_is_grouped_with_what_is_gone(desk: Desk, ended: str) -> None:
    desk.act("merge", 0, 1)
    world = desk.world
    if ended == "decline":
        desk.act("decline", 1, 0)
        with pytest.raises(GoneQuestionError):
            desk.act("merge", 2, 0)  # by way of another that is told in it
    else:
        withdraw(desk.session, world.person("Person1"), desk.asked[1], world.keys, OPEN)
    with pytest.raises(GoneQuestionError):
        desk.act("merge", 2, 1)


def test_nobodys_question_goes_with_one_that_is_taken_back(desk: Desk) -> None:
    world = desk.world
    for number in range(3):
        desk.act("publish", number, 0)
    desk.act("merge", 0, 2)
    desk.act("merge", 1, 2)
    desk.act("screen", 2, 0)
    eve = world.person("Eve")
    world.supports(eve, desk.row(2))
    withdraw(desk.session, world.person("Person2"), desk.asked[2], world.keys, OPEN)
    states = sorted(desk.row(number).state for number in range(3))
    assert states == ["merged", "published", "withdrawn"]
    [stands] = [desk.row(number) for number in range(2) if desk.row(number).state == "published"]
    [other] = [desk.row(number) for number in range(2) if desk.row(number).state == "merged"]
    assert (other.root_id, desk.sheet.on_screen) == (stands.question_id, None)


def test_what_was_never_published_is_read_before_it_stands(desk: Desk) -> None:
    world = desk.world
    desk.act("publish", 1, 0)
    desk.act("merge", 0, 1)
    withdraw(desk.session, world.person("Person1"), desk.asked[1], world.keys, OPEN)
    assert desk.row(0).state == "review"


def test_who_asked_one_that_was_grouped_hears_what_became_of_it(desk: Desk) -> None:
    world = desk.world
    for number in range(2):
        desk.act("publish", number, 0)
    desk.act("merge", 0, 1)
    desk.act("screen", 1, 0)
    told = [world.place(one) for one in world.posts() if one.message == "questions.news"]
    assert sorted(told) == ["Person0", "Person1"]
    [said] = {world.says(one) for one in world.posts() if one.message == "questions.news"}
    assert said == "À l'écran · Question 1 ?"


def news(desk: Desk) -> list[tuple[str, str]]:
    world = desk.world
    told = [one for one in world.posts() if one.message == "questions.news"]
    return sorted((world.place(one), world.says(one)) for one in told)


@pytest.mark.parametrize(
    ("done", "said"),
    [("screen", "À l'écran · Question 1 ?"), ("answered", "Réponse apportée · Question 1 ?")],
)
def test_who_asked_one_that_is_grouped_late_hears_at_once(desk: Desk, done: str, said: str) -> None:
    for number in range(3):
        desk.act("publish", number, 0)
    desk.act(done, 1, 0)
    assert news(desk) == [("Person1", said)]
    desk.act("merge", 2, 0)
    assert news(desk) == [("Person1", said)], "what waits is no news"
    change = desk.act("merge", 0, 1)
    expected = [("Person0", said), ("Person1", said), ("Person2", said)]
    assert news(desk) == expected
    desk.undo(change)
    desk.act("merge", 0, 1)
    assert news(desk) == expected, "and once"


def test_an_undo_never_groups_a_question_with_itself(desk: Desk) -> None:
    desk.act("merge", 0, 1)
    change = desk.act("restore", 0, 0)
    desk.act("merge", 1, 0)
    with pytest.raises(CannotUndoError):
        desk.undo(change)


# ---------------------------------------------------------------- closed, cancelled, sent in


def test_closed_sessions_take_nothing_more(desk: Desk) -> None:
    world, session = desk.world, desk.session
    ines, bo = world.person("Ines"), world.person("Bo")
    draft = Draft(desk.sheet.session_id, "Et après ?", "fr")
    waits = ask_for(session, ines, bo, draft, world.keys, OPEN)
    assert waits.state == "consent"
    change_session(session, world.host, desk.sheet.session_id, OPEN, closed_at=OPEN)
    with pytest.raises(QuestionsClosedError):
        agree(session, ines, waits.question_id, OPEN, named=True)
    with pytest.raises(QuestionsClosedError):
        ask(session, ines, draft, world.keys, OPEN)
    assert waits.state == "consent"


def test_what_somebody_passes_on_is_neither_anonymous_nor_named_by_them(desk: Desk) -> None:
    world = desk.world
    draft = Draft(desk.sheet.session_id, "Et après ?", "fr", anonymous=True, named=True)
    ines, bo = world.person("Ines"), world.person("Bo")
    one = ask_for(desk.session, ines, bo, draft, world.keys, OPEN)
    assert (one.participant_id, one.asker_hash, one.named) == (ines.participant_id, None, False)
    change = desk.session.scalars(select(Change).where(Change.subject == one.question_id)).one()
    assert change.actor == bo.participant_id


def test_a_cancelled_session_takes_no_spoken_question(desk: Desk) -> None:
    world = desk.world
    world.row("T").cancelled = True
    with pytest.raises(SessionCancelledError):
        ask_aloud(desk.session, world.host, desk.sheet.session_id, "Et alors ?", "fr", OPEN)


def test_only_questions_are_assigned_or_translated_that_somebody_may_answer(desk: Desk) -> None:
    desk.act("decline", 0, 0)
    with pytest.raises(GoneQuestionError):
        desk.act("translate", 0, 1)
    with pytest.raises(GoneQuestionError):
        moderation.assign(desk.session, desk.world.team, desk.asked[0], 2, None, OPEN)


def test_the_screen_is_no_setting_of_a_session(desk: Desk) -> None:
    with pytest.raises(ValueError, match="on_screen"):
        change_session(
            desk.session, desk.world.team, desk.sheet.session_id, OPEN, on_screen=desk.asked[0]
        )
