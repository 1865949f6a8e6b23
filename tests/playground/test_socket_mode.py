"""The real Bolt over Socket Mode: what people do arrives, what the bot says lands."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.faults import INTERACTION, Fault

from .support import Json, Machine, World, button, connected, plain, refused, run, world


def test_a_mention_is_answered_in_its_thread(room: World) -> None:
    app, heard = room.bolt(), []

    @app.event("app_mention")
    async def mentioned(event: Json, say: Any) -> None:
        await say("oui ?", thread_ts=event["ts"])

    @app.event("message")
    async def message(event: Json, body: Json) -> None:
        heard.append((event["text"], event["channel_type"], body["event_id"][:2]))

    async def scene() -> None:
        async with connected(app):
            said = f"<@{room.bot.id}> bonjour"
            first = await room.playground.post_as(room.alice, room.general, said)
            await room.playground.settled()
            thread = room.playground.workspace.thread(room.general.id, first.ts, room.bob.id)
            assert [m.text for m in thread] == [said, "oui ?"]
            # Bolt keeps the bot's own words from its listeners; both were sent.
            assert heard == [(said, "channel", "Ev")]

    run(scene())


def test_a_press_that_is_taken_and_never_heard_of_and_one_that_comes_twice(room: World) -> None:
    app, heard = room.bolt(), []

    @app.action("go")
    async def go(ack: Any, body: Json) -> None:
        heard.append(body["trigger_id"])
        await ack()

    async def scene() -> None:
        async with connected(app):
            posted = await app.client.chat_postMessage(
                channel=room.general.id,
                text="Choose",
                blocks=[{"type": "actions", "elements": [button(value="7")]}],
            )
            message = room.message(posted["ts"])
            room.playground.faults.plan(INTERACTION, Fault.DROP_AFTER_RECEIPT)
            answers = [await room.playground.press(room.bob, message, "go") for _ in "12"]
            assert [answer.acked for answer in answers] == [False, True]
            await room.playground.press(room.bob, message, "go", deliveries=2)
            first, second, *twice = heard
            assert first != second
            assert twice == [twice[0]] * 2

    run(scene())


def test_a_press_reaches_its_listener_and_the_reply_lands(room: World) -> None:
    app = room.bolt()

    @app.action("go")
    async def go(ack: Any, body: Json, action: Json, say: Any, respond: Any) -> None:
        await ack()
        await respond("noted")  # by default for the presser alone
        await respond("done", replace_original=True)
        await say(f"{body['user']['id']} chose {action['value']}")

    async def scene() -> None:
        async with connected(app):
            posted = await app.client.chat_postMessage(
                channel=room.general.id,
                text="Choose",
                blocks=[{"type": "actions", "elements": [button(value="7")]}],
            )
            message = room.message(posted["ts"])
            answer = await room.playground.press(room.bob, message, "go")
            assert answer.acked
            seen = room.playground.workspace.visible(room.general.id, room.bob.id)
            assert [m.text for m in seen] == ["done", "noted", f"{room.bob.id} chose 7"]
            others = room.playground.workspace.visible(room.general.id, room.alice.id)
            assert [m.text for m in others] == ["done", f"{room.bob.id} chose 7"]
            assert (message.edited_ts, message.blocks) != (None, message.blocks or None)

    run(scene())


def test_what_was_picked_arrives_as_slack_says_it(room: World) -> None:
    app, picked = room.bolt(), []
    options = [{"text": plain(name), "value": name} for name in ("a", "b")]

    @app.action("which")
    async def which(ack: Any, action: Json) -> None:
        await ack()
        picked.append(action["selected_option"]["value"])

    async def scene() -> None:
        async with connected(app):
            select = {"type": "static_select", "action_id": "which", "options": options}
            posted = await app.client.chat_postMessage(
                channel=room.general.id,
                text="Which?",
                blocks=[{"type": "actions", "elements": [select]}],
            )
            message = room.message(posted["ts"])
            await room.playground.press(room.bob, message, "which", "b")
            with pytest.raises(LookupError, match="no option 'c'"):
                await room.playground.press(room.bob, message, "which", "c")

    run(scene())
    assert picked == ["b"]


@pytest.mark.parametrize(
    ("reply", "seen_by_bob"),
    [
        ("Voilà", []),
        ({"text": "Voilà", "response_type": "ephemeral"}, []),
        ({"text": "Voilà", "response_type": "in_channel"}, ["Voilà"]),
    ],
)
def test_a_command_is_answered_at_once(room: World, reply: Any, seen_by_bob: list[str]) -> None:
    app, asked = room.bolt(), []

    @app.command("/maillon")
    async def maillon(ack: Any, command: Json) -> None:
        asked.append((command["text"], command["user_id"], command["channel_id"]))
        await ack(reply)

    async def scene() -> None:
        async with connected(app):
            await room.playground.command(room.alice, room.general, "/maillon", "programme")

    run(scene())
    workspace = room.playground.workspace
    assert asked == [("programme", room.alice.id, room.general.id)]
    assert [m.text for m in workspace.visible(room.general.id, room.alice.id)] == ["Voilà"]
    assert [m.text for m in workspace.visible(room.general.id, room.bob.id)] == seen_by_bob


def test_people_coming_going_and_changing_are_told(room: World) -> None:
    app, told = room.bolt(), []

    for name in ("team_join", "user_change", "member_joined_channel", "member_left_channel"):

        @app.event(name)
        async def event(event: Json) -> None:
            user = event["user"]
            told.append((event["type"], user["locale"] if isinstance(user, dict) else user))

    @app.event("message")
    async def message(event: Json) -> None:
        told.append((event["subtype"], event["user"]))

    async def scene() -> None:
        playground = room.playground
        async with connected(app):
            carla = await playground.join("Carla", "carla@example.org", "en-US")
            await playground.change_user(carla, locale="fr-FR")
            await playground.settled()
            await playground.join_channel(carla, room.general)
            await playground.settled()
            await playground.leave_channel(carla, room.general)
            await playground.settled()
            assert sorted(told) == sorted(
                [
                    ("team_join", "en-US"),
                    ("user_change", "fr-FR"),
                    ("channel_join", carla.id),
                    ("member_joined_channel", carla.id),
                    ("member_left_channel", carla.id),
                ]
            )

    run(scene())


def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    machine = Machine()
    triggers: list[str] = []
    view = {"type": "modal", "title": plain("T"), "blocks": []}

    async def scene(here: World) -> None:
        app = here.bolt()

        @app.command("/maillon")
        async def maillon(ack: Any, command: Json) -> None:
            await ack()
            triggers.append(command["trigger_id"])

        async with connected(app):
            for _ in range(2):
                await here.playground.command(here.alice, here.general, "/maillon")

    with world(monotonic=machine) as here:
        run(scene(here))
        client, (used, late) = here.client(), triggers
        client.views_open(trigger_id=used, view=view)
        with refused("exchanged_trigger_id"):
            client.views_open(trigger_id=used, view=view)
        machine.now += 3.1
        with refused("expired_trigger_id"):
            client.views_open(trigger_id=late, view=view)
        with refused("invalid_trigger_id"):
            client.views_open(trigger_id="1.2.abc", view=view)
