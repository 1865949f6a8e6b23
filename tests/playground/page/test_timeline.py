"""Where things stand on the band of days."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.playground.page.surroundings import Session
from bot.playground.page.timeline import Bar, Mark, days

ZONE = ZoneInfo("Europe/Paris")
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=ZONE)


def session(title: str, room: str, minutes: int, length: int = 60) -> Session:
    starts = NINE + timedelta(minutes=minutes)
    return Session(title, room, starts, starts + timedelta(minutes=length))


def test_a_day_reaches_from_half_an_hour_before_its_first_session_to_its_last_end() -> None:
    [first, second] = days(
        [session("Clôture", "A", 24 * 60), session("Ouverture", "A", 0, 30),
         session("Atelier", "B", 30)],
        [], None, ZONE,
    )  # fmt: skip
    assert (first.opens, first.closes) == (
        NINE - timedelta(minutes=30),
        NINE + timedelta(hours=1.5),
    )
    assert first.minutes == 120
    assert first.bars == [Bar(25, 25, 0, False), Bar(50, 50, 1, False)]
    assert [stop.titles for stop in second.stops] == [["Clôture"]]


def test_what_begins_a_little_later_belongs_to_the_stop_before() -> None:
    """A finger needs some width; one jumps to the earliest of them."""
    [day] = days(
        [session("A", "A", 0), session("B", "B", 0), session("C", "C", 15), session("D", "D", 25)],
        [], None, ZONE,
    )  # fmt: skip
    assert [(stop.moment, stop.titles) for stop in day.stops] == [
        (NINE, ["A", "B", "C"]),
        (NINE + timedelta(minutes=25), ["D"]),
    ]


def test_the_next_due_moment_stands_out_and_other_days_have_none_of_it() -> None:
    due = NINE + timedelta(minutes=30)
    known = [NINE - timedelta(minutes=15), due, NINE + timedelta(days=3)]
    [day] = days([session("A", "A", 0, 90)], known, due, ZONE)
    assert day.marks == [Mark(12.5, False), Mark(50, True)]


def test_an_event_without_a_programme_has_no_band() -> None:
    assert days([], [NINE], NINE, ZONE) == []
