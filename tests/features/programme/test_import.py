"""From a programme to rows: speakers, stars, history, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.db.history import Change as HistoryRow
from bot.features.programme.actions import add_star, import_programme, remove_star
from bot.features.programme.model import Change, Speaker
from bot.features.programme.queries import known_sessions, starred_ids
from bot.features.programme.tables import SpeakerRow
from tests.support.factories import EARLY, World, at, talk

FULL = talk(
    "A",
    at("09:00"),
    kind="workshop",
    track="IA",
    language="en",
    abstract="Long",
    url="https://congress.example/a",
    code="S1",
    speakers=(Speaker("Ada", "ada@example.org", "Acme", "A1"), Speaker("Bo")),
)


def test_what_is_imported_is_what_is_known(world: World) -> None:
    looked = import_programme(world.session, world.event_id, [FULL], EARLY, apply=False)
    assert looked.counts == {Change.NEW: 1}
    assert known_sessions(world.session, world.event_id) == []
    world.imports(FULL, talk("B", at("23:30"), minutes=120))
    again = world.imports(FULL, talk("B", at("23:30"), minutes=120))
    assert (len(again.unchanged), again.counts) == (2, {})
    assert {known.session for known in known_sessions(world.session, world.event_id)} == {
        FULL,
        talk("B", at("23:30"), minutes=120),
    }


def test_a_session_that_returns_has_kept_its_stars(world: World) -> None:
    world.imports(FULL)
    ada = world.person("Ada")
    world.star(ada, "A")
    row = world.row("A")
    world.imports()
    assert (row.cancelled, row.next_announce_at, row.next_remind_at) == (True, None, None)
    with pytest.raises(NoLongerThereError):
        add_star(world.session, world.event_id, ada.participant_id, row.session_id, EARLY)
    world.imports(FULL)
    assert (row.cancelled, row.next_announce_at) == (False, at("08:45"))
    assert starred_ids(world.session, world.event_id, ada.participant_id) == {row.session_id}
    for _ in range(2):
        remove_star(world.session, world.event_id, ada.participant_id, row.session_id)
    assert starred_ids(world.session, world.event_id, ada.participant_id) == set()
    with pytest.raises(NoLongerThereError):
        add_star(world.session, world.event_id, ada.participant_id, "none", EARLY)


def test_every_change_is_in_the_history(world: World) -> None:
    world.imports(FULL)
    world.imports(talk("A", at("10:00")))
    rows = world.session.scalars(
        select(HistoryRow).where(HistoryRow.subject == world.row("A").session_id)
    ).all()
    by_name = {row.what: row for row in rows}
    moves = "programme.details_changed+end_moved+speakers_changed+start_moved"
    assert sorted(by_name) == [moves, "programme.new"]
    moved = by_name[moves]
    assert moved.before == {
        "title": "Session A",
        "room": "Descartes",
        "starts_at": "2024-12-12T08:00:00+00:00",
        "ends_at": "2024-12-12T08:30:00+00:00",
        "speakers": 2,
    }
    assert moved.after == {
        "title": "Session A",
        "room": "Descartes",
        "starts_at": "2024-12-12T10:00:00+01:00",
        "ends_at": "2024-12-12T10:30:00+01:00",
        "speakers": 0,
    }
    assert moved.cause


def test_what_is_longer_than_a_name_is_cut_once(world: World) -> None:
    long = talk(
        "A" * 300,
        at("09:00"),
        title="T" * 3001,
        room="R" * 300,
        track="K" * 300,
        language="l" * 40,
        code="c" * 70,
        speakers=(Speaker("N" * 300, "e" * 250 + "@x.org", "O" * 300, "s" * 300),),
    )
    world.imports(long)
    assert world.imports(long).counts == {}
    (known,) = known_sessions(world.session, world.event_id)
    assert (len(known.session.title), len(known.session.room)) == (3001, 255)


def speakers(world: World) -> list[tuple[str, str | None]]:
    rows = world.session.scalars(
        select(SpeakerRow)
        .where(SpeakerRow.event_id == world.event_id)
        .order_by(SpeakerRow.session_id, SpeakerRow.position)
    )
    return [(row.name, row.participant_id) for row in rows]


def test_speakers_are_linked_by_address_before_or_after(world: World) -> None:
    ada = world.person("Ada")
    both = (Speaker("A. Noël", "ada@example.org"), Speaker("Bo", "bo@example.org"))
    world.imports(talk("A", at("09:00"), speakers=both))
    assert speakers(world) == [("A. Noël", ada.participant_id), ("Bo", None)]
    bo = world.person("Bo")
    world.tick(EARLY)
    assert speakers(world) == [("A. Noël", ada.participant_id), ("Bo", bo.participant_id)]
    # Another order, one more: links follow the people.
    world.imports(talk("A", at("09:00"), speakers=(Speaker("Cy"), both[1], both[0])))
    assert speakers(world) == [
        ("Cy", None),
        ("Bo", bo.participant_id),
        ("A. Noël", ada.participant_id),
    ]
    world.imports(talk("A", at("09:00"), speakers=both[:1]))
    assert speakers(world) == [("A. Noël", ada.participant_id)]


def test_a_thousand_sessions(world: World) -> None:
    many = [
        talk(
            f"T{number}",
            at("08:30") + timedelta(minutes=number % 600),
            room=f"Room {number % 40}",
            speakers=(Speaker(f"P{number}", f"p{number}@example.org"), Speaker(f"Q{number}")),
        )
        for number in range(1000)
    ]
    world.imports(*many)
    assert world.imports(*many).counts == {}
    count = select(func.count()).where(SpeakerRow.event_id == world.event_id)
    assert world.session.scalar(count) == 2000


def test_a_larger_programme_takes_no_more_queries(world: World) -> None:
    """New, with other speakers, and moved: rows are read and written together."""
    world.person("Ada")
    asked: list[int] = []
    for size in (20, 120):
        new = [
            talk(f"{size}-{n}", at("09:00"), speakers=(Speaker(f"A{n}", "ada@example.org"),))
            for n in range(size)
        ]
        others = [replace(one, speakers=(*one.speakers, Speaker("Bo"))) for one in new]
        moved = [replace(one, starts_at=at("08:30")) for one in others]
        with counted(world.session) as statements:
            for programme in (new, others, moved):
                import_programme(world.session, world.event_id, programme, EARLY)
        asked.append(len(statements))
    assert asked[1] - asked[0] < 20


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    statements: list[str] = []

    def heard(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", heard)
    yield statements
    event.remove(engine, "before_cursor_execute", heard)
