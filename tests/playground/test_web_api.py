"""The methods as slack_sdk calls them."""

from __future__ import annotations

from typing import Any

from slack_sdk.webhook import WebhookClient

from .support import Machine, World, buttons, refused, run, world


def test_auth_test_says_the_scopes(shared: World) -> None:
    answer = shared.client().auth_test()
    assert answer["user_id"] == shared.bot.id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


def test_posting_editing_and_taking_back(room: World) -> None:
    client, where = room.client(), room.general.id
    posted = client.chat_postMessage(
        channel=where, text="one", blocks=buttons("go"), client_msg_id="same"
    )
    client.chat_postMessage(channel=where, text="one", client_msg_id="same")
    assert room.said() == ["one", "one"]  # apps have no idempotency key
    message = room.message(posted["ts"])
    updated = client.chat_update(channel=where, ts=posted["ts"], text="two")
    assert (message.text, bool(message.blocks)) == ("two", True)
    assert updated["message"]["edited"]["user"] == room.bot.id
    client.chat_update(channel=where, ts=posted["ts"], text="three", blocks=[])
    assert message.blocks == []
    client.chat_delete(channel=where, ts=posted["ts"])
    assert room.said() == ["one"]
    received = [p.text for p in room.playground.receipts.posts if p.channel == where]
    assert received == ["one", "one"]
    assert [edit.text for edit in room.playground.receipts.edits] == ["two", "three"]


def test_history_reads_back_what_was_posted(room: World) -> None:
    client, where = room.client(), room.general.id
    metadata = {"event_type": "delivery", "event_payload": {"id": "d1"}}
    first = client.chat_postMessage(channel=where, text="0", metadata=metadata)["ts"]
    client.chat_postMessage(channel=where, text="in the thread", thread_ts=first)
    client.chat_postEphemeral(channel=where, user=room.bob.id, text="for Bob")
    for number in range(1, 5):
        last = client.chat_postMessage(channel=where, text=str(number))["ts"]

    def texts(**arguments: Any) -> list[str]:
        page = client.conversations_history(channel=where, **arguments)
        return [message["text"] for message in page["messages"]]

    assert texts() == ["4", "3", "2", "1", "0"]
    assert texts(oldest=first) == ["4", "3", "2", "1"]
    assert texts(oldest=first, latest=last, inclusive=True) == ["4", "3", "2", "1", "0"]
    page = client.conversations_history(channel=where, limit=2)
    client.chat_postMessage(channel=where, text="5")  # posted between two pages
    cursor = page["response_metadata"]["next_cursor"]
    assert (page["has_more"], texts(limit=2, cursor=cursor)) == (True, ["2", "1"])

    plain_page = client.conversations_history(channel=where)["messages"]
    assert not any("metadata" in message for message in plain_page)
    full = client.conversations_history(channel=where, include_all_metadata=True)["messages"]
    assert full[-1]["metadata"] == metadata
    assert full[-1]["reply_count"] == 1
    thread = client.conversations_replies(channel=where, ts=first)["messages"]
    assert [message["text"] for message in thread] == ["0", "in the thread"]
    assert thread[1]["parent_user_id"] == room.bot.id


def test_a_user_id_opens_the_direct_messages(room: World) -> None:
    client = room.client()
    posted = client.chat_postMessage(channel=room.alice.id, text="hello")
    assert posted["channel"].startswith("D")
    assert client.conversations_open(users=room.alice.id)["channel"]["id"] == posted["channel"]
    workspace = room.playground.workspace
    assert posted["channel"] in [c.id for c in workspace.conversations_of(room.alice.id)]
    assert posted["channel"] not in [c.id for c in workspace.conversations_of(room.bob.id)]


def test_joining_and_finding_channels(here: World) -> None:
    client, workspace = here.client(), here.playground.workspace
    for number in range(3):
        workspace.add_channel(f"room-{number}", members=[here.alice.id])
    secret = workspace.add_channel("secret", kind="private", members=[here.alice.id])
    page = client.conversations_list(limit=3, types="public_channel,private_channel")
    rest = client.conversations_list(
        limit=3,
        types="public_channel,private_channel",
        cursor=page["response_metadata"]["next_cursor"],
    )
    names = [channel["name"] for channel in page["channels"] + rest["channels"]]
    assert names == ["general", "room-0", "room-1", "room-2"]
    assert rest["response_metadata"]["next_cursor"] == ""

    room = workspace.channel_named("room-0")
    assert room is not None
    assert client.conversations_join(channel=room.id)["channel"]["is_member"]
    assert client.conversations_join(channel=room.id)["warning"] == "already_in_channel"
    assert client.conversations_members(channel=room.id)["members"] == [here.alice.id, here.bot.id]
    assert here.said(room) == [f"<@{here.bot.id}> has joined the channel"]

    run(here.playground.join_channel(here.bot, secret, inviter=here.alice))
    assert client.conversations_info(channel=secret.id)["channel"]["is_private"]


def test_people(here: World) -> None:
    client = here.client()
    people = client.users_list(include_locale=True, limit=2)
    assert [u["locale"] for u in people["members"]] == ["fr-FR", "fr-FR"]
    rest = client.users_list(cursor=people["response_metadata"]["next_cursor"])
    assert [u["real_name"] for u in rest["members"]] == ["Bob Stone"]
    assert "locale" not in rest["members"][0]
    found = client.users_lookupByEmail(email="ALICE@example.org")["user"]
    assert (found["id"], found["profile"]["email"]) == (here.alice.id, "alice@example.org")


def test_a_response_url_is_good_for_five_uses_and_half_an_hour() -> None:
    machine = Machine()
    with world(monotonic=machine) as here:
        urls = here.playground.triggers
        ask = here.playground.url + "/response/"
        client = WebhookClient(ask + urls.new_response_url(here.alice.id, here.general.id))
        statuses = [client.send(text=f"{n}").status_code for n in range(6)]
        assert statuses == [200] * 5 + [404]
        assert "used_url" in client.send(text="7").body
        late = WebhookClient(ask + urls.new_response_url(here.alice.id, here.general.id))
        assert late.send(text="").body == '{"ok":false,"error":"no_text"}'
        machine.now += 30 * 60 + 1
        assert "expired_url" in late.send(text="too late").body
        everyone = here.playground.workspace.visible(here.general.id, here.bob.id)
        assert everyone == []


def test_too_fast_is_said_with_the_seconds_to_wait() -> None:
    machine = Machine()
    with world(monotonic=machine) as here:
        here.playground.limits.scale = 1.0
        client, where = here.client(), here.general.id
        client.chat_postMessage(channel=where, text="1")
        with refused("ratelimited") as answer:
            client.chat_postMessage(channel=where, text="2")
        assert answer["headers"]["Retry-After"] == "1"
        client.chat_postMessage(channel=here.alice.id, text="elsewhere it passes")
        machine.now += 1
        client.chat_postMessage(channel=where, text="3")
        assert here.said() == ["1", "3"]


def test_user_groups_and_who_is_in_them(here: World) -> None:
    group = here.playground.workspace.add_group("moderation", [here.alice.id])
    gone = here.playground.workspace.add_group("gone")
    gone.disabled = True
    client = here.client()
    [listed] = client.usergroups_list()["usergroups"]
    assert (listed["id"], listed["handle"], "users" in listed) == (group.id, "moderation", False)
    assert len(client.usergroups_list(include_disabled=True)["usergroups"]) == 2
    assert client.usergroups_users_list(usergroup=group.id)["users"] == [here.alice.id]
    with refused("no_such_subteam"):
        client.usergroups_users_list(usergroup="S0")
    with refused("subteam_disabled"):
        client.usergroups_users_list(usergroup=gone.id)
    run(here.playground.change_group(group, [here.bob.id]))
    assert client.usergroups_users_list(usergroup=group.id)["users"] == [here.bob.id]
