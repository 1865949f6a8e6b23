"""Answers and payloads against shapes that are not ours.

Two witnesses, because each lacks something: the specification of 2021 knows what is required
and how ids look, the recorded samples know the keys that came since.
"""

from __future__ import annotations

import copy
from typing import Any
from urllib.request import Request, urlopen

import pytest
from jsonschema import Draft4Validator
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import Block
from slack_sdk.models.metadata import Metadata
from slack_sdk.models.views import View, ViewState
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.playground.installed import InstalledApp

from .specs import as_schema, differences, spec, without_slips
from .support import Json, World, button, buttons, connected, modal, plain, question, run, world


@pytest.fixture(scope="module")
def answers() -> dict[str, Json]:
    """One good answer of every method, from a workspace with something in it."""
    with world() as here:
        client, where = here.client(), here.general.id
        metadata = {"event_type": "delivery", "event_payload": {"id": "d1"}}
        got: dict[str, Any] = {"auth.test": client.auth_test()}
        app_token = {"app_token": "xapp-playground"}
        got["apps.connections.open"] = client.apps_connections_open(**app_token)
        blocks: list[Json] = [
            {"type": "section", "text": plain("x"), "accessory": button()},
            {"type": "context", "elements": [plain("x")]},
            *buttons("a", "b"),
        ]
        posted = client.chat_postMessage(channel=where, text="x", blocks=blocks, metadata=metadata)
        got["chat.postMessage"] = posted
        client.chat_postMessage(channel=where, text="reply", thread_ts=posted["ts"])
        got["chat.update"] = client.chat_update(channel=where, ts=posted["ts"], text="y")
        got["chat.postEphemeral"] = client.chat_postEphemeral(
            channel=where, user=here.alice.id, text="x"
        )
        run(here.playground.post_as(here.alice, here.general, "hello"))
        got["conversations.history"] = client.conversations_history(
            channel=where, include_all_metadata=True, limit=2
        )
        got["conversations.replies"] = client.conversations_replies(channel=where, ts=posted["ts"])
        got["conversations.info"] = client.conversations_info(
            channel=where, include_num_members=True
        )
        people = [here.alice.id, here.bob.id]
        got["conversations.open"] = client.conversations_open(users=people[0], return_im=True)
        client.conversations_open(users=people)
        other = here.playground.workspace.add_channel("other", members=people)
        got["conversations.join"] = client.conversations_join(channel=other.id)
        got["conversations.list"] = client.conversations_list(types="public_channel")
        got["conversations.members"] = client.conversations_members(channel=where)
        got["users.info"] = client.users_info(user=here.alice.id, include_locale=True)
        got["users.list"] = client.users_list(include_locale=True)
        got["users.lookupByEmail"] = client.users_lookupByEmail(email=here.alice.email)
        trigger = here.playground.triggers.new(here.alice.id)
        got["views.open"] = client.views_open(trigger_id=trigger, view=modal())
        view_id = got["views.open"]["view"]["id"]
        got["views.update"] = client.views_update(view_id=view_id, view=modal())
        trigger = here.playground.triggers.new(here.alice.id)
        got["views.push"] = client.views_push(trigger_id=trigger, view=modal())
        home = {"type": "home", "blocks": blocks}
        got["views.publish"] = client.views_publish(user_id=here.alice.id, view=home)
        length, files = 4, client.files_getUploadURLExternal
        got["files.getUploadURLExternal"] = announced = files(filename="a.ics", length=length)
        urlopen(Request(announced["upload_url"], b"x" * length), timeout=10)
        given = [{"id": announced["file_id"], "title": "Agenda"}]
        got["files.completeUploadExternal"] = client.files_completeUploadExternal(
            files=given, channel_id=where, initial_comment="x"
        )
        got["files.delete"] = client.files_delete(file=announced["file_id"])
        got["chat.delete"] = client.chat_delete(channel=where, ts=posted["ts"])
    return {name: dict(answer.data) for name, answer in got.items()}


METHODS = [
    "apps.connections.open", "auth.test", "chat.delete", "chat.postEphemeral", "chat.postMessage",
    "chat.update", "conversations.history", "conversations.info", "conversations.join",
    "conversations.list", "conversations.members", "conversations.open", "conversations.replies",
    "files.completeUploadExternal", "files.delete", "files.getUploadURLExternal",
    "users.info", "users.list", "users.lookupByEmail", "views.open", "views.publish",
    "views.push", "views.update",
]  # fmt: skip


NOT_RECORDED = {"files.delete"}


@pytest.mark.parametrize("method", [m for m in METHODS if m not in NOT_RECORDED])
def test_answers_hold_what_was_recorded(answers: dict[str, Json], method: str) -> None:
    assert differences(answers[method], spec(f"samples/api/{method}.json")) == []


NOT_IN_2021 = {
    "apps.connections.open", "files.completeUploadExternal", "files.getUploadURLExternal",
}  # fmt: skip


@pytest.mark.parametrize("method", [m for m in METHODS if m not in NOT_IN_2021])
def test_answers_are_what_slack_published(answers: dict[str, Json], method: str) -> None:
    published = spec("web-openapi-2021.json")
    (operation,) = published["paths"][f"/{method}"].values()
    schema = as_schema(operation["responses"]["200"]["schema"])
    schema["definitions"] = as_schema(published["definitions"])
    problems = Draft4Validator(without_slips(schema)).iter_errors(answers[method])
    assert [f"{'/'.join(map(str, p.absolute_path))}: {p.message}" for p in problems] == []


GROUP_METHODS = ("conversations.info", "conversations.list", "conversations.open")


@pytest.fixture(scope="module")
def of_a_group() -> dict[str, Json]:
    """What is said of a conversation of several people."""
    scopes = InstalledApp().scopes | {"mpim:read"}  # opening one needs no more than mpim:write
    with world(app=InstalledApp(scopes=scopes)) as here:
        client, people = here.client(), [here.alice.id, here.bob.id]
        opened = client.conversations_open(users=people, return_im=True)
        group = opened["channel"]["id"]
        info = client.conversations_info(channel=group, include_num_members=True)
        listed = client.conversations_list(types="mpim")
        again = client.conversations_open(users=list(reversed(people)))
        assert (again["channel"], again["already_open"]) == ({"id": group}, True)
        assert [one["id"] for one in listed["channels"]] == [group]
        got: dict[str, Any] = dict(zip(GROUP_METHODS, (info, listed, opened), strict=True))
        return {name: dict(answer.data) for name, answer in got.items()}


@pytest.mark.parametrize("method", GROUP_METHODS)
def test_a_conversation_of_several_is_what_slack_published(
    of_a_group: dict[str, Json], method: str
) -> None:
    test_answers_are_what_slack_published(of_a_group, method)
    answer = of_a_group[method]
    channel = answer["channels"][0] if method == "conversations.list" else answer["channel"]
    assert (channel["is_mpim"], channel["is_private"], channel["is_im"]) == (True, True, False)
    assert channel["name"].startswith("mpdm-")


def test_slack_sdk_parses_what_we_send(answers: dict[str, Json]) -> None:
    message = answers["chat.postMessage"]["message"]
    parsed = Block.parse_all(message["blocks"])
    assert [block.to_dict() for block in parsed] == message["blocks"]
    assert Metadata(**message["metadata"]).to_dict() == message["metadata"]
    shape = copy.deepcopy(answers["views.open"]["view"])
    state = ViewState(**shape.pop("state"))
    view = View(**shape, state=state)
    view.validate_json()
    assert view.to_dict()["blocks"] == shape["blocks"]


@pytest.fixture(scope="module")
def payloads() -> dict[str, Json]:
    """Everything that reaches an app, as it came out of the websocket."""
    got: dict[str, Json] = {}

    async def scene(here: World) -> None:
        app = here.bolt()
        playground = here.playground

        async with connected(listening(app)) as handler:

            async def note(client: Any, words: Json, raw: str | None) -> None:
                request = SocketModeRequest.from_dict(words)
                if request is None:
                    return
                payload = request.payload
                event = payload.get("event", {})
                name = event.get("subtype") or event.get("type") or payload.get("type")
                if event.get("bot_id"):
                    name = "bot"
                got.setdefault(name or "command", payload)

            handler.client.message_listeners.append(note)
            await everything(playground, here)
            await playground.settled()

    with world(app=InstalledApp(shortcuts={"ask": "Ask this"})) as here:
        run(scene(here))
    return got


def listening(app: AsyncApp) -> AsyncApp:
    async def fine(ack: Any) -> None:
        await ack()

    async def seen() -> None: ...

    async def form(ack: Any, command: Json, client: Any) -> None:
        await ack()
        view = modal(question(optional=True), notify_on_close=True)
        await client.views_open(trigger_id=command["trigger_id"], view=view)

    for event in ("app_home_opened", "app_mention", "message", "team_join", "user_change"):
        app.event(event)(seen)
    app.event("member_joined_channel")(seen)
    app.event("member_left_channel")(seen)
    app.action("go")(fine)
    app.message_shortcut("ask")(fine)
    app.command("/maillon")(form)
    app.view("ask")(fine)
    app.view_closed("ask")(fine)
    return app


async def everything(playground: Any, here: World) -> None:
    workspace, client = here.playground.workspace, here.client()
    await playground.post_as(here.alice, here.general, f"<@{here.bot.id}> hello")
    carla = await playground.join("Carla", "carla@example.org")
    await playground.change_user(carla, locale="en-GB")
    await playground.join_channel(carla, here.general, inviter=here.alice)
    await playground.leave_channel(carla, here.general)
    client.views_publish(user_id=here.alice.id, view={"type": "home", "blocks": buttons("go")})
    home = await playground.open_home(here.alice)
    posted = client.chat_postMessage(channel=here.general.id, text="x", blocks=buttons("go"))
    await playground.press(here.bob, here.message(posted["ts"]), "go")
    await playground.shortcut(here.bob, here.message(posted["ts"]), "ask")
    client.chat_update(channel=here.general.id, ts=posted["ts"], text="y")
    client.chat_delete(channel=here.general.id, ts=posted["ts"])
    await playground.press(here.alice, home, "go")
    for act in (playground.submit, playground.dismiss):
        await playground.command(here.alice, here.general, "/maillon", "programme")
        await act(here.alice, workspace.modal(here.alice.id))


RECORDED = {
    "message": "events/MessagePayload",
    "bot": "events/MessagePayload",
    "message_changed": "events/MessageChangedPayload",
    "message_deleted": "events/MessageDeletedPayload",
    "channel_join": "events/MessageChannelJoinPayload",
    "app_mention": "events/AppMentionPayload",
    "app_home_opened": "events/AppHomeOpenedPayload",
    "member_joined_channel": "events/MemberJoinedChannelPayload",
    "team_join": "events/TeamJoinPayload",
    "user_change": "events/UserChangePayload",
    "block_actions": "app-backend/interactive-components/BlockActionPayload",
    "message_action": "app-backend/interactive-components/MessageShortcutPayload",
    "view_submission": "app-backend/views/ViewSubmissionPayload",
    "view_closed": "app-backend/views/ViewClosedPayload",
    "command": "app-backend/slash-commands/SlashCommandPayload",
}


@pytest.mark.parametrize("name", RECORDED)
def test_payloads_hold_what_was_recorded(payloads: dict[str, Json], name: str) -> None:
    if name == "command":  # a form, so a word; the sample has parsed it
        assert payloads[name].pop("is_enterprise_install") == "false"
    assert differences(payloads[name], spec(f"samples/{RECORDED[name]}.json")) == []


# Left out by Slack since 2021, in favour of `authorizations`.
GONE = {"authed_users"}
TOPICS = {
    "app_mention": "app.mention", "member_joined_channel": "member.joined.channel",
    "message": "message.channels", "team_join": "team.join", "user_change": "user.change",
}  # fmt: skip


@pytest.mark.parametrize("name", TOPICS)
def test_events_are_what_slack_published(payloads: dict[str, Json], name: str) -> None:
    published = as_schema(spec("events-2021.json"))
    schema = {
        **published["topics"][TOPICS[name]]["subscribe"]["payload"],
        "components": published["components"],
    }
    wrapper = schema["components"]["schemas"]["GenericEventWrapper"]
    wrapper["required"] = [key for key in wrapper["required"] if key not in GONE]
    problems = Draft4Validator(schema).iter_errors(payloads[name])
    assert [f"{'/'.join(map(str, p.absolute_path))}: {p.message}" for p in problems] == []
