"""Two organisers, a job and a crash at the same moment: it is said once, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.db.runtime import Runtime
from bot.delivery.outdating import drop_outdated
from bot.delivery.tables import DROPPED, POST, QUEUED, SKIPPED, Delivery
from bot.features.bulletins import actions, jobs
from bot.features.bulletins.model import CHANNEL, EMERGENCY, Content, Words
from bot.features.bulletins.tables import Bulletin
from bot.features.people.tables import Participant
from tests.features.bulletins.support import Organisers
from tests.support.factories import EARLY, at

ROUNDS = 8


def by(who: tuple[str, str], act: Callable[..., Any], *args: Any) -> Callable[[Session], Any]:
    """`act` by a person; what it leads to, or the name of its refusal."""

    def use_case(session: Session) -> Any:
        try:
            row = act(session, session.get_one(Participant, who), *args)
            return row.version if act is actions.rewrite else row.state
        except MaillonError as refused:
            return type(refused).__name__

    return use_case


def posts(session: Session) -> list[tuple[str, str, bool]]:
    rows = session.scalars(select(Delivery).where(Delivery.operation == POST)).all()
    return [(one.args["bulletin_id"], one.state, one.expires_at is not None) for one in rows]


def test_two_who_write_at_once_never_overwrite_each_other(runtime: Runtime) -> None:
    def prepare(session: Session) -> tuple[tuple[str, str], list[str]]:
        world = Organisers(session)
        drafts = [world.drafts(f"Annonce {number}.") for number in range(ROUNDS)]
        session.flush()
        return (world.event_id, world.ada.participant_id), [one.bulletin_id for one in drafts]

    async def scene() -> None:
        who, ids = await runtime.run(prepare)

        def writes(bulletin_id: str, text: str) -> Callable[[Session], Any]:
            content = Content(Words(text), CHANNEL, "programme")
            return by(who, actions.rewrite, bulletin_id, 1, content, EARLY)

        def kept(session: Session) -> list[str]:
            rows = (session.get_one(Bulletin, (who[0], one)) for one in ids)
            return [row.draft["fr"] for row in rows if row.draft]

        winners = []
        for bulletin_id in ids:
            done = await asyncio.gather(*(runtime.run(writes(bulletin_id, t)) for t in "AB"))
            assert sorted(map(str, done)) == ["2", "ChangedMeanwhileError"]
            winners.append("AB"[done.index(2)])
        assert await runtime.read(kept) == winners

    asyncio.run(scene())


def test_the_job_and_a_withdrawal_at_the_same_moment(runtime: Runtime) -> None:
    """Whichever comes first: a post goes out and says that it was withdrawn, or none does."""

    def prepare(session: Session) -> tuple[tuple[str, str], list[str]]:
        world = Organisers(session)
        rows = [world.publishes(world.drafts(send_at=at("12:30"))) for _ in range(ROUNDS)]
        session.flush()
        return (world.event_id, world.ada.participant_id), [one.bulletin_id for one in rows]

    async def scene() -> None:
        who, ids = await runtime.run(prepare)
        now = at("12:30")
        ticks = [runtime.run(lambda s: jobs.tick(s, who[0], now)) for _ in range(4)]
        withdrawals = [runtime.run(by(who, actions.withdraw, one, now)) for one in ids]
        done = await asyncio.gather(*ticks, *withdrawals)
        assert done[4:] == ["withdrawn"] * ROUNDS
        said = await runtime.read(posts)
        assert len({bulletin for bulletin, *_ in said}) == len(said)
        # What the job had queued before is no longer worth saying.
        assert all((state, outdated) == (QUEUED, True) for _, state, outdated in said)
        await runtime.run(lambda s: drop_outdated(s, who[0], now))
        assert {state for _, state, _ in await runtime.read(posts)} <= {SKIPPED, DROPPED}

    asyncio.run(scene())


def test_two_alerts_confirmed_at_once_are_one(runtime: Runtime) -> None:
    def prepare(session: Session) -> tuple[tuple[str, str], list[tuple[str, str]]]:
        world = Organisers(session)
        rows = [world.drafts("Sortez.", kind=EMERGENCY) for _ in range(2)]
        armed = [
            (
                one.bulletin_id,
                actions.arm(session, world.ada, one.bulletin_id, 1, EARLY).armed or "",
            )
            for one in rows
        ]
        return (world.event_id, world.ada.participant_id), armed

    async def scene() -> None:
        who, armed = await runtime.run(prepare)
        presses = [runtime.run(by(who, actions.launch, *one, EARLY)) for one in (*armed, *armed)]
        done = await asyncio.gather(*presses)
        assert sorted(done) == ["StandsAlreadyError"] * 2 + ["sent"] * 2
        assert len(await runtime.read(posts)) == 2  # in the two channels of the event

    asyncio.run(scene())


def test_a_crash_between_saying_and_writing_it_down_says_it_once(runtime: Runtime) -> None:
    def prepare(session: Session) -> str:
        world = Organisers(session)
        world.publishes(world.drafts(send_at=at("12:30")))
        return world.event_id

    async def scene() -> None:
        event_id = await runtime.run(prepare)

        def dies(session: Session) -> None:
            jobs.tick(session, event_id, at("12:30"))
            session.flush()
            raise SystemError("power cut")

        with pytest.raises(SystemError):
            await runtime.run(dies)
        assert await runtime.read(posts) == []
        for _ in range(2):
            await runtime.run(lambda s: jobs.tick(s, event_id, at("12:31")))
        assert len(await runtime.read(posts)) == 1

    asyncio.run(scene())
