"""Blocks, erasures, consents taken back and problems, while a round runs."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.features.introductions import jobs
from bot.features.introductions.attending import (
    keep_apart,
    late,
    report,
)
from bot.features.introductions.tables import (
    Introduction,
    IntroductionMember,
    ProblemReport,
)
from bot.features.people.actions import erase
from bot.features.people.consents import INTRODUCTIONS, withdraw
from bot.features.people.profile_tables import Block
from bot.features.people.wishes import block
from tests.features.introductions.support import NOBODY_ELSE, Rounds, opened
from tests.support.factories import at, event_file, said


def test_a_block_ends_the_conversation_and_says_nothing(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    introduction = rounds.introduction_of(ada)
    keep_apart(rounds.session, ada, introduction, bo.participant_id, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.words_to("Bo") == [NOBODY_ELSE]
    assert rounds.words_to("Ada") == []
    assert rounds.session.get_one(Introduction, (rounds.event_id, introduction)).closed
    with pytest.raises(MaillonError):
        late(rounds.session, bo, introduction, at("10:30"))


def test_a_block_from_anywhere_is_noticed(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    block(rounds.session, bo, ada.participant_id, at("10:21"))
    due = jobs.next_due(rounds.session, rounds.event_id)
    assert due is not None
    assert due <= at("10:21")
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert (rounds.words_to("Ada"), rounds.words_to("Bo")) == ([NOBODY_ELSE], [])
    assert jobs.next_due(rounds.session, rounds.event_id) == at("10:52")


def test_an_erasure_is_noticed_and_leaves_no_trace(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    rows = rounds.session.scalars(select(IntroductionMember)).all()
    for row in rows:
        row.reasons = [["common", ada.participant_id, "x"], ["common", bo.participant_id, "x"]]
    erase(rounds.session, rounds.event_id, ada.participant_id, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert [rounds.says(one) for one in rounds.posts() if one.participant_id] == [NOBODY_ELSE]
    assert [one.reasons for one in rounds.session.scalars(select(IntroductionMember))] == [
        [["common", bo.participant_id, "x"]]
    ]
    assert rounds.session.scalars(select(Introduction)).one().closed


def test_a_consent_taken_back_counts_at_once(rounds: Rounds) -> None:
    ada, _ = opened(rounds, "Ada", "Bo", now="10:20")
    withdraw(rounds.session, ada, INTRODUCTIONS, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert rounds.words_to("Bo") == [NOBODY_ELSE]


def test_during_the_meeting_a_block_tells_nobody_anything(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    keep_apart(rounds.session, ada, rounds.introduction_of(ada), bo.participant_id, at("10:41"))
    rounds.passes(at("11:00"))
    assert rounds.introductions() == [("Ada", "Bo")]
    assert rounds.words_to("Bo") == []


def test_a_problem_reaches_two_people_and_keeps_apart(session: Session) -> None:
    named = {"reports_to": ["rita@example.org", "sam@example.org"]}
    rounds = Rounds(session, event_file(introductions=named))
    for name in ("Rita", "Sam"):
        rounds.person(name)
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    introduction = rounds.introduction_of(ada)
    for _ in range(2):
        reached = report(rounds.session, ada, introduction, bo.participant_id, at("10:50"))
    rounds.deliver()
    assert reached == 2
    for name in ("Rita", "Sam"):
        [post] = rounds.posts_to(name)
        assert post.message_class == "urgent"
        assert said(rounds.card(post)) == [
            "Un problème est signalé",
            "Par : Ada, Ada SA",
            "Au sujet de : Bo, Bo SA",
            "jeudi 12 décembre, Rencontre de 10 h 37, Village",
            "Ces deux personnes ne seront plus mises en relation. Merci de prendre contact.",
        ]
    assert len(rounds.session.scalars(select(ProblemReport)).all()) == 1
    assert len(rounds.session.scalars(select(Block)).all()) == 1


def test_whom_a_problem_is_about_does_not_read_it(session: Session) -> None:
    named = {"reports_to": ["bo@example.org", "sam@example.org"]}
    rounds = Rounds(session, event_file(introductions=named))
    rounds.person("Sam")
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    assert (
        report(rounds.session, ada, rounds.introduction_of(ada), bo.participant_id, at("10:50"))
        == 1
    )
    assert rounds.words_to("Bo") == []
    assert len(rounds.posts_to("Sam")) == 1
