"""What features ask to be said: once for a key, refreshed by one edit, dropped when outdated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.delivery import outbox, outdating
from bot.delivery.tables import Delivery
from tests.delivery.support import START, House


def test_a_key_is_said_once(house: House) -> None:
    first = house.say("a")
    assert first is not None
    assert house.say("a") is None
    assert house.row("a").delivery_id == first
    assert house.states() == {"a": "queued"}


def test_a_row_names_what_is_said_and_not_how(house: House) -> None:
    house.say("a", expires_in=60)
    row = house.row("a")
    assert (row.message, row.args_version, row.args) == ("note", 1, {"key": "a"})
    assert (row.operation, row.channel, row.participant_id) == ("post", "general", None)
    assert (row.due_at, row.expires_at) == (START, START + timedelta(minutes=1))


def test_what_is_enqueued_in_a_transaction_that_fails_is_not_said(house: House) -> None:
    place = outbox.Place(house.workspace_id, channel="general")
    message = house.worker()._messages.load("note", 1, {"key": "a"})

    def use_case(session: object) -> None:
        outbox.enqueue(
            session,  # type: ignore[arg-type]
            house.event_id,
            place,
            message,
            "a",
            message_class="useful",
            now=START,
        )
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        house.write(use_case)
    assert house.states() == {}


def test_many_refreshes_are_one_edit(house: House) -> None:
    house.say("a")
    for _ in range(3):
        house.refresh("a")
    assert house.states() == {"a": "queued", "a*": "queued"}
    assert house.edit_row("a").version == 3


def test_an_edit_that_waits_keeps_its_place_in_the_line(house: House) -> None:
    house.say("a")
    house.refresh("a")
    later = START + timedelta(minutes=1)
    house.write(lambda session: outbox.refresh(session, house.event_id, "a", later))
    assert house.edit_row("a").due_at == START


def test_nothing_refreshes_what_was_never_said(house: House) -> None:
    house.refresh("a")
    house.say("a", expires_in=60)
    house.later(60)
    assert house.write(outdating.drop_outdated, house.event_id, house.now) == 1
    house.refresh("a")
    assert house.states() == {"a": "skipped"}


def test_outdated_posts_are_skipped_with_their_edits(house: House) -> None:
    house.say("a", expires_in=60)
    house.say("b", expires_in=61)
    house.refresh("a")
    house.refresh("b")
    house.later(60)
    assert house.write(outdating.drop_outdated, house.event_id, house.now) == 1
    assert house.states() == {"a": "skipped", "a*": "dropped", "b": "queued", "b*": "queued"}
    assert house.row("a").error == "no longer worth saying"
    assert house.write(outdating.drop_outdated, house.event_id, house.now) == 0


def test_what_was_told_is_known(house: House) -> None:
    house.say("a", expires_in=60)
    assert house.write(outbox.was_told, house.event_id, ["a", "b"]) is True
    assert house.write(outbox.was_told, house.event_id, ["b"]) is False
    house.later(60)
    house.write(outdating.drop_outdated, house.event_id, house.now)
    assert house.write(outbox.was_told, house.event_id, ["a"]) is False


def test_events_do_not_share_keys(house: House) -> None:
    from tests.delivery.support import house as furnished

    other = furnished(house.runtime)
    house.say("a")
    other.say("a")
    with house.session() as session:
        mine = Delivery.event_id.in_((house.event_id, other.event_id))
        assert session.scalar(select(func.count()).where(mine)) == 2
    assert len(house.claim()) == 1
    assert other.states() == {"a": "queued"}
