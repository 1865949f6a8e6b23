"""Claim, send, outcome: each transition of a row, and who may still make it."""

from __future__ import annotations

import pytest

from bot.delivery import outcomes, settling
from bot.delivery.claims import BATCH, Claim
from bot.delivery.gateway import Posted, ThrottledError
from bot.delivery.pace import Rate, Rates
from tests.delivery.support import FAST, SETTLE, House

STANDS = Posted("C1", "1.0")


def only(house: House) -> Claim:
    (claim,) = house.claim()
    return claim


def posted(house: House, key: str = "note", shown: str = "old") -> None:
    house.say(key)
    house.write(outcomes.post_sent, only(house), STANDS, shown)


def test_claimed_then_sent(house: House) -> None:
    house.say()
    claim = only(house)
    row = house.row()
    assert (row.state, row.lease, row.attempts, row.version) == ("sending", claim.lease, 1, 1)
    assert row.lease_until == pytest.approx((row.claimed_at or 0) + SETTLE)
    assert house.claim() == []
    house.write(outcomes.post_sent, claim, STANDS, "digest")
    row = house.row()
    assert (row.state, row.platform_channel, row.platform_ts) == ("sent", "C1", "1.0")
    assert (row.shown, row.error) == ("digest", None)
    assert house.wait() is None


def test_a_batch_is_bounded_and_in_order_of_urgency(house: House) -> None:
    for number in range(BATCH + 1):
        house.say(f"useful-{number}", f"c{number}")
    house.say("answer", "c", message_class="answer")
    first = house.claim()
    assert len(first) == BATCH
    assert house.row("answer").delivery_id in [claim.delivery_id for claim in first]
    assert len(house.claim()) == 2


def test_nothing_is_claimed_before_it_is_due(house: House) -> None:
    house.later(60)
    house.say()
    house.later(-60)
    assert (house.claim(), house.wait()) == ([], None)
    house.later(60)
    assert len(house.claim()) == 1


def test_rows_of_workspaces_that_others_serve_are_left_to_them(house: House) -> None:
    house.say()
    assert house.claim(workspaces=["elsewhere"]) == []
    assert house.wait(workspaces=["elsewhere"]) is None
    assert house.states() == {"note": "queued"}


def test_refused_is_final_and_visible(house: House) -> None:
    house.say()
    house.write(outcomes.failed, only(house), "is_archived")
    assert (house.row().state, house.row().error) == ("failed", "is_archived")
    house.age(3_600)
    assert (house.claim(), house.wait()) == ([], None)


def test_not_sent_is_tried_again_more_and_more_patiently(house: House) -> None:
    house.say()
    waits = []
    for _ in range(8):
        house.write(outcomes.not_sent, only(house), "no connection")
        waits.append(house.wait())
        assert house.claim() == []
        house.age(61)
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32, 60, 60], abs=0.9)
    assert house.row().attempts == 8


def test_not_sent_keeps_to_what_the_platform_asked_for(house: House) -> None:
    house.say()
    house.write(outcomes.not_sent, only(house), "ratelimited", 40.0)
    assert house.wait() == pytest.approx(40, abs=5)


def test_throttled_pauses_the_method_and_nothing_else(house: House) -> None:
    posted(house, "old")
    house.refresh("old")
    (edit,) = house.claim()
    house.write(outcomes.throttled, edit, ThrottledError(30.0), Rates())
    house.write(outcomes.released, edit)  # it is not ours any more: nothing changes
    assert house.wait() == pytest.approx(30, abs=5)
    assert house.edit_row("old").attempts == 0
    house.say("new")
    assert [claim.operation for claim in house.claim(Rates())] == ["post"]
    posted_later = house.row("new").state
    assert posted_later == "sending"
    house.age(31)
    assert [claim.operation for claim in house.claim(Rates())] == ["edit"]


def test_other_rows_of_a_throttled_method_wait_too(house: House) -> None:
    slow = Rates(posts=Rate(60_000, burst=10_000))  # a pause must hold in spite of such a burst
    for key in ("a", "b", "c"):
        house.say(key, key)
    claim = house.claim(slow)[0]
    house.write(outcomes.throttled, claim, ThrottledError(600.0), slow)
    house.say("d", "d")
    assert house.claim(slow) == []
    house.age(590)
    assert house.claim(slow) == []
    house.age(11)
    assert len(house.claim(slow)) > 0


def test_what_was_not_begun_is_free_at_once(house: House) -> None:
    house.say()
    house.write(outcomes.released, only(house))
    assert (house.row().state, house.row().attempts) == ("queued", 0)
    assert len(house.claim()) == 1


def test_an_unknown_post_is_not_sent_again_by_itself(house: House) -> None:
    house.say()
    house.write(outcomes.outcome_unknown, only(house), "reset", SETTLE)
    house.age(3_600)
    assert (house.row().state, house.row().error) == ("unknown", "reset")
    assert house.claim() == []
    assert house.wait() is not None


def test_certainty_that_comes_late_beats_doubt(house: House) -> None:
    house.say()
    claim = only(house)
    house.age()
    assert house.doubts() == []
    assert house.states() == {"note": "unknown"}
    house.write(outcomes.post_sent, claim, STANDS, "digest")
    assert house.states() == {"note": "sent"}


def test_certainty_beats_a_row_that_was_queued_again(house: House) -> None:
    house.say()
    claim = only(house)
    house.write(outcomes.outcome_unknown, claim, "reset", 0.0)
    for _ in range(2):
        (doubt,) = house.doubts()
        house.write(settling.settle, doubt, {}, 0.0)
        house.age()
    assert house.states() == {"note": "queued"}
    house.write(outcomes.post_sent, claim, STANDS, "digest")
    assert house.states() == {"note": "sent"}
    assert house.claim() == []


def test_who_lost_a_row_does_not_touch_it(house: House) -> None:
    house.say()
    lost = only(house)
    house.write(outcomes.not_sent, lost, "no connection", 0.0)
    claim = only(house)
    house.write(outcomes.post_sent, lost, Posted("C2", "2.0"), "theirs")
    house.write(outcomes.failed, lost, "is_archived")
    house.write(outcomes.not_sent, lost, "no connection")
    house.write(outcomes.throttled, lost, ThrottledError(30.0), FAST)
    house.write(outcomes.outcome_unknown, lost, "reset", SETTLE)
    assert (house.row().state, house.row().lease) == ("sending", claim.lease)
    house.write(outcomes.post_sent, claim, STANDS, "digest")
    house.write(outcomes.not_sent, claim, "no connection")
    assert (house.row().state, house.row().platform_ts) == ("sent", "1.0")


def test_what_has_its_turn_soon_is_claimed_with_it(house: House) -> None:
    """Six a second, and a quarter of a second ahead: one now and one with a wait."""
    for number in range(3):
        house.say(f"{number}", f"c{number}")
    taken = house.claim(Rates(posts=Rate(360)))
    assert [claim.wait for claim in taken] == pytest.approx([0, 1 / 6])


def test_what_has_no_turn_stays_as_it_was(house: House) -> None:
    """However many wait for the method of a workspace, their rows are not written."""
    for number in range(3):
        house.say(f"{number}", f"c{number}")
    slow = Rates(posts=Rate(6))
    assert len(house.claim(slow)) == 1
    assert [house.row(f"{number}").next_try_at for number in range(3)] == [0, 0, 0]
    # Sooner than the lease of the first, and not before there is room.
    assert house.wait(rates=slow) == pytest.approx(10, abs=4)


# Edits


def test_an_edit_waits_for_its_post_without_keeping_anybody_busy(house: House) -> None:
    house.say()
    house.refresh()
    claim = only(house)
    assert claim.operation == "post"
    assert house.wait() == pytest.approx(SETTLE, abs=5)  # the lease of the post
    house.write(outcomes.outcome_unknown, claim, "reset", SETTLE)
    assert house.claim() == []
    assert house.wait() == pytest.approx(SETTLE, abs=5)  # when the post is looked up
    house.write(outcomes.post_sent, claim, STANDS, "old")
    edit = only(house)
    assert (edit.operation, edit.shown) == ("edit", "old")


def test_from_the_first_attempt_on_it_is_in_doubt_what_a_post_shows(house: House) -> None:
    posted(house)
    house.refresh()
    edit = only(house)
    assert (edit.shown, house.row().shown) == ("old", None)
    house.write(outcomes.outcome_unknown, edit, "reset", SETTLE)
    assert house.states() == {"note": "sent", "note*": "queued"}
    assert house.claim() == []  # the first may still land, and must not do so after the second
    house.age()
    again = only(house)
    assert again.shown is None
    house.write(outcomes.edit_sent, again, house.row().delivery_id, "new")
    assert (house.row().shown, house.edit_row().state) == ("new", "sent")
    assert house.edit_row().attempts == 0


def test_a_change_during_an_edit_makes_another(house: House) -> None:
    posted(house)
    house.refresh()
    edit = only(house)
    house.refresh()
    assert house.edit_row().state == "sending"
    house.write(outcomes.edit_sent, edit, house.row().delivery_id, "new")
    assert house.edit_row().state == "queued"
    newest = only(house)
    assert (newest.version, newest.shown) == (2, "new")


def test_a_refused_edit_does_not_take_a_newer_one_with_it(house: House) -> None:
    posted(house)
    house.refresh()
    edit = only(house)
    house.refresh()
    house.write(outcomes.failed, edit, "msg_too_long")
    newest = only(house)
    assert newest.version == 2
    house.write(outcomes.failed, newest, "msg_too_long")
    assert house.edit_row().state == "failed"
    house.refresh()
    assert house.edit_row().state == "queued"


def test_an_edit_that_was_lost_does_not_say_what_the_post_shows(house: House) -> None:
    posted(house)
    house.refresh()
    lost = only(house)
    house.age(2 * SETTLE + 2)
    house.doubts()  # its process ended
    newer = only(house)
    house.write(outcomes.edit_sent, newer, house.row().delivery_id, "newer")
    house.write(outcomes.edit_sent, lost, house.row().delivery_id, "older")
    assert house.row().shown == "newer"


def test_an_expired_edit_is_sent_again_once_the_first_cannot_land(house: House) -> None:
    posted(house)
    house.refresh()
    only(house)
    house.age(SETTLE + 1)
    house.doubts()
    assert house.edit_row().state == "queued"
    assert house.claim() == []
    assert house.wait() == pytest.approx(SETTLE - 1, abs=5)


# Rest


def test_what_expires_while_it_waits_is_seen_at_once(house: House) -> None:
    house.say(expires_in=60)
    house.write(outcomes.not_sent, only(house), "no connection", 3_600.0)
    assert house.wait() == pytest.approx(3_600, abs=5)
    house.later(60)
    wait = house.wait()
    assert wait is not None
    assert wait < 0
