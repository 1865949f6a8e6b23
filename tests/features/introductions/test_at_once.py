"""Two who answer at the same moment: neither may miss what the other says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.runtime import Runtime
from bot.features.introductions.encounters import answer_encounter
from bot.features.introductions.outcome_tables import OutcomeTelling
from bot.features.people.tables import Participant
from tests.support.factories import at
from tests.support.introductions import IntroductionWorld

PAIRS = 12


def test_both_of_each_pair_are_asked_what_came_of_it(runtime: Runtime) -> None:
    def prepare(session: Session) -> tuple[str, list[tuple[str, str, str]]]:
        world = IntroductionWorld(session)
        made = []
        for number in range(PAIRS):
            one, two = world.someone(f"A{number}"), world.someone(f"B{number}")
            made.append((world.introduce(one, two), one.participant_id, two.participant_id))
        return world.event_id, made

    async def scene() -> set[str]:
        event_id, made = await runtime.run(prepare)

        def says(introduction_id: str, who: str, whom: str) -> Callable[[Session], None]:
            def use_case(session: Session) -> None:
                person = session.get_one(Participant, (event_id, who))
                answer_encounter(session, person, introduction_id, whom, "yes", at("11:00"))

            return use_case

        await asyncio.gather(
            *(
                runtime.run(says(introduction_id, *sides))
                for introduction_id, one, two in made
                for sides in ((one, two), (two, one))
            )
        )
        waiting = select(OutcomeTelling.participant_id).where(OutcomeTelling.event_id == event_id)
        return set(await runtime.read(lambda session: session.scalars(waiting).all()))

    assert len(asyncio.run(scene())) == 2 * PAIRS
