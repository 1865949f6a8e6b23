"""What changed between two programmes, by stable id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.model import (
    KINDS,
    Change,
    KnownSession,
    ProgrammeDiff,
    ProgrammeSession,
    Speaker,
    diff,
)

SAMPLE = Path(bot.__file__).parent / "sample"
NINE = datetime(2019, 12, 12, 8, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
PLAIN = ProgrammeSession(
    source_id="s1",
    title="Ouverture",
    kind="plenary",
    room="Auditorium",
    track=None,
    language="fr",
    starts_at=NINE,
    ends_at=NINE + HALF_AN_HOUR,
    speakers=(Speaker("Ada", "ada@example.org", "Acme", "A1"), Speaker("Bo", source_id="B2")),
)


def sample(name: str) -> tuple[ProgrammeSession, ...]:
    return parse_schedule_json((SAMPLE / name).read_bytes(), zone="UTC", kinds={}).sessions


def known(sessions: Sequence[ProgrammeSession], *, cancelled: bool = False) -> list[KnownSession]:
    return [KnownSession(session, cancelled) for session in sessions]


def told(found: ProgrammeDiff) -> list[tuple[str, set[str]]]:
    return [(change.session.title, set(change.kinds)) for change in found.changes if change.kinds]


def kinds_of(before: KnownSession, after: ProgrammeSession) -> set[Change]:
    (change,) = diff([before], [after]).changes
    return set(change.kinds)


def test_the_sample_congress_changes_once() -> None:
    found = diff(known(sample("schedule.json")), sample("schedule-v2.json"))
    assert told(found) == [
        ("Table ronde : l'innovation de rupture en bioproduction", {"details_changed"}),
        ("Atelier : premiers pas vers un jumeau numérique de bioréacteur", {"room_moved"}),
        ("Atelier : réduire les pertes au remplissage aseptique", {"room_moved"}),
        ("Table ronde : la parole aux associations de patients", {"speakers_changed"}),
        (
            "Ce que la bioproduction peut apprendre d'un champion mondial de la donnée",
            {"renamed"},
        ),
        ("Présentations d'entreprises innovantes", {"start_moved", "end_moved"}),
        ("Atelier ajouté : répondre à un appel à projets", {"new"}),
    ]
    assert len(found.moved) == 3
    assert len(found.unchanged) == 23
    assert found.counts[Change.CANCELLED] == 0
    (late,) = found.having(Change.START_MOVED)
    assert late.before is not None
    assert late.after is not None
    assert late.after.starts_at - late.before.starts_at == HALF_AN_HOUR


def test_the_sample_congress_changes_again() -> None:
    found = diff(known(sample("schedule-v2.json")), sample("schedule-v3.json"))
    assert told(found) == [("Atelier : qualifier un transport à -150 °C", {"cancelled"})]
    assert len(found.unchanged) == 29


def test_many_moves_are_more_than_the_threshold() -> None:
    found = diff(known(sample("schedule.json")), sample("schedule-v2.json"))
    assert found.moved_many(2)
    assert not found.moved_many(3)
    emptied = diff(known(sample("schedule.json")), [])
    assert emptied.moved_many(28)
    assert not emptied.moved_many(29)


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        (PLAIN, set()),
        (replace(PLAIN, ends_at=NINE + 2 * HALF_AN_HOUR), {Change.END_MOVED}),
        (replace(PLAIN, room="Balzac", title="Accueil"), {Change.ROOM_MOVED, Change.RENAMED}),
        (replace(PLAIN, abstract="Plus long"), {Change.DETAILS_CHANGED}),
        (replace(PLAIN, url="https://congress.example"), {Change.DETAILS_CHANGED}),
        (replace(PLAIN, track="Données"), {Change.DETAILS_CHANGED}),
        (replace(PLAIN, language="en"), {Change.DETAILS_CHANGED}),
        (replace(PLAIN, kind="pitch"), {Change.DETAILS_CHANGED}),
        (replace(PLAIN, speakers=PLAIN.speakers[:1]), {Change.SPEAKERS_CHANGED}),
        (replace(PLAIN, speakers=(*PLAIN.speakers, Speaker("Cy"))), {Change.SPEAKERS_CHANGED}),
        # The same people in another order, or told more or less fully.
        (replace(PLAIN, speakers=PLAIN.speakers[::-1]), {Change.DETAILS_CHANGED}),
        (
            replace(PLAIN, speakers=(Speaker("Ada"), Speaker("Bô", source_id="B2"))),
            {Change.DETAILS_CHANGED},
        ),
    ],
)
def test_each_change_has_its_kind(after: ProgrammeSession, kinds: set[Change]) -> None:
    assert kinds_of(KnownSession(PLAIN), after) == kinds


def test_a_cancelled_session_may_return_elsewhere() -> None:
    gone = KnownSession(PLAIN, cancelled=True)
    later = replace(PLAIN, starts_at=NINE + HALF_AN_HOUR)
    assert kinds_of(gone, PLAIN) == {Change.RETURNED}
    assert kinds_of(gone, later) == {Change.RETURNED, Change.START_MOVED}


def test_a_cancelled_session_is_not_cancelled_twice() -> None:
    assert diff([KnownSession(PLAIN, cancelled=True)], []).changes == ()


speakers = st.builds(
    Speaker, name=st.sampled_from("abc"), source_id=st.sampled_from(["1", "2", None])
)
sessions = st.builds(
    ProgrammeSession,
    source_id=st.sampled_from("0123456789"),
    title=st.sampled_from(["Ouverture", "Clôture"]),
    kind=st.sampled_from(KINDS),
    room=st.sampled_from(["A", "B"]),
    track=st.sampled_from(["Données", None]),
    language=st.sampled_from(["fr", None]),
    starts_at=st.integers(0, 3).map(lambda slot: NINE + slot * HALF_AN_HOUR),
    ends_at=st.integers(4, 6).map(lambda slot: NINE + slot * HALF_AN_HOUR),
    speakers=st.lists(speakers, max_size=3).map(tuple),
)
programmes = st.lists(sessions, unique_by=lambda session: session.source_id)


@settings(deadline=None)  # a loaded machine is not a defect
@given(programmes)
def test_the_same_programme_changes_nothing(programme: list[ProgrammeSession]) -> None:
    assert all(change.unchanged for change in diff(known(programme), programme).changes)


@settings(deadline=None)
@given(programmes)
def test_what_is_cancelled_returns_as_it_was(programme: list[ProgrammeSession]) -> None:
    cancelled = diff(known(programme), [])
    assert all(change.kinds == {Change.CANCELLED} for change in cancelled.changes)
    returned = diff(known(programme, cancelled=True), programme)
    assert all(change.kinds == {Change.RETURNED} for change in returned.changes)
    assert len(cancelled.changes) == len(returned.changes) == len(programme)


@settings(deadline=None)
@given(programmes, programmes, st.randoms(use_true_random=False))
def test_the_order_of_the_files_does_not_matter(
    before: list[ProgrammeSession],
    after: list[ProgrammeSession],
    random: Random,
) -> None:
    shuffled = [list(before), list(after)]
    for programme in shuffled:
        random.shuffle(programme)
    found = diff(known(before), after)
    assert diff(known(shuffled[0]), shuffled[1]) == found
    order = [(change.session.starts_at, change.session.source_id) for change in found.changes]
    assert order == sorted(order)


@settings(deadline=None)
@given(programmes, programmes)
def test_every_session_of_either_programme_is_told_once(
    before: list[ProgrammeSession], after: list[ProgrammeSession]
) -> None:
    ids = [change.session.source_id for change in diff(known(before), after).changes]
    assert len(ids) == len(set(ids))
    assert set(ids) == {session.source_id for session in (*before, *after)}
