"""What an operator sees of deliveries, and does about one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.db.history import Change
from bot.delivery.gateway import NotSentError, RefusedError, ThrottledError
from bot.delivery.memory import LostError
from bot.delivery.tables import Delivery
from bot.delivery.view import NOT_DONE, Seen, UnknownDeliveryError, counts, drop, listed, retry, why
from tests.delivery.support import READER, SEALED, Broken, House

ByHand = Callable[..., None]


def shown(house: House, *states: str) -> dict[str, str]:
    """Why each is where it is, by the message's key or, of an edit, a star."""
    with house.session() as session:
        rows = listed(session, house.event_id, states or NOT_DONE, 50)
        keys = {row.delivery_id: row.key for row in _rows(house, session)}
        return {_short(keys[one.delivery_id]): why(one, house.now, READER) for one in rows}


def _short(key: str) -> str:
    return "edit" if key.startswith("edit:") else key


def _rows(house: House, session: Session) -> list[Delivery]:
    return list(session.scalars(select(Delivery).where(Delivery.event_id == house.event_id)))


def by_hand(house: House, use: ByHand, key: str = "a") -> None:
    house.write(use, house.event_id, house.row(key).delivery_id, house.now)


def test_each_says_why_it_is_not_done(house: House) -> None:
    fails = {
        "failed": RefusedError("is_archived"),
        "lost": LostError("reset"),
        "later": NotSentError("no connection", 30.0),
    }
    for key, failure in fails.items():
        house.gateway.failures = [failure]
        house.say(key, key)
        house.turn()
    house.say("broken", "hall", message=Broken())
    house.turn()
    house.refresh("lost")
    house.say("next", "hall")
    assert shown(house) == {
        "failed": "is_archived",
        "lost": "no answer (reset); looked up in 15 s",
        "later": "no connection; again in 30 s",
        "broken": "could not be made; again in 1 s",
        "edit": "waits for its post",
        "next": "waits for its turn",
    }
    with house.session() as session:
        assert counts(session, house.event_id) == {"failed": 1, "queued": 4, "unknown": 1}


def test_the_oldest_come_first_and_places_are_shown(house: House) -> None:
    house.say("b", "general")
    house.later(60)
    house.say("a", house.people[0])
    with house.session() as session:
        rows: list[Seen] = list(listed(session, house.event_id, NOT_DONE, 50))
        assert [one.place for one in rows] == ["#general", house.people[0]]
        assert [one.place for one in listed(session, house.event_id, NOT_DONE, 1)] == ["#general"]


def test_of_what_is_sealed_neither_place_nor_moment_is_shown(house: House) -> None:
    SEALED["hash"] = house.people[0]
    house.say("a", "hash")
    with house.session() as session:
        (one,) = listed(session, house.event_id, NOT_DONE, 50)
    assert (one.place, one.due_at) == ("", None)


def test_what_failed_is_sent_again(house: House) -> None:
    house.gateway.failures = [RefusedError("is_archived")]
    house.say("a")
    house.turn()
    by_hand(house, retry)
    house.turn()
    assert house.said == [("general", "a")]
    assert house.states() == {"a": "sent"}
    with house.session() as session:
        row = session.scalars(select(Change).where(Change.event_id == house.event_id)).one()
    assert (row.what, row.actor) == ("delivery.retried", "cli")
    assert row.before == {"state": "failed", "error": "is_archived"}


def test_what_waits_for_its_next_attempt_goes_at_once(house: House) -> None:
    house.gateway.failures = [NotSentError("no connection", 3_600.0)]
    house.say("a")
    house.turn()
    by_hand(house, retry)
    house.turn()
    assert house.states() == {"a": "sent"}


def test_the_pause_that_the_platform_wants_is_kept(house: House) -> None:
    house.gateway.failures = [ThrottledError(3_600.0)]
    house.say("a")
    house.turn()
    by_hand(house, retry)
    house.turn()
    assert house.states() == {"a": "queued"}


def refused(house: House, use: ByHand, key: str = "a") -> str:
    before = house.states()
    with pytest.raises(MaillonError) as told:
        by_hand(house, use, key)
    assert house.states() == before
    return str(told.value)


def test_nothing_is_sent_that_stands_or_may_stand(house: House) -> None:
    house.gateway.failures = [LostError("reset")]
    house.say("a")
    house.claim()
    house.say("b", "salon")
    house.turn()
    house.say("c", "hall")
    house.turn()
    assert house.states() == {"a": "sending", "b": "unknown", "c": "sent"}
    assert refused(house, retry, "a").startswith("This delivery is being sent at this moment")
    assert refused(house, retry, "b").startswith("This delivery may have arrived")
    assert refused(house, retry, "c") == "This delivery was sent."
    assert refused(house, drop, "a").startswith("This delivery is being sent at this moment")
    assert refused(house, drop, "c") == "This delivery was sent."


def test_what_has_passed_is_not_sent_again(house: House) -> None:
    house.say("a", expires_in=60)
    house.later(60)
    house.turn()
    assert "has passed" in refused(house, retry)
    assert refused(house, drop) == "Nothing is left to do for this delivery."


def test_what_is_dropped_is_not_sent_nor_its_edits(house: House) -> None:
    house.say("a")
    house.refresh("a")
    by_hand(house, drop)
    house.turn(times=2)
    assert house.said == []
    assert house.states() == {"a": "dropped", "a*": "dropped"}
    assert house.row("a").error == "dropped by hand"
    by_hand(house, retry)
    house.turn()
    assert house.said == [("general", "a")]


def test_what_is_unknown_may_be_left_so(house: House) -> None:
    house.gateway.failures = [LostError("reset")]
    house.say("a")
    house.turn()
    by_hand(house, drop)
    for _ in range(4):
        house.age()
        house.turn()
    assert house.said == []
    assert house.states() == {"a": "dropped"}


def test_a_sealed_one_that_is_dropped_lets_go_of_its_reader(house: House) -> None:
    SEALED["hash"] = house.people[0]
    house.say("a", "hash")
    by_hand(house, drop)
    assert house.row("a").sealed_to is None
    assert refused(house, retry) == "What this delivery said is forgotten."


def test_an_unknown_id_is_told(house: House) -> None:
    with pytest.raises(UnknownDeliveryError):
        house.write(retry, house.event_id, "nothing", house.now)
