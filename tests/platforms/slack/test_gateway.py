"""Slack's own ways: faults of a bad day, channels by name, and reading back under limits."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest

from bot.core.address import PublicAddress
from bot.core.cards import Action, Card, Picture
from bot.core.i18n import Reader
from bot.delivery.gateway import (
    Address,
    DeliveryError,
    NotSentError,
    OutcomeUnknownError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.platforms.slack.app import web_client
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.gateway import SlackGateway
from bot.playground.faults import Fault
from bot.playground.server import Playground
from bot.playground.workspace import Channel
from tests.delivery.support import START

READER = Reader.of("en", "Europe/Paris")
POST = "chat.postMessage"
CARD = Card("hello")


@pytest.fixture(scope="module")
def served() -> Iterator[Playground]:
    with Playground(START).serve() as playground:
        yield playground


@pytest.fixture
def playground(served: Playground) -> Iterator[Playground]:
    served.limits.scale = math.inf
    for channel in served.workspace.channels.values():
        channel.name = f"old-{channel.id.lower()}"  # each test has a `general` of its own
    yield served
    served.faults.clear()


@pytest.fixture
def general(playground: Playground) -> Channel:
    return playground.workspace.add_channel("general")


def play(playground: Playground, scene: Callable[[SlackGateway], Awaitable[Any]]) -> Any:
    async def with_client() -> Any:
        async with aiohttp.ClientSession() as session:
            token = playground.installed.bot_token
            client = web_client(token, f"{playground.url}/api/", session)
            return await scene(SlackGateway(client, Channels(client)))

    return asyncio.run(with_client())


async def post(gateway: SlackGateway, delivery_id: str = "d", channel: str = "general") -> Posted:
    return await gateway.post(Address(channel=channel), CARD, READER, "e", delivery_id)


async def find(gateway: SlackGateway, *ids: str, since: float = 0.0) -> dict[str, Posted]:
    since = since or time.time()
    return dict(await gateway.find(Address(channel="general"), ids, since))


def said(playground: Playground, channel: Channel) -> int:
    messages = playground.workspace.messages[channel.id].values()
    return len([message for message in messages if message.text == "hello"])


# Outcomes


@pytest.mark.parametrize(
    ("fault", "means", "arrived"),
    [
        (Fault.DROP_AFTER_RECEIPT, OutcomeUnknownError, 1),
        (Fault.LATE, OutcomeUnknownError, 0),
        (Fault.ERROR_BEFORE, OutcomeUnknownError, 0),
        (Fault.ERROR_AFTER, OutcomeUnknownError, 1),
        (Fault.RATELIMITED, ThrottledError, 0),
        (Fault.SLOW, None, 1),
        (Fault.DISCONNECT, None, 1),
    ],
)
def test_each_fault_of_a_bad_day(
    playground: Playground,
    general: Channel,
    fault: Fault,
    means: type[DeliveryError] | None,
    arrived: int,
) -> None:
    playground.faults.slow_by, playground.faults.late_by = 0.01, 60.0
    playground.faults.plan(POST, fault)
    if means is None:
        play(playground, post)
    else:
        with pytest.raises(means):
            play(playground, post)
    assert said(playground, general) == arrived


def test_a_card_that_cannot_be_drawn_was_not_sent(playground: Playground, general: Channel) -> None:
    bad = Card("hello", actions=(Action("Press", "a" * 200),))

    async def scene(gateway: SlackGateway) -> None:
        with pytest.raises(NotSentError, match="not rendered"):
            await gateway.post(Address(channel="general"), bad, READER, "e", "d")

    play(playground, scene)
    assert said(playground, general) == 0


# Channels


def test_it_joins_the_channels_it_posts_to(playground: Playground, general: Channel) -> None:
    play(playground, post)
    assert playground.workspace.bot.id in general.members


def test_it_comes_back_when_it_was_removed(playground: Playground, general: Channel) -> None:
    async def scene(gateway: SlackGateway) -> None:
        await post(gateway)
        general.members.remove(playground.workspace.bot.id)
        with pytest.raises(NotSentError, match="not_in_channel"):
            await post(gateway)
        await post(gateway)

    play(playground, scene)
    assert said(playground, general) == 2


def test_a_private_channel_has_to_invite_it(playground: Playground) -> None:
    private = playground.workspace.add_channel("general", kind="private")

    async def scene(gateway: SlackGateway) -> None:
        with pytest.raises(RefusedError, match="channel_not_found"):
            await post(gateway)
        private.members.append(playground.workspace.bot.id)
        await post(gateway)

    play(playground, scene)
    assert said(playground, private) == 1


def test_a_channel_that_is_made_later_is_found(playground: Playground) -> None:
    async def scene(gateway: SlackGateway) -> None:
        with pytest.raises(RefusedError, match="channel_not_found"):
            await post(gateway)
        playground.workspace.add_channel("general")
        await post(gateway)

    play(playground, scene)


def test_channels_are_listed_once_for_all_who_wait(playground: Playground) -> None:
    calls = 0

    async def scene(gateway: SlackGateway) -> None:
        nonlocal calls
        client = gateway._client
        listing = client.conversations_list

        async def counted(**arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            return await listing(**arguments)

        client.conversations_list = counted  # type: ignore[method-assign]
        names = [f"room-{number}" for number in range(5)]
        for name in names:
            playground.workspace.add_channel(name)
        await asyncio.gather(*(post(gateway, name, name) for name in names))

    play(playground, scene)
    assert calls == 1


def test_asked_too_often_it_does_not_ask_on(playground: Playground, general: Channel) -> None:
    playground.faults.retry_after = 7
    playground.faults.plan("conversations.list", Fault.RATELIMITED)

    async def scene(gateway: SlackGateway) -> None:
        for _ in range(2):  # the second is not asked at all, or it would succeed
            with pytest.raises(NotSentError) as raised:
                await post(gateway)
            assert raised.value.wait == pytest.approx(7, abs=3)

    play(playground, scene)
    assert said(playground, general) == 0


# Reading back


def test_a_long_conversation_is_read_to_its_end(
    playground: Playground, general: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.gateway.HISTORY_PAGE", 2)
    monkeypatch.setattr("bot.platforms.slack.gateway.HISTORY_PAGES", 3)

    async def scene(gateway: SlackGateway) -> None:
        posted = await post(gateway, "wanted")
        for number in range(9):
            await post(gateway, f"{number}")
        with pytest.raises(NotSentError, match="longer than one look"):
            await find(gateway, "wanted", "absent")
        assert await find(gateway, "wanted", "absent") == {"wanted": posted}

    play(playground, scene)


def test_what_was_said_before_is_not_read(playground: Playground, general: Channel) -> None:
    async def scene(gateway: SlackGateway) -> None:
        await post(gateway, "wanted")
        assert await find(gateway, "wanted", since=time.time() + 3_600) == {}

    play(playground, scene)


def test_a_look_that_had_to_stop_goes_on_where_it_stood(
    playground: Playground, general: Channel
) -> None:
    """One page of 15 a minute: what was said meanwhile must not make it begin again for ever."""

    async def scene(gateway: SlackGateway) -> dict[str, Posted]:
        expected = {"wanted": await post(gateway, "wanted")}
        for number in range(20):
            await post(gateway, f"{number}")
        playground.faults.restrict_reads()
        playground.limits.scale = 600  # a minute lasts a tenth of a second
        with pytest.raises(ThrottledError):
            await find(gateway, "wanted")
        await asyncio.sleep(0.15)
        assert await find(gateway, "wanted") == expected
        return expected

    play(playground, scene)


def test_a_look_that_began_before_does_not_serve_a_later_post(
    playground: Playground, general: Channel
) -> None:
    async def scene(gateway: SlackGateway) -> None:
        for number in range(20):
            await post(gateway, f"{number}")
        playground.faults.restrict_reads()
        playground.limits.scale = 600
        with pytest.raises(ThrottledError):
            await find(gateway, "absent")
        playground.limits.scale = math.inf
        posted = await post(gateway, "later")
        assert await find(gateway, "later") == {"later": posted}

    play(playground, scene)


def test_a_look_at_direct_messages(playground: Playground) -> None:
    person = playground.workspace.add_user("Ines", f"i{time.time_ns()}@example.org")

    async def scene(gateway: SlackGateway) -> None:
        to = Address(user_id=person.id)
        posted = await gateway.post(to, CARD, READER, "e", "d")
        assert await gateway.find(to, ["d", "other"], time.time()) == {"d": posted}

    play(playground, scene)


# Pictures


def play_with_pages(playground: Playground, card: Card, url: str | None) -> list[dict[str, Any]]:
    """The blocks that arrive."""

    async def scene() -> None:
        async with aiohttp.ClientSession() as session:
            token = playground.installed.bot_token
            client = web_client(token, f"{playground.url}/api/", session)
            gateway = SlackGateway(client, Channels(client), PublicAddress(url))
            await gateway.post(Address(channel="general"), card, READER, "e", "d")

    asyncio.run(scene())
    channel = playground.workspace.channel_named("general")
    assert channel is not None
    *_, message = playground.workspace.messages[channel.id].values()
    return list(message.blocks)


@pytest.mark.usefixtures("general")
@pytest.mark.parametrize(
    ("url", "alt", "shown"),
    [
        ("https://maillon.example.org", "In words", ["header", "image"]),
        ("http://127.0.0.1:8080", "In words", ["header"]),
        (None, "In words", ["header"]),
        # Refused, as where Slack cannot fetch a picture: the words arrive all the same.
        ("https://maillon.example.org", "", ["header"]),
    ],
)
def test_a_picture_is_shown_where_slack_can_fetch_it(
    playground: Playground, url: str | None, alt: str, shown: list[str]
) -> None:
    card = Card("hello", title="Hello", picture=Picture("/report/x.png", alt))
    blocks = play_with_pages(playground, card, url)
    assert [block["type"] for block in blocks] == shown
    if "image" in shown:
        assert blocks[1]["image_url"] == "https://maillon.example.org/report/x.png"
        assert blocks[1]["alt_text"] == "In words"
