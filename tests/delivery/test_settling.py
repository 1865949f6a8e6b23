"""Unknown outcomes: found is sent, absent on two reads is queued again, nothing else counts."""

from __future__ import annotations

import pytest

from bot.delivery import outcomes, settling
from bot.delivery.gateway import Posted, ThrottledError
from bot.delivery.pace import Rate, Rates
from bot.delivery.settling import Doubt
from tests.delivery.support import SETTLE, House

SLOW_LOOKS = Rates(looks=Rate(1))


def unknown(house: House, key: str = "note", place: str = "general") -> None:
    house.say(key, place)
    (claim,) = house.claim()
    house.write(outcomes.outcome_unknown, claim, "reset", SETTLE)


def only(house: House) -> Doubt:
    (doubt,) = house.doubts()
    return doubt


def test_it_is_not_looked_up_before_its_time(house: House) -> None:
    unknown(house)
    assert house.doubts() == []
    assert house.wait() == pytest.approx(SETTLE, abs=5)
    house.age()
    assert only(house).delivery_ids == (house.row().delivery_id,)


def test_one_process_looks_and_another_only_if_it_dies(house: House) -> None:
    unknown(house)
    house.age()
    only(house)
    assert house.doubts() == []
    house.age()
    only(house)


def test_found_is_sent(house: House) -> None:
    unknown(house)
    house.age()
    doubt = only(house)
    found = {doubt.delivery_ids[0]: Posted("C1", "1.0")}
    assert house.write(settling.settle, doubt, found, 5.0) == (1, 0)
    row = house.row()
    assert (row.state, row.platform_channel, row.platform_ts) == ("sent", "C1", "1.0")
    assert (row.shown, row.error) == (None, None)  # an edit must not trust what it shows
    assert house.wait() is None


def test_absent_twice_is_queued_again(house: House) -> None:
    unknown(house)
    house.age()
    first = only(house)
    assert house.write(settling.settle, first, {}, 5.0) == (0, 0)
    assert house.states() == {"note": "unknown"}
    assert house.wait() == pytest.approx(5, abs=2)
    house.age(6)
    second = only(house)
    assert house.write(settling.settle, second, {}, 5.0) == (0, 1)
    assert house.states() == {"note": "queued"}
    (claim,) = house.claim()
    house.write(outcomes.outcome_unknown, claim, "reset", 0.0)
    # The first attempt may still turn up: reading goes back to it, and counts from zero.
    doubt = only(house)
    assert doubt.since == pytest.approx(house.row().claimed_at)
    assert house.write(settling.settle, doubt, {}, 5.0) == (0, 0)


def test_an_absence_before_a_new_attempt_does_not_count(house: House) -> None:
    house.say()
    (claim,) = house.claim()
    house.write(outcomes.outcome_unknown, claim, "reset", 0.0)
    house.write(settling.settle, only(house), {}, 0.0)
    house.write(outcomes.not_sent, claim, "no connection", 0.0)  # certain, though late
    (claim,) = house.claim()
    house.write(outcomes.outcome_unknown, claim, "reset", 0.0)
    assert house.write(settling.settle, only(house), {}, 0.0) == (0, 0)
    assert house.states() == {"note": "unknown"}


def test_a_look_that_fails_counts_for_nothing(house: House) -> None:
    unknown(house)
    house.age()
    for _ in range(3):
        house.write(settling.put_off, only(house), 20.0)
        assert house.row().absent_reads == 0
        assert house.doubts() == []
        house.age(21)
    assert house.states() == {"note": "unknown"}


def test_one_look_a_conversation(house: House) -> None:
    for key, place in (("a", "general"), ("b", "general"), ("c", house.people[0])):
        unknown(house, key, place)
    house.age()
    ids = {key: house.row(key).delivery_id for key in "abc"}
    looks = {doubt.channel: doubt for doubt in house.doubts()}
    assert set(looks["general"].delivery_ids) == {ids["a"], ids["b"]}
    assert looks["general"].since == pytest.approx(house.row("a").claimed_at)
    assert (looks[None].participant_id, looks[None].delivery_ids) == (house.people[0], (ids["c"],))
    found = {ids["a"]: Posted("C1", "1.0")}
    assert house.write(settling.settle, looks["general"], found, 5.0) == (1, 0)
    assert house.states() == {"a": "sent", "b": "unknown", "c": "unknown"}


def test_looks_have_a_pace_of_their_own(house: House) -> None:
    for key in "abc":
        unknown(house, key, key)
    house.age()
    assert len(house.doubts(SLOW_LOOKS)) == 1
    assert house.doubts(SLOW_LOOKS) == []
    house.age(60)
    assert len(house.doubts(SLOW_LOOKS)) == 1


def test_a_throttled_look_pauses_looking_and_not_sending(house: House) -> None:
    for key in "ab":
        unknown(house, key, key)
    house.age()
    rates = Rates(posts=Rate(6_000, burst=100), looks=Rate(6_000, burst=100))
    first, _ = house.doubts(rates)
    house.write(settling.look_throttled, first, ThrottledError(600.0), rates)
    house.age(300)
    assert house.doubts(rates) == []
    house.say("c", "c")
    assert len(house.claim(rates)) == 1
    house.age(301)
    assert len(house.doubts(rates)) > 0


def test_the_answer_may_come_during_a_look(house: House) -> None:
    house.say()
    (claim,) = house.claim()
    house.write(outcomes.outcome_unknown, claim, "reset", 0.0)
    doubt = only(house)
    house.write(outcomes.post_sent, claim, Posted("C1", "1.0"), "digest")
    assert house.write(settling.settle, doubt, {}, 0.0) == (0, 0)
    house.write(settling.put_off, doubt, 0.0)
    house.write(settling.give_up, doubt, "not in this workspace")
    assert house.states() == {"note": "sent"}


def test_an_expired_lease_makes_a_post_unknown(house: House) -> None:
    house.say()
    house.claim()
    house.age(SETTLE + 1)
    assert house.write(settling.doubt_expired_leases, house.event_id, SETTLE) == 1
    assert (house.row().state, house.row().error) == ("unknown", "its process ended")
    # Settled from when the dead process can last have sent it.
    assert house.wait() == pytest.approx(SETTLE - 1, abs=5)
    assert house.write(settling.doubt_expired_leases, house.event_id, SETTLE) == 0


def test_a_lease_that_holds_is_respected(house: House) -> None:
    house.say()
    house.claim()
    assert house.write(settling.doubt_expired_leases, house.event_id, SETTLE) == 0
    assert house.states() == {"note": "sending"}
