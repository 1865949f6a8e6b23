"""What one does at the page with the bot: press, command, fill in a modal, look at its home."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from bot.playground.workspace import View

from ..support import Json, World, button, connected, modal, plain, question
from .support import NBSP, Reader, option, section


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
    assert f"Maillon n'a pas répondu à temps. Est-il bien démarré{NBSP}?" in silence


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


def test_a_command_that_nobody_declared_is_not_sent(here: World) -> None:
    html = Reader(here, here.alice, here.general).does("post", text="/question\nPourquoi ?")
    assert "La commande /question n'existe pas ici." in html.text
    assert "Maillon n'a pas répondu" not in html.text


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
            before = await asyncio.to_thread(reader.read)
            assert "Accueil" not in before.text
            await asyncio.to_thread(reader.does, "home")
            assert "tab=home" in reader.address
            await here.playground.settled()

    asyncio.run(scene())
    assert "Accueil" in reader.read().text
    assert "Mon programme" in reader.read(tab="home").text
    assert "Mon programme" not in Reader(here, here.bob, here.bot.id, tab="home").read().text


def test_opening_the_conversation_with_the_app_is_told_to_it(here: World) -> None:
    """Slack says so of the messages, too; that is how an app greets who comes to see it."""
    app, opened = here.bolt(), []

    @app.event("app_home_opened")
    async def home(event: Json) -> None:
        opened.append((event["user"], event["tab"]))

    async def scene() -> None:
        async with connected(app):
            for reader in (
                Reader(here, here.alice, here.bot.id),
                Reader(here, here.bob, here.general),
            ):
                await asyncio.to_thread(reader.read)
            await here.playground.settled()

    asyncio.run(scene())
    assert opened == [(here.alice.id, "messages")]
