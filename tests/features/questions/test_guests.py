"""Guests: a device asks and supports, with the code of the screen, and counts apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.features.questions import guests
from bot.features.questions.guests import (
    CODES_A_MINUTE,
    Device,
    guest_asks,
    guest_unvote,
    guest_vote,
    supported_by_guest,
)
from bot.features.questions.model import (
    CodeNeededError,
    Draft,
    GoneQuestionError,
    NoGuestsError,
    NoGuestVotesError,
    NoNameError,
    NoSuchQuestionError,
    QuestionsClosedError,
    SessionCancelledError,
    TooManyCodesError,
    WrongCodeError,
)
from bot.features.questions.moderation import merge, publish, put_on_screen
from bot.features.questions.sessions import change_session
from bot.features.questions.supporters import voters_of, votes_of
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.vote_tables import CodeAttempt, GuestVote
from tests.support.factories import at, talk
from tests.support.questions import OPEN, QuestionWorld

CODE, WRONG = "0420", "1111"
PHONE, OTHER = Device("guest-phone", "fr"), Device("guest-other", "en")


@pytest.fixture
def world(session: Session) -> QuestionWorld:
    return QuestionWorld(session)


@pytest.fixture(autouse=True)
def a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """One and the same minute of machine time, however slow the machine."""
    monkeypatch.setattr(guests, "machine_now", lambda session: 1_000_000_000.0)


def published(world: QuestionWorld, text: str = "Quand ?") -> Question:
    question = world.asks(world.person("Ines"), text)
    publish(world.session, world.team, question.question_id, 1, OPEN)
    sheet = world.session.get_one(QuestionSession, (world.event_id, question.session_id))
    sheet.code = CODE
    world.session.flush()
    return question


def asks(
    world: QuestionWorld, text: str, key: str = "k", device: Device = PHONE, **more: Any
) -> str:
    draft = Draft(world.row("T").session_id, text, device.language, **more)
    with world.session.begin_nested():  # an error takes everything back
        return guest_asks(world.session, world.event_id, device, key, draft, OPEN)


def votes(
    world: QuestionWorld, question: Question, device: Device = PHONE, code: str = CODE
) -> MaillonError | None:
    return guest_vote(world.session, world.event_id, device, question.question_id, code, OPEN)


def of_guests(world: QuestionWorld) -> list[Question]:
    query = select(Question).where(Question.guest_id.is_not(None)).order_by(Question.text)
    return list(world.session.scalars(query))


def attempts(world: QuestionWorld) -> int:
    return world.session.scalar(select(func.sum(CodeAttempt.failed))) or 0


# ---------------------------------------------------------------- asking


@pytest.mark.parametrize("moderation", ["before", "after"])
def test_a_guest_is_read_before_anybody_else_reads_them(session: Session, moderation: str) -> None:
    world = QuestionWorld(session, moderation=moderation)
    said = asks(world, "Quand ?")
    assert world.reader().gettext(said) == "Reçue. Elle sera relue avant publication."
    [question] = of_guests(world)
    assert (question.state, question.guest_id, question.participant_id) == (
        "review",
        "guest-phone",
        None,
    )
    assert world.view(question).guest


def test_sent_twice_with_its_key_a_question_is_one(world: QuestionWorld) -> None:
    assert asks(world, "Quand ?") == asks(world, "Quand ?") == asks(world, "Quand ?", device=OTHER)
    asks(world, "Quand exactement ?")  # the same form, corrected after the answer was lost
    asks(world, "Quand ?", key="another")
    assert [one.text for one in of_guests(world)] == ["Quand ?", "Quand ?", "Quand exactement ?"]


def test_a_name_is_shown_and_stored_only_if_it_is_wanted(world: QuestionWorld) -> None:
    asks(world, "A ?", name="Odile")
    asks(world, "B ?", name="  Odile\u202e \n Petit ", named=True)
    asks(world, "C ?", name="O" * 200, named=True)
    one, two, three = of_guests(world)
    assert (one.guest_name, world.view(one).asker) == (None, "")
    assert world.view(two).asker == "Odile Petit"
    assert world.view(three).asker == "O" * 80
    for nobody in ("", " ", "\u200b", "—"):
        with pytest.raises(NoNameError):
            asks(world, "D ?", name=nobody, named=True)
    assert len(of_guests(world)) == 3


def test_a_session_may_take_none(world: QuestionWorld) -> None:
    session_id = world.row("T").session_id
    change_session(world.session, world.team, session_id, OPEN, guests=False)
    with pytest.raises(NoGuestsError):
        asks(world, "Quand ?")
    change_session(world.session, world.team, session_id, OPEN, guests=True, closed_at=OPEN)
    with pytest.raises(QuestionsClosedError):
        asks(world, "Quand ?")
    world.imports(talk("U", OPEN, 60, room="Balzac"))
    with pytest.raises(SessionCancelledError):
        asks(world, "Quand ?")
    assert of_guests(world) == []


# ---------------------------------------------------------------- supporting


def test_a_device_counts_once_and_apart(world: QuestionWorld) -> None:
    question = published(world)
    world.supports(world.person("Bo"), question)
    for device in (PHONE, PHONE, OTHER, PHONE):
        assert votes(world, question, device) is None
    view = world.view(question)
    assert (view.votes, view.guest_votes) == (1, 2)
    assert not view.patients
    session_id = question.session_id
    assert votes_of(world.session, world.event_id, session_id) == {question.question_id: 1}
    [ballots] = voters_of(world.session, world.event_id, session_id).values()
    assert ballots == {world.person("Bo").participant_id}


def test_the_code_is_asked_once_and_spaces_are_no_fault(world: QuestionWorld) -> None:
    one, other = published(world), published(world, "Où ?")
    assert isinstance(votes(world, one, code=""), CodeNeededError)
    assert isinstance(votes(world, one, code=" \n"), CodeNeededError)
    assert attempts(world) == 0
    assert votes(world, one, code=" 04 20 ") is None
    assert votes(world, other, code="") is None
    assert world.view(other).guest_votes == 1
    assert isinstance(votes(world, other, OTHER, code=""), CodeNeededError)


@pytest.mark.parametrize("code", [WRONG, "042", "04200", "٠٤٢٠", "0420'--", "x" * 1000])
def test_a_wrong_code_changes_nothing(world: QuestionWorld, code: str) -> None:
    question = published(world)
    error = votes(world, question, code=code)
    assert type(error) is WrongCodeError
    assert world.view(question).guest_votes == 0
    assert world.session.scalar(select(func.count()).select_from(GuestVote)) == 0


def test_a_device_that_guesses_waits(world: QuestionWorld) -> None:
    question = published(world)
    for _ in range(5):
        assert type(votes(world, question, code=WRONG)) is WrongCodeError
    error = votes(world, question)  # right, but not looked at
    assert isinstance(error, TooManyCodesError)
    assert "5\N{NO-BREAK SPACE}min" in error.told_to(world.reader())
    assert votes(world, question, OTHER) is None  # others are not made to wait for it
    _let_minutes_pass(world, 5)
    assert votes(world, question) is None


def test_fresh_cookies_do_not_help_who_guesses(world: QuestionWorld) -> None:
    question = published(world)
    votes(world, question, OTHER)
    tried = [votes(world, question, Device(f"guest-{n}", "fr"), WRONG) for n in range(50)]
    assert sum(type(one) is WrongCodeError for one in tried) == CODES_A_MINUTE
    assert isinstance(votes(world, question, PHONE), TooManyCodesError)
    assert attempts(world) == CODES_A_MINUTE
    # Who has shown the code before is not held up by it.
    other = published(world, "Où ?")
    assert votes(world, other, OTHER, code="") is None
    _let_minutes_pass(world, 1)
    assert votes(world, question, PHONE) is None


def _let_minutes_pass(world: QuestionWorld, minutes: int) -> None:
    world.session.execute(update(CodeAttempt).values(minute=CodeAttempt.minute - minutes))


def test_each_session_has_its_code(world: QuestionWorld) -> None:
    one = published(world)
    other = world.asks(world.person("Ines"), "Où ?", of="U")
    publish(world.session, world.team, other.question_id, 1, OPEN)
    world.session.get_one(QuestionSession, (world.event_id, other.session_id)).code = "9999"
    votes(world, one)
    assert isinstance(votes(world, other, code=""), CodeNeededError)
    assert type(votes(world, other, code=CODE)) is WrongCodeError
    assert votes(world, other, code="9999") is None


def test_guest_votes_can_be_switched_off(world: QuestionWorld) -> None:
    question = published(world)
    change_session(world.session, world.team, question.session_id, OPEN, guest_votes=False)
    with pytest.raises(NoGuestVotesError):
        votes(world, question)


def test_what_is_not_there_to_be_supported_is_not(world: QuestionWorld) -> None:
    published(world)
    waiting = world.asks(world.person("Ines"), "En relecture ?")
    with pytest.raises(GoneQuestionError):
        votes(world, waiting)
    with pytest.raises(NoSuchQuestionError):
        guest_vote(world.session, world.event_id, PHONE, "no-question", CODE, OPEN)
    question = published(world, "Où ?")
    with pytest.raises(QuestionsClosedError):
        guest_vote(
            world.session,
            world.event_id,
            PHONE,
            question.question_id,
            CODE,
            OPEN + timedelta(hours=1),
        )


def test_votes_of_grouped_questions_unite_and_are_taken_back_together(
    world: QuestionWorld,
) -> None:
    one, other = published(world), published(world, "À quel moment ?")
    for device in (PHONE, OTHER):
        votes(world, one, device)
    votes(world, other, PHONE)
    merge(world.session, world.team, one.question_id, one.version, other.question_id, OPEN)
    assert world.view(other).guest_votes == 2
    assert votes(world, one, PHONE) is None  # merged meanwhile: already counted
    mine = supported_by_guest(world.session, world.event_id, one.session_id, PHONE.guest_id)
    assert mine == {other.question_id}
    for _ in range(2):
        guest_unvote(world.session, world.event_id, PHONE, one.question_id, OPEN)
    assert world.view(other).guest_votes == 1


def test_whoever_looks_is_told_of_a_change_and_of_nothing_else(world: QuestionWorld) -> None:
    question = published(world)

    def version() -> int:
        world.session.expire_all()
        return world.session.get_one(QuestionSession, (world.event_id, question.session_id)).version

    before = version()
    votes(world, question)
    assert version() == before + 1
    votes(world, question)
    put = votes(world, question, OTHER, WRONG)
    assert put is not None
    assert version() == before + 1
    put_on_screen(world.session, world.host, question.question_id, question.version, at("09:10"))
    assert votes(world, question, OTHER) is None
