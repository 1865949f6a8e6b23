"""What was said to somebody alone is deleted where it stands, whatever happens on the way."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.delivery.gateway import (
    Address,
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LateError, LostError
from bot.delivery.outbox import delete_messages_to
from bot.delivery.outcomes import post_sent
from bot.delivery.tables import Delivery
from tests.delivery.support import GROUPS, READER, House, run
from tests.delivery.test_worker import settle

LOST = LostError("reset")


def erase(house: House) -> None:
    """The first of the two people, as the lifecycle of deliveries does it."""

    def use_case(session: Session) -> None:
        delete_messages_to(session, house.event_id, house.people[0], house.now)
        assert Delivery.lifecycle.erase is not None
        Delivery.lifecycle.erase(session, house.event_id, house.people[0])

    house.write(use_case)


def standing(house: House) -> list[str]:
    return [
        message.card.summary
        for message in house.gateway.messages
        if message.delivery_id not in house.gateway.deleted
    ]


def test_messages_to_one_person_go_and_no_others(house: House) -> None:
    GROUPS["group"] = house.people
    for key, place in (
        ("mine", house.people[0]),
        ("theirs", house.people[1]),
        ("all", "general"),
        ("ours", "group"),
    ):
        house.say(key, place)
    house.turn()
    erase(house)
    erase(house)
    assert house.states()["mine*"] == "queued"
    settle(house)
    assert sorted(standing(house)) == ["all", "ours", "theirs"]
    assert house.states() == {
        "mine": "sent",
        "mine*": "sent",
        "theirs": "sent",
        "all": "sent",
        "ours": "sent",
    }
    row = house.row("mine")
    assert (row.participant_id, row.platform_channel, row.platform_ts) == (None, None, None)


def test_what_has_long_forgotten_whom_it_was_for_goes_with_the_rest(house: House) -> None:
    house.say("old", house.people[0])
    house.say("new", house.people[0])
    house.turn()

    def forget(session: Session) -> None:
        row = session.get_one(Delivery, (house.event_id, house.row("old").delivery_id))
        row.participant_id, row.args = None, {}

    house.write(forget)
    erase(house)
    settle(house)
    assert standing(house) == []


@pytest.mark.parametrize(
    "failure",
    [
        LOST,
        LateError("reset"),
        OutcomeUnknownError("accepted"),
        NotSentError("no connection"),
        ThrottledError(1),
    ],
)
def test_a_deletion_converges(house: House, failure: Exception) -> None:
    house.say("a", house.people[0])
    house.turn()
    erase(house)
    house.gateway.failures = [failure]
    settle(house)
    assert (standing(house), house.states()) == ([], {"a": "sent", "a*": "sent"})


def test_a_process_that_dies_with_a_deletion_leaves_it_to_another(house: House) -> None:
    house.say("a", house.people[0])
    house.turn()
    erase(house)
    assert [claim.operation for claim in house.claim()] == ["delete"]
    settle(house)
    assert (standing(house), house.states()) == ([], {"a": "sent", "a*": "sent"})


def test_what_was_deleted_already_is_done_and_what_is_refused_is_not_tried_again(
    house: House,
) -> None:
    house.say("gone", house.people[0])
    house.say("kept", house.people[0])
    house.turn()
    house.gateway.deleted.add(house.row("gone").delivery_id)
    erase(house)
    house.gateway.failures = [RefusedError("cant_delete_message")]
    settle(house)
    assert sorted(house.states().values()) == ["failed", "sent", "sent", "sent"]


def test_what_is_on_its_way_is_deleted_once_it_has_arrived(house: House) -> None:
    house.say("a", house.people[0])
    (claim,) = house.claim()
    erase(house)
    house.turn()
    assert house.states() == {"a": "sending", "a*": "queued"}
    to = Address(user_id=house.people[0])
    posted = run(house.gateway.post(to, Card("a"), READER, house.event_id, claim.delivery_id))
    house.write(post_sent, claim, posted, "digest")
    settle(house)
    assert (standing(house), house.states()) == ([], {"a": "sent", "a*": "sent"})


def test_what_was_not_said_needs_no_deletion(house: House) -> None:
    house.say("a", house.people[0])
    erase(house)
    assert house.states() == {"a": "dropped"}
