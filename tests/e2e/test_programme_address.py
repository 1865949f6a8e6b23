"""The programme from an address, and roles by user group: as a congress has them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import select

from bot.demo import sample_bytes
from bot.features.events.actions import apply_event
from bot.features.events.queries import event_settings, find_event
from bot.features.people.tables import Participant
from bot.features.programme.queries import known_sessions
from bot.features.programme.roles import Role
from bot.features.programme.sources import keep_source
from tests.support.congress import Congress, at, congress, said

ORGANISER, GUEST = "susan.aubert@example.org", "laetitia.charpentier@example.org"
EVERY = timedelta(minutes=15)


class Server:
    """An address that answers what it is given to."""

    def __init__(self) -> None:
        self.body, self.status, self.url = sample_bytes("schedule.json"), 200, ""
        self.asked: list[str] = []
        self.was_asked = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.headers.get("If-None-Match", ""))
        async with self.was_asked:
            self.was_asked.notify_all()
        etag = f'"{hash(self.body)}"'
        if self.status == 200 and self.asked[-1] == etag:
            return web.Response(status=304)
        return web.Response(body=self.body, status=self.status, headers={"ETag": etag})


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    one, app = Server(), web.Application()
    app.router.add_get("/schedule.json", one.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}/schedule.json"
    try:
        yield one
    finally:
        await runner.cleanup()


async def change_event(one: Congress, **changes: Any) -> None:
    now = one.playground.clock.now()

    def use_case(session: Any) -> None:
        event_id = find_event(session)
        before = event_settings(session, event_id).model_dump(mode="json")
        file = event_settings(session, event_id).model_validate({**before, **changes})
        apply_event(session, file, now)
        keep_source(session, event_id, file, now)

    await one.maillon.runtime.run(use_case)


async def fetched(one: Congress, address: Server, times: int) -> None:
    """Until the address was asked `times` times, and what followed was said."""
    async with address.was_asked:
        await address.was_asked.wait_for(lambda: len(address.asked) >= times)
    await one.maillon.refreshing.settled()
    await one.idle()


async def later(one: Congress) -> None:
    one.playground.clock.set(one.playground.clock.now() + EVERY)


def starts(one: Congress) -> Any:
    return one.maillon.runtime.read(
        lambda session: {
            known.session.title: known.session.starts_at
            for known in known_sessions(session, find_event(session))
            if not known.cancelled
        }
    )


def test_the_programme_of_an_address(sqlite_url: str) -> None:
    """Unchanged, changed a little, empty, changed a lot and applied by an organiser."""

    async def scene() -> None:
        async with server() as address, congress(sqlite_url, start=at("14:00", day=10)) as one:
            address.body = sample_bytes("schedule.json")
            await change_event(one, programme={"address": address.url, "every_minutes": 15})
            before = await starts(one)
            await fetched(one, address, 1)
            assert (await starts(one), len(one.posts("organisation"))) == (before, 0)

            address.body = sample_bytes("schedule-v2.json")
            await later(one)
            await fetched(one, address, 2)
            assert await starts(one) != before

            known, address.body = await starts(one), b"<html><body>Maintenance</body></html>"
            for times in (3, 4):
                await later(one)
                await fetched(one, address, times)
            [post] = one.posts("organisation")
            assert said(post).startswith(
                "Le programme n'a pas pu être lu à son adresse\n"
                f"{address.url}\n"
                "C'est une page web. Le programme est derrière un de ses liens, pas dans la page."
            )
            assert await starts(one) == known

            address.body = _emptied("schedule-v2.json", keep=3)
            await later(one)
            await fetched(one, address, 5)
            works, question = sorted(
                one.posts("organisation")[1:], key=lambda post: len(said(post))
            )
            assert said(works).startswith("Le programme est de nouveau accessible à son adresse")
            assert said(question).startswith("Le programme a beaucoup changé. L'appliquer ?")
            assert await starts(one) == known
            await later(one)
            await fetched(one, address, 6)  # 304: nothing is asked twice
            assert len(one.posts("organisation")) == 3

            await one.press(GUEST, question, "Appliquer")
            [refusal] = await one.private(GUEST, one.channel("organisation"))
            assert said(refusal) == (
                "Seule l'équipe d'organisation peut le faire. "
                "Vous pouvez vous adresser à Alexandre Rémy ou Georges Rousset."
            )
            assert await starts(one) == known
            await one.press(ORGANISER, question, "Appliquer")
            await one.idle()
            assert len(await starts(one)) == 3
            told = [said(post).split("\n")[0] for post in one.posts("organisation")]
            assert "Programme modifié, appliqué par Susan Aubert" in told

    asyncio.run(scene())


def _emptied(name: str, keep: int) -> bytes:
    schedule = json.loads(sample_bytes(name))
    for day in schedule["schedule"]["conference"]["days"]:
        for room in day["rooms"]:
            kept = day["rooms"][room][:keep]
            keep -= len(kept)
            day["rooms"][room] = kept
    return json.dumps(schedule).encode()


def test_roles_by_user_group_and_by_an_organiser(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("09:00", day=10)) as one:
            guest = one.user(GUEST)
            group = one.playground.workspace.add_group("moderation", [guest.id])
            await change_event(one, roles={"groups": {"moderation": {"role": "questions"}}})
            await one.maillon.slack.groups.read()
            assert await ways(one, GUEST) == ["questions group"]
            await one.playground.change_group(group, [one.user(ORGANISER).id])
            await one.playground.settled()
            await one.maillon.slack.gestures.settled()
            assert await ways(one, GUEST) == []
            assert "questions group" in await ways(one, ORGANISER)

            answer = await one.command(GUEST, "rôles")
            assert answer is not None
            assert said(answer).startswith(
                "Seule l'équipe d'organisation peut le faire. Vous pouvez"
            )
            answer = await one.command(ORGANISER, "rôles")
            assert answer is not None
            await one.press(ORGANISER, answer, "Attribuer un rôle")
            await one.submit(ORGANISER, person="personne", role="regie", scope="event")
            form = await one.submit(ORGANISER, person=GUEST, role="regie", scope="event")
            assert form is not None
            assert "Régie · tout le congrès · attribué ici" in said(form)
            assert await ways(one, GUEST) == ["regie chat"]
            await one.press(ORGANISER, form, "Retirer")
            assert await ways(one, GUEST) == []

    asyncio.run(scene())


async def ways(one: Congress, email: str) -> list[str]:
    """The roles of a person, and what gave them."""

    def read(session: Any) -> list[str]:
        rows = session.execute(
            select(Role.role, Role.source)
            .join(Participant, Participant.participant_id == Role.participant_id)
            .where(Participant.email == email)
        )
        return [f"{role} {source}" for role, source in rows]

    return await one.maillon.runtime.read(read)
