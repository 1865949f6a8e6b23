"""A person's calendar: what stands in it, how it moves, and who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event
from sqlalchemy.orm import Session

from bot.features.home.agenda import NoAgendaError, agenda_at, agenda_path, change_address, noted
from bot.features.home.tables import AgendaFeed
from bot.features.introductions.attending import cannot_come
from bot.features.introductions.tables import WITHDRAWN, Introduction
from bot.features.people.actions import erase, merge
from bot.features.people.consents import ADULT, INTRODUCTIONS, agree, withdraw
from bot.features.people.tables import Participant
from bot.features.people.wishes import block
from bot.features.programme.actions import remove_star
from tests.support.factories import EARLY, World, at, legible, talk
from tests.support.introductions import add_introduction

LATER = at("08:30")


def secret_of(world: World, person: Participant) -> str:
    path = agenda_path(world.session, person, EARLY)
    assert path.startswith("/agenda/")
    return path.removeprefix("/agenda/").removesuffix(".ics")


def events(world: World, person: Participant) -> list[Event]:
    content = agenda_at(world.session, secret_of(world, person)).content.decode()
    return list(IcsCalendarStream.calendar_from_ics(content).events)


def shown(world: World, person: Participant) -> list[tuple[str, str, str, int]]:
    return [
        (
            f"{one.dtstart.astimezone(world.event.tz):%H:%M}",  # type: ignore[union-attr]
            legible(one.summary or ""),
            one.location or "",
            one.sequence or 0,
        )
        for one in events(world, person)
    ]


def test_what_was_chosen_stands_there_and_moves(world: World) -> None:
    ada = world.person("Ada")
    world.imports(talk("A", at("10:00")), talk("B", at("14:00")), talk("C", at("16:00")))
    world.star(ada, "A", "B")
    assert shown(world, ada) == [
        ("10:00", "Session A", "Descartes", 0),
        ("14:00", "Session B", "Descartes", 0),
    ]
    before = events(world, ada)

    world.imports(talk("A", at("10:30"), room="Balzac"), talk("C", at("16:00")), now=LATER)
    assert shown(world, ada) == [
        ("10:30", "Session A", "Balzac", 1),
        ("14:00", "Annulée : Session B", "Descartes", 1),
    ]
    after = events(world, ada)
    assert [one.uid for one in after] == [one.uid for one in before]
    assert [one.status and one.status.value for one in after] == ["CONFIRMED", "CANCELLED"]
    assert [one.last_modified for one in after] == [LATER, LATER]

    remove_star(world.session, world.event_id, ada.participant_id, world.row("B").session_id)
    assert [one[1] for one in shown(world, ada)] == ["Session A"]


def test_a_meeting_names_the_other_as_far_as_they_allow(world: World) -> None:
    ada, bob, introduction_id = meeting(world)
    assert shown(world, ada) == [("10:37", "Rencontre de 10 h 37 avec Bob", "Village", 0)]

    withdraw(world.session, bob, INTRODUCTIONS, LATER)
    assert shown(world, ada) == [("10:37", "Rencontre de 10 h 37", "Village", 0)]

    agree(world.session, bob, INTRODUCTIONS, LATER)
    cannot_come(world.session, bob, introduction_id, LATER)
    world.session.get_one(Introduction, (world.event_id, introduction_id)).state = WITHDRAWN
    world.session.flush()
    assert [one[:3] for one in shown(world, ada)] == [
        ("10:37", "Annulée : Rencontre de 10 h 37", "")
    ]
    assert shown(world, bob) == []  # who called off has no such appointment


def test_nothing_is_said_of_a_meeting_after_a_block_or_an_erasure(world: World) -> None:
    ada, bob, introduction_id = meeting(world)
    block(world.session, bob, ada.participant_id, LATER)
    row = world.session.get_one(Introduction, (world.event_id, introduction_id))
    row.closed = True  # as the job does that keeps them apart
    world.session.flush()
    assert shown(world, ada) == shown(world, bob) == []
    row.closed = False
    erase(world.session, world.event_id, bob.participant_id, LATER)
    assert shown(world, ada) == []


def meeting(world: World) -> tuple[Participant, Participant, str]:
    ada, bob = world.person("Ada"), world.person("Bob")
    for person in (ada, bob):
        agree(world.session, person, ADULT, EARLY)
        agree(world.session, person, INTRODUCTIONS, EARLY)
    pause = talk("P", at("10:30"), kind="networking", room="Village")
    world.imports(pause)
    introduction_id = add_introduction(
        world.session, world.event_id, world.workspace_id, world.row("P"), [ada, bob]
    )
    return ada, bob, introduction_id


# ---------------------------------------------------------------- the address


def test_the_address_stays_until_it_is_changed(world: World) -> None:
    ada = world.person("Ada")
    first = secret_of(world, ada)
    assert len(first) == 43
    assert secret_of(world, ada) == first
    changed = change_address(world.session, ada, LATER)
    assert first not in changed
    with pytest.raises(NoAgendaError):
        agenda_at(world.session, first)
    assert agenda_at(world.session, secret_of(world, ada)).name == "congress"


def test_it_is_known_since_when_a_calendar_is_as_it_is(world: World) -> None:
    """A star that is taken back leaves no date, and yet changes the file."""
    ada = world.person("Ada")
    world.imports(talk("A", at("10:00")), talk("B", at("14:00")))
    world.star(ada, "A", "B")
    secret = secret_of(world, ada)
    assert agenda_at(world.session, secret).changed_at is None
    assert noted(world.session, secret, EARLY).changed_at == EARLY
    assert noted(world.session, secret, LATER).changed_at == EARLY
    remove_star(world.session, world.event_id, ada.participant_id, world.row("A").session_id)
    assert agenda_at(world.session, secret).changed_at is None
    assert noted(world.session, secret, LATER).changed_at == LATER


def test_merged_erased_and_past_its_time(world: World) -> None:
    ada, bob, eve = world.person("Ada"), world.person("Bob"), world.person("Eve")
    of_ada, of_bob = secret_of(world, ada), secret_of(world, bob)
    merge(world.session, world.event_id, ada.participant_id, bob.participant_id)
    assert secret_of(world, ada) == of_ada
    with pytest.raises(NoAgendaError):
        agenda_at(world.session, of_bob)

    merge(world.session, world.event_id, eve.participant_id, ada.participant_id)
    assert secret_of(world, eve) == of_ada
    erase(world.session, world.event_id, eve.participant_id, LATER)
    with pytest.raises(NoAgendaError):
        agenda_at(world.session, of_ada)

    dan = world.person("Dan")
    of_dan = secret_of(world, dan)
    end = world.event.ends_at
    expire = AgendaFeed.lifecycle.expire
    assert expire is not None
    expire(world.session, world.event_id, end, end + timedelta(days=29))
    assert agenda_at(world.session, of_dan)
    expire(world.session, world.event_id, end, end + timedelta(days=30))
    world.session.expire_all()
    with pytest.raises(NoAgendaError):
        agenda_at(world.session, of_dan)


def test_two_people_never_share_an_address(session: Session, world: World) -> None:
    people = [world.person(name) for name in ("Ada", "Bob", "Eve")]
    assert len({secret_of(world, one) for one in people}) == len(people)
