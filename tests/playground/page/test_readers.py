"""Who sees what: private places, what is for one person alone, times, what is unread."""

from __future__ import annotations

from datetime import timedelta
from urllib.error import HTTPError

import pytest

from ..support import START, World
from .support import NBSP, Reader, room, run_there


def test_an_ephemeral_message_is_seen_by_its_addressee_alone(shared: World) -> None:
    channel = room(shared)
    client = shared.client()
    client.chat_postEphemeral(channel=channel.id, user=shared.alice.id, text="Pour Alice")
    html = Reader(shared, shared.alice, channel).read()
    assert "Visible par vous seulement" in html.text
    assert "Pour Alice" in html.text
    assert "Pour Alice" not in Reader(shared, shared.bob, channel).read().text
    [message] = shared.playground.workspace.visible(channel.id, shared.alice.id)
    assert "Pour Alice" not in Reader(shared, shared.bob, channel, thread=message.ts).read().text


def test_private_channels_and_direct_messages_are_not_for_others(shared: World) -> None:
    workspace, alice, bob = shared.playground.workspace, shared.alice, shared.bob
    team = room(shared, alice, kind="private")
    talk = workspace.direct([shared.bot.id, alice.id])[0]
    secrets = []
    for channel in (team, talk):
        message = run_there(
            shared, shared.playground.post_as(alice, channel, f"secret {channel.id}")
        )
        secrets.append(message.text)
        public = room(shared)
        run_there(shared, shared.playground.post_as(bob, public, f"voir <#{channel.id}>"))
        assert message.text in Reader(shared, alice, channel).read().text
        for place in (channel.id, public.id, shared.bot.id):
            html = Reader(shared, bob, place, thread=message.ts).read()
            assert message.text not in html.text
            assert channel.name == "" or channel.name not in html.text
        with pytest.raises(HTTPError, match="404"):
            Reader(shared, bob, channel).does("post", text="intrus")
    assert [m.text for m in workspace.visible(team.id, alice.id)] == secrets[:1]


def test_those_whom_the_bot_brings_together_read_it_and_nobody_else(shared: World) -> None:
    alice, bob = shared.alice, shared.bob
    client = shared.client()
    group = client.conversations_open(users=[alice.id, bob.id])["channel"]["id"]
    posted = client.chat_postMessage(channel=group, text="Rencontre de 10 h 37")
    for me, other in ((alice, bob), (bob, alice)):
        html = Reader(shared, me, group).read()
        assert "Rencontre de 10 h 37" in html.text
        assert other.real_name in html.text
    stranger = shared.playground.workspace.add_user("Carla Stern", "carla@example.org")
    html = Reader(shared, stranger, group, thread=posted["ts"]).read()
    assert "Rencontre de 10 h 37" not in html.text


def test_a_public_channel_may_be_read_and_joined(shared: World) -> None:
    channel = room(shared, shared.alice)
    reader = Reader(shared, shared.bob, channel)
    html = reader.read()
    assert "Vous lisez ce canal sans en faire partie. Rejoindre ce canal" in html.text
    reader.does("post", text="pas encore")
    html = reader.does("enter")
    assert "Bob Stone a rejoint le canal" in html.text
    assert "Rejoindre ce canal" not in html.text
    assert "pas encore" not in html.text


def test_times_are_those_of_the_event(here: World) -> None:
    here.playground.clock.set(START + timedelta(hours=1, minutes=30))
    run_there(here, here.playground.post_as(here.alice, here.general, "bonjour"))
    reader = Reader(here, here.alice, here.general)
    assert f"mardi 24 novembre 10{NBSP}h{NBSP}30" in reader.read().text
    english = reader.read(lang="en")
    assert "Tuesday 24 November 10:30" in english.text
    assert "You are Alice Martin" in english.text
    assert english.all("html") == [{"lang": "en"}]


def test_an_edited_message_says_so(shared: World) -> None:
    channel, client = room(shared), shared.client()
    posted = client.chat_postMessage(channel=channel.id, text="À 11 h 00")
    client.chat_update(channel=channel.id, ts=posted["ts"], text="En cours")
    assert "En cours(modifié)" in Reader(shared, shared.alice, channel).read().text


def test_unread_messages_are_counted_until_they_are_read(here: World) -> None:
    other = room(here)
    for text in ("un", "deux"):
        run_there(here, here.playground.post_as(here.alice, other, text))
    elsewhere = Reader(here, here.bob, here.general)
    assert f"Non lus{NBSP}: 2" in elsewhere.read().text
    Reader(here, here.bob, other).read()
    assert "Non lus" not in elsewhere.read().text
    assert "Non lus" not in Reader(here, here.alice, here.general).read().text
