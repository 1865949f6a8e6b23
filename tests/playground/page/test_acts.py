"""What one does at the page without the bot: move about, post, join, turn the clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest

from bot.playground.page import page

from ..support import Json, World, connected, world
from .support import NBSP, Reader, room, run_there


def test_the_address_says_where_one_stands(here: World) -> None:
    reader = Reader(here, here.alice, here.general)
    reader.place = {}
    reader.read()
    query = parse_qs(urlsplit(reader.address).query)
    assert query == {"as": [here.alice.id], "in": [here.general.id], "lang": ["fr"]}
    reader.place = {"as": "U404", "in": "C404", "thread": "1.1"}
    assert f"Vous êtes {here.alice.real_name}" in reader.read().text


def test_posting_is_escaped_and_mentions_are_made_as_in_slack(shared: World) -> None:
    channel = room(shared)
    reader = Reader(shared, shared.alice, channel)
    html = reader.does("post", text="<b> & @bob, voir #general")
    assert shared.said(channel) == [
        f"&lt;b&gt; &amp; <@{shared.bob.id}>, voir <#{shared.general.id}>"
    ]
    assert "<b> & @Bob Stone, voir #general" in html.text


def test_a_thread_is_opened_and_answered(shared: World) -> None:
    channel = room(shared)
    first = run_there(shared, shared.playground.post_as(shared.alice, channel, "une question"))
    reader = Reader(shared, shared.bob, channel, thread=first.ts)
    assert len(reader.read().all("textarea")) == 2
    html = reader.does("post", text="une réponse", reply="1")
    assert html.text.count("une réponse") == 1
    assert "1 réponse" in html.text
    html = reader.does("post", text="/maillon", reply="1")
    assert "Les commandes ne fonctionnent pas dans un fil." in html.text
    assert "Les commandes" not in reader.does("post", text="encore", reply="1").text


def test_acting_as_somebody_found_by_a_part_of_the_name(shared: World) -> None:
    reader = Reader(shared, shared.alice, shared.general)
    html = reader.get("/page/people?" + urlencode(reader.place | {"who": "stone bo"}))
    assert "Vous êtes Bob Stone" in html.text
    html = reader.get("/page/people?" + urlencode(reader.place | {"who": "personne"}))
    assert "Personne de ce nom." in html.text
    assert "Vous êtes Alice Martin" in html.text
    assert "Personne de ce nom." not in reader.read().text


def test_what_was_told_stays_while_the_page_is_followed(here: World) -> None:
    reader = Reader(here, here.alice, here.general)
    reader.headers = {"HX-Request": "true"}
    reader.does("post", text="/inconnue")
    for _ in range(2):
        assert "n'existe pas ici" in reader.read().text
    reader.headers = {}
    assert "n'existe pas ici" not in reader.read().text


def test_a_new_person_joins_the_workspace_and_its_rooms(here: World) -> None:
    app, joined = here.bolt(), []

    @app.event("team_join")
    async def team_join(event: Json) -> None:
        joined.append((event["user"]["real_name"], event["user"]["locale"]))

    @app.event("message")
    @app.event("member_joined_channel")
    async def noted() -> None: ...

    reader = Reader(here, here.alice, here.general)

    async def scene() -> None:
        async with connected(app):
            who = {"name": "Chloé Roy", "email": "chloe@example.org", "locale": "en-GB"}
            html = await asyncio.to_thread(reader.does, "join", **who)
            assert "Vous êtes Chloé Roy" in html.text
            again = await asyncio.to_thread(reader.does, "join", **who)
            assert "Cette adresse appartient déjà à Chloé Roy." in again.text
            await here.playground.settled()

    asyncio.run(scene())
    assert set(joined) == {("Chloé Roy", "en-GB")}  # again where the machine is slow
    assert len(here.general.members) == 4


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("", "ada@example.org", "Il faut un nom et une adresse e-mail."),
        ("Ada", "", "Il faut un nom et une adresse e-mail."),
        ("Ada", "ada@example", "Cette adresse n'est pas valable."),
        ("Ada", "ada @example.org", "Cette adresse n'est pas valable."),
        ("Ada", "BOB@example.org", "Cette adresse appartient déjà à Bob Stone."),
    ],
)
def test_the_form_for_new_people_is_kept_until_it_is_right(
    here: World, name: str, email: str, words: str
) -> None:
    reader = Reader(here, here.alice, here.general)
    html = reader.does("join", name=name, email=email, locale="en-US")
    assert words in html.text
    assert html.all("details", id="newcomer", open="")
    assert html.values("input", "name") == [name]
    assert html.values("input", "email") == [email]
    assert html.all("option", value="en-US", selected="")
    [wrong] = html.all("input", id="new-email" if name else "new-name")
    assert wrong["aria-describedby"] == "new-error"
    assert words not in reader.read().text
    assert not reader.read().all("details", id="newcomer", open="")


def test_nobody_there_yet() -> None:
    with world(pages=page()) as here:
        here.playground.workspace.users = {here.bot.id: here.bot}
        reader = Reader(here, here.bot, here.general)
        assert "Il n'y a encore personne ici." in reader.read().text
        html = reader.does("join", name="Ada", email="ada@example.org")
        assert "Vous êtes Ada" in html.text


def test_the_clock_is_played_paused_and_moved(here: World) -> None:
    clock, reader = here.playground.clock, Reader(here, here.alice, here.general)
    assert "Lecture" in reader.read().text
    for wish, speed in (("play", 60), ("300", 300), ("pause", 0), ("play", 300), ("-5", 300)):
        reader.does("clock", do=wish)
        assert clock.speed == speed
    reader.does("clock", do="pause")
    assert "Rien n'est encore prévu." in reader.does("clock", do="next").text
    clock.due = clock.now().replace(second=0) + timedelta(days=1, minutes=5)
    due = clock.due.astimezone(ZoneInfo("Europe/Paris"))
    written = f"{due.hour}{NBSP}h{NBSP}{due.minute:02}"
    assert f"à suivre{NBSP}: mercredi 25 novembre, {written}" in reader.read().text
    assert "Rien n'est" not in reader.does("clock", do="next").text
    assert clock.now() == clock.due


def test_when_nothing_is_planned_any_more_there_is_no_next_moment(here: World) -> None:
    clock, reader = here.playground.clock, Reader(here, here.alice, here.general)

    def state() -> tuple[bool, bool]:
        html = reader.read()
        return "Rien d'autre n'est prévu." in html.text, bool(
            html.all("button", value="next", disabled="")
        )

    assert state() == (False, False)  # the bot may not have said anything yet
    clock.due = clock.now() + timedelta(minutes=5)
    assert state() == (False, False)
    clock.set(clock.due)
    clock.due = None
    assert state() == (True, True)
    clock.due = clock.now() + timedelta(minutes=5)
    assert state() == (False, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("act", ["post", "join", "clock", "press"])
def test_another_site_cannot_act_here(shared: World, headers: dict[str, str], act: str) -> None:
    reader = Reader(shared, shared.alice, shared.general)
    reader.headers = headers
    with pytest.raises(HTTPError, match="403"):
        reader.does(act, text="intrus", do="play", name="x", email="x@example.org")
    assert shared.said() == []
    assert shared.playground.clock.speed == 0


def test_its_own_forms_and_what_is_no_browser_may_act(shared: World) -> None:
    channel = room(shared)
    reader, url = Reader(shared, shared.alice, channel), shared.playground.url
    for headers in ({"Origin": url, "Sec-Fetch-Site": "same-origin"}, {"Origin": url}, {}):
        reader.headers = headers
        reader.does("post", text="bonjour")
    assert shared.said(channel) == ["bonjour"] * 3
