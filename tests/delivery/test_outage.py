"""The platform is down for longer than what was to be said is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.delivery.gateway import DeliveryError, NotSentError
from bot.delivery.memory import LostError
from bot.delivery.outdating import OUTAGE, OUTAGE_S
from bot.delivery.pace import Rate, Rates
from bot.registry import MESSAGE_TYPES
from tests.delivery.support import FAST, House, Note, Now

SAID_LATE = {
    "people.kind_to_confirm",
    "programme.changed",
    "programme.speakers_to_confirm",
    "programme.to_approve",
    "programme.source_fails",
    "programme.source_works",
    "rounds.left_out",
    "rounds.cancelled",
    "rounds.moved",
    "introductions.made",
    "introductions.late",
    "introductions.moved",
    "introductions.cannot",
    "introductions.problem",
    "introductions.encounters_asked",
    "introductions.paused",
    "introductions.follow_ups_asked",
    "introductions.crossings",
    "questions.status",
    "questions.news",
    "questions.consent",
    "questions.to_sort",
    "questions.assigned",
    "questions.board",
    "questions.entrusted",
    "questions.answers",
    "welcome",
}
"""Changes; what is asked of somebody, or told once for good; what shows how things stand."""


def test_which_messages_an_outage_outlasts_is_decided_for_each() -> None:
    fleeting = {
        "programme.announced",
        "programme.reminder",
        "programme.answer",
        "rounds.asked",
        "questions.stage_opens",
        "questions.left_open",
        "questions.pages",
        "speaking.day",
        "speaking.soon",
        "bulletins.posted",
        "bulletins.answer",
        "home.morning",
    }
    assert set(MESSAGE_TYPES.fleeting) == fleeting
    assert {one.name for one in MESSAGE_TYPES} - fleeting == SAID_LATE


@pytest.mark.parametrize("down", [NotSentError("no connection"), LostError("reset")])
def test_after_a_quarter_of_an_hour_only_what_lasts_is_said(
    house: House, down: DeliveryError
) -> None:
    house.say("soon", message=Now("soon"))
    house.say("moved", message=Note("moved"))
    house.say("fire", message=Now("fire"), message_class="emergency")
    house.gateway.failures = [down] * 3
    house.turn()
    house.age(OUTAGE_S)
    for _ in range(4):  # the platform is back; what is unknown is looked up first
        house.turn()
        house.age(16)
    assert sorted(what for _, what in house.said) == ["fire", "moved"]
    assert house.states() == {"soon": "skipped", "moved": "sent", "fire": "sent"}
    assert house.row("soon").error == OUTAGE


def test_what_did_not_wait_so_long_is_said(house: House) -> None:
    house.say("soon", message=Now("soon"))
    house.gateway.failures = [NotSentError("no connection")]
    house.turn()
    house.age(OUTAGE_S - 60)
    house.turn()
    assert house.states() == {"soon": "sent"}


def test_what_waits_for_its_pace_is_not_late(house: House) -> None:
    """A message to thousands takes longer than a quarter of an hour, and nothing is down."""
    slow = Rates(FAST.posts, FAST.edits, FAST.looks, Rate(0.01), FAST.opens, FAST.deletions)
    worker = house.worker(slow)
    for key in ("first", "second"):
        house.say(key, message=Now(key))
        house.turn(worker)
    assert house.states() == {"first": "sent", "second": "queued"}
    house.later(timedelta(hours=2).total_seconds())
    house.age(OUTAGE_S)
    house.turn(worker)
    assert house.states()["second"] == "queued"
    house.age(6_000)
    house.turn(worker)
    assert house.states()["second"] == "sent"
