"""Asked of each, separately; one answer never overwrites another's; meetings not kept."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bot.features.introductions.encounters import (
    UNKEPT,
    MeetingGoneError,
    resume,
    unkept,
)
from bot.features.introductions.pairs import introduced
from bot.features.introductions.tables import IntroductionMember, Round
from bot.features.people.actions import choose_fewer_messages, erase
from bot.features.people.profile_tables import Block, Profile
from bot.features.people.tables import Participant
from tests.support.factories import EARLY, at, said
from tests.support.introductions import IntroductionWorld

QUESTION = "La rencontre a-t-elle eu lieu ?"


@pytest.fixture
def world(session: Session) -> IntroductionWorld:
    return IntroductionWorld(session)


def presence(world: IntroductionWorld, one: str, who: Participant, word: str) -> None:
    row = world.session.get_one(IntroductionMember, (world.event_id, one, who.participant_id))
    row.presence = word


def test_each_is_asked_three_minutes_after_the_window(world: IntroductionWorld) -> None:
    elodie, charlotte = world.someone("Elodie"), world.someone("Charlotte")
    world.introduce(elodie, charlotte)
    world.until(at("10:54"))
    assert world.letters("encounters_asked") == []
    world.until(at("12:00"))
    assert world.letters("encounters_asked") == [
        ("12/12 10:55", "Charlotte", f"{QUESTION} Elodie, Elodie SA"),
        ("12/12 10:55", "Elodie", f"{QUESTION} Charlotte, Charlotte SA"),
    ]
    world.tick(at("12:00"))
    assert len(world.letters("encounters_asked")) == 2


def test_a_group_of_four_has_a_line_and_one_tap_for_each_other(world: IntroductionWorld) -> None:
    four = [world.someone(name) for name in ("Ada", "Bo", "Cy", "Di")]
    one = world.introduce(*four)
    world.until(at("10:55"))
    world.answers(one, four[0], four[1], "not_yet")
    post = next(post for post in world.posts() if world.place(post) == "Ada")
    others = sorted(four[1:], key=lambda person: person.participant_id)
    lines = [QUESTION]
    for other in others:
        lines.append(f"{other.name}, {other.name} SA")
        if other is four[1]:
            lines += ["Votre réponse : Pas encore", "[Oui]", "[Non]"]
        else:
            lines += ["[Oui]", "[Pas encore]", "[Non]"]
    assert said(world.card(post)) == [*lines, "[Moins de messages]"]


def test_it_took_place_when_both_say_so_and_nobody_answers_for_another(
    world: IntroductionWorld,
) -> None:
    ada, bo, cy = (world.someone(name) for name in ("Ada", "Bo", "Cy"))
    one = world.introduce(ada, bo)

    def pair() -> tuple[dict[str, str], bool]:
        [found] = introduced(world.session, world.event_id)
        return dict(found.said), found.took_place

    world.answers(one, ada, bo, "yes")
    assert pair() == ({ada.participant_id: "yes"}, False)
    world.answers(one, bo, ada, "not_yet")
    assert pair() == ({ada.participant_id: "yes", bo.participant_id: "not_yet"}, False)
    world.answers(one, bo, ada, "yes")
    assert pair()[1]
    for stranger, other in ((cy, ada), (ada, cy), (ada, ada)):
        with pytest.raises(MeetingGoneError):
            world.answers(one, stranger, other, "no")
    assert pair()[1]


def test_who_cannot_come_is_in_no_pair_and_not_asked(world: IntroductionWorld) -> None:
    ada, bo = world.someone("Ada"), world.someone("Bo")
    presence(world, world.introduce(ada, bo), bo, "cannot")
    world.until(at("12:00"))
    assert world.letters("encounters_asked") == []
    assert introduced(world.session, world.event_id) == []


def test_whom_one_has_blocked_one_is_not_asked_about(world: IntroductionWorld) -> None:
    ada, bo = world.someone("Ada"), world.someone("Bo")
    world.introduce(ada, bo)
    block = {"participant_id": ada.participant_id, "blocked_id": bo.participant_id}
    world.session.add(Block(event_id=world.event_id, at=EARLY, **block))
    world.until(at("12:00"))
    assert [line[1] for line in world.letters("encounters_asked")] == ["Bo"]


def test_who_wants_fewer_messages_is_not_asked(world: IntroductionWorld) -> None:
    ada, bo = world.someone("Ada"), world.someone("Bo")
    choose_fewer_messages(world.session, ada, True, EARLY)
    world.introduce(ada, bo)
    world.until(at("12:00"))
    assert [line[1] for line in world.letters("encounters_asked")] == ["Bo"]


def test_a_question_waits_for_the_budget(world: IntroductionWorld) -> None:
    ada, bo = world.someone("Ada"), world.someone("Bo")
    world.introduce(ada, bo)
    world.star(ada, "B")  # told at 10:25, five minutes before
    world.session.query(Round).one().window_at = at("10:15")
    world.until(at("12:00"))
    assert [line[:2] for line in world.letters("encounters_asked")] == [
        ("12/12 10:33", "Bo"),
        ("12/12 10:35", "Ada"),
    ]


def test_a_round_that_moves_is_asked_about_later(world: IntroductionWorld) -> None:
    world.introduce(world.someone("Ada"), world.someone("Bo"))
    world.session.query(Round).one().window_at = at("10:47")
    world.until(at("12:00"))
    assert {line[0] for line in world.letters("encounters_asked")} == {"12/12 11:05"}


# Meetings that were not kept


def missed(world: IntroductionWorld, who: Participant) -> int:
    return len(unkept(world.session, world.event_id, who.participant_id))


def test_whom_the_other_says_did_not_come_did_not(world: IntroductionWorld) -> None:
    ada, bo = world.someone("Ada"), world.someone("Bo")
    one = world.introduce(ada, bo)
    world.answers(one, ada, bo, "no")
    assert (missed(world, ada), missed(world, bo)) == (0, 1)
    world.answers(one, bo, ada, "yes")  # one word against another
    assert (missed(world, ada), missed(world, bo)) == (0, 0)
    world.answers(one, bo, ada, "no")
    presence(world, one, ada, "here")
    assert (missed(world, ada), missed(world, bo)) == (0, 1)


def test_in_a_group_one_who_saw_them_is_enough(world: IntroductionWorld) -> None:
    ada, bo, cy = (world.someone(name) for name in ("Ada", "Bo", "Cy"))
    one = world.introduce(ada, bo, cy)
    world.answers(one, ada, bo, "no")
    assert missed(world, bo) == 1
    world.answers(one, cy, bo, "yes")
    assert missed(world, bo) == 0


def unkept_twice(world: IntroductionWorld) -> tuple[Participant, Participant, str]:
    """Bo, who let two people wait; the second, and the introduction to them."""
    ada, bo, cy = (world.someone(name) for name in ("Ada", "Bo", "Cy"))
    world.answers(world.introduce(ada, bo), ada, bo, "no")
    second = world.introduce(cy, bo, in_="L")
    world.answers(second, cy, bo, "no", at("13:00"))
    return bo, cy, second


def profile(world: IntroductionWorld, who: Participant) -> Profile:
    world.session.flush()
    return world.session.get_one(Profile, (world.event_id, who.participant_id))


def test_after_two_they_are_suspended_and_told_how_to_resume(world: IntroductionWorld) -> None:
    bo, _, _ = unkept_twice(world)
    world.until(at("14:00"))
    assert (profile(world, bo).paused_until, profile(world, bo).paused_why) == (
        world.event.ends_at,
        UNKEPT,
    )
    [post] = [post for post in world.posts() if post.message == "introductions.paused"]
    assert said(world.card(post)) == [
        "Vos mises en relation sont suspendues",
        "Deux rencontres n'ont pas eu lieu : Maillon ne vous en propose plus. "
        "Vous pouvez reprendre quand vous le souhaitez.",
        "[Reprendre]",
        "[Moins de messages]",
    ]
    resume(world.session, bo, at("14:00"))
    assert profile(world, bo).paused_until is None
    assert said(world.card(post)) == ["Des rencontres vous sont à nouveau proposées."]
    # Neither an answer about something else nor the next turn suspends them again…
    dee = world.someone("Dee")
    world.answers(world.introduce(bo, dee, in_="M"), dee, bo, "yes", at("16:00"))
    world.until(at("17:00"))
    assert profile(world, bo).paused_until is None
    # … but one more that is not kept does.
    eve = world.someone("Eve")
    world.answers(world.introduce(bo, eve, in_="M"), eve, bo, "no", at("17:00"))
    assert profile(world, bo).paused_why == "unkept"


def test_a_mended_answer_mends_what_followed(world: IntroductionWorld) -> None:
    bo, cy, second = unkept_twice(world)
    world.answers(second, cy, bo, "yes", at("13:05"))
    assert profile(world, bo).paused_until is None
    world.until(at("14:00"))
    assert world.letters("paused") == []


def test_an_erased_person_is_asked_about_no_more(world: IntroductionWorld) -> None:
    ada, bo, cy = (world.someone(name) for name in ("Ada", "Bo", "Cy"))
    one = world.introduce(ada, bo, cy)
    world.answers(one, bo, ada, "yes")
    erase(world.session, world.event_id, bo.participant_id, at("10:50"))
    world.until(at("12:00"))
    assert world.letters("encounters_asked") == [
        ("12/12 10:55", "Ada", f"{QUESTION} Cy, Cy SA"),
        ("12/12 10:55", "Cy", f"{QUESTION} Ada, Ada SA"),
    ]
