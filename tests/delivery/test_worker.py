"""The worker from the outbox to a platform and back, turn by turn; nothing sleeps."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.delivery.claims import Patience
from bot.delivery.gateway import (
    Address,
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LateError, LostError
from bot.delivery.tables import Delivery
from tests.delivery.support import READER, Broken, House, run

GENERAL = Address(channel="general")
LOST = LostError("reset")
ACCEPTED = OutcomeUnknownError("reset")


def settle(house: House) -> None:
    """As much machine time and as many turns as anything may need."""
    for _ in range(8):
        house.turn()
        if not house.open():
            return
        house.age(61)


def test_it_says_what_was_enqueued(house: House) -> None:
    house.say("a")
    house.say("b", house.people[0])
    house.turn()
    assert sorted(house.said) == sorted([("general", "a"), (house.people[0], "b")])
    assert house.states() == {"a": "sent", "b": "sent"}


def test_what_it_says_is_what_holds_when_it_is_sent(house: House) -> None:
    house.say("a")
    house.refresh("a", "moved")
    house.turn(times=2)
    assert house.said == [("general", "moved")]
    # The edit found nothing to change, so the platform was not asked.
    assert house.gateway.messages[0].edits == 0
    assert house.states() == {"a": "sent", "a*": "sent"}


def test_edits_show_the_newest(house: House) -> None:
    house.say("a")
    house.turn()
    house.refresh("a", "moved")
    house.refresh("a", "moved again")
    house.turn()
    assert house.said == [("general", "moved again")]
    assert house.gateway.messages[0].edits == 1
    house.refresh("a")
    house.turn()
    assert house.gateway.messages[0].edits == 1


def test_back_to_what_a_post_showed_before_an_edit_in_doubt(house: House) -> None:
    house.say("a")
    house.turn()
    house.gateway.failures = [ACCEPTED]
    house.refresh("a", "moved")
    house.turn()
    assert house.said == [("general", "moved")]  # which the bot does not know
    house.refresh("a", "a")
    settle(house)
    assert house.said == [("general", "a")]


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (ThrottledError(30), "queued"),
        (NotSentError("no connection"), "queued"),
        (NotSentError("ratelimited", 30), "queued"),
        (LOST, "unknown"),
        (ACCEPTED, "unknown"),
        (LateError("reset"), "unknown"),
        (RuntimeError("a bug"), "unknown"),
        (RefusedError("is_archived"), "failed"),
    ],
)
def test_every_outcome_of_a_post(house: House, failure: Exception, state: str) -> None:
    house.say("a")
    house.gateway.failures = [failure]
    house.turn()
    assert house.states() == {"a": state}
    settle(house)
    refused = isinstance(failure, RefusedError)
    assert house.said == ([] if refused else [("general", "a")])
    assert house.states() == {"a": "failed" if refused else "sent"}


@pytest.mark.parametrize(
    "failure", [ThrottledError(30), NotSentError("no connection"), LOST, ACCEPTED, LateError("x")]
)
def test_an_edit_converges(house: House, failure: Exception) -> None:
    house.say("a")
    house.turn()
    house.refresh("a", "moved")
    house.gateway.failures = [failure]
    house.turn()
    assert house.states() == {"a": "sent", "a*": "queued"}
    settle(house)
    assert house.said == [("general", "moved")]
    assert house.states() == {"a": "sent", "a*": "sent"}


def test_looks_that_fail_never_count(house: House) -> None:
    house.say("a")
    house.gateway.failures = [ACCEPTED]
    house.gateway.blind = [
        ThrottledError(30),
        NotSentError("not read to its end"),
        OutcomeUnknownError("reset"),
        RefusedError("not_in_channel"),
        RuntimeError("a bug"),
    ]
    house.turn()
    for _ in range(5):
        house.age(61)
        house.turn()
        assert (house.row("a").state, house.row("a").absent_reads) == ("unknown", 0)
    assert house.gateway.blind == []
    settle(house)
    assert (house.said, house.states()) == ([("general", "a")], {"a": "sent"})


def test_a_message_that_cannot_be_made_stands_in_nobodys_way(house: House) -> None:
    house.say("broken", message=Broken(), message_class="answer")
    house.say("a")
    settle(house)
    assert house.said == [("general", "a")]
    assert house.states() == {"broken": "queued", "a": "sent"}
    assert house.row("broken").error == "could not be made"


def test_an_edit_of_what_is_skipped_is_dropped(house: House) -> None:
    house.gateway.failures = [NotSentError("no connection")]
    house.say("a", expires_in=60)
    house.turn()
    house.refresh("a")
    house.later(60)
    house.turn()
    assert house.states() == {"a": "skipped", "a*": "dropped"}
    assert house.said == []


def test_an_edit_of_what_was_refused_is_dropped(house: House) -> None:
    house.gateway.failures = [RefusedError("is_archived")]
    house.say("a")
    house.refresh("a")
    house.turn(times=2)
    assert house.states() == {"a": "failed", "a*": "dropped"}


def test_who_was_erased_is_neither_written_to_nor_looked_up(house: House) -> None:
    def erase(session: Session) -> None:
        mine = (Delivery.event_id == house.event_id, Delivery.participant_id == house.people[0])
        session.execute(update(Delivery).where(*mine).values(participant_id=None, args={}))

    house.say("waits", house.people[0])
    house.write(erase)
    house.turn()
    assert (house.states(), house.row("waits").error) == (
        {"waits": "failed"},
        "not in this workspace",
    )
    house.say("unknown", house.people[0])
    house.gateway.failures = [LOST]
    house.turn()
    house.write(erase)
    settle(house)
    assert house.states() == {"waits": "failed", "unknown": "failed"}


def test_a_workspace_that_this_process_does_not_serve_is_left_alone(house: House) -> None:
    house.say("a")
    house.turn(house.worker(gateways={}))
    assert house.states() == {"a": "queued"}
    house.turn()
    assert house.states() == {"a": "sent"}


def test_what_a_dead_process_sent_is_found(house: House) -> None:
    house.say("a")
    (claim,) = house.claim()
    by_hand = house.gateway.post(GENERAL, Card("a"), READER, house.event_id, claim.delivery_id)
    run(by_hand)
    settle(house)
    assert (len(house.gateway.messages), house.states()) == (1, {"a": "sent"})


def test_what_a_dead_process_did_not_send_is_sent(house: House) -> None:
    house.say("a")
    house.claim()
    settle(house)
    assert (house.said, house.states()) == ([("general", "a")], {"a": "sent"})


def test_a_request_that_would_begin_too_late_does_not_begin(house: House) -> None:
    """A process that stood still since its claim must not send what another may have sent."""
    house.say("a")
    house.turn(house.worker(patience=Patience(0.0)))
    assert (house.said, house.states()) == ([], {"a": "queued"})
    assert house.row("a").attempts == 0
    house.turn()
    assert house.said == [("general", "a")]
