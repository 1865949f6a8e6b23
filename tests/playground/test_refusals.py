"""Each refusal with Slack's own code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from bot.playground.installed import SCOPES, InstalledApp

from .support import World, modal, refused, run, world


@pytest.fixture(scope="module")
def places() -> Iterator[World]:
    """Conversations of every kind of trouble beside #general."""
    installed = InstalledApp(scopes=SCOPES | {"channels:manage"})
    with world(app=installed) as here:
        troubled(here)
        yield here


def troubled(here: World) -> None:
    workspace = here.playground.workspace
    workspace.add_channel("elsewhere", members=[here.alice.id])
    workspace.add_channel("secret", kind="private", members=[here.alice.id])
    old = workspace.add_channel("old", members=[here.alice.id, workspace.bot.id])
    old.archived = True
    workspace.add_channel("closed", members=[here.alice.id]).archived = True
    gone = workspace.add_user("Gone", "gone@example.org")
    gone.deleted = True


def known(places: World, arguments: dict[str, Any]) -> dict[str, Any]:
    """`#name` and `@name` stand for the ids that only the running workspace knows."""
    workspace = places.playground.workspace

    def each(value: Any) -> Any:
        if isinstance(value, str) and value[:1] == "#":
            channel = workspace.channel_named(value[1:])
            return channel.id if channel else value
        if isinstance(value, str) and value[:1] == "@":
            return next(u.id for u in workspace.users.values() if u.real_name == value[1:])
        return value

    return {name: each(value) for name, value in arguments.items()}


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("chat.nothing", {}, "unknown_method"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C0", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#elsewhere", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "#secret", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#old", "text": "x"}, "is_archived"),
        ("chat.postMessage", {"channel": "#general"}, "no_text"),
        ("chat.postMessage", {"channel": "#general", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "#general", "blocks": "[{"}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "#general", "blocks": {"a": 1}}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "#general", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        (
            "chat.postMessage",
            {"channel": "#general", "text": "x", "thread_ts": "1.2"},
            "thread_not_found",
        ),
        (
            "chat.postMessage",
            {"channel": "#general", "text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_format",
        ),
        (
            "chat.postMessage",
            {
                "channel": "#general",
                "text": "x",
                "metadata": {"event_type": "a", "event_payload": {"a": "x" * 16_000}},
            },
            "metadata_too_large",
        ),
        (
            "chat.postEphemeral",
            {"channel": "#general", "text": "x", "user": "@Gone"},
            "user_not_in_channel",
        ),
        ("chat.update", {"channel": "#general", "ts": "1.2", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": "#general", "ts": "1.2"}, "message_not_found"),
        ("conversations.info", {"channel": "C0"}, "channel_not_found"),
        ("conversations.list", {"types": "public_channel,club"}, "invalid_types"),
        ("conversations.list", {"limit": "many"}, "invalid_limit"),
        ("conversations.list", {"cursor": "%"}, "invalid_cursor"),
        ("conversations.list", {"cursor": "bmV4dF90czox"}, "invalid_cursor"),
        ("conversations.history", {"channel": "#elsewhere"}, "not_in_channel"),
        ("conversations.history", {"channel": "#general", "oldest": "x"}, "invalid_arguments"),
        ("conversations.replies", {"channel": "#general", "ts": "1.2"}, "thread_not_found"),
        ("conversations.join", {"channel": "#closed"}, "is_archived"),
        ("conversations.join", {"channel": "#secret"}, "channel_not_found"),
        ("conversations.create", {"name": "general"}, "name_taken"),
        ("conversations.create", {}, "invalid_name_required"),
        ("conversations.create", {"name": "Big News"}, "invalid_name_specials"),
        ("conversations.create", {"name": "x" * 81}, "invalid_name_maxlength"),
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0"}, "user_not_found"),
        ("conversations.open", {"users": "@Gone"}, "user_disabled"),
        ("conversations.open", {"users": "@Maillon"}, "cannot_dm_bot"),
        ("conversations.open", {"channel": "#general"}, "method_not_supported_for_channel_type"),
        ("files.getUploadURLExternal", {"length": 1}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "x", "length": "y"}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"filename": "x", "length": 0}, "missing_argument"),
        (
            "files.getUploadURLExternal",
            {"filename": "x", "length": 1024**3 + 1},
            "file_upload_size_restricted",
        ),
        ("files.completeUploadExternal", {"files": "[{"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": [{"id": "F0"}]}, "file_not_found"),
        ("files.delete", {"file": "F0"}, "file_not_found"),
        ("users.info", {"user": "U0"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@example.org"}, "users_not_found"),
        ("views.open", {"trigger_id": "1.2.3"}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.3", "view": {"type": "home"}}, "invalid_arguments"),
        ("views.open", {"trigger_id": "1.2.3", "view": modal()}, "invalid_trigger_id"),
        (
            "views.open",
            {"trigger_id": "1.2.3", "view": modal(private_metadata="x" * 250_001)},
            "view_too_large",
        ),
    ],
)
def test_refusals(places: World, method: str, arguments: dict[str, Any], code: str) -> None:
    client = places.client()
    with refused(code):
        client.api_call(method, json=known(places, arguments))


def test_what_is_wrong_with_blocks_is_said(places: World) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with refused("invalid_blocks") as answer:
        places.client().chat_postMessage(channel=places.general.id, text="x", blocks=blocks)
    words = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [words]
    assert answer["response_metadata"] == {"messages": [f"[ERROR] {words}"]}


def test_others_messages_are_not_the_bots_to_change(places: World) -> None:
    message = run(places.playground.post_as(places.alice, places.general, "mine"))
    client, where = places.client(), {"channel": places.general.id, "ts": message.ts}
    with refused("cant_update_message"):
        client.chat_update(**where, text="yours")
    with refused("cant_delete_message"):
        client.chat_delete(**where)


def test_too_many_people_for_a_conversation(places: World) -> None:
    people = [places.playground.workspace.add_user(f"P{n}", f"p{n}@example.org") for n in range(9)]
    ids = [person.id for person in people]
    client = places.client()
    with refused("too_many_users"):
        client.conversations_open(users=ids)
    opened = client.conversations_open(users=ids[:8])["channel"]["id"]
    again = client.conversations_open(users=",".join(reversed(ids[:8])))
    assert (again["channel"]["id"], again["already_open"]) == (opened, True)
    assert opened.startswith("G")


@pytest.mark.parametrize(
    ("token", "method", "code"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-another", "auth.test", "invalid_auth"),
        ("xapp-playground", "auth.test", "not_allowed_token_type"),
        ("xoxb-playground", "apps.connections.open", "not_allowed_token_type"),
    ],
)
def test_tokens(shared: World, token: str, method: str, code: str) -> None:
    with refused(code):
        shared.client(token).api_call(method)


def test_an_app_that_was_removed(room: World) -> None:
    run(room.playground.change_user(room.bot, deleted=True))
    with refused("account_inactive"):
        room.client().auth_test()
    run(room.playground.change_user(room.bot, deleted=False))


@pytest.mark.parametrize(("body", "code"), [(b"{", "invalid_json"), (b"[1]", "json_not_object")])
def test_bodies_that_are_no_object(shared: World, body: bytes, code: str) -> None:
    headers = {"Content-Type": "application/json"}
    request = Request(f"{shared.playground.url}/api/auth.test", body, headers)
    with urlopen(request) as response:
        assert json.load(response)["error"] == code


SCOPE_CALLS: list[tuple[str, Callable[[WebClient, World], Any]]] = [
    ("chat:write", lambda c, w: c.chat_postMessage(channel=w.general.id, text="x")),
    ("channels:history", lambda c, w: c.conversations_history(channel=w.general.id)),
    ("channels:read", lambda c, w: c.conversations_info(channel=w.general.id)),
    ("groups:read", lambda c, w: c.conversations_list(types="private_channel")),
    ("channels:join", lambda c, w: c.conversations_join(channel=w.general.id)),
    ("channels:manage", lambda c, w: c.conversations_create(name="new")),
    ("im:write", lambda c, w: c.conversations_open(users=w.alice.id)),
    ("mpim:write", lambda c, w: c.conversations_open(users=[w.alice.id, w.bob.id])),
    ("usergroups:read", lambda c, w: c.usergroups_list()),
    ("usergroups:read", lambda c, w: c.usergroups_users_list(usergroup="S1")),
    ("users:read", lambda c, w: c.users_list()),
    ("users:read.email", lambda c, w: c.users_lookupByEmail(email=w.alice.email)),
]


def test_each_call_needs_its_scope() -> None:
    installed = InstalledApp(scopes=frozenset({"commands"}))
    with world(app=installed) as here:
        for scope, call in SCOPE_CALLS:
            with refused("missing_scope") as answer:
                call(here.client(), here)
            assert (answer["needed"], answer["provided"]) == (scope, "commands")
