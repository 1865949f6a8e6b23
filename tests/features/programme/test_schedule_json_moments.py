"""Reading schedule.json: when sessions start and end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.features.programme.formats.moments import duration
from tests.support.programmes import one, utc, warned


def test_an_offset_in_the_file_wins() -> None:
    session = one({"date": "2024-05-01T10:00:00-04:00"}, time_zone_name="UTC")
    assert session.starts_at == utc(2024, 5, 1, 14, 0)


@pytest.mark.parametrize(
    ("conference", "hour"), [({}, 8), ({"time_zone_name": "America/New_York"}, 14)]
)
def test_a_local_time_is_of_the_file_or_else_of_the_event(
    conference: dict[str, str], hour: int
) -> None:
    local = {"date": None, "start": "09:00"}
    session = one(local, day={"date": "2019-12-12"}, **conference)
    assert session.starts_at == utc(2019, 12, 12, hour, 0)
    assert one({"date": "2019-12-12 09:00"}, **conference) == session
    assert one({"date": "2019-12-12T00:00:00", "start": "9:00"}, **conference) == session


@pytest.mark.parametrize("day_start", ["2019-12-12T08:00:00+01:00", "2019-12-12T08:00", "08:00"])
@pytest.mark.parametrize(
    ("date", "start", "expected"),
    [
        (None, "23:30", utc(2019, 12, 12, 22, 30)),
        (None, "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-12", "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-13", "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-13T01:30:00+01:00", "01:30", utc(2019, 12, 13, 0, 30)),
    ],
)
def test_a_day_lasts_beyond_midnight(
    day_start: str, date: str | None, start: str, expected: datetime
) -> None:
    day = {"date": "2019-12-12", "day_start": day_start}
    session = one({"date": date, "start": start, "duration": "2:00"}, day=day)
    assert session.starts_at == expected
    assert session.ends_at == expected + timedelta(hours=2)


@pytest.mark.parametrize("change", ["2024-03-31", "2024-10-27"])
def test_a_duration_is_absolute_when_the_clocks_change(change: str) -> None:
    session = one({"date": f"{change}T01:30:00", "duration": "03:00"})
    assert session.ends_at - session.starts_at == timedelta(hours=3)


def test_a_time_that_the_clocks_skip() -> None:
    session, warning = warned({"date": "2024-03-31T02:30:00"})
    assert session.starts_at == utc(2024, 3, 31, 1, 30)
    assert warning == "The clocks skip 2024-03-31 02:30; 2024-03-31 03:30+02:00 is used."


def test_a_time_that_the_clocks_show_twice() -> None:
    session, warning = warned({"date": "2024-10-27T02:30:00"})
    assert session.starts_at == utc(2024, 10, 27, 0, 30)
    assert warning == "The clocks show 2024-10-27 02:30 twice that day; the first time is used."


def test_an_offset_tells_the_two_apart() -> None:
    second = one({"date": "2024-10-27T02:30:00+01:00", "start": "02:30"})
    assert second.starts_at == utc(2024, 10, 27, 1, 30)


def test_a_start_that_was_edited_without_its_date() -> None:
    session, warning = warned({"start": "09:30"})
    assert session.starts_at == utc(2019, 12, 12, 8, 0)
    assert warning == (
        "The date and the start disagree (2019-12-12T09:00:00+01:00, 09:30); the date is used."
    )
    # The same moment, told in UTC and in the zone of the event, is no disagreement.
    assert one({"date": "2019-12-12T08:00:00Z", "start": "09:00"}).starts_at == session.starts_at


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ("00:45", 45),
        ("1:05", 65),
        ("100:00", 6000),
        ("1:02:30", 24 * 60 + 150),
        ("45", 45),
        (45, 45),
        (45.0, 45),
        ("PT45M", 45),
        ("pt1h30m", 90),
        ("P1DT2H", 26 * 60),
        ("00:00", 0),
    ],
)
def test_durations(given: object, minutes: int) -> None:
    assert duration(given) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "given",
    ["", "P", "PT", "45 min", "00:75", "01:30:00", "-00:30", -5, True, 1e300, [], {}, "99999"],
)
def test_what_is_no_duration(given: object) -> None:
    assert duration(given) is None


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2019-12-12T09:45:00+01:00", utc(2019, 12, 12, 8, 45)),
        ("2019-12-12T09:45", utc(2019, 12, 12, 8, 45)),
        ("09:45", utc(2019, 12, 12, 8, 45)),
    ],
)
def test_an_end_instead_of_a_duration(end: str, expected: datetime) -> None:
    assert one({"duration": None, "end": end}).ends_at == expected


def test_a_date_that_cannot_be_read_beside_a_day_that_can() -> None:
    session, warning = warned({"date": "2019-13-12", "start": "09:00"}, day={"date": "2019-12-12"})
    assert session.starts_at == utc(2019, 12, 12, 8, 0)
    assert warning == ("The date cannot be read (2019-13-12); the day it is listed under is used.")


def test_an_end_after_midnight() -> None:
    late = {"date": "2019-12-12T23:00:00+01:00", "duration": "", "end": "01:00"}
    assert one(late).ends_at == utc(2019, 12, 13, 0, 0)


def test_a_session_of_no_length() -> None:
    session, warning = warned({"duration": 0})
    assert session.starts_at == session.ends_at
    assert warning == "The session lasts no time: it ends when it starts."
