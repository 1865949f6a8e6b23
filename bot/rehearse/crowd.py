"""The people of a rehearsal together: they come, see what is said to them, and come to it later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial

from bot.playground.workspace import Channel
from bot.rehearse.behaviours import read
from bot.rehearse.person import Person
from bot.rehearse.scene import Deed, Scene

AT_ONCE = 8
Reading = Callable[[Scene, Person, str, str], Awaitable[None]]


class Crowd:
    def __init__(
        self,
        scene: Scene,
        people: Iterable[Person],
        channels: Sequence[str],
        reads: Reading = read,
    ) -> None:
        """`channels` are those into which everybody comes who joins; `reads` is what somebody
        does about a message."""
        self._scene, self._channels, self._reads = scene, channels, reads
        self._people = {person.email: person for person in people}
        self._seen = 0
        self._spoken_to: set[str] = set()
        """Who has had a first message."""

    def come(self, first_day: date) -> None:
        """Each at their time; those who are there already are there."""
        for person in self._people.values():
            moment = person.joins(first_day)
            if self._scene.hall.user(person):
                self._scene.notes.joined.add(person.email)
            elif moment:
                self._scene.diary.add(moment, person, partial(self._join, person))

    async def _join(self, person: Person) -> None:
        playground, guest = self._scene.hall.playground, person.guest
        user = await playground.join(guest.name, guest.email, guest.locale)
        for name in self._channels:
            channel = playground.workspace.channel_named(name)
            assert channel is not None, "the workspace has the event's channels"
            await playground.join_channel(user, channel)
        self._scene.notes.joined.add(person.email)

    async def act(self) -> bool:
        """All who have come to something, a few at once; whether anybody has."""
        gate = asyncio.Semaphore(AT_ONCE)
        due = self._scene.diary.due(self._scene.hall.now)
        await asyncio.gather(*(self._do(deeds, gate) for deeds in due.values()))
        return bool(due)

    async def _do(self, deeds: Sequence[Deed], gate: asyncio.Semaphore) -> None:
        async with gate:
            for deed in deeds:
                await deed()

    def look(self) -> None:
        """What was said since; whoever reads it does so in a while."""
        posts = self._scene.hall.playground.receipts.posts
        new, self._seen = posts[self._seen :], len(posts)
        for receipt in new:
            channel = self._scene.hall.playground.workspace.channels[receipt.channel]
            for person in self._members(channel):
                about = f"{channel.name or 'direct'} {receipt.moment}"
                if person.decides(self._attention(person, channel), f"reads {about}"):
                    moment = person.comes_to_it(receipt.moment, about)
                    reading = partial(self._reads, self._scene, person, receipt.channel, receipt.ts)
                    self._scene.diary.add(moment, person, reading)

    def _members(self, channel: Channel) -> Iterator[Person]:
        users = self._scene.hall.playground.workspace.users
        for member in channel.members:
            if person := self._people.get(users[member].email):
                yield person

    def _attention(self, person: Person, channel: Channel) -> float:
        """Whoever said *J'y serai* reads where; the rest depends on how loud a place is."""
        reading = person.rates.reading
        if channel.kind == "mpim":
            return 1.0
        if channel.kind != "im":
            return reading.channel
        first = person.email not in self._spoken_to
        self._spoken_to.add(person.email)
        return reading.greeting if first else reading.direct
