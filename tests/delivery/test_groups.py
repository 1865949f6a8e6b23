"""Posts to people who are told together: one conversation, opened at a pace of its own."""

from __future__ import annotations

from bot.delivery import outcomes, settling
from bot.delivery.gateway import NotSentError, OutcomeUnknownError, ThrottledError
from bot.delivery.pace import Rate, Rates
from tests.delivery.support import GROUPS, House

RATES = Rates(posts=Rate(6_000, burst=1_000), opens=Rate(60, burst=5))


def a_group(house: House, name: str = "group") -> str:
    GROUPS[name] = ("UB", "UA")
    return name


def test_they_read_it_together(house: House) -> None:
    house.say("a", a_group(house))
    house.turn()
    assert house.said == [("UA+UB", "a")]
    house.refresh("a", "moved")
    house.turn()
    assert house.said == [("UA+UB", "moved")]


def test_a_post_in_doubt_is_found_in_their_conversation(house: House) -> None:
    house.gateway.failures = [OutcomeUnknownError("reset")]
    house.say("a", a_group(house))
    house.turn()
    assert house.states() == {"a": "unknown"}
    house.age()
    house.turn()
    assert (house.states(), house.said) == ({"a": "sent"}, [("UA+UB", "a")])


def test_nothing_is_written_once_they_are_apart(house: House) -> None:
    """Neither what waits, nor an edit, nor what is in doubt."""
    house.say("stands", a_group(house))
    house.turn()
    house.gateway.failures = [OutcomeUnknownError("reset")]
    house.say("doubt", "group")
    house.turn()
    GROUPS["group"] = ()
    house.say("late", "group")
    house.refresh("stands", "changed")
    house.turn()
    house.age()
    house.turn()
    assert [words for _, words in house.said] == ["stands", "doubt"]
    assert house.states() == {
        "stands": "sent",
        "stands*": "dropped",
        "doubt": "dropped",
        "late": "dropped",
    }


def test_conversations_open_at_their_own_pace_and_hold_nobody_else_up(house: House) -> None:
    for number in range(8):
        house.say(str(number), a_group(house, f"g{number}"))
    house.say("elsewhere")
    # A burst of five; the others wait for their turn, posts to channels do not.
    assert len(house.claim(RATES)) == 6
    house.age(1)
    assert len(house.claim(RATES)) == 1


def test_what_was_opened_too_fast_pauses_openings_alone(house: House) -> None:
    house.say("a", a_group(house))
    [claim] = house.claim(RATES)
    house.write(outcomes.throttled, claim, ThrottledError(600.0, opening=True), RATES)
    house.say("b", a_group(house, "other"))
    house.say("elsewhere")
    [other] = house.claim(RATES)
    assert house.row("elsewhere").delivery_id == other.delivery_id


def test_a_look_opens_the_conversation_too(house: House) -> None:
    house.gateway.failures = [OutcomeUnknownError("reset")]
    house.say("a", a_group(house))
    house.turn()
    house.age()
    [doubt] = house.doubts(RATES)
    assert doubt.group_id == "group"
    house.write(settling.look_throttled, doubt, ThrottledError(600.0, opening=True), RATES)
    house.age(300)
    assert house.doubts(RATES) == []
    house.say("b", "group")
    assert house.claim(RATES) == []


def test_what_could_not_be_opened_was_not_sent(house: House) -> None:
    house.gateway.failures = [NotSentError("request_timeout")]
    house.say("a", a_group(house))
    house.turn()
    assert house.states() == {"a": "queued"}
    house.age()
    house.turn()
    assert house.said == [("UA+UB", "a")]
