"""The programme from an address: what is applied, what is asked, what the organisers are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.core.errors import MaillonError, NotAllowedError
from bot.db.history import Change as HistoryRow
from bot.features.events.actions import apply_event
from bot.features.events.model import ProgrammeRules
from bot.features.people.actions import erase, merge
from bot.features.programme.model import ProgrammeSession, Speaker
from bot.features.programme.queries import known_sessions
from bot.features.programme.source_tables import (
    APPLIED,
    IGNORED,
    OVERTAKEN,
    PendingProgramme,
    ProgrammeSource,
)
from bot.features.programme.sources import (
    FetchedProgramme,
    NotThatOneError,
    claim_fetch,
    decide,
    fetch_due,
    keep_source,
    take_fetched,
)
from tests.support.factories import EARLY, World, at, event_file, said, talk

ADDRESS = "https://congress.example/schedule.xml?token=secret"
TEN = [talk(f"S{n}", at("10:00", day=13), speakers=(Speaker("Zoé Lé"),)) for n in range(10)]
LATER = [replace(one, starts_at=at("14:00", day=13), ends_at=at("14:30", day=13)) for one in TEN]
SLOW = MaillonError("This file is empty.")


def names(*address: str, every: int = 15) -> ProgrammeRules:
    return ProgrammeRules(address=address[0] if address else None, every_minutes=every)


@pytest.fixture
def here(world: World) -> World:
    """The event with an address, whose first programme was imported."""
    file = event_file(programme=names(ADDRESS))
    apply_event(world.session, file, EARLY)
    keep_source(world.session, world.event_id, world.event, EARLY)
    fetched(world, "first", TEN)
    return world


def source(world: World) -> ProgrammeSource:
    return world.session.get_one(ProgrammeSource, world.event_id)


def fetched(
    world: World, digest: str, sessions: Sequence[ProgrammeSession], now: datetime = EARLY
) -> None:
    found = FetchedProgramme(digest=digest, etag=f'"{digest}"', sessions=sessions)
    take_fetched(world.session, world.event_id, ADDRESS, found, now)


def failed(world: World, why: MaillonError = SLOW, now: datetime = EARLY) -> None:
    take_fetched(world.session, world.event_id, ADDRESS, FetchedProgramme(failure=why), now)


def starts(world: World) -> set[datetime]:
    known = known_sessions(world.session, world.event_id)
    return {one.session.starts_at for one in known if not one.cancelled}


def waiting(world: World) -> PendingProgramme:
    return world.session.scalars(select(PendingProgramme)).one()


def test_an_address_is_fetched_at_once_and_then_every_so_often(world: World) -> None:
    event_id, session = world.event_id, world.session
    assert fetch_due(session, event_id) is None
    keep_source(session, event_id, event_file(programme=names(ADDRESS, every=20)), EARLY)
    assert fetch_due(session, event_id) == EARLY
    assert claim_fetch(session, event_id, EARLY)
    assert not claim_fetch(session, event_id, EARLY)  # another process was quicker
    assert fetch_due(session, event_id) == EARLY + timedelta(minutes=20)
    keep_source(session, event_id, event_file(programme=names(ADDRESS, every=5)), EARLY)
    assert fetch_due(session, event_id) == EARLY + timedelta(minutes=5)
    source(world).digest = "known"
    keep_source(session, event_id, event_file(programme=names("https://other.example")), EARLY)
    assert (fetch_due(session, event_id), source(world).digest) == (EARLY, None)
    keep_source(session, event_id, event_file(), EARLY)
    assert fetch_due(session, event_id) is None


def test_the_first_programme_and_small_changes_are_applied(here: World) -> None:
    assert (len(starts(here)), source(here).etag) == (1, '"first"')
    fetched(here, "second", [*LATER[:2], *TEN[2:]])
    assert starts(here) == {TEN[0].starts_at, LATER[0].starts_at}
    assert here.posts() == []


def test_a_large_change_waits_for_an_organiser(here: World) -> None:
    ada, bob = here.person("Ada"), here.person("Bob")
    fetched(here, "second", LATER)
    assert starts(here) == {TEN[0].starts_at}
    [post] = here.posts()
    assert here.place(post) == "#organisation"
    card = said(here.card(post))
    assert card[:4] == [
        "Le programme a beaucoup changé. L'appliquer ?",
        "autre heure de fin : 10, déplacées : 10, inchangées : 0",
        "https://congress.example/schedule.xml",
        "Session S0",
    ]
    assert card[-3:] == [
        "vendredi 13 décembre 10 h 00 → vendredi 13 décembre 14 h 00 "
        "(autre heure de fin, déplacée)",
        "[Appliquer]",
        "[Ignorer]",
    ]
    import_id = waiting(here).import_id
    with pytest.raises(NotAllowedError):
        decide(here.session, here.event_id, bob, import_id, 1, EARLY, apply=True)
    pending = decide(here.session, here.event_id, ada, import_id, 1, EARLY, apply=True)
    assert (pending.decision, pending.sessions, pending.decided_by) == (
        APPLIED,
        None,
        ada.participant_id,
    )
    assert starts(here) == {LATER[0].starts_at}
    assert said(here.card(post)) == [
        "Programme modifié, appliqué par Ada",
        "autre heure de fin : 10, déplacées : 10",
    ]
    with pytest.raises(NotThatOneError):
        decide(here.session, here.event_id, ada, import_id, 1, EARLY, apply=False)
    row = here.session.scalars(
        select(HistoryRow).where(HistoryRow.what == "programme.fetched_applied")
    ).one()
    assert (row.actor, row.after) == (ada.participant_id, {"start_moved": 10, "end_moved": 10})


def test_what_is_ignored_is_not_asked_again_until_it_changes(here: World) -> None:
    ada = here.person("Ada")
    fetched(here, "second", LATER)
    decide(here.session, here.event_id, ada, waiting(here).import_id, 1, EARLY, apply=False)
    fetched(here, "second", LATER)
    assert (len(here.posts()), starts(here)) == (1, {TEN[0].starts_at})
    assert waiting(here).decision == IGNORED
    fetched(here, "third", LATER[:9])
    assert len(here.posts()) == 2


def test_a_newer_programme_takes_the_place_of_what_waits(here: World) -> None:
    ada = here.person("Ada")
    fetched(here, "second", LATER)
    fetched(here, "third", LATER[:7])
    [post] = here.posts()  # one message, which now asks about the newer
    assert "annulées : 3" in said(here.card(post))[1]
    import_id = waiting(here).import_id
    with pytest.raises(NotThatOneError):
        decide(here.session, here.event_id, ada, import_id, 1, EARLY, apply=True)
    fetched(here, "fourth", [LATER[0], *TEN[1:]])
    assert (waiting(here).decision, waiting(here).sessions) == (OVERTAKEN, None)
    assert said(here.card(post)) == ["Un programme plus récent a remplacé celui-ci"]
    assert starts(here) == {TEN[0].starts_at, LATER[0].starts_at}


def test_an_address_that_fails_is_told_once_and_once_that_it_works(here: World) -> None:
    for minute in range(3):
        failed(here, now=at(f"08:0{minute}"))
    fetched(here, "first", TEN, at("08:04"))
    fetched(here, "first", TEN, at("08:05"))
    failed(here, now=at("08:06"))
    assert [text for _, _, text in here.told()] == [
        "Le programme n'a pas pu être lu à son adresse · Ce fichier est vide.",
        "Le programme est de nouveau accessible à son adresse",
        "Le programme n'a pas pu être lu à son adresse · Ce fichier est vide.",
    ]
    assert len(known_sessions(here.session, here.event_id)) == 10
    assert starts(here) == {TEN[0].starts_at}
    assert "secret" not in " ".join(said(here.card(here.posts()[0])))


def test_what_an_address_answered_for_another_is_left(here: World) -> None:
    other = event_file(programme=names("https://other.example"))
    keep_source(here.session, here.event_id, other, EARLY)
    fetched(here, "second", TEN[:1])
    failed(here)
    assert (len(starts(here)), here.posts()) == (1, [])
    assert not any(one.cancelled for one in known_sessions(here.session, here.event_id))


def test_what_waits_does_not_outlive_the_people_in_it(here: World) -> None:
    ada, zoe, other = (
        here.person("Ada"),
        here.person("Zoé Lé", email="zoe@example.org"),
        here.person("Kay"),
    )
    fetched(here, "second", LATER)
    erase(here.session, here.event_id, zoe.participant_id, EARLY)
    here.session.expire_all()
    assert (waiting(here).sessions, waiting(here).decision) == (None, OVERTAKEN)
    fetched(here, "second", LATER)
    rows = here.session.scalars(select(PendingProgramme).order_by(PendingProgramme.decision)).all()
    [again] = [row for row in rows if row.decision is None]
    decide(here.session, here.event_id, ada, again.import_id, 1, EARLY, apply=False)
    merge(here.session, here.event_id, other.participant_id, ada.participant_id)
    here.session.expire_all()
    assert again.decided_by == other.participant_id
