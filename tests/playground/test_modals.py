"""Modals and the Home tab, opened, filled in and answered through the real Bolt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.playground.workspace import View

from .support import Json, World, buttons, connected, modal, plain, question, refused, run


def asking(room: World, *blocks: Json, **more: Any) -> AsyncApp:
    """An app whose /maillon opens a modal; each test says what its submission does."""
    app = room.bolt()

    @app.command("/maillon")
    async def maillon(ack: Any, command: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=modal(*blocks, **more))

    return app


async def opened(room: World) -> View:
    await room.playground.command(room.alice, room.general, "/maillon")
    view = room.playground.workspace.modal(room.alice.id)
    assert view is not None
    return view


def test_a_submission_carries_what_was_typed_and_closes(room: World) -> None:
    options = [{"text": plain(name), "value": name} for name in ("a", "b")]
    kinds = {"type": "multi_static_select", "action_id": "kinds", "options": options}
    fields = (
        question(),
        question("more", "why", optional=True),
        {"type": "input", "block_id": "k", "label": plain("Kinds"), "element": kinds},
    )
    app, sent = asking(room, *fields, private_metadata="s1"), []

    @app.view("ask")
    async def ask(ack: Any, view: Json) -> None:
        sent.append(view)
        await ack()

    async def scene() -> None:
        async with connected(app):
            view = await opened(room)
            await room.playground.submit(room.alice, view, {"words": "Why?", "k": ["b"]})

    run(scene())
    assert room.playground.workspace.modal(room.alice.id) is None
    assert sent[0]["private_metadata"] == "s1"
    assert sent[0]["state"]["values"] == {
        "q": {"words": {"type": "plain_text_input", "value": "Why?"}},
        "more": {"why": {"type": "plain_text_input", "value": None}},
        "k": {"kinds": {"type": "multi_static_select", "selected_options": [options[1]]}},
    }


def test_an_empty_required_field_is_not_sent(room: World) -> None:
    app = asking(room)

    async def scene() -> None:
        async with connected(app):
            view = await opened(room)
            answer = await room.playground.submit(room.alice, view, {"words": ""})
            assert (answer.acked, answer.reason) == (False, "incomplete")
            assert view.errors == {"q": "Please complete this required field."}
            with pytest.raises(LookupError, match="no such inputs: wrods"):
                await room.playground.submit(room.alice, view, {"wrods": "a slip in a test"})

    run(scene())


def test_errors_stay_beside_their_fields(room: World) -> None:
    app = asking(room)

    @app.view("ask")
    async def ask(ack: Any) -> None:
        await ack(response_action="errors", errors={"q": "Too short"})

    async def scene() -> None:
        async with connected(app):
            view = await opened(room)
            await room.playground.submit(room.alice, view, {"words": "?"})
            assert room.playground.workspace.modal(room.alice.id) is view
            assert view.errors == {"q": "Too short"}
            assert view.values["q"]["words"]["value"] == "?"

    run(scene())


@pytest.mark.parametrize("errors", [{"other": "Not an input"}, {"words": "Its action_id"}])
def test_errors_belong_to_inputs(room: World, errors: Json) -> None:
    app = asking(room)

    @app.view("ask")
    async def ask(ack: Any) -> None:
        await ack(response_action="errors", errors=errors)

    async def scene() -> None:
        async with connected(app):
            view = await opened(room)
            answer = await room.playground.submit(room.alice, view, {"words": "?"})
            assert (answer.acked, answer.reason) == (False, "invalid_arguments")
            assert room.playground.workspace.modal(room.alice.id) is view

    run(scene())


def test_update_push_and_clear(room: World) -> None:
    app = asking(room)
    answers: Iterator[Json] = iter(
        [
            {"response_action": "update", "view": modal(private_metadata="2")},
            {"response_action": "push", "view": modal(private_metadata="3")},
            {"response_action": "clear"},
        ]
    )

    @app.view("ask")
    async def ask(ack: Any) -> None:
        await ack(**next(answers))

    async def scene() -> None:
        workspace = room.playground.workspace
        async with connected(app):
            first = await opened(room)
            await room.playground.submit(room.alice, first, {"words": "1"})
            assert workspace.modals[room.alice.id] == [first]
            assert first.body["private_metadata"] == "2"
            await room.playground.submit(room.alice, first, {"words": "2"})
            first, second = workspace.modals[room.alice.id]
            assert (second.root_id, second.previous_id) == (first.id, first.id)
            await room.playground.submit(room.alice, second, {"words": "3"})
            assert workspace.modal(room.alice.id) is None

    run(scene())


def test_a_modal_whose_submission_fails_says_so(room: World) -> None:
    app = asking(room)
    answers: Iterator[Json] = iter(
        [{"response_action": "update", "view": {"type": "modal", "blocks": []}}]
    )

    @app.view("ask")
    async def ask(ack: Any) -> None:
        await ack(**next(answers))

    async def scene() -> None:
        async with connected(app):
            view = await opened(room)
            answer = await room.playground.submit(room.alice, view, {"words": "1"})
            assert (answer.acked, view.notice) == (False, "invalid_arguments")
            room.playground.sockets.ack_within = 0.05
            answer = await room.playground.submit(room.alice, view)
            assert (answer.acked, answer.reason) == (False, "timeout")
            assert view.notice.startswith("We had some trouble")

    run(scene())


def test_pressing_inside_a_modal_and_three_stacked_views(room: World) -> None:
    app = asking(room, *buttons("deeper"), question(optional=True))
    depths: list[str] = []

    @app.action("deeper")
    async def deeper(ack: Any, body: Json, client: Any) -> None:
        await ack()
        assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
        view = modal(*buttons("deeper"))
        answer = await client.api_call(
            "views.push", json={"trigger_id": body["trigger_id"], "view": view}
        )
        depths.append(answer["view"]["previous_view_id"])

    async def scene() -> None:
        workspace, playground = room.playground.workspace, room.playground
        async with connected(app):
            await opened(room)
            for _ in range(2):
                view = workspace.modal(room.alice.id)
                assert view is not None
                await playground.press(room.alice, view, "deeper")
            stack = list(workspace.modals[room.alice.id])
            assert depths == [stack[0].id, stack[1].id]
            playground.sockets.ack_within = 0.2
            await playground.press(room.alice, stack[2], "deeper")  # refused, push_limit_reached
            assert workspace.modals[room.alice.id] == stack
            await playground.dismiss(room.alice, stack[2])
            assert workspace.modal(room.alice.id) is stack[1]

    run(scene())


def test_closing_is_told_to_those_who_asked(room: World) -> None:
    app, closed = asking(room, notify_on_close=True), []

    @app.view_closed("ask")
    async def on_close(ack: Any, body: Json) -> None:
        closed.append(body["is_cleared"])
        await ack()

    async def scene() -> None:
        async with connected(app):
            await room.playground.dismiss(room.alice, await opened(room))
            await opened(room)
            await room.playground.dismiss(room.alice, await opened(room), everything=True)

    run(scene())
    assert closed == [False, True]


def test_home_is_published_when_opened(room: World) -> None:
    app, seen = room.bolt(), []

    @app.event("app_home_opened")
    async def home(event: Json, client: Any) -> None:
        seen.append(event.get("view", {}).get("private_metadata", "never published"))
        view = {"type": "home", "private_metadata": f"version {len(seen)}", "blocks": []}
        await client.views_publish(user_id=event["user"], view=view)

    async def scene() -> None:
        async with connected(app):
            assert await room.playground.open_home(room.alice) is None
            await room.playground.settled()
            assert await room.playground.open_home(room.alice) is not None
            await room.playground.settled()

    run(scene())
    assert seen == ["never published", "version 1"]
    client, home_view = room.client(), room.playground.workspace.home(room.alice.id)
    assert home_view is not None
    view = {"type": "home", "blocks": []}
    with refused("hash_conflict"):
        client.views_publish(user_id=room.alice.id, view=view, hash="an older one")
    client.views_publish(user_id=room.alice.id, view=view, hash=home_view.hash)
    with refused("user_not_found"):
        client.views_publish(user_id="U0", view=view)


def test_a_view_is_updated_by_either_id(room: World) -> None:
    app = asking(room, external_id="the-modal")

    async def scene() -> View:
        async with connected(app):
            return await opened(room)

    view, client = run(scene()), room.client()
    client.views_update(external_id="the-modal", view=modal(private_metadata="new"))
    assert view.body["private_metadata"] == "new"
    client.views_update(view_id=view.id, view=modal(external_id="other"))
    with refused("hash_conflict"):
        client.views_update(view_id=view.id, view=modal(), hash="older")
    with refused("not_found"):
        client.views_update(view_id="V0", view=modal())
    home = {"type": "home", "blocks": [], "external_id": "other"}
    with refused("duplicate_external_id"):
        client.views_publish(user_id=room.alice.id, view=home)
