"""*J'y serai*: who may say it, who is asked, and what stands in the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.features.introductions.answering import NoRoundError, RoundClosedError, not_this_time
from bot.features.introductions.tables import (
    RoundChoice,
)
from bot.features.people.wishes import choose
from bot.features.programme.model import Speaker
from tests.features.introductions.support import LUNCH, MORNING, Rounds
from tests.support.factories import EARLY, at, said, talk


def test_yes_is_said_once_however_often_it_is_pressed(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    assert rounds.come(ada, ada) == ["noted", "noted"]
    not_this_time(rounds.session, ada, rounds.round().round_id, EARLY)
    not_this_time(rounds.session, ada, rounds.round().round_id, EARLY)
    assert [one.coming for one in rounds.session.scalars(select(RoundChoice))] == [False]
    assert rounds.come(ada) == ["noted"]


def test_who_has_not_agreed_is_led_to_the_profile_and_not_forgotten(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    cy = rounds.person("Cy")
    assert rounds.come(cy) == ["no_profile"]
    rounds.come(ada)
    rounds.guest("Cy")
    rounds.passes(at("10:15"))
    assert rounds.introductions() == [("Ada", "Cy")]
    assert bo.name == "Bo"


def test_who_speaks_or_has_a_session_then_is_told_and_not_placed(session: Session) -> None:
    rounds = Rounds(session)
    late_talk = talk("X", at("10:30"), 30, speakers=(Speaker("Bo", "bo@example.org"),))
    ada, bo, cy, dee = rounds.guests("Ada", "Bo", "Cy", "Dee")
    rounds.imports_now(MORNING, LUNCH, late_talk, now=EARLY)
    rounds.star(ada, "X")
    assert rounds.come(ada, bo, cy, dee) == ["busy", "speaks", "noted", "noted"]
    rounds.passes(at("10:15"))
    assert rounds.introductions() == [("Cy", "Dee")]
    assert rounds.left_out() == {"Ada": "busy", "Bo": "speaks"}
    assert rounds.words_to("Ada") == [
        "Une session de votre programme a lieu à 10 h 37 : pas de rencontre cette fois."
    ]
    assert rounds.words_to("Bo") == ["Vous intervenez à 10 h 37 : pas de rencontre cette fois."]


def test_the_break_itself_in_ones_programme_hinders_nobody(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    rounds.star(ada, "M")
    assert rounds.come(ada) == ["noted"]


def test_as_many_meetings_a_day_as_one_wants(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    choose(rounds.session, ada, EARLY, meetings_a_day=1)
    rounds.come(ada, bo)
    rounds.passes(at("10:15"))
    assert rounds.come(ada, bo, name="L", now=at("10:15")) == ["enough", "noted"]


def test_after_sign_up_nobody_is_added(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    rounds.come(ada)
    rounds.passes(at("10:08"))
    with pytest.raises(RoundClosedError):
        rounds.come(bo, now=at("10:08"))
    with pytest.raises(NoLongerThereError):
        not_this_time(rounds.session, bo, "nothing", EARLY)


def test_a_round_that_was_cancelled_says_so(rounds: Rounds) -> None:
    [ada] = rounds.guests("Ada")
    rounds.imports_now(LUNCH, now=EARLY)
    with pytest.raises(NoRoundError):
        rounds.come(ada)


def test_who_always_comes_is_asked_once_when_they_may_be(rounds: Rounds) -> None:
    ada, bo, cy = rounds.guests("Ada", "Bo", "Cy")
    for one in (ada, bo):
        choose(rounds.session, one, EARLY, always=True)
    rounds.come(bo)
    rounds.passes(at("10:00"))
    [asked] = rounds.posts_to("Ada")
    assert (asked.created_at, asked.message_class) == (at("09:00"), "invitation")
    assert said(rounds.card(asked)) == [
        "Rencontres de 10 h 30 : y serez-vous ?",
        "[J'y serai]",
        "[Pas cette fois]",
        "[Moins de messages]",
    ]
    assert rounds.posts_to("Bo") == rounds.posts_to("Cy") == []
    rounds.passes(at("10:15"))
    assert len(rounds.posts_to("Ada")) == 1
    assert rounds.introductions() == []  # nobody is taken for granted
    assert cy.name == "Cy"


def test_whoever_speaks_is_asked_when_they_have_left_the_stage(session: Session) -> None:
    rounds = Rounds(session)
    on_stage = talk("X", at("08:30"), 50, speakers=(Speaker("Ada", "ada@example.org"),))
    [ada] = rounds.guests("Ada")
    rounds.imports_now(MORNING, LUNCH, on_stage, now=EARLY)
    choose(rounds.session, ada, EARLY, always=True)
    rounds.passes(at("10:00"))
    assert [one.created_at for one in rounds.posts_to("Ada")] == [at("09:20")]
