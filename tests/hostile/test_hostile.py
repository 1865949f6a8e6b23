"""A small hostile run: the command's own parts, and that nothing of it breaks the bot."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.drill.databases import temporary_database
from bot.hostile.attack import Figures, attack
from bot.hostile.day import STOPS
from bot.log import configure_logging


def test_no_payload_breaks_the_bot() -> None:
    """Of every kind of event, press, form, command and shortcut that it listens to."""
    try:
        with temporary_database("sqlite") as url:
            figures = asyncio.run(attack(url, 1_000, 1, STOPS[:1]))
    finally:
        configure_logging("warning", "json")
    assert figures.traces == []
    assert figures.unexpected == Counter()
    assert figures.kinds_missing == []
    assert figures.clean
    assert figures.statuses_forged.keys() <= {"401", "413"}
    assert figures.forged == 100


def test_what_is_wrong_is_not_clean() -> None:
    fine = Figures(payloads=10, reached_a_listener=5)
    assert fine.clean
    assert (fine + fine).clean
    for wrong in (
        Figures(payloads=10, reached_a_listener=4),
        Figures(stack_traces=1),
        Figures(server_errors=1),
        Figures(forged_written=1),
        Figures(forged_reached_a_listener=1),
        Figures(unexpected=Counter({"unsigned: 200": 1})),
        Figures(kinds_missing=["event: team_join"]),
        Figures(personal_lines=1),
    ):
        assert not wrong.clean
        assert not (wrong + fine).clean or wrong.reached_a_listener == 4
