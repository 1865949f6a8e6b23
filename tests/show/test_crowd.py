"""The simulated participants of the demo: the same for a seed, none of them played by somebody."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo import DEMO_START, sample_event, sample_guests
from bot.features.introductions.tables import RoundChoice
from bot.features.people.tables import Participant
from bot.features.programme.tables import Star
from bot.playground.page import Surroundings
from bot.show.around import CAST
from bot.show.crowd import SimulatedCrowd, persons, there
from tests.support.congress import Congress, at, prepared

SEED = 1
STEPS = ("08:47", "08:55", "09:05", "09:16", "09:25")
Facts = dict[str, list[str]]


def lived(url: str, played: str | None = None) -> tuple[Facts, int]:
    """The first half hour with the crowd on: who did what; and how many gestures there were."""
    around = Surroundings(cast=CAST)
    if played:
        around.acted.add(played)

    async def scene(one: Congress) -> tuple[Facts, int]:
        async with one.bot() as maillon:
            crowd = SimulatedCrowd(one.playground, maillon, around, SEED)
            await crowd.act()
            assert crowd.deeds == 0, "it is off until somebody switches it on"
            crowd.switch(True)
            for moment in STEPS:
                await one.until(at(moment))
                await crowd.act()
            crowd.switch(False)
            before = crowd.deeds
            await one.until(at("09:35"))
            await crowd.act()
            assert crowd.deeds == before
            facts = await maillon.runtime.read(_facts)
            facts["there"] = sorted(user.email for user in one.playground.workspace.users.values())
            return facts, crowd.deeds

    with prepared(url, DEMO_START, guests=there(SEED)) as one:
        return asyncio.run(scene(one))


def _facts(session: Session) -> Facts:
    def who(table: type[Star] | type[RoundChoice]) -> list[str]:
        rows = session.execute(
            select(Participant.email)
            .join(table, table.participant_id == Participant.participant_id)
        )  # fmt: skip
        return sorted(filter(None, rows.scalars()))

    return {"stars": who(Star), "comes": who(RoundChoice)}


def test_the_same_seed_is_the_same_crowd(sqlite_url: str) -> None:
    facts, deeds = lived(sqlite_url)
    assert deeds > 20
    assert len(facts["stars"]) > 5
    assert facts["comes"]
    came = Counter(facts["there"]) - Counter(guest.email for guest in there(SEED))
    assert came - Counter({"": 1}), "some come into the workspace while it runs"
    own = {email for _, email, _ in CAST} | set(sample_event().organisers)
    assert not own & {*facts["stars"], *facts["comes"]}
    busiest = Counter(facts["stars"]).most_common(1)[0][0]
    again, _ = lived(sqlite_url.replace(".db", "-again.db"), played=busiest)
    # Whom somebody plays is left alone, and the others do as before.
    for what in ("stars", "comes"):
        assert again[what] == [email for email in facts[what] if email != busiest]


def test_who_is_there_as_the_demo_begins() -> None:
    emails = {guest.email for guest in there(SEED)}
    assert 190 < len(emails) < len(sample_guests())
    assert {email for _, email, _ in CAST} < emails
    assert not {person.email for person in persons(SEED)} & set(sample_event().organisers)
