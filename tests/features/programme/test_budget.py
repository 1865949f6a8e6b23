"""Whatever people choose and organisers move, the budget of direct messages holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.delivery.tables import SKIPPED
from bot.features.programme.budget import COUNTED_CLASSES
from bot.features.programme.model import ProgrammeSession, Speaker
from tests.support.factories import EARLY, PARIS, World, at, talk

MORNING = at("07:00")
ADA = Speaker("Ada", "ada@example.org")
minutes = st.integers(0, 15 * 12).map(lambda some: some * 5)
programmes = st.lists(minutes, min_size=1, max_size=16)
imports = st.lists(
    st.tuples(minutes, st.lists(st.none() | minutes, min_size=16, max_size=16)), max_size=4
)


def told_to(world: World, participant_id: str) -> list[datetime]:
    return [
        post.created_at.astimezone(PARIS)
        for post in world.posts()
        if post.participant_id == participant_id
        and post.state != SKIPPED
        and post.message_class in COUNTED_CLASSES
    ]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(programmes, imports, st.sets(st.integers(0, 15)), st.integers(0, 15))
def test_the_budget_holds(
    shared_engine: Engine,
    starts: list[int],
    moves: list[tuple[int, list[int | None]]],
    stars: set[int],
    speaks_in: int,
) -> None:
    def sessions(offsets: Sequence[int | None]) -> list[ProgrammeSession]:
        return [
            talk(
                f"T{number}",
                MORNING + timedelta(minutes=offset),
                speakers=(ADA,) if number == speaks_in else (),
            )
            for number, offset in enumerate(offsets[: len(starts)])
            if offset is not None
        ]

    with Session(shared_engine) as session:
        world = World(session)
        world.imports(*sessions(starts))
        ada = world.person("Ada")
        world.star(ada, *(f"T{number}" for number in stars if number < len(starts)))
        for after, offsets in sorted(moves, key=lambda move: move[0]):
            moment = EARLY + timedelta(minutes=after)
            world.until(moment)
            world.imports(*sessions(offsets), now=moment)
        world.until(at("23:59", day=13))
        told = told_to(world, ada.participant_id)
        # Without moves her speech is where the programme has it.
        speech = world.row(f"T{speaks_in}") if speaks_in < len(starts) and not moves else None

    assert all(count <= 8 for count in Counter(moment.date() for moment in told).values())
    gaps = [later - earlier for earlier, later in pairwise(told)]
    assert all(gap >= timedelta(minutes=10) for gap in gaps)
    assert all("07:30" <= f"{moment:%H:%M}" < "20:00" for moment in told)
    if speech:
        assert not [moment for moment in told if speech.starts_at <= moment < speech.ends_at]
