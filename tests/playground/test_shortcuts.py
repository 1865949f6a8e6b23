"""What the app offers in the menu of a message, and commands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.playground.installed import InstalledApp
from bot.playground.workspace import Message

from .support import Json, World, connected, modal, run, world

OFFERED = InstalledApp(shortcuts={"ask": "Poser cette question"})


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world(app=OFFERED) as made:
        yield made


def test_a_shortcut_carries_the_message_and_opens_a_modal(room: World) -> None:
    app, heard = room.bolt(), []

    @app.message_shortcut("ask")
    async def ask(ack: Any, body: Json, client: Any, respond: Any) -> None:
        heard.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()
        await respond("noté")

    async def scene() -> Message:
        async with connected(app):
            message = await room.playground.post_as(room.bob, room.general, "Pourquoi ?")
            answer = await room.playground.shortcut(room.alice, message, "ask")
            assert answer.acked
            return message

    message = run(scene())
    [body] = heard
    assert (body["user"]["id"], body["message"]["user"]) == (room.alice.id, room.bob.id)
    assert (body["message"]["text"], body["message_ts"]) == ("Pourquoi ?", message.ts)
    assert body["channel"] == {"id": room.general.id, "name": room.general.name}
    assert room.playground.workspace.modal(room.alice.id) is not None
    noted = room.playground.workspace.visible(room.general.id, room.alice.id)[-1]
    assert (noted.text, noted.only_for) == ("noté", room.alice.id)


def test_it_works_where_the_app_is_no_member(room: World) -> None:
    workspace, app = room.playground.workspace, room.bolt()
    private = workspace.add_channel("board", kind="private", members=[room.alice.id, room.bob.id])

    @app.message_shortcut("ask")
    async def ask(ack: Any, respond: Any) -> None:
        await ack()
        await respond("noté")

    async def scene() -> None:
        async with connected(app):
            message = await room.playground.post_as(room.bob, private, "Pourquoi ?")
            await room.playground.shortcut(room.alice, message, "ask")

    run(scene())
    assert room.said(private) == ["Pourquoi ?", "noté"]


def test_only_what_is_installed_and_seen_by_others_has_a_menu(room: World) -> None:
    posted = room.client().chat_postEphemeral(
        channel=room.general.id, user=room.alice.id, text="pour vous"
    )
    private = room.message(posted["message_ts"])

    async def scene() -> None:
        said = await room.playground.post_as(room.bob, room.general, "Pourquoi ?")
        for message, name in ((said, "other"), (private, "ask")):
            with pytest.raises(LookupError, match="does not offer"):
                await room.playground.shortcut(room.alice, message, name)

    run(scene())
