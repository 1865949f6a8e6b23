"""The event file: what it may say, what applying it changes, and that it can be applied again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.history import Change
from bot.features.events.actions import (
    AnotherEventIsActiveError,
    apply_event,
    close_event,
    join_workspace,
)
from bot.features.events.model import Budget, UnreadableEventError, parse_event
from bot.features.events.queries import (
    NoEventError,
    SeveralEventsError,
    UnknownEventError,
    active_event,
    event_settings,
    find_event,
    workspace_ids,
)
from bot.features.programme.leads import reschedule
from tests.support.factories import EARLY, EVENT, World, at, event_file, talk


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('zone = "Europe/Paris"', 'zone = "Mars"', "zone: Value error, 'Mars' is not a time zone"),
        ('zone = "Europe/Paris"', 'zome = "Europe/Paris"', "zone: Field required"),
        ('title = "Congrès"', 'title = "C"\nroms = 1', "roms: Extra inputs are not permitted"),
        ('general = "programme"', 'generall = "x"', "channels.generall: Extra inputs"),
        ('general = "programme"', 'general = "#Programme"', "channels.general: String should"),
        ("last_day = 2024-12-13", "last_day = 2024-12-11", "last_day: Value error, it is before"),
        ('id = "sme"', 'id = "startup"', "profile_kinds: Value error, startup stands twice"),
        ("[channels]", "[channels", "Expected ']' at the end of a table declaration"),
    ],
)
def test_a_file_that_cannot_be_used(old: str, new: str, why: str) -> None:
    with pytest.raises(UnreadableEventError) as raised:
        parse_event(EVENT.replace(old, new))
    assert why in str(raised.value)


@pytest.mark.parametrize(
    ("quiet", "clock", "expected"),
    [
        ((time(20), time(7, 30)), "19:59", False),
        ((time(20), time(7, 30)), "20:00", True),
        ((time(20), time(7, 30)), "07:29", True),
        ((time(20), time(7, 30)), "07:30", False),
        ((time(1), time(7)), "23:00", False),
        ((time(1), time(7)), "03:00", True),
        ((time(0), time(0)), "03:00", False),
    ],
)
def test_quiet_hours(quiet: tuple[time, time], clock: str, expected: bool) -> None:
    budget = Budget(quiet_from=quiet[0], quiet_until=quiet[1])
    assert budget.quiet_hours.holds(at(clock)) is expected


def changes_recorded(session: Session) -> int:
    count = select(func.count()).where(Change.what == "event.applied")
    return session.scalar(count) or 0


def test_applying_shows_what_differs_and_once_is_enough(session: Session) -> None:
    first = apply_event(session, event_file(), EARLY)
    assert ("title", None, "Congrès") in first
    assert apply_event(session, event_file(), EARLY) == []
    moved = event_file(zone="America/Montreal", title="Congress")
    expected = [("title", "Congrès", "Congress"), ("zone", "Europe/Paris", "America/Montreal")]
    assert apply_event(session, moved, EARLY, apply=False) == expected
    assert event_settings(session, find_event(session)) == event_file()
    assert apply_event(session, moved, EARLY) == expected
    assert event_settings(session, find_event(session)) == moved
    assert apply_event(session, moved, EARLY) == []
    assert changes_recorded(session) == 2


def test_a_kind_that_leaves_the_file_is_retired_and_may_return(session: Session) -> None:
    apply_event(session, event_file(), EARLY)
    event_id = find_event(session)
    fewer = event_file(profile_kinds=event_file().model_dump()["profile_kinds"][:1])
    assert [name for name, _, _ in apply_event(session, fewer, EARLY)] == ["profile_kinds"]
    assert [kind.id for kind in event_settings(session, event_id).profile_kinds] == ["startup"]
    assert apply_event(session, fewer, EARLY) == []
    apply_event(session, event_file(), EARLY)
    assert event_settings(session, event_id) == event_file()


def test_which_event_is_meant(session: Session) -> None:
    with pytest.raises(NoEventError):
        find_event(session)
    apply_event(session, event_file(), EARLY)
    apply_event(session, event_file(slug="other"), EARLY)
    with pytest.raises(SeveralEventsError):
        find_event(session)
    assert find_event(session, "other") != find_event(session, "congress")
    join_workspace(session, find_event(session, "congress"), "slack", "T1")
    session.flush()
    with pytest.raises(AnotherEventIsActiveError):
        join_workspace(session, find_event(session, "other"), "slack", "T1")


@pytest.mark.parametrize(
    ("timing", "now", "announce", "remind"),
    [
        ({"announce_minutes": 30, "remind_minutes": 10}, "08:00", "08:30", "08:50"),
        ({"announce_minutes": 5, "remind_minutes": 1}, "08:00", "08:55", "08:59"),
        # The longer lead has begun already: told now.
        ({"announce_minutes": 60, "remind_minutes": 60}, "08:30", "08:00", "08:30"),
    ],
)
def test_another_lead_moves_what_was_not_yet_told(
    world: World, timing: dict[str, Any], now: str, announce: str, remind: str
) -> None:
    world.imports(talk("A", at("09:00")))
    apply_event(world.session, event_file(timing=timing), at(now))
    reschedule(world.session, world.event_id, at(now))
    row = world.row("A")
    assert (row.next_announce_at, row.next_remind_at) == (at(announce), at(remind))


def test_what_was_told_is_not_told_again_for_another_lead(world: World) -> None:
    world.imports(talk("A", at("09:00")))
    world.until(at("08:57"))
    assert len(world.told()) == 1
    apply_event(world.session, event_file(timing={"announce_minutes": 2}), at("08:57"))
    reschedule(world.session, world.event_id, at("08:57"))
    world.until(at("09:30"))
    assert len(world.told()) == 1


def test_who_joins_is_greeted_on_the_days_of_the_event_and_the_day_before() -> None:
    days: list[tuple[datetime, bool]] = [
        (at("23:59", day=10), False),
        (at("00:00", day=11), True),
        (at("23:59", day=13), True),
        (at("23:59", day=13) + timedelta(minutes=1), False),
    ]
    assert [event_file().welcomes_at(moment) for moment, _ in days] == [one for _, one in days]


def test_a_workspace_goes_from_one_event_to_the_next(session: Session) -> None:
    first, second = (_applied(session, slug) for slug in ("first", "second"))
    join_workspace(session, first, "slack", "T1")
    with pytest.raises(AnotherEventIsActiveError, match="close --event first"):
        join_workspace(session, second, "slack", "T1")
    close_event(session, first, EARLY)
    join_workspace(session, second, "slack", "T1")
    assert active_event(session, "T1") == second
    assert workspace_ids(session, first) == []


def test_an_event_is_found_by_its_name(session: Session) -> None:
    with pytest.raises(NoEventError):
        find_event(session)
    first = _applied(session, "first")
    assert find_event(session) == find_event(session, "first") == first
    with pytest.raises(UnknownEventError, match=r"no event called second; there is: first\."):
        find_event(session, "second")
    _applied(session, "second")
    with pytest.raises(SeveralEventsError, match="first, second"):
        find_event(session)


def _applied(session: Session, slug: str) -> str:
    apply_event(session, event_file(slug=slug), EARLY)
    return find_event(session, slug)
