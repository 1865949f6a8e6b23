"""Rounds come from the programme, follow it, and close in time."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo import sample_bytes, sample_event
from bot.features.introductions.model import Break, moments, sizes
from bot.features.introductions.tables import Round
from bot.features.programme.formats.schedule_json import parse_schedule_json
from tests.features.introductions.support import LUNCH, MORNING, TALK, Rounds
from tests.support.factories import at, event_file, talk


def test_the_sample_has_two_a_day() -> None:
    event = sample_event()
    programme = parse_schedule_json(
        sample_bytes("schedule.json"), zone=event.zone, kinds=event.session_kinds
    )
    breaks = [
        Break(one.source_id, (one.code or "", one.source_id), one.starts_at, one.ends_at)
        for one in programme.sessions
        if one.kind == "networking"
    ]
    found = sizes(breaks, event)
    starts = {one.session_id: one.starts_at.astimezone(event.tz) for one in breaks}
    assert sorted((f"{starts[one]:%d %H:%M}", size) for one, size in found.items()) == [
        ("12 10:30", 2),
        ("12 12:30", 4),
        ("13 10:45", 2),
        ("13 12:00", 4),
    ]


def breaks_at(*clocks: str, minutes: int = 30) -> list[Break]:
    talks = [talk(clock, at(clock), minutes) for clock in clocks]
    return [Break(one.source_id, ("", one.source_id), one.starts_at, one.ends_at) for one in talks]


@pytest.mark.parametrize("clock", ["08:30", "09:15", "15:45", "18:00", "20:00"])
def test_no_round_early_late_or_in_the_afternoon(clock: str) -> None:
    assert sizes(breaks_at(clock), event_file()) == {}


def test_only_the_first_break_of_the_morning_and_none_too_short() -> None:
    assert sizes(breaks_at("10:00", "11:00", "12:30"), event_file()) == {"10:00": 2, "12:30": 4}
    assert sizes(breaks_at("10:00", minutes=21), event_file()) == {}


def test_the_event_file_decides() -> None:
    told = event_file(introductions={"breaks": {"10:00": 0, "15:45": 3}})
    assert sizes(breaks_at("10:00", "12:30", "15:45"), told) == {"12:30": 4, "15:45": 3}
    assert sizes(breaks_at("10:00"), event_file(introductions={"enabled": False})) == {}


@pytest.mark.parametrize(
    ("coming", "size", "closes"),
    [(0, 2, "10:08"), (98, 2, "10:08"), (100, 2, "10:07"), (480, 4, "10:06")],
)
def test_sign_up_closes_so_early_that_all_conversations_stand(
    coming: int, size: int, closes: str
) -> None:
    found = moments(at("10:30"), coming, size)
    assert (found.closes_at, found.opens_at, found.window_at) == (
        at(closes),
        at("10:10"),
        at("10:37"),
    )


def test_rounds_are_there_as_soon_as_the_programme_is(rounds: Rounds) -> None:
    assert (rounds.round("M").size, rounds.round("L").size) == (2, 4)
    assert (rounds.round("M").calls_at, rounds.round("M").window_at) == (at("09:00"), at("10:37"))


def test_a_moved_break_moves_its_round(rounds: Rounds) -> None:
    later = talk("M", at("10:50"), kind="networking", room="Village")
    rounds.imports_now(TALK, later, LUNCH, now=at("08:30"))
    assert (rounds.round().window_at, rounds.round().closes_at) == (at("10:57"), at("10:28"))
    rounds.imports_now(TALK, MORNING, LUNCH, now=at("08:40"))
    assert rounds.round().window_at == at("10:37")
    assert len(rounds.session.scalars(select(Round)).all()) == 2


def test_a_cancelled_break_cancels_its_round_and_tells(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    rounds.come(ada)
    rounds.imports_now(TALK, LUNCH, now=at("08:30"))
    rounds.deliver()
    assert rounds.round().state == "cancelled"
    assert rounds.words_to("Ada") == [
        "Rencontres de 10 h 30 : annulées, la pause n'a pas lieu comme prévu."
    ]
    assert rounds.words_to("Bo") == []
    rounds.imports_now(TALK, MORNING, LUNCH, now=at("08:40"))
    assert rounds.round().state == "planned"
    assert rounds.come(bo, now=at("08:45")) == ["noted"]


def test_a_break_that_becomes_known_too_late_has_no_round(session: Session) -> None:
    rounds = Rounds(session)
    tea = talk("C", at("11:20"), kind="networking")
    rounds.imports_now(TALK, tea, LUNCH, now=at("11:00"))
    assert rounds.round("C").state == "over"
    rounds.passes(at("13:00"))
    assert rounds.introductions("C") == []


def test_nothing_is_due_once_the_rounds_are_over(rounds: Rounds) -> None:
    from bot.features.introductions import jobs

    rounds.passes(at("20:00"))
    assert [rounds.round(one).state for one in "ML"] == ["over", "over"]
    assert jobs.next_due(rounds.session, rounds.event_id) is None
