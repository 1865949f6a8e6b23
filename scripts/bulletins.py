"""The pictures of the organisers' announcements: the preview, and a screen under an alert."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.async_api import Browser, ViewportSize
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.features.bulletins import actions
from bot.features.bulletins.model import EMERGENCY, EVERYWHERE, Content, Words
from bot.features.events.queries import event_settings, find_event
from bot.features.people.queries import participant_by_email
from bot.features.questions.rooms import room_page
from bot.playground.server import Playground
from scripts.pictures import keep
from scripts.rooms import ROOM, SCREEN

LUNCH = Words(
    "Le déjeuner est servi dans l'espace exposition.", "Lunch is served in the exhibition area."
)
ALERT = Words("Quittez la salle par la porte nord.", "Please leave the room by the north door.")
WINDOW: ViewportSize = {"width": 900, "height": 760}


async def take_bulletins(browser: Browser, playground: Playground, maillon: Maillon) -> None:
    await _preview(browser, playground, maillon)
    alert, wall_id = await maillon.runtime.run(lambda session: _alarmed(session, maillon))
    wall = await browser.new_page(viewport=SCREEN)
    await wall.goto(f"{maillon.http_url}/wall/{wall_id}")
    keep("alert-wall", [await wall.screenshot()])
    await maillon.runtime.run(lambda session: _lifted(session, maillon, alert))


async def _preview(browser: Browser, playground: Playground, maillon: Maillon) -> None:
    event = await maillon.runtime.read(lambda session: event_settings(session, find_event(session)))
    organiser = playground.workspace.user_by_email(event.organisers[0])
    channel = playground.workspace.channel_named(event.channels.general)
    assert organiser is not None
    assert channel is not None
    await playground.command(organiser, channel, "/maillon", "annonce")
    await maillon.slack.gestures.settled()
    private = playground.workspace.visible(channel.id, organiser.id)[-1]
    button = next(
        each["action_id"]
        for block in private.blocks
        for each in block.get("elements", ())
        if "bulletins.write" in each.get("action_id", "")
    )
    await playground.press(organiser, private, button)
    view = playground.workspace.modals[organiser.id][-1]
    day = maillon.clock.now().astimezone(event.tz).date().isoformat()
    said = {"fr": LUNCH.fr, "en": LUNCH.en, "day": day, "time": "17 h 30"}
    await playground.submit(organiser, view, said)
    query = {"as": organiser.id, "in": channel.id, "lang": "fr"}
    tab = await browser.new_page(viewport=WINDOW, locale="fr-FR")
    await tab.goto(f"{playground.url}/?{urlencode(query)}", wait_until="load")
    keep("bulletin-preview", [await tab.get_by_role("dialog").screenshot()])


def _alarmed(session: Session, maillon: Maillon) -> tuple[str, str]:
    now, event_id = maillon.clock.now(), find_event(session)
    me = participant_by_email(session, event_id, event_settings(session, event_id).organisers[0])
    assert me is not None
    row = actions.draft(session, me, EMERGENCY, Content(ALERT, EVERYWHERE), now)
    armed = actions.arm(session, me, row.bulletin_id, row.version, now).armed
    actions.launch(session, me, row.bulletin_id, armed or "", now)
    return row.bulletin_id, room_page(session, event_id, ROOM).wall_id


def _lifted(session: Session, maillon: Maillon, bulletin_id: str) -> None:
    event_id = find_event(session)
    me = participant_by_email(session, event_id, event_settings(session, event_id).organisers[0])
    assert me is not None
    actions.withdraw(session, me, bulletin_id, maillon.clock.now())
