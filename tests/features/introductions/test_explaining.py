"""What organisers are told of why two people met or did not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.i18n import Reader
from bot.features.introductions.explaining import Answer, UnknownParticipantError, explain_two
from bot.features.introductions.wording import explained
from bot.features.people.consents import INTRODUCTIONS, withdraw
from bot.features.people.tables import Participant
from bot.features.people.wishes import block
from tests.features.introductions.support import Rounds, opened
from tests.support.factories import at


def asked(rounds: Rounds, one: Participant, other: Participant) -> Answer:
    emails = one.email or "", other.email or ""
    return explain_two(rounds.session, rounds.event_id, rounds.event, emails, rounds.now)


def codes(rounds: Rounds, one: Participant, other: Participant) -> tuple[str | None, str]:
    answer = asked(rounds, one, other)
    return answer.latest.code if answer.latest else None, answer.later


def test_before_any_round_only_the_rules_speak(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    assert codes(rounds, ada, bo) == (None, "may")
    bo.organisation = ada.organisation
    assert codes(rounds, ada, bo) == (None, "organisation")


def test_who_met_in_the_latest_round_and_what_each_had_of_it(rounds: Rounds) -> None:
    ada = rounds.guest("Ada", kind="startup", seeks=["capacité de production"])
    bo = rounds.guest("Bo", kind="sme", offers=["capacité de production"])
    cy = rounds.guest("Cy", kind="sme")
    rounds.come(ada, bo)
    rounds.passes(at("10:15"))
    answer = asked(rounds, ada, bo)
    assert answer.latest is not None
    assert (answer.latest.at, answer.latest.code, answer.later) == (
        at("10:37"),
        "introduced",
        "met",
    )
    assert answer.latest.worth == pytest.approx(answer.latest.had)
    assert (answer.latest.worth or (0, 0))[0] > 0.7
    assert codes(rounds, ada, cy) == ("absent", "may")


def test_two_who_might_have_met_and_two_who_met_nobody(rounds: Rounds) -> None:
    ada, bo, cy, dee = opened(rounds, "Ada", "Bo", "Cy", "Dee")
    met = next(one for one in (bo, cy, dee) if codes(rounds, ada, one)[0] == "introduced")
    others = [one for one in (bo, cy, dee) if one is not met]
    assert {codes(rounds, ada, one) for one in others} == {("others_more", "may")}


def test_two_left_out_of_the_same_round(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    rounds.come(ada, bo)
    rounds.go(at("10:30"))  # too late
    assert codes(rounds, ada, bo) == ("left_out", "may")


@pytest.mark.parametrize(
    "choice", [None, {"avoided": ["bo sa"]}, {"meets": ["startup"]}, {"no_soliciting": True}]
)
def test_a_block_is_told_as_any_other_choice_and_of_nobody(
    rounds: Rounds, choice: dict[str, Any] | None
) -> None:
    ada = rounds.guest("Ada", **(choice or {}))
    bo = rounds.guest("Bo", kind="sme")
    if choice is None:
        block(rounds.session, ada, bo.participant_id, rounds.now)
    rounds.come(ada, bo, *rounds.guests("Cy", "Dee"))
    rounds.passes(at("10:15"))
    assert codes(rounds, ada, bo) == codes(rounds, bo, ada) == ("chosen", "chosen")
    said = explained("chosen", Reader.of("fr", "UTC"), "Ada", "Bo")
    assert said == "Ada et Bo\xa0: une règle choisie par l'une des deux personnes les sépare."


def test_who_of_the_two_takes_no_part_is_not_told(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo")
    withdraw(rounds.session, bo, INTRODUCTIONS, rounds.now)
    assert codes(rounds, ada, bo)[1] == codes(rounds, bo, ada)[1] == "not_now"


def test_an_address_that_nobody_has(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    with pytest.raises(UnknownParticipantError):
        explain_two(
            rounds.session,
            rounds.event_id,
            rounds.event,
            (ada.email or "", "zoe@example.org"),
            rounds.now,
        )
