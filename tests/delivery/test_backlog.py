"""How late the oldest delivery is, and how many are in doubt: read from the database."""

from __future__ import annotations

from datetime import timedelta

from bot.delivery.backlog import Backlog, backlog
from bot.delivery.memory import LostError
from tests.delivery.support import SEALED, House


def later(house: House, seconds: float) -> None:
    house.clock.set(house.now + timedelta(seconds=seconds))


def seen(house: House) -> Backlog:
    with house.session() as session:
        return backlog(session, house.now)


def late(house: House) -> dict[str, float]:
    """Those classes that have something due."""
    return {kind: seconds for kind, seconds in seen(house).oldest.items() if seconds > 0}


def test_the_oldest_of_each_class_counts_until_it_is_done(house: House) -> None:
    house.say("a", message_class="urgent")
    later(house, 90)
    house.say("b", message_class="urgent")
    house.say("c", message_class="invitation")
    later(house, 30)
    assert late(house) == {"urgent": 120, "invitation": 30}
    house.turn()
    assert late(house) == {}


def test_what_is_in_doubt_is_counted_and_not_done(house: House) -> None:
    house.gateway.failures = [LostError("reset")]
    house.say("a")
    house.turn()
    later(house, 5)
    assert seen(house).unknown == 1
    assert late(house) == {"useful": 5}


def test_what_is_sealed_counts_from_the_end_of_its_ten_minutes(house: House) -> None:
    later(house, 599)
    SEALED["hash"] = house.people[0]
    try:
        house.say("a", place="hash", message_class="answer")
        later(house, 60)
        assert late(house) == {"answer": 59}
    finally:
        SEALED.clear()
