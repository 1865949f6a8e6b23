"""The rules of running late: exact cases, and what holds of every programme."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.programme.delays import (
    ENOUGH_OF_A_BREAK,
    JUST_OVER,
    Made,
    Shift,
    Slot,
    alone,
    can_be_late,
    shifts,
    stands_on,
    undone_too_late,
)
from tests.support.factories import PARIS, at

NOW = at("09:45")


def slot(name: str, start: str, end: str, room: str = "Descartes") -> Slot:
    return Slot(name, room, room == "Village", at(start), at(end))


TABLE = slot("table", "09:30", "10:30")
BREAK = slot("break", "10:30", "11:00", "Village")
TALK = slot("talk", "11:00", "11:45")
BALZAC = slot("balzac", "11:00", "11:45", "Balzac")
PITCHES = slot("pitches", "11:45", "12:30")
LUNCH = slot("lunch", "12:30", "14:00", "Village")
MORNING = [TABLE, BREAK, TALK, BALZAC, PITCHES, LUNCH]


def moved(
    slots: list[Slot], late: Slot, minutes: int, now: datetime = NOW, *, whole: bool = False
) -> dict[str, tuple[int, int]]:
    """By session: by how many minutes its start and its end move."""
    found = shifts(slots, late, timedelta(minutes=minutes), now, PARIS, whole=whole)
    minute = timedelta(minutes=1)
    return {one.session_id: (one.start_by // minute, one.end_by // minute) for one in found}


def test_the_break_in_another_room_absorbs_what_everybody_waits_for() -> None:
    assert moved(MORNING, TABLE, 10) == {"table": (0, 10), "break": (10, 0)}


def test_a_break_keeps_a_quarter_of_an_hour_and_then_everything_after_it_moves() -> None:
    assert moved(MORNING, TABLE, 15) == {"table": (0, 15), "break": (15, 0)}
    assert moved(MORNING, TABLE, 20) == {
        "table": (0, 20),
        "break": (20, 5),
        "talk": (5, 5),
        "balzac": (5, 5),
        "pitches": (5, 5),
        "lunch": (5, 0),
    }


def test_a_break_that_is_short_anyway_keeps_its_length() -> None:
    short = slot("break", "10:30", "10:40", "Village")
    assert moved([TABLE, short], TABLE, 5) == {"table": (0, 5), "break": (5, 5)}


def test_a_gap_absorbs_first_and_the_rest_moves() -> None:
    talk = slot("talk", "10:35", "11:00")
    after = slot("after", "11:02", "11:30")
    assert moved([TABLE, talk, after], TABLE, 5) == {"table": (0, 5)}
    assert moved([TABLE, talk, after], TABLE, 10) == {
        "table": (0, 10),
        "talk": (5, 5),
        "after": (3, 3),
    }


def test_where_others_run_beside_the_break_begins_on_time_for_them() -> None:
    beside = slot("beside", "09:30", "10:30", "Balzac")
    assert moved([*MORNING, beside], TABLE, 10) == {"table": (0, 10)}
    assert moved([*MORNING, beside], TABLE, 35) == {
        "table": (0, 35),
        "talk": (5, 5),
        "pitches": (5, 5),
        "lunch": (5, 0),  # nothing runs beside the pitches
    }


def test_the_whole_programme_moves_where_everybody_was_there_and_the_room_alone_else() -> None:
    everything = dict.fromkeys(("break", "talk", "balzac", "pitches", "lunch"), (10, 10))
    assert moved(MORNING, TABLE, 10, whole=True) == {"table": (0, 10)} | everything
    assert moved(MORNING, TALK, 10, at("11:30"), whole=True) == {
        "talk": (0, 10),
        "pitches": (10, 10),
        "lunch": (10, 0),
    }
    assert moved(MORNING, BALZAC, 10, at("11:30"), whole=True) == {"balzac": (0, 10)}


def test_the_next_day_is_another_day() -> None:
    tomorrow = replace(TALK, session_id="tomorrow", starts_at=at("09:00", 13))
    tomorrow = replace(tomorrow, ends_at=at("10:00", 13))
    assert "tomorrow" not in moved([TABLE, tomorrow], TABLE, 60, whole=True)


def test_what_has_not_begun_begins_later() -> None:
    assert moved(MORNING, TABLE, 10, at("09:20")) == {"table": (10, 10), "break": (10, 0)}


def test_what_is_just_over_may_still_run_on() -> None:
    slots = [TABLE, BREAK, TALK]
    assert can_be_late(TABLE, slots, at("10:31"))
    assert not can_be_late(TABLE, slots, TABLE.ends_at + JUST_OVER)
    begun = slot("next", "10:30", "10:50")
    assert not can_be_late(TABLE, [TABLE, begun], at("10:31"))
    assert moved(slots, TABLE, 5, at("10:31")) == {"table": (0, 5)}


def test_the_later_delay_goes_first() -> None:
    here, there = Made("A", frozenset("A")), Made("B", frozenset("B"))
    everywhere = Made("B", frozenset(("B", "Village")))
    assert stands_on(here, here)
    assert not stands_on(there, here)
    assert stands_on(everywhere, here)
    assert stands_on(here, everywhere)


def test_nothing_is_taken_back_to_before_now() -> None:
    made = at("09:45")
    assert not undone_too_late([at("10:30")], made, at("10:29"))
    assert undone_too_late([at("10:30"), at("11:00")], made, at("10:30"))
    assert not undone_too_late([at("09:40")], made, at("09:46"))


# ----------------------------------------------------------------


@st.composite
def programmes(draw: st.DrawFn) -> list[Slot]:
    """A day in three rooms, breaks among them, some sessions at the same time in one room."""
    slots = []
    for n in range(draw(st.integers(1, 9))):
        start = draw(st.integers(0, 40)) * 5
        length = draw(st.sampled_from((5, 10, 15, 30, 45, 90)))
        room = draw(st.sampled_from(("A", "B", "Village")))
        begins = at("09:00") + timedelta(minutes=start)
        slots.append(
            Slot(f"s{n}", room, draw(st.booleans()), begins, begins + timedelta(minutes=length))
        )
    return slots


MOMENTS = st.integers(-30, 200).map(lambda minutes: at("09:00") + timedelta(minutes=minutes))
MINUTES = st.integers(1, 60).map(lambda minutes: timedelta(minutes=minutes))


def after(slots: list[Slot], found: list[Shift]) -> dict[str, Slot]:
    by = {one.session_id: one for one in found}
    return {
        one.session_id: one.by(by[one.session_id].start_by, by[one.session_id].end_by)
        if one.session_id in by
        else one
        for one in slots
    }


def late_one(data: st.DataObject, slots: list[Slot], now: datetime) -> Slot | None:
    able = [one for one in slots if can_be_late(one, slots, now)]
    return data.draw(st.sampled_from(able)) if able else None


@given(programmes(), MOMENTS, MINUTES, st.booleans(), st.data())
def test_what_holds_of_every_delay(
    slots: list[Slot], now: datetime, by: timedelta, whole: bool, data: st.DataObject
) -> None:
    late = late_one(data, slots, now)
    if late is None or late.ends_at + by <= now:
        return
    found = shifts(slots, late, by, now, PARIS, whole=whole)
    then = after(slots, found)
    zero = timedelta(0)
    assert then[late.session_id].ends_at == late.ends_at + by
    known = {one.session_id: one for one in slots}
    for shift in found:
        before, moved = known[shift.session_id], then[shift.session_id]
        # Nothing moves before now, nor earlier, nor by more than the delay.
        assert zero <= shift.start_by <= by
        assert zero <= shift.end_by <= by
        assert moved.ends_at > now
        # What is over or running gets no other start, and what was before is left alshift.
        if before.starts_at <= now:
            assert shift.start_by == zero
        if shift.session_id != late.session_id:
            assert before.order > late.order
            assert before.starts_at > now
            assert shift.start_by > zero
        # Everything but a break keeps its length, and a break enough of it.
        if shift.start_by > zero and not before.is_break:
            assert moved.length == before.length
        if shift.session_id != late.session_id:
            assert moved.length >= min(before.length, ENOUGH_OF_A_BREAK)
    for first in slots:
        for second in slots:
            if first.room == second.room and first.order < second.order:
                assert then[first.session_id].starts_at <= then[second.session_id].starts_at


@given(programmes(), MOMENTS, MINUTES, st.data())
def test_only_what_overlaps_moves(
    slots: list[Slot], now: datetime, by: timedelta, data: st.DataObject
) -> None:
    """Gaps absorb: a session moves to where something before it ends, and not further."""
    late = late_one(data, slots, now)
    if late is None or late.ends_at + by <= now:
        return
    found = shifts(slots, late, by, now, PARIS, whole=False)
    then = after(slots, found)
    for one in slots:
        if one.session_id == late.session_id or then[one.session_id].starts_at == one.starts_at:
            continue
        pushed_by = [
            other
            for other in slots
            if other.order < one.order
            and then[other.session_id] != other
            and then[one.session_id].starts_at
            in (then[other.session_id].ends_at, then[other.session_id].starts_at)
            and (other.room == one.room or alone(other, slots))
        ]
        assert pushed_by, one
    # And what follows in the room waits until the one before is over.
    following = [
        one
        for one in slots
        if one.room == late.room and one.starts_at >= late.ends_at and one.starts_at > now
    ]
    for one in following:
        assert then[one.session_id].starts_at >= then[late.session_id].ends_at


@given(programmes(), MOMENTS, MINUTES, MINUTES, st.booleans(), st.booleans(), st.data())
def test_two_delays_undone_in_order_restore_exactly(
    slots: list[Slot],
    now: datetime,
    first_by: timedelta,
    second_by: timedelta,
    first_whole: bool,
    second_whole: bool,
    data: st.DataObject,
) -> None:
    late = late_one(data, slots, now)
    if late is None or late.ends_at + first_by <= now:
        return
    first = shifts(slots, late, first_by, now, PARIS, whole=first_whole)
    once = list(after(slots, first).values())
    other = late_one(data, once, now)
    if other is None or other.ends_at + second_by <= now:
        return
    second = shifts(once, other, second_by, now, PARIS, whole=second_whole)
    twice = list(after(once, second).values())
    back = [Shift(one.session_id, -one.start_by, -one.end_by) for one in second]
    assert list(after(twice, back).values()) == once
    back = [Shift(one.session_id, -one.start_by, -one.end_by) for one in first]
    assert list(after(once, back).values()) == slots


@pytest.mark.parametrize("whole", [False, True])
def test_a_delay_twice_is_a_longer_one(whole: bool) -> None:
    once = after(MORNING, shifts(MORNING, TABLE, timedelta(minutes=10), NOW, PARIS, whole=whole))
    slots = list(once.values())
    again = after(
        slots, shifts(slots, once["table"], timedelta(minutes=10), NOW, PARIS, whole=whole)
    )
    longer = after(MORNING, shifts(MORNING, TABLE, timedelta(minutes=20), NOW, PARIS, whole=whole))
    assert again == longer
