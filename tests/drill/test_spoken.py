"""The judge of what organisers say in the drill: it sees what is missing, twice, or still stands."""

from __future__ import annotations

from bot.drill.plan import How, Kill
from bot.drill.spoken import ALARMED, ANNOUNCED, amid_the_alert


def test_one_of_the_kills_within_a_send_falls_into_the_alert() -> None:
    busy, sending = Kill(How.BUSY, 0.1), Kill(How.IN_SEND)
    plan = {ANNOUNCED: [sending, busy], ALARMED: [busy]}
    assert amid_the_alert(plan) == {ANNOUNCED: [busy], ALARMED: [sending, busy]}
    assert amid_the_alert({ANNOUNCED: [busy]}) == {ANNOUNCED: [busy]}
    assert plan == {ANNOUNCED: [sending, busy], ALARMED: [busy]}
