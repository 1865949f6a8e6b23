"""Importing people, meeting them, and what they choose."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.history import Change
from bot.features.people.actions import choose_fewer_messages, choose_language, meet, merge
from bot.features.people.importing import import_people
from bot.features.people.model import NOTHING_KNOWN, Member, Person
from bot.features.people.queries import imported_people, participant_of, reader_of
from bot.features.people.tables import Identity, Participant
from bot.features.programme.queries import starred_ids
from tests.support.factories import EARLY, World, at, talk

ADA = Person("ada@example.org", "Ada Noël", "Acme", "startup", ("fr", "en"), {"Table": "4"})


def imports(world: World, *people: Person, now: datetime = EARLY) -> tuple[int, int, int, int]:
    diff = import_people(world.session, world.event_id, people, now)
    return len(diff.new), len(diff.changed), diff.unchanged, diff.missing


def people(world: World) -> int:
    count = select(func.count()).where(
        Participant.event_id == world.event_id, Participant.erased.is_(False)
    )
    return world.session.scalar(count) or 0


def known(world: World, name: str) -> Participant:
    person = participant_of(world.session, world.event_id, world.workspace_id, f"U{name}")
    assert person is not None
    return person


def test_a_list_is_imported_once_and_then_only_what_changed(world: World) -> None:
    bo = Person("bo@example.org", "Bo")
    looked = import_people(world.session, world.event_id, [ADA, bo], EARLY, apply=False)
    assert (len(looked.new), people(world)) == (2, 0)
    assert imports(world, ADA, bo) == (2, 0, 0, 0)
    assert imports(world, ADA, bo) == (0, 0, 2, 0)
    assert imports(world, Person("ada@example.org", "Ada", kind="")) == (0, 1, 0, 1)
    assert imported_people(world.session, world.event_id) == {
        "ada@example.org": Person("ada@example.org", "Ada", kind="").over(
            replace(ADA, job_title="", topics=(), offers=(), seeks=())
        ),
        "bo@example.org": bo.over(NOTHING_KNOWN),
    }


def test_first_contact_is_matched_by_address(world: World) -> None:
    imports(world, ADA)
    met = meet(
        world.session,
        world.event_id,
        world.workspace_id,
        Member("U1", "ada", "ADA@example.org", "en-US"),
        at("09:00"),
    )
    assert (met.name, met.kind, met.seen_at) == ("Ada Noël", "startup", at("09:00"))
    assert people(world) == 1
    assert world.person("ada", email=None).participant_id != met.participant_id


def test_a_member_who_is_on_no_list(world: World) -> None:
    bo = world.person("Bo", locale="de-DE")
    assert (bo.name, bo.email, bo.imported_at) == ("Bo", "bo@example.org", None)
    assert world.person("Bo", at("10:00")) is bo
    # A later list completes the same person.
    assert imports(world, Person("bo@example.org", "Bo Weiß", "Acme")) == (1, 0, 0, 0)
    assert (bo.name, bo.organisation, people(world)) == ("Bo Weiß", "Acme", 1)


def test_a_member_is_recognised_later(world: World) -> None:
    """The bot met them before Slack told it who they are."""
    imports(world, ADA)
    world.imports(talk("A", at("09:00")))
    member = Member("UAda")
    stranger = meet(world.session, world.event_id, world.workspace_id, member, at("08:10"))
    world.star(stranger, "A")
    choose_language(world.session, stranger, "en", at("08:11"))
    listed = world.person("Ada", at("08:12"))
    assert listed.participant_id != stranger.participant_id
    assert (listed.name, listed.language, listed.seen_at) == ("Ada Noël", "en", at("08:10"))
    assert known(world, "Ada") is listed
    assert starred_ids(world.session, world.event_id, listed.participant_id) == {
        world.row("A").session_id
    }
    assert (stranger.erased, stranger.name, people(world)) == (True, None, 1)


def test_a_stranger_gets_a_name_once_it_is_known(world: World) -> None:
    stranger = meet(world.session, world.event_id, world.workspace_id, Member("UBo"), EARLY)
    assert (stranger.name, stranger.email) == (None, None)
    assert world.person("Bo") is stranger
    assert (stranger.name, stranger.email) == ("Bo", "bo@example.org")


def test_the_lists_address_stays_whatever_the_workspace_says(world: World) -> None:
    imports(world, ADA)
    ada = world.person("Ada")
    assert world.person("Ada", email="ada@home.example") is ada
    assert ada.email == "ada@example.org"
    assert imports(world, ADA) == (0, 0, 1, 0)


def test_merging_two_people_keeps_what_either_has(world: World) -> None:
    imports(world, ADA)
    ada, bo = world.person("Ada", at("09:00")), world.person("Bo", at("08:30"))
    choose_fewer_messages(world.session, ada, True, at("09:00"))
    merge(world.session, world.event_id, bo.participant_id, ada.participant_id)
    assert (bo.name, bo.email, bo.organisation, bo.kind) == (
        "Bo",
        "bo@example.org",
        "Acme",
        "startup",
    )
    assert (bo.extra, bo.fewer_messages, bo.seen_at) == ({"Table": "4"}, True, at("08:30"))
    assert (ada.name, ada.email, ada.extra) == (None, None, {})
    assert known(world, "Ada") is known(world, "Bo") is bo


def test_two_replicas_meet_a_newcomer_at_once(engine: Engine) -> None:
    """The second waits for the first to commit, and finds the person."""
    with Session(engine) as session, session.begin():
        world = World(session)
        event_id, workspace_id = world.event_id, world.workspace_id
    member = Member("U1", "Ada", "ada@example.org")
    if engine.dialect.name == "sqlite":
        with Session(engine) as session, session.begin():
            first = meet(session, event_id, workspace_id, member, EARLY).participant_id
        with Session(engine) as session, session.begin():
            assert meet(session, event_id, workspace_id, member, EARLY).participant_id == first
        return
    from concurrent.futures import ThreadPoolExecutor

    def meets(_: int) -> str:
        with Session(engine) as session, session.begin():
            return meet(session, event_id, workspace_id, member, EARLY).participant_id

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(meets, range(16)))) == 1
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Identity)) == 1


@pytest.mark.parametrize(
    ("locale", "language", "expected"),
    [
        ("fr-FR", None, "fr"),
        ("en-GB", None, "en"),
        ("de-DE", None, "en"),
        (None, None, "fr"),
        ("fr-FR", "en", "en"),
    ],
)
def test_the_language_somebody_reads(
    world: World, locale: str | None, language: str | None, expected: str
) -> None:
    ada = world.person("Ada", locale=locale or "")
    if language:
        choose_language(world.session, ada, language, EARLY)
    assert reader_of(world.event, ada).language == expected


def test_a_choice_is_recorded_once(world: World) -> None:
    ada = world.person("Ada")
    for _ in range(2):
        choose_fewer_messages(world.session, ada, True, EARLY)
    rows = world.session.scalars(select(Change).where(Change.what == "people.fewer_messages"))
    assert [(row.actor, row.before, row.after) for row in rows] == [
        (ada.participant_id, False, True)
    ]
    with pytest.raises(NoLongerThereError):
        choose_language(world.session, ada, "de", EARLY)
