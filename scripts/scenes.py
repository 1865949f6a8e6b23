"""The pictures of docs/scenes.md and of the README: a scene is a function, in the day's order.

    .venv/bin/python -m scripts.scenes [name ...]

All play in one congress, that of `maillon demo`;
with names, only those scenes are photographed.
"""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable
from functools import partial

from playwright.async_api import ViewportSize
from sqlalchemy.orm import Session

from bot.demo import (
    DEMO_START,
    ask_sample_questions,
    sample_bytes,
    sample_guests,
)
from bot.features.events.queries import find_event
from bot.features.people.consents import ADULT, INTRODUCTIONS, agree
from bot.features.people.queries import participant_by_email
from bot.playground.page import Surroundings
from bot.playground.workspace import Message
from bot.show.around import CAST, kept_up
from scripts.congress import congress
from scripts.moderators import asked
from scripts.pictures import keep
from scripts.stage import DESKTOP, THEMES, Stage, Theme, closed, shot, shown

LAETITIA = "laetitia.charpentier@example.org"
ELODIE = "elodie.thierry@example.org"
CHARLOTTE = "charlotte.buisson@example.org"
MARTIN = "martin.becker@example.org"
BEGINS = DEMO_START.replace(hour=7, minute=50)
TWIN = "Pourquoi un traitement autorisé met-il des mois à arriver jusqu'aux malades ?"
BUILT_ON = ("scene-1", "call")
"""Scenes without which others have nobody to show."""
STUDENT = min(
    row["email"]
    for row in csv.DictReader(sample_bytes("participants.csv").decode().splitlines())
    if row["profile"] == "student"
)
"""In whose name `asked` asks it."""
FEVER = "Mon fils a eu de la fièvre"
WIDE: ViewportSize = {"width": 1440, "height": 900}

Scene = Callable[[Stage, Surroundings], Awaitable[None]]
SCENES: list[tuple[str, str, Scene]] = []
"""Name, time of Thursday, and what is done and photographed then."""


def scene(name: str, clock: str) -> Callable[[Scene], Scene]:
    def listed(play: Scene) -> Scene:
        SCENES.append((name, clock, play))
        return play

    return listed


@scene("scene-1", "07:52")
async def just_joined(stage: Stage, around: Surroundings) -> None:
    playground = stage.playground
    me = await playground.join("Laetitia Charpentier", LAETITIA, "fr-FR")
    for name in ("programme", "village-innovation"):
        await playground.join_channel(me, stage.channel(name))
    await stage.rest()
    phone = await stage.with_app(LAETITIA)
    await shown(phone.get_by_role("button", name="Faire des rencontres"))
    pictures = [await shot(phone)]
    await phone.get_by_role("button", name="Faire des rencontres").click()
    await phone.get_by_label("Je cherche").wait_for()
    pictures.append(await shot(phone))
    for box in ("J'ai 18 ans ou plus", "Me proposer des rencontres"):
        await phone.get_by_label(box).check()
    await phone.get_by_role("button", name="Enregistrer").click()
    await shown(phone.get_by_text("C'est noté."))
    pictures.append(await shot(phone))
    keep("scene-1", pictures)
    await closed(phone)


@scene("call", "08:50")
async def who_wants_to_meet(stage: Stage, around: Surroundings) -> None:
    """Not photographed: two who will be introduced say yes."""

    def consents(session: Session) -> None:
        for email in (ELODIE, CHARLOTTE):
            person = participant_by_email(session, find_event(session), email)
            assert person is not None
            for purpose in (ADULT, INTRODUCTIONS):
                agree(session, person, purpose, stage.playground.clock.now())

    await stage.maillon.runtime.run(consents)
    general = stage.channel("programme").id
    for call in list(stage.playground.workspace.messages[general].values()):
        for button in _actions(call, "J'y serai"):
            for email in (ELODIE, CHARLOTTE):
                await stage.playground.press(stage.user(email), call, button)
    await stage.rest()


def _actions(message: Message, label: str) -> list[str]:
    return [
        str(element["action_id"])
        for block in message.blocks
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if element.get("text", {}).get("text") == label
    ]


@scene("scene-8", "10:12")
async def an_introduction(stage: Stage, around: Surroundings) -> None:
    group = await stage.playground.direct(stage.user(ELODIE), stage.user(CHARLOTTE))
    phone = await stage.look(ELODIE, group.id)
    await phone.get_by_text("Pour commencer").wait_for()
    await phone.locator("#messages").evaluate("list => list.scrollTop = 0")
    top = await shot(phone)
    await shown(phone.get_by_role("button", name="J'y suis"))
    keep("scene-8", [top, await shot(phone)], width=1000)


@scene("scene-8-afterwards", "10:56")
async def did_you_meet(stage: Stage, around: Surroundings) -> None:
    phone = await stage.with_app(ELODIE)
    await shown(phone.get_by_text("La rencontre a-t-elle eu lieu"))
    keep("scene-8-afterwards", [await shot(phone)], width=500)


@scene("scene-4", "14:04")
async def a_walk_in(stage: Stage, around: Surroundings) -> None:
    door = next(one.door for one in around.screens if one.room == "Auditorium Descartes")
    phone = await stage.page(door)
    pictures = [await shot(phone)]
    for question, offline, said in (
        ("Qui choisit les hôpitaux d'un essai ?", False, "Reçue."),
        ("Un proche peut-il accompagner le transport ?", True, "Conservée"),
    ):
        await phone.context.set_offline(offline)
        await phone.get_by_label("Votre question").fill(question)
        await phone.get_by_role("button", name="Envoyer").click()
        await shown(phone.get_by_text(said))
        await phone.evaluate("scrollTo(0, 0)")
        pictures.append(await shot(phone))
    await phone.context.set_offline(False)
    await phone.get_by_text("Conservée").wait_for(state="detached")
    keep("scene-4", pictures)


@scene("scene-5", "14:10")
async def a_twin(stage: Stage, around: Surroundings) -> None:
    await stage.playground.open_messages(stage.user(STUDENT))  # so that Maillon may write there
    await stage.rest()
    await stage.maillon.runtime.run(asked)
    await stage.rest()
    phone = await stage.look(LAETITIA, stage.channel("programme").id)
    session = phone.locator(".section", has_text="parole aux associations").last
    buttons = session.locator("xpath=following-sibling::*[1]")
    await buttons.get_by_role("button", name="Poser une question").click()
    await phone.get_by_label("Votre question").fill(TWIN)
    await phone.get_by_role("dialog").get_by_role("button", name="Envoyer").click()
    await phone.get_by_text("Une question proche est déjà posée").wait_for()
    pictures = [await shot(phone)]
    await phone.get_by_role("dialog").get_by_role("button", name="Soutenir").click()
    await phone.get_by_role("dialog").get_by_text("42 soutiens").wait_for()
    pictures.append(await shot(phone))
    keep("scene-5", pictures, width=1000)
    await closed(phone)
    await stage.rest()


@scene("side-by-side", "14:26")
async def side_by_side(stage: Stage, around: Surroundings) -> None:
    for theme in THEMES:
        wide = await stage.page(f"{stage.playground.url}/side-by-side", WIDE, theme, 1.0)
        for name in ("Laetitia Charpentier", "Océane Pineau", "Susan Aubert"):
            pane = wide.frame_locator(f'iframe[title="Ce que voit {name}"]')
            await pane.locator(".message").last.wait_for()
        screen = wide.frame_locator("iframe.wall")
        await screen.locator(".asked").first.wait_for()
        keep(_named("side-by-side", theme), [await shot(wide)], 1440)


@scene("scene-7", "14:31")
async def a_mother_writes(stage: Stage, around: Surroundings) -> None:
    team = stage.channel("equipe-questions").id
    phone = await stage.look(MARTIN, team)
    card = phone.locator(".message", has_text=FEVER)
    await card.scroll_into_view_if_needed()
    pictures = [await shot(phone)]
    await card.get_by_role("button", name="Cas individuel").click()
    await stage.rest()
    asker = await stage.with_app(STUDENT)
    await shown(asker.get_by_text("Merci de votre message."))
    pictures.append(await shot(asker))
    keep("scene-7", pictures, width=1000)


@scene("demo", "10:46")
async def the_channel(stage: Stage, around: Surroundings) -> None:
    for theme in THEMES:
        reader = sample_guests()[0].email
        wide = await stage.look(reader, stage.channel("programme").id, DESKTOP, theme)
        await shown(wide.get_by_text("À 11"))
        keep(_named("demo", theme), [await shot(wide)], 1280)


def _named(name: str, theme: Theme) -> str:
    return name if theme == "light" else f"{name}-{theme}"


async def main() -> None:
    around, names = Surroundings(cast=CAST), sys.argv[1:]
    others = [guest for guest in sample_guests() if guest.email != LAETITIA]
    async with (
        congress(BEGINS, guests=others, around=around) as here,
        kept_up(here.maillon, around, here.playground.workspace.changes.advance),
    ):
        await here.maillon.runtime.run(partial(ask_sample_questions, now=BEGINS))
        stage = Stage(here.browser, here.playground, here.maillon)
        for name, clock, play in sorted(SCENES, key=lambda one: one[1]):
            await stage.until(clock)
            if not names or name in (*names, *BUILT_ON):
                await play(stage, around)


if __name__ == "__main__":
    asyncio.run(main())
