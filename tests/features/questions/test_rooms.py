"""The page of a room and its screen follow the programme, and show what they may."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.features.questions.guests import Device, guest_asks, guest_vote
from bot.features.questions.model import Draft
from bot.features.questions.moderation import answered, later, publish, put_on_screen, translate
from bot.features.questions.rooms import (
    RoomState,
    UnknownRoomError,
    WallState,
    revoke_wall,
    room_page,
    room_pages,
    room_state,
    wall_state,
)
from bot.features.questions.sessions import change_session
from bot.features.questions.tables import Question, QuestionSession
from tests.support.factories import EARLY, at, talk
from tests.support.questions import OPEN, QuestionWorld

ROOM = "Descartes"


@pytest.fixture
def world(session: Session) -> QuestionWorld:
    return QuestionWorld(session)


def page(world: QuestionWorld, now: datetime, room: str = ROOM) -> RoomState:
    world.session.flush()
    state = room_state(world.session, room_page(world.session, world.event_id, room).page_id, now)
    assert state is not None
    return state


def wall(world: QuestionWorld, now: datetime, room: str = ROOM) -> WallState:
    world.session.flush()
    state = wall_state(world.session, room_page(world.session, world.event_id, room).wall_id, now)
    assert state is not None
    return state


def shown(world: QuestionWorld, now: datetime) -> tuple[str, str | None, str | None, str | None]:
    state = wall(world, now)
    return (
        state.kind,
        state.now.title if state.now else None,
        state.next.title if state.next else None,
        state.question.text if state.question else None,
    )


def staged(world: QuestionWorld, text: str = "Quand ?", **more: Any) -> Question:
    question = world.asks(world.person("Ines"), text, **more)
    publish(world.session, world.team, question.question_id, 1, OPEN)
    put_on_screen(world.session, world.host, question.question_id, 2, OPEN)
    return question


# ---------------------------------------------------------------- addresses


def test_a_room_keeps_its_addresses(world: QuestionWorld) -> None:
    pages = room_pages(world.session, world.event_id)
    assert [one.room for one in pages] == ["Balzac", "Descartes"]
    again = room_pages(world.session, world.event_id)
    assert [(one.page_id, one.wall_id) for one in again] == [
        (one.page_id, one.wall_id) for one in pages
    ]
    assert {len(one.wall_id) for one in pages} == {43}  # 256 bits


def test_a_revoked_screen_leads_nowhere(world: QuestionWorld) -> None:
    before = room_page(world.session, world.event_id, ROOM)
    page_id, wall_id = before.page_id, before.wall_id
    after = revoke_wall(world.session, world.event_id, ROOM, EARLY)
    assert after.page_id == page_id  # what hangs at the door stays right
    assert wall_state(world.session, wall_id, EARLY) is None
    assert wall_state(world.session, after.wall_id, EARLY) is not None
    assert room_state(world.session, wall_id, EARLY) is None
    with pytest.raises(UnknownRoomError, match="Balzac, Descartes"):
        revoke_wall(world.session, world.event_id, "Salle Zola", EARLY)


# ---------------------------------------------------------------- the programme


def test_a_screen_that_nobody_touches_goes_through_the_day(world: QuestionWorld) -> None:
    world.imports(
        talk("T", OPEN, 60, kind="round_table"),
        talk("U", OPEN, 60, room="Balzac"),
        talk("V", at("10:30"), 30),
        talk("W", at("09:00", 13)),
    )
    assert [shown(world, moment) for moment in (at("07:30"), OPEN, at("10:00"), at("10:30"))] == [
        ("next", None, "Session T", None),
        ("waiting", "Session T", "Session V", None),
        ("next", None, "Session V", None),
        ("waiting", "Session V", "Session W", None),
    ]
    assert shown(world, at("23:00")) == ("next", None, "Session W", None)
    assert shown(world, at("23:00", 13)) == ("next", None, None, None)


def test_what_moves_is_cancelled_or_changes_room_is_followed(world: QuestionWorld) -> None:
    world.imports(
        talk("T", at("09:20"), 60, kind="round_table"), talk("U", OPEN, 60, room="Balzac")
    )
    assert shown(world, at("09:10")) == ("next", None, "Session T", None)
    world.imports(talk("T", at("09:20"), 60, room="Balzac"), talk("U", OPEN, 60))
    assert shown(world, at("09:25")) == ("waiting", "Session U", None, None)
    world.imports(talk("T", at("09:20"), 60, room="Balzac"))
    assert shown(world, at("09:25")) == ("next", None, None, None)
    # The room is in no programme any more; its addresses still answer.
    assert page(world, at("09:25")).asking == "none"


def test_of_two_that_overlap_the_last_to_begin_is_on(world: QuestionWorld) -> None:
    world.imports(talk("T", OPEN, 60, kind="round_table"), talk("X", at("09:50"), 30))
    assert shown(world, at("09:55")) == ("waiting", "Session X", None, None)


# ---------------------------------------------------------------- what the screen shows


def test_the_screen_shows_one_question_that_a_person_chose(world: QuestionWorld) -> None:
    question = world.asks(world.person("Ines"), "Quand ?")
    assert shown(world, OPEN)[0] == "waiting"
    publish(world.session, world.team, question.question_id, 1, OPEN)
    assert shown(world, OPEN)[0] == "waiting"
    put_on_screen(world.session, world.host, question.question_id, 2, OPEN)
    assert shown(world, OPEN) == ("question", "Session T", None, "Quand ?")
    later(world.session, world.host, question.question_id, 3, OPEN)
    assert shown(world, OPEN)[0] == "waiting"
    put_on_screen(world.session, world.host, question.question_id, 4, OPEN)
    answered(world.session, world.host, question.question_id, 5, OPEN)
    assert shown(world, OPEN)[0] == "waiting"


def test_published_at_once_is_not_on_the_screen(session: Session) -> None:
    world = QuestionWorld(session, moderation="after")
    question = world.asks(world.person("Ines"), "Quand ?")
    assert question.state == "published"
    assert shown(world, OPEN)[0] == "waiting"


def test_a_name_stands_on_the_screen_if_its_owner_ticked_it(world: QuestionWorld) -> None:
    for number, (named, asker) in enumerate([(False, ""), (True, "Ines")]):
        staged(world, f"Quand, {number} ?", named=named)
        question = wall(world, OPEN).question
        assert question is not None
        assert question.asker == asker


def test_both_languages_and_both_counts(world: QuestionWorld) -> None:
    question = staged(world)
    for name in ("Bo", "Cy"):
        world.supports(world.person(name), question)
    code = world.session.get_one(QuestionSession, (world.event_id, question.session_id)).code
    device = Device("guest-phone", "fr")
    guest_vote(world.session, world.event_id, device, question.question_id, code, OPEN)
    translate(world.session, world.team, question.question_id, 3, "When?", OPEN)
    state = wall(world, OPEN)
    assert state.question is not None
    assert (state.question.text, state.question.translation) == ("Quand ?", "When?")
    assert (state.question.votes, state.question.guest_votes) == (2, 1)
    assert state.code == code


def test_black_on_request(world: QuestionWorld) -> None:
    staged(world)
    session_id = world.row("T").session_id
    change_session(world.session, world.host, session_id, OPEN, black=True)
    assert shown(world, OPEN)[0] == "black"
    assert wall(world, OPEN).question is None
    change_session(world.session, world.host, session_id, OPEN, black=False)
    assert shown(world, OPEN)[0] == "question"


def test_a_dark_screen_is_dark_for_its_session_only(world: QuestionWorld) -> None:
    change_session(world.session, world.host, world.row("T").session_id, OPEN, black=True)
    assert [shown(world, at(clock))[0] for clock in ("09:59", "10:00")] == ["black", "next"]


def test_the_code_stands_there_while_guests_may_support(world: QuestionWorld) -> None:
    staged(world)
    assert len(wall(world, OPEN).code) == 4
    session_id = world.row("T").session_id
    change_session(world.session, world.host, session_id, OPEN, guest_votes=False)
    assert wall(world, OPEN).code == ""
    change_session(world.session, world.host, session_id, OPEN, guest_votes=True, closed_at=OPEN)
    assert wall(world, OPEN).code == ""
    assert not wall(world, OPEN).invites


# ---------------------------------------------------------------- the page


def test_the_page_takes_questions_for_what_is_on_else_for_what_is_next(
    world: QuestionWorld,
) -> None:
    world.imports(
        talk("T", OPEN, 60, kind="round_table"),
        talk("P", at("10:30"), 30, kind="networking"),
        talk("V", at("11:00"), 30),
        talk("Z", at("11:00", 28), 30),
    )
    assert [
        (state.about.title if state.about else None, state.asking)
        for state in (page(world, at(clock)) for clock in ("08:00", "09:00", "10:10", "10:40"))
    ] == [
        ("Session T", "open"),
        ("Session T", "open"),
        (None, "none"),  # what is next takes none
        ("Session V", "open"),
    ]
    assert page(world, at("12:00")).about is None  # Z: in more than a week


def test_the_page_says_why_nothing_can_be_asked(world: QuestionWorld) -> None:
    session_id = world.row("T").session_id
    change_session(world.session, world.host, session_id, OPEN, guests=False)
    assert (page(world, OPEN).asking, page(world, OPEN).votes) == ("members", True)
    change_session(world.session, world.host, session_id, OPEN, closed_at=OPEN)
    assert (page(world, OPEN).asking, page(world, OPEN).votes) == ("closed", False)


def test_the_page_lists_what_is_public_on_screen_first_answered_last(
    world: QuestionWorld,
) -> None:
    texts = ("Publiée ?", "À l'écran ?", "Répondue ?", "Populaire ?", "En relecture ?")
    a, b, c, d, _ = (world.asks(world.person("Ines"), text) for text in texts)
    for one in (a, b, c, d):
        publish(world.session, world.team, one.question_id, 1, OPEN)
    answered(world.session, world.host, c.question_id, 2, OPEN)
    put_on_screen(world.session, world.host, b.question_id, 2, OPEN)
    world.supports(world.person("Bo"), d)
    world.supports(world.person("Bo"), c)
    assert [(one.text, one.votes) for one in page(world, OPEN).questions] == [
        ("À l'écran ?", 0),
        ("Populaire ?", 1),
        ("Publiée ?", 0),
        ("Répondue ?", 1),
    ]


def test_a_guest_sees_their_name_only_if_ticked(world: QuestionWorld) -> None:
    draft = Draft(world.row("T").session_id, "Quand ?", "fr", named=True, name="Odile")
    guest_asks(world.session, world.event_id, Device("guest-phone", "fr"), "k", draft, OPEN)
    assert page(world, OPEN).questions == ()
    [question] = world.session.query(Question).where(Question.guest_id == "guest-phone")
    publish(world.session, world.team, question.question_id, 1, OPEN)
    [only] = page(world, OPEN).questions
    assert only.asker == "Odile"
