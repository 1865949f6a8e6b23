"""Rounds of introductions in breaks that begin late."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from bot.features.delays.actions import announce_delay, standing_delay, undo_delay
from bot.features.delays.model import seen_end
from tests.features.introductions.support import Rounds, opened
from tests.support.factories import at


@pytest.fixture
def rounds(session: Session) -> Rounds:
    return Rounds(session)


def late(rounds: Rounds, minutes: int, now: datetime, *, back: bool = False) -> None:
    """The talk before the morning's break runs late, or that is taken back."""
    boss = rounds.person("Ada.B", email="ada@example.org")
    row = rounds.row("T")
    if back:
        delay = standing_delay(rounds.session, rounds.event_id, row.session_id)
        assert delay is not None
        undo_delay(rounds.session, boss, delay.delay_id, now)
    else:
        seen = seen_end(row.ends_at)
        announce_delay(rounds.session, boss, row.session_id, minutes, seen, now)
    rounds.go(now)


def test_a_round_in_a_break_that_begins_late_is_put_off_and_told_once(rounds: Rounds) -> None:
    bo, _ = rounds.guests("Bo", "Cy")
    rounds.come(bo)
    rounds.passes(at("09:45"))
    late(rounds, 10, at("09:45"))
    assert rounds.round().window_at == at("10:47"), "though the break is shorter than a round needs"
    assert rounds.words_to("Bo") == [
        "Rencontres reportées à 10 h 47 : la pause commence à 10 h 40."
    ]
    assert rounds.words_to("Cy") == []
    late(rounds, 0, at("09:50"), back=True)
    assert rounds.words_to("Bo")[1:] == ["Rencontres à 10 h 37 : la pause commence à 10 h 30."]


def test_a_delay_that_is_taken_back_once_sign_up_would_be_over_cancels_nothing(
    rounds: Rounds,
) -> None:
    rounds.come(*rounds.guests("Bo", "Cy"))
    rounds.passes(at("10:00"))
    late(rounds, 10, at("10:00"))
    rounds.passes(at("10:12"))
    assert rounds.introductions() == []
    late(rounds, 0, at("10:12"), back=True)
    rounds.passes(at("10:12"))
    assert (rounds.round().window_at, rounds.introductions()) == (at("10:37"), [("Bo", "Cy")])
    assert not [one for one in rounds.words_to("Bo") if "annulées" in one]


def test_those_who_know_whom_they_meet_are_told_together(rounds: Rounds) -> None:
    opened(rounds, "Bo", "Cy")
    late(rounds, 10, at("10:20"))
    late(rounds, 0, at("10:21"), back=True)
    late(rounds, 10, at("10:22"))
    # Drawn as it is now; each was sent as it was then.
    assert (
        rounds.words_to("Bo+Cy")[1:]
        == ["La rencontre est maintenant à 10 h 47, au même endroit."] * 3
    )
