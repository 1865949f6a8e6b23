"""When there was no bot at all, of several."""

from __future__ import annotations

from pathlib import Path

from bot.drill.fleet import Fleet, merged


def test_time_is_counted_once() -> None:
    assert merged([(5, 6), (1, 2), (1.5, 3), (6, 7)]) == [(1, 3), (5, 7)]


def test_there_is_a_bot_while_any_is_there(tmp_path: Path) -> None:
    fleet = Fleet({}, tmp_path, 3)
    for bot, away in zip(fleet.bots, ([(1, 5), (8, 9)], [(2, 6)], [(0, 3), (4, 9)]), strict=True):
        bot.away = [(float(start), float(end)) for start, end in away]
    assert fleet.away == [(2, 3), (4, 5)]
