"""The page without a browser: what it shows to whom, and what its forms do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.page import page
from bot.playground.page.mrkdwn import Names, mrkdwn
from bot.playground.page.site import HERE
from bot.playground.page.words import FRENCH
from bot.playground.workspace import Channel, User, View

from .support import START, Json, World, button, connected, modal, plain, question, world

NBSP = "\N{NO-BREAK SPACE}"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Html(HTMLParser):
    """A page as its reader has it: words, tags with attributes, form fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.text = re.sub(r"[ \n]+", " ", self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        found = (attributes for name, attributes in self.tags if name == tag)
        return [each for each in found if wanted.items() <= each.items()]

    def values(self, tag: str, name: str) -> list[str]:
        return [each["value"] for each in self.all(tag, name=name)]


class Reader:
    """A person at the page."""

    def __init__(self, here: World, me: User, channel: Channel | str, **more: str) -> None:
        self._here = here
        where = channel if isinstance(channel, str) else channel.id
        self.place = {"as": me.id, "in": where, **more}
        self.headers: dict[str, str] = {}
        self.address = ""

    def read(self, **more: str) -> Html:
        return self.get("/?" + urlencode(self.place | more))

    def does(self, act: str, **fields: Any) -> Html:
        body = urlencode(self.place | fields, doseq=True).encode()
        return self._open(Request(f"{self._here.playground.url}/page/{act}", body, self.headers))

    def get(self, path: str) -> Html:
        return self._open(Request(self._here.playground.url + path))

    def _open(self, request: Request) -> Html:
        with urlopen(request, timeout=10) as answer:
            self.address = answer.url
            return Html(answer.read().decode())


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world(pages=page()) as made:
        yield made


@pytest.fixture
def here() -> Iterator[World]:
    with world(pages=page(rooms=["general"]), ack_within=0.3) as made:
        yield made


def room(here: World, *members: User, **more: Any) -> Channel:
    """A channel of its own for a test that shares its server."""
    workspace = here.playground.workspace
    ids = [user.id for user in members or (here.alice, here.bob)]
    name = f"room-{len(workspace.channels)}"
    return workspace.add_channel(name, members=[*ids, here.bot.id], **more)


def shows(here: World, *blocks: Json, text: str = "blocks", **more: Any) -> Html:
    channel = room(here)
    here.client().chat_postMessage(channel=channel.id, text=text, blocks=list(blocks), **more)
    return Reader(here, here.alice, channel).read()


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def option(value: str) -> Json:
    return {"text": plain(value.capitalize()), "value": value}


# --- Text

NAMES = Names(
    person=lambda user: {"U1": "Ada <L>"}.get(user, "quelqu'un"),
    channel=lambda channel: ("annonces", "/?in=C1") if channel == "C1" else ("canal privé", None),
    me="U1",
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*gras*, _italique_, ~barré~", "<strong>gras</strong>, <em>italique</em>, <s>barré</s>"),
        ("*_les deux_*", "<strong><em>les deux</em></strong>"),
        ("2*3*4 snake_case_name ~ * seul", "2*3*4 snake_case_name ~ * seul"),
        ("`*code*` &lt;b&gt; &amp;amp;", "<code>*code*</code> &lt;b&gt; &amp;amp;"),
        ("```\n<b>&amp;\n*x*\n```", "<pre>&lt;b&gt;&amp;\n*x*</pre>"),
        ("avant\n&gt; cité\n> *aussi*\naprès",
         "avant\n<blockquote>cité\n<strong>aussi</strong></blockquote>\naprès"),
        ("<@U1> <@U9|x>",
         '<span class="mention mine">@Ada &lt;L&gt;</span> '
         '<span class="mention">@quelqu&#39;un</span>'),
        ("<#C1|x> <#C9>",
         '<a class="mention" href="/?in=C1">#annonces</a> '
         '<span class="mention">#canal privé</span>'),
        ("<!channel>", '<span class="mention mine">@channel</span>'),
        ("<!date^1^{date}|jeudi>", "jeudi"),
        ("*<https://a.example/?x=1&amp;y=2|le *plan*>*",
         '<strong><a href="https://a.example/?x=1&amp;y=2" target="_blank" '
         'rel="noopener noreferrer">le *plan*</a></strong>'),
        ("<javascript:alert(1)|ici> <mailto:a@b.example>",
         'ici <a href="mailto:a@b.example" target="_blank" rel="noopener noreferrer">'
         "a@b.example</a>"),
        ("<b onclick=x>&lt;/script&gt;", "b onclick=x&lt;/script&gt;"),
    ],
)  # fmt: skip
def test_mrkdwn(text: str, html: str) -> None:
    assert mrkdwn(text, NAMES) == html


SIGNS = st.text("*_~`<>@#!|&;\n \"'/ab" + "\N{NO-BREAK SPACE}\ud800", max_size=60)


@given(SIGNS | st.text(max_size=60))
def test_no_text_makes_markup_of_its_own(text: str) -> None:
    html = Html(mrkdwn(text, NAMES))
    assert {tag for tag, _ in html.tags} <= {
        "strong", "em", "s", "code", "pre", "blockquote", "a", "span",
    }  # fmt: skip
    assert {name for _, attributes in html.tags for name in attributes} <= {
        "class", "href", "target", "rel",
    }  # fmt: skip
    links = [attributes["href"] for attributes in html.all("a")]
    assert all(re.match(r"(https?://|mailto:|/\?in=C1$)", link, re.IGNORECASE) for link in links)


@pytest.mark.parametrize("text", ["*_" * 20_000, "*a " * 20_000, "<" * 40_000, "*<a>" * 10_000])
def test_the_longest_text_takes_no_longer_than_its_length(text: str) -> None:
    assert Html(mrkdwn(text, NAMES)).words.count("a") == text.count("a")


# --- Blocks


def test_a_message_of_text_blocks(shared: World) -> None:
    html = shows(
        shared,
        {"type": "header", "text": plain("À 11 h 00")},
        section("*Ouverture*\n_Auditorium_"),
        {"type": "section", "fields": [plain("Salle"), {"type": "mrkdwn", "text": "*Balzac*"}]},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U?>, en ~retard~"}]},
        {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "le plan"},
        {"type": "markdown", "text": "**tel quel** <b>"},
    )
    for words in ("À 11 h 00", "Ouverture", "Auditorium", "Salle", "Balzac", "retard"):
        assert words in html.text
    assert [len(html.all(tag)) for tag in ("h3", "hr", "em", "s", "img")] == [1, 1, 1, 1, 0]
    assert f"Image{NBSP}: le plan" in html.text
    assert "**tel quel** <b>" in html.text


def test_buttons_and_what_one_picks_from(shared: World) -> None:
    options = [option("un"), option("deux")]
    html = shows(
        shared,
        section("Voir", accessory=button("see", style="primary")),
        {
            "type": "actions",
            "block_id": "b",
            "elements": [
                button("go", style="danger", confirm={
                    "title": plain("Sûr ?"), "text": plain("Oui"),
                    "confirm": plain("Oui"), "deny": plain("Non"),
                }),
                button("link", url="https://a.example/"),
                button("trap", url="javascript:alert(1)"),
                {"type": "static_select", "action_id": "one", "options": options,
                 "initial_option": options[1], "placeholder": plain("Salle")},
                {"type": "overflow", "action_id": "more", "options": options},
                {"type": "users_select", "action_id": "who"},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
                {"type": "checkboxes", "action_id": "several", "options": options,
                 "initial_options": options[:1]},
            ],
        },
    )  # fmt: skip
    assert html.values("button", "press") == ["see", "go", "trap"]
    assert html.all("button", value="go")[0]["data-confirm"] == "Sûr ?\nOui"
    assert html.all("a", href="https://a.example/")[0]["class"] == "button "
    picked = html.all("span", **{"class": "picker"})
    assert [each["hx-vals"] for each in picked] == [
        f'{{"press": "{name}"}}' for name in ("one", "more", "who", "day", "several")
    ]
    assert [s["aria-label"] for s in html.all("select", name="b one")] == ["Salle"]
    assert [o["value"] for o in html.all("option", selected="")] == ["deux"]
    assert {shared.alice.id, shared.bob.id} <= {o.get("value") for o in html.all("option")}
    assert html.values("input", "b day") == ["2026-11-24"]
    assert [b["value"] for b in html.all("input", checked="")] == ["un"]


def test_rich_text(shared: World) -> None:
    def line(*elements: Json, kind: str = "rich_text_section") -> Json:
        return {"type": kind, "elements": list(elements)}

    html = shows(
        shared,
        {
            "type": "rich_text",
            "elements": [
                line(
                    {"type": "text", "text": "<i>", "style": {"bold": True, "code": True}},
                    {"type": "link", "url": "javascript:x", "text": "non"},
                    {"type": "user", "user_id": shared.alice.id},
                    {"type": "emoji", "name": "leaf", "unicode": "1f343"},
                    {"type": "emoji", "name": "half", "unicode": "d800"},
                ),
                {"type": "rich_text_list", "style": "ordered",
                 "elements": [line({"type": "text", "text": "un"})]},
                line({"type": "text", "text": "cité"}, kind="rich_text_quote"),
                "nonsense",
            ],
        },
    )  # fmt: skip
    assert "<i>non@Alice Martin\N{LEAF FLUTTERING IN WIND}" in html.text
    assert [len(html.all(tag)) for tag in ("i", "code", "blockquote")] == [0, 1, 1]


def test_hostile_words_stay_words_wherever_they_stand(shared: World) -> None:
    trap = "\"'><script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}"
    playground = shared.playground
    mallory = playground.workspace.add_user(trap, "m@example.org")
    channel = room(shared, shared.alice, mallory)
    channel.name = channel.topic = trap
    shared.client().chat_postMessage(
        channel=channel.id,
        text=trap,
        blocks=[
            {"type": "header", "text": plain(trap[:150])},
            section(trap),
            {"type": "actions", "elements": [
                {**button(trap), "text": plain(trap), "value": trap},
                {"type": "static_select", "action_id": "s", "options": [option(trap)]},
            ]},
        ],
    )  # fmt: skip
    run_there(shared, playground.post_as(mallory, channel, trap))
    html = Reader(shared, shared.alice, channel, lang=trap).read()
    assert [script["src"] for script in html.all("script")] == [
        "/page/static/htmx.min.js", "/page/static/page.js",
    ]  # fmt: skip
    assert not html.all("img")
    handlers = [
        n for _, attrs in html.tags for n in attrs if n.startswith(("on", "hx-on", "style"))
    ]
    assert handlers == []
    assert html.text.count("<script>alert(1)</script>") >= 7
    assert "49" not in html.text


def run_there(here: World, work: Any) -> Any:
    """Whether or not this thread has an event loop of its own."""
    assert here.playground.loop
    return asyncio.run_coroutine_threadsafe(work, here.playground.loop).result(10)


# --- Who sees what


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


def test_a_public_channel_may_be_read_and_joined(shared: World) -> None:
    channel = room(shared, shared.alice)
    reader = Reader(shared, shared.bob, channel)
    assert "Rejoindre ce canal" in reader.read().text
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


# --- Acting


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
    reader.does("post", text="/maillon", reply="1")
    assert "Les commandes ne fonctionnent pas dans un fil." in reader.read().text
    reader.does("post", text="encore", reply="1")
    assert "Les commandes" not in reader.read().text


def test_acting_as_somebody_found_by_a_part_of_the_name(shared: World) -> None:
    reader = Reader(shared, shared.alice, shared.general)
    html = reader.get("/page/people?" + urlencode(reader.place | {"who": "stone bo"}))
    assert "Vous êtes Bob Stone" in html.text
    html = reader.get("/page/people?" + urlencode(reader.place | {"who": "personne"}))
    assert "Personne de ce nom." in html.text
    assert "Vous êtes Alice Martin" in html.text


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
            assert "Cette adresse e-mail est déjà présente." in again.text
            await here.playground.settled()

    asyncio.run(scene())
    assert joined == [("Chloé Roy", "en-GB")]
    assert len(here.general.members) == 4
    assert "Il faut un nom" in reader.does("join", name="", email="x").text


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


# --- With the bot


def test_a_press_reaches_the_bot_with_what_was_picked(here: World) -> None:
    app, picked = here.bolt(), []

    @app.action(re.compile("which|go"))
    async def chosen(ack: Any, action: Json, respond: Any) -> None:
        await ack()
        picked.append(action.get("value") or action["selected_option"]["value"])
        await respond(f"noté {len(picked)}")

    select = {"type": "static_select", "action_id": "which", "options": [option("a"), option("b")]}
    blocks = [{"type": "actions", "block_id": "x", "elements": [select, button("go", value="7")]}]
    posted = here.client().chat_postMessage(channel=here.general.id, text="?", blocks=blocks)
    reader = Reader(here, here.bob, here.general)

    async def scene() -> None:
        async with connected(app):
            for press in ({"press": "go"}, {"press": "which", "x which": "b"}):
                await asyncio.to_thread(reader.does, "press", message=posted["ts"], **press)

    asyncio.run(scene())
    assert picked == ["7", "b"]
    assert "noté 2" in reader.read().text
    assert "noté" not in Reader(here, here.alice, here.general).read().text
    assert "Ce n'est plus disponible." in reader.does("press", message="1.1", press="go").text
    silence = reader.does("press", message=posted["ts"], press="go").text
    assert f"Le bot n'a pas répondu à temps. Est-il démarré{NBSP}?" in silence


def test_a_command_is_typed_and_answered(here: World) -> None:
    app, asked = here.bolt(), []

    @app.command("/maillon")
    async def maillon(ack: Any, command: Json) -> None:
        asked.append(command["text"])
        await ack("Le programme")

    reader = Reader(here, here.alice, here.bot.id)

    async def scene() -> None:
        async with connected(app):
            html = await asyncio.to_thread(reader.does, "post", text="/maillon programme")
            assert "Le programme" in html.text

    asyncio.run(scene())
    assert asked == ["programme"]


def test_a_modal_keeps_what_was_typed_until_it_is_right(here: World) -> None:
    app, sent = here.bolt(), []
    choices = [option("nom"), option("patients")]
    asks = modal(
        question(hint=plain("Deux phrases"), optional=False),
        {"type": "input", "block_id": "how", "label": plain("Affichage"), "optional": True,
         "element": {"type": "checkboxes", "action_id": "c", "options": choices}},
        {"type": "input", "block_id": "at", "label": plain("Quand"), "optional": True,
         "element": {"type": "datetimepicker", "action_id": "t"}},
        {"type": "actions", "block_id": "act", "elements": [button("help")]},
    )  # fmt: skip

    @app.action("open")
    async def opened(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=asks)

    @app.action("help")
    async def helped(ack: Any, body: Json) -> None:
        await ack()
        sent.append(body["view"]["state"]["values"]["q"]["words"]["value"])

    @app.view("ask")
    async def asked(ack: Any, view: Json) -> None:
        values = view["state"]["values"]
        words = values["q"]["words"]["value"]
        if len(words) < 5:
            await ack(response_action="errors", errors={"q": "Trop court <b>"})
        else:
            await ack()
            sent.append((words, [o["value"] for o in values["how"]["c"]["selected_options"]],
                         values["at"]["t"]["selected_date_time"]))  # fmt: skip

    posted = here.client().chat_postMessage(
        channel=here.general.id, text="?",
        blocks=[{"type": "actions", "elements": [button("open")]}],
    )  # fmt: skip
    reader = Reader(here, here.bob, here.general)

    def visit() -> None:
        html = reader.does("press", message=posted["ts"], press="open")
        [view] = html.values("input", "view")
        assert [d["id"] for d in html.all("dialog")] == [f"modal-{view}"]
        assert "Quand (facultatif)" in html.text
        typed = {"view": view, "how c": ["patients"], "at t": "2026-11-24T10:30"}
        assert "Ce champ est obligatoire." in reader.does("submit", **typed, **{"q words": ""}).text
        reader.does("press", **typed, press="help", **{"q words": "non"})
        html = reader.does("submit", **typed, **{"q words": "non"})
        assert "Trop court <b>" in html.text
        [field] = html.all("input", name="q words")
        assert (field["value"], field["aria-invalid"]) == ("non", "true")
        assert [box["value"] for box in html.all("input", checked="")] == ["patients"]
        assert html.values("input", "at t") == ["2026-11-24T10:30"]
        html = reader.does("submit", **typed, **{"q words": "Pourquoi"})
        assert not html.all("dialog")
        assert "Ce n'est plus disponible." in reader.does("submit", **typed).text

    async def scene() -> None:
        async with connected(app):
            await asyncio.to_thread(visit)

    asyncio.run(scene())
    assert sent == ["non", ("Pourquoi", ["patients"], 1795512600)]


def test_a_modal_is_closed_by_its_owner_alone(shared: World) -> None:
    view = View("V1", shared.alice.id, modal(question()), "h", "V1")
    shared.playground.workspace.modals[shared.alice.id] = [view]
    bob = Reader(shared, shared.bob, shared.general).does("dismiss", view="V1")
    assert not bob.all("dialog")
    assert shared.playground.workspace.modal(shared.alice.id)
    assert not Reader(shared, shared.alice, shared.general).does("dismiss", view="V1").all("dialog")


def test_the_home_tab_is_asked_for_and_shown(here: World) -> None:
    app = here.bolt()

    @app.event("app_home_opened")
    async def opened(event: Json, client: Any) -> None:
        view = {"type": "home", "blocks": [section("Mon *programme*")]}
        await client.views_publish(user_id=event["user"], view=view)

    reader = Reader(here, here.alice, here.bot.id)

    async def scene() -> None:
        async with connected(app):
            await asyncio.to_thread(reader.does, "home")
            assert "tab=home" in reader.address
            await here.playground.settled()

    asyncio.run(scene())
    assert "Mon programme" in reader.read(tab="home").text
    assert "Mon programme" not in Reader(here, here.bob, here.bot.id, tab="home").read().text


# --- The feed, the frame, the words


def test_changes_are_told_as_they_happen(here: World) -> None:
    url = f"{here.playground.url}/page/changes?after=stale"

    def told(feed: Any) -> str:
        return next(str(line) for line in feed if line.startswith(b"data:"))

    with urlopen(url, timeout=10) as feed:
        first = told(feed)
        run_there(here, here.playground.post_as(here.alice, here.general, "bonjour"))
        second = told(feed)
        here.playground.clock.set(speed=60)
        third = told(feed)
    assert len({first, second, third}) == 3


def test_only_the_pages_own_files_run(shared: World) -> None:
    with urlopen(shared.playground.url, timeout=10) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = Html(answer.read().decode())
    assert policy.startswith("default-src 'self';")
    assert all(script["src"].startswith("/page/static/") for script in html.all("script"))
    assert not html.all("style")
    for name in ("page.css", "page.js", "htmx.min.js", "htmx.LICENSE.txt", "icon.svg"):
        with urlopen(f"{shared.playground.url}/page/static/{name}", timeout=10) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


def test_every_word_of_the_page_is_french_too() -> None:
    sources = [*(HERE / "templates").glob("*.html"), *HERE.glob("*.py")]
    said = {
        words
        for source in sources
        for words in re.findall(r'\b(?:t|tell)\([^"()]*"([^"]+)"', source.read_text())
    }
    assert len(said) > 30
    assert said - FRENCH.keys() == set()


def test_the_french_of_the_page_keeps_the_rules() -> None:
    for words in FRENCH.values():
        assert not re.search(r"!|·e|\(e\)| [:;?»]|« ", words), words
