"""What every gateway promises: the same tests on the one in memory and on Slack's."""

from __future__ import annotations

import asyncio
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Iterator
from typing import Any

import aiohttp
import pytest

from bot.core.cards import Card
from bot.delivery.gateway import (
    Address,
    Gateway,
    NotSentError,
    OutcomeUnknownError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LateError, LostError, MemoryGateway, place_of
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.gateway import SlackGateway
from bot.playground.faults import Fault
from bot.playground.server import Playground
from tests.delivery.support import READER, START

GENERAL = Address(channel="general")
DAY_AGO = time.time() - 86_400
POST, EDIT, DELETE, OPEN = "post", "edit", "delete", "open"


class Stage(ABC):
    """A platform with a channel `general` and a person, where things go wrong on demand."""

    person: Address
    group: Address

    @abstractmethod
    def play(self, scene: Coroutine[Any, Any, None]) -> None: ...

    @abstractmethod
    def gateway(self) -> Gateway: ...

    @abstractmethod
    def said(self, place: Address = GENERAL) -> list[str]:
        """What stands there."""

    @abstractmethod
    def archive(self) -> None: ...

    @abstractmethod
    def delete(self, delivery_id: str, posted: Posted) -> None: ...

    @abstractmethod
    def fails(self, what: str, operation: str = POST) -> None: ...

    @abstractmethod
    async def arrive(self) -> None:
        """What is late arrives now."""


class InMemory(Stage):
    person = Address(user_id="U1")
    group = Address(user_ids=("U2", "U1"))

    def __init__(self) -> None:
        self._gateway = MemoryGateway()

    def play(self, scene: Coroutine[Any, Any, None]) -> None:
        asyncio.run(scene)

    def gateway(self) -> Gateway:
        return self._gateway

    def said(self, place: Address = GENERAL) -> list[str]:
        return [
            message.card.summary
            for message in self._gateway.messages
            if message.place == place_of(place) and message.delivery_id not in self._gateway.deleted
        ]

    def archive(self) -> None:
        self._gateway.closed.add("general")

    def delete(self, delivery_id: str, posted: Posted) -> None:
        self._gateway.deleted.add(delivery_id)

    def fails(self, what: str, operation: str = POST) -> None:
        failure: dict[str, Exception] = {
            "throttled": ThrottledError(7),
            "not sent": NotSentError("no connection"),
            "lost": LostError("reset"),
            "accepted": OutcomeUnknownError("reset"),
            "late": LateError("reset"),
        }
        opening = {"throttled": ThrottledError(7, opening=True), "accepted": NotSentError("reset")}
        self._gateway.failures.append((opening if operation == OPEN else failure)[what])

    async def arrive(self) -> None:
        self._gateway.arrive()


class OnSlack(Stage):
    _FAULTS = {  # noqa: RUF012
        "throttled": Fault.RATELIMITED,
        "lost": Fault.ERROR_BEFORE,
        "accepted": Fault.DROP_AFTER_RECEIPT,
        "late": Fault.LATE,
    }
    _METHODS = {  # noqa: RUF012
        POST: "chat.postMessage",
        EDIT: "chat.update",
        DELETE: "chat.delete",
        OPEN: "conversations.open",
    }

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._workspace = playground.workspace
        user = self._workspace.add_user("Ines", f"ines-{len(self._workspace.users)}@example.org")
        other = self._workspace.add_user("Bo", f"bo-{len(self._workspace.users)}@example.org")
        self.person = Address(user_id=user.id)
        self.group = Address(user_ids=(other.id, user.id))
        for old in list(self._workspace.channels.values()):
            if old.name == "general":
                old.name = f"old-{old.id.lower()}"
        self._channel = self._workspace.add_channel("general")
        self._base = f"{playground.url}/api/"

    def play(self, scene: Coroutine[Any, Any, None]) -> None:
        async def with_session() -> None:
            async with aiohttp.ClientSession() as self._session:
                await scene

        asyncio.run(with_session())

    def gateway(self) -> Gateway:
        from bot.platforms.slack.app import web_client

        client = web_client(self._playground.installed.bot_token, self._base, self._session)
        return SlackGateway(client, Channels(client))

    def said(self, place: Address = GENERAL) -> list[str]:
        channel = self._channel.id
        if place.user_id or place.user_ids:
            people = [self._workspace.bot.id, *filter(None, (place.user_id, *place.user_ids))]
            channel = self._workspace.direct(people)[0].id
        messages = self._workspace.messages[channel].values()
        return [message.text for message in messages if message.subtype is None]

    def archive(self) -> None:
        self._channel.archived = True

    def delete(self, delivery_id: str, posted: Posted) -> None:
        message = self._workspace.message(posted.channel, posted.ts)
        assert message is not None
        self._workspace.remove_message(message)

    def fails(self, what: str, operation: str = POST) -> None:
        faults = self._playground.faults
        faults.retry_after, faults.late_by = 7, 0.05
        if what == "not sent":
            self._base = "http://127.0.0.1:1/api/"  # nobody listens there
        else:
            faults.plan(self._METHODS[operation], self._FAULTS[what])

    async def arrive(self) -> None:
        seen = self._workspace.changes.number
        while not self.said():
            seen = await self._workspace.changes.beyond(seen, 2)


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground(START).serve() as playground:
        playground.limits.scale = math.inf
        yield playground


@pytest.fixture(params=["memory", "slack"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "memory":
        return InMemory()
    return OnSlack(request.getfixturevalue("playground"))


def test_a_post_stands_where_it_was_sent(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        for number, to in enumerate((GENERAL, stage.person, stage.group)):
            posted = await gateway.post(to, Card("hello"), READER, "e", f"d{number}")
            assert await gateway.find(to, [f"d{number}"], DAY_AGO) == {f"d{number}": posted}
            assert stage.said(to) == ["hello"]

    stage.play(scene())


def test_the_same_people_have_one_conversation(stage: Stage) -> None:
    """In whatever order they are named, and it is not the one with each of them."""

    async def scene() -> None:
        gateway, named = stage.gateway(), stage.group.user_ids
        first = await gateway.post(stage.group, Card("a"), READER, "e", "d1")
        turned = Address(user_ids=tuple(reversed(named)))
        second = await gateway.post(turned, Card("b"), READER, "e", "d2")
        assert first.channel == second.channel
        assert await gateway.find(turned, ["d1", "d2"], DAY_AGO) == {"d1": first, "d2": second}
        await gateway.edit(first, Card("changed"), READER, "e")
        assert stage.said(stage.group) == ["changed", "b"]
        assert stage.said(stage.person) == []

    stage.play(scene())


def test_a_conversation_that_does_not_open(stage: Stage) -> None:
    """Nothing was sent, whatever is known of the opening itself."""

    async def scene() -> None:
        gateway = stage.gateway()
        stage.fails("throttled", OPEN)
        with pytest.raises(ThrottledError) as raised:
            await gateway.post(stage.group, Card("a"), READER, "e", "d")
        assert raised.value.opening
        stage.fails("accepted", OPEN)
        with pytest.raises(NotSentError):
            await gateway.post(stage.group, Card("a"), READER, "e", "d")
        assert await gateway.find(stage.group, ["d"], DAY_AGO) == {}
        await gateway.post(stage.group, Card("a"), READER, "e", "d")
        assert stage.said(stage.group) == ["a"]

    stage.play(scene())


def test_an_edit_shows_the_newest(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        posted = await gateway.post(GENERAL, Card("old"), READER, "e", "d")
        await gateway.edit(posted, Card("new"), READER, "e")
        await gateway.edit(posted, Card("newest"), READER, "e")
        assert stage.said() == ["newest"]
        assert await gateway.find(GENERAL, ["d"], DAY_AGO) == {"d": posted}

    stage.play(scene())


def test_only_what_is_asked_for_and_there_is_found(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        posted = {
            name: await gateway.post(GENERAL, Card(name), READER, "e", name) for name in ("a", "b")
        }
        assert await gateway.find(GENERAL, ["a", "c"], DAY_AGO) == {"a": posted["a"]}
        assert await gateway.find(GENERAL, ["a", "b"], DAY_AGO) == posted
        assert await gateway.find(stage.person, ["a"], DAY_AGO) == {}

    stage.play(scene())


def test_what_nobody_wrote_down_is_found_again_and_edited(stage: Stage) -> None:
    """By who knows the person and the id only, behind what was said since."""

    async def scene() -> None:
        first = stage.gateway()
        for name in ("before", "d", "after"):
            await first.post(stage.person, Card(name), READER, "e", name)
        for words in ("moved", "moved again"):
            another = stage.gateway()
            found = await another.find(stage.person, ["d"], DAY_AGO)
            await another.edit(found["d"], Card(words), READER, "e")
        assert stage.said(stage.person) == ["before", "moved again", "after"]
        stage.delete("d", found["d"])
        assert await another.find(stage.person, ["d"], DAY_AGO) == {}
        with pytest.raises(RefusedError, match="message_not_found"):
            await another.edit(found["d"], Card("too late"), READER, "e")

    stage.play(scene())


def test_an_archived_channel_refuses(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        await gateway.post(GENERAL, Card("before"), READER, "e", "d")
        stage.archive()
        with pytest.raises(RefusedError, match="is_archived"):
            await gateway.post(GENERAL, Card("after"), READER, "e", "d2")

    stage.play(scene())
    assert stage.said() == ["before"]


def test_an_edit_of_what_does_not_stand_is_refused(stage: Stage) -> None:
    from dataclasses import replace

    async def scene() -> None:
        gateway = stage.gateway()
        posted = await gateway.post(GENERAL, Card("a"), READER, "e", "d")
        with pytest.raises(RefusedError, match="message_not_found"):
            await gateway.edit(replace(posted, ts="999999"), Card("b"), READER, "e")

    stage.play(scene())


def test_too_fast(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        stage.fails("throttled")
        with pytest.raises(ThrottledError) as raised:
            await gateway.post(GENERAL, Card("a"), READER, "e", "d")
        assert raised.value.retry_after == 7
        assert await gateway.find(GENERAL, ["d"], DAY_AGO) == {}
        posted = await gateway.post(GENERAL, Card("a"), READER, "e", "d")
        stage.fails("throttled", EDIT)
        with pytest.raises(ThrottledError):
            await gateway.edit(posted, Card("b"), READER, "e")

    stage.play(scene())
    assert stage.said() == ["a"]


def test_nobody_there(stage: Stage) -> None:
    async def scene() -> None:
        stage.fails("not sent")
        with pytest.raises(NotSentError):
            await stage.gateway().post(GENERAL, Card("a"), READER, "e", "d")

    stage.play(scene())
    assert stage.said() == []


@pytest.mark.parametrize(("failure", "said"), [("accepted", ["a"]), ("lost", [])])
def test_no_answer(stage: Stage, failure: str, said: list[str]) -> None:
    """The attempt says that it does not know; reading back does."""

    async def scene() -> None:
        gateway = stage.gateway()
        stage.fails(failure)
        with pytest.raises(OutcomeUnknownError):
            await gateway.post(GENERAL, Card("a"), READER, "e", "d")
        assert list(await gateway.find(GENERAL, ["d"], DAY_AGO)) == (["d"] if said else [])

    stage.play(scene())
    assert stage.said() == said


def test_accepted_late(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        stage.fails("late")
        with pytest.raises(OutcomeUnknownError):
            await gateway.post(GENERAL, Card("a"), READER, "e", "d")
        await stage.arrive()
        assert list(await gateway.find(GENERAL, ["d"], DAY_AGO)) == ["d"]

    stage.play(scene())
    assert stage.said() == ["a"]


@pytest.mark.parametrize(("failure", "said"), [("accepted", ["new"]), ("lost", ["old"])])
def test_an_edit_without_an_answer(stage: Stage, failure: str, said: list[str]) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        posted = await gateway.post(GENERAL, Card("old"), READER, "e", "d")
        stage.fails(failure, EDIT)
        with pytest.raises(OutcomeUnknownError):
            await gateway.edit(posted, Card("new"), READER, "e")
        assert stage.said() == said
        await gateway.edit(posted, Card("new"), READER, "e")

    stage.play(scene())
    assert stage.said() == ["new"]


def test_what_is_deleted_is_gone_and_may_be_deleted_again(stage: Stage) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        for name in ("a", "b"):
            posted = await gateway.post(stage.person, Card(name), READER, "e", name)
        await gateway.delete(posted)
        assert stage.said(stage.person) == ["a"]
        assert await gateway.find(stage.person, ["b"], DAY_AGO) == {}
        await gateway.delete(posted)

    stage.play(scene())


@pytest.mark.parametrize(("failure", "said"), [("accepted", []), ("lost", ["a"])])
def test_a_deletion_without_an_answer(stage: Stage, failure: str, said: list[str]) -> None:
    async def scene() -> None:
        gateway = stage.gateway()
        posted = await gateway.post(stage.person, Card("a"), READER, "e", "d")
        stage.fails("throttled", DELETE)
        with pytest.raises(ThrottledError):
            await gateway.delete(posted)
        stage.fails(failure, DELETE)
        with pytest.raises(OutcomeUnknownError):
            await gateway.delete(posted)
        assert stage.said(stage.person) == said
        await gateway.delete(posted)

    stage.play(scene())
    assert stage.said(stage.person) == []
