"""Quiet hours of one's own: chosen, kept to, and passed by what is urgent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import NoLongerThereError
from bot.core.quiet import QuietHours
from bot.features.people.actions import erase, merge
from bot.features.people.quiet import OF_THE_EVENT, choose_quiet_hours, own_hours, quiet_hours
from bot.features.people.views import quiet_view, settings_view
from tests.support.factories import EARLY, World, at, legible, said, talk

times = st.times().map(lambda one: one.replace(microsecond=0))


@given(times, times, st.integers(0, 24 * 60 - 1))
def test_their_end_is_the_first_moment_at_which_they_are_over(
    begins: object, ends: object, minute: int
) -> None:
    hours = QuietHours(begins, ends)  # type: ignore[arg-type]
    now = at(f"{minute // 60:02d}:{minute % 60:02d}")
    end = hours.next_end(now)
    assert end > now
    assert not hours.holds(end)


def test_one_chooses_among_a_few_and_goes_back(world: World) -> None:
    ada = world.person("Ada")
    event, reader = world.event, world.reader()
    assert own_hours(ada) is None
    choose_quiet_hours(world.session, ada, "21", EARLY)
    assert said(quiet_view(event, ada, reader)) == [
        "Heures calmes",
        "Heures calmes : 21 h 00 – 7 h 00. Seuls les changements urgents passent.",
        "[19 h 00 – 8 h 00]",
        "[20 h 00 – 7 h 30]",
        "[22 h 00 – 6 h 30]",
    ]
    assert "21 h 00 – 7 h 00" in legible(settings_view(event, ada, reader).summary)
    choose_quiet_hours(world.session, ada, OF_THE_EVENT, EARLY)
    assert own_hours(ada) is None
    with pytest.raises(NoLongerThereError):
        choose_quiet_hours(world.session, ada, "23", EARLY)


def test_they_go_along_with_a_merge_and_away_with_an_erasure(world: World) -> None:
    ada, bob = world.person("Ada"), world.person("Bob")
    choose_quiet_hours(world.session, bob, "19", EARLY)
    merge(world.session, world.event_id, ada.participant_id, bob.participant_id)
    kept = quiet_hours(world.session, world.event, world.event_id, ada.participant_id)
    assert kept != world.event.budget.quiet_hours
    erase(world.session, world.event_id, ada.participant_id, EARLY)
    after = quiet_hours(world.session, world.event, world.event_id, ada.participant_id)
    assert after == world.event.budget.quiet_hours


def told(world: World) -> list[tuple[str, str]]:
    return sorted((clock, who) for clock, who, _ in world.told() if not who.startswith("#"))


def test_reminders_keep_to_them(world: World) -> None:
    """Of a session at 19:30: Ada's evening has begun, Bob's has not."""
    ada, bob = world.person("Ada"), world.person("Bob")
    world.imports(talk("A", at("19:30")))
    world.star(ada, "A")
    world.star(bob, "A")
    choose_quiet_hours(world.session, ada, "19", EARLY)
    world.until(at("23:00"))
    assert told(world) == [("12 19:25", "Bob")]


def test_a_change_waits_for_their_end_unless_it_is_urgent(world: World) -> None:
    ada, bob = world.person("Ada"), world.person("Bob")
    world.imports(talk("A", at("12:00", 13)), talk("B", at("20:30")))
    for person in (ada, bob):
        world.star(person, "A", "B")
    choose_quiet_hours(world.session, ada, "19", EARLY)
    world.until(at("20:00"))
    world.imports(talk("A", at("13:00", 13)), talk("B", at("20:45")), now=at("20:00"))
    world.until(at("20:01"))
    assert told(world) == [("12 20:00", "Ada"), ("12 20:00", "Bob")]  # the evening's is urgent

    world.imports(talk("A", at("14:00", 13)), talk("B", at("20:45")), now=at("23:00"))
    world.until(at("12:00", 13))
    assert told(world)[2:] == [("13 07:30", "Bob"), ("13 08:00", "Ada")]
