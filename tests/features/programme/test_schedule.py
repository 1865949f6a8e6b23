"""When a session is next told: the rules of leads at their edges, and for any moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.programme.schedule import (
    last_reminder,
    next_announcement,
    next_reminder,
    reminder_lead,
)

NINE = datetime(2024, 12, 12, 9, tzinfo=UTC)
LEAD = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("now", "announcement", "reminder"),
    [
        (NINE - LEAD - MINUTE, NINE - LEAD, NINE - LEAD),
        (NINE - LEAD, NINE - LEAD, None),
        (NINE - MINUTE, NINE - LEAD, None),
        (NINE, None, None),
    ],
)
def test_what_was_not_told(
    now: datetime, announcement: datetime | None, reminder: datetime | None
) -> None:
    assert next_announcement(NINE, None, LEAD, now) == announcement
    assert next_reminder(NINE, None, LEAD, now) == reminder


@pytest.mark.parametrize(
    ("start", "now", "again"),
    [
        (NINE + LEAD, NINE - LEAD, False),
        (NINE + LEAD + MINUTE, NINE - LEAD, True),
        (NINE + LEAD + MINUTE, NINE + MINUTE, False),
        (NINE - LEAD - MINUTE, NINE - 3 * LEAD, True),
        (NINE - LEAD, NINE - 3 * LEAD, False),
    ],
)
def test_what_was_told_is_told_again_only_for_a_larger_move(
    start: datetime, now: datetime, again: bool
) -> None:
    expected = start - LEAD if again else None
    assert next_announcement(start, NINE, LEAD, now) == expected
    assert next_reminder(start, NINE, LEAD, now) == expected


minutes = st.integers(-600, 600).map(lambda some: NINE + some * MINUTE)
leads = st.integers(1, 240).map(lambda some: some * MINUTE)


@given(minutes, st.none() | minutes, leads, minutes)
def test_any_move(start: datetime, told: datetime | None, lead: timedelta, now: datetime) -> None:
    announcement = next_announcement(start, told, lead, now)
    reminder = next_reminder(start, told, lead, now)
    assert announcement in (None, start - lead)
    assert reminder in (None, announcement)
    if reminder is not None:
        assert reminder > now
    if announcement is not None:
        assert start > now
        assert told is None or (announcement > now and abs(start - told) > lead)


@pytest.mark.parametrize(("lead", "last"), [(1, 0.5), (4, 2), (5, 2), (60, 2)])
def test_the_last_reminder(lead: int, last: float) -> None:
    assert last_reminder(NINE, lead * MINUTE) == NINE - last * MINUTE


@given(people=st.integers(0, 100_000), lead=st.integers(1, 60), pace=st.floats(1, 1_000))
def test_the_last_of_any_crowd_is_reminded_in_time(people: int, lead: int, pace: float) -> None:
    begins = NINE - reminder_lead(lead * MINUTE, people, pace)
    ends = begins + people / pace * MINUTE
    assert begins <= NINE - lead * MINUTE
    assert ends <= last_reminder(NINE, lead * MINUTE) + timedelta(milliseconds=1)
