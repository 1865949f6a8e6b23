"""The oracle's delays: what was worked out by hand, and the product's rules reckoned twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.drill.expected import Foretold
from bot.drill.files import Session
from bot.drill.lateness import Late, made_later
from bot.drill.oracle import foretell
from bot.features.programme.delays import Slot, can_be_late, shifts
from tests.drill.test_oracle import ANA, PARIS, RULES, at, final, messages, session

COFFEE = replace(session("C", "10:30", minutes=30, room="Village"), kind="networking")
DAY = [session("T", "09:30", minutes=60), COFFEE, session("U", "11:00"), session("V", "11:45")]


def foretold(*delays: Late, stars: Iterable[str] = "TCUV") -> Foretold:
    return foretell(RULES, [(at("07:00"), DAY)], {ANA: list(stars)}, delays=delays)


def test_a_break_absorbs_and_its_listeners_hear_once() -> None:
    found = foretold(Late(at("09:45"), "T", 10))
    assert messages(found) == [
        ("09:15", "general", "T"),
        ("09:25", ANA, "T"),
        ("09:45", ANA, "C"),
        ("10:25", "general", "C"),
        ("10:35", ANA, "C"),
        ("10:45", "general", "U"),
        ("10:55", ANA, "U"),
        ("11:30", "general", "V"),
        ("11:40", ANA, "V"),
    ]
    assert final(found, "09:15").late == {"T"}
    assert final(found, "10:25").late == set()


def test_what_is_taken_back_is_said_once_where_it_was_said() -> None:
    found = foretold(Late(at("09:45"), "T", 20, at("09:50")))
    assert messages(found)[2:6] == [
        ("09:45", ANA, "CUV"),
        ("09:50", ANA, "CUV"),
        ("09:50", "general", "T"),
        ("10:15", "general", "C"),
    ]
    assert final(found, "09:15").late == set()


def test_what_was_announced_already_has_a_notice() -> None:
    found = foretold(Late(at("10:50"), "U", 5), stars="")
    assert messages(found)[2:] == [
        ("10:45", "general", "U"),
        ("10:50", "general", "U"),
        ("11:35", "general", "V"),
    ]
    assert final(found, "10:45").late == {"U"}


def test_a_break_does_not_wait_for_what_was_to_run_beside_it_anyway() -> None:
    beside = session("W", "10:30", minutes=40, room="Auditorium")
    talk = session("T", "09:30", minutes=60, room="Auditorium")
    moved = made_later({one.id: one for one in (talk, COFFEE, beside)}, Late(at("09:45"), "T", 5))
    assert {name: f"{one.start:%H:%M}" for name, one in moved.items()} == {
        "T": "09:30",
        "C": "10:35",
        "W": "10:35",
    }


# ----------------------------------------------------------------


@st.composite
def days(draw: st.DrawFn) -> list[Session]:
    """Rooms in which one session follows another, perhaps at once."""
    found = []
    for room in ("A", "B", "Village"):
        clock = at("09:00")
        for n in range(draw(st.integers(0, 4))):
            clock += timedelta(minutes=5 * draw(st.integers(0, 6)))
            minutes = draw(st.sampled_from((5, 10, 15, 30, 60)))
            end = clock + timedelta(minutes=minutes)
            kind = "networking" if room == "Village" else "plenary"
            name = f"{room}{n}"
            found.append(Session(name, name, room, None, clock, end, kind=kind))
            clock = end
    return found


def slot(one: Session) -> Slot:
    return Slot(one.id, one.room, one.kind == "networking", one.start, one.end)


@given(days(), st.integers(0, 150), st.integers(1, 60), st.data())
def test_the_oracle_and_the_product_reckon_the_same(
    sessions: list[Session], minute: int, minutes: int, data: st.DataObject
) -> None:
    now = at("09:00") + timedelta(minutes=minute)
    able = [one for one in sessions if one.end > now]
    if not able:
        return
    late = data.draw(st.sampled_from(able))
    assert can_be_late(slot(late), map(slot, sessions), now)
    by = timedelta(minutes=minutes)
    found = shifts([slot(one) for one in sessions], slot(late), by, now, PARIS, whole=False)
    known = {one.id: one for one in sessions}
    product = {
        one.session_id: (
            known[one.session_id].start + one.start_by,
            known[one.session_id].end + one.end_by,
        )
        for one in found
    }
    moved = made_later(known, Late(now, late.id, minutes))
    assert {name: (one.start, one.end) for name, one in moved.items()} == product
