"""The pictures of the rooms: the page on a phone, the screen, the sheet at the door."""

from __future__ import annotations

from playwright.async_api import Browser, ViewportSize
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.features.events.queries import event_settings, find_event
from bot.features.people.tables import Participant
from bot.features.programme.queries import running as running_sessions
from bot.features.questions.asking import ask_as_guest
from bot.features.questions.guests import Device, guest_vote
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish, put_on_screen, translate
from bot.features.questions.rooms import room_page
from bot.features.questions.sheets import question_session
from bot.features.questions.tables import Question
from bot.features.questions.voting import support
from bot.web.sheet import Door, sheet
from scripts.pictures import keep

ROOM = "Auditorium Descartes"
PUBLIC_URL = "https://questions.example.org"
ASKED = (
    "Pourquoi un traitement autorisé met-il encore des mois à arriver jusqu'aux malades ?",
    "Comment les associations entrent-elles dans le choix des critères d'un essai ?",
    "Combien de temps faut-il pour former une équipe de production ?",
)
IN_ENGLISH = "Why does an authorised treatment still take months to reach patients?"
SUPPORTERS, GUESTS = 42, 12
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREEN: ViewportSize = {"width": 1280, "height": 720}


async def take_rooms(browser: Browser, maillon: Maillon) -> None:
    page_id, wall_id, door = await maillon.runtime.run(lambda session: _asked(session, maillon))
    phone = await browser.new_page(viewport=PHONE, locale="fr-FR", device_scale_factor=2)
    await phone.goto(f"{maillon.http_url}/r/{page_id}")
    keep("room", [await phone.screenshot()])
    wall = await browser.new_page(viewport=SCREEN)
    await wall.goto(f"{maillon.http_url}/wall/{wall_id}")
    keep("wall", [await wall.screenshot()])
    paper = await browser.new_page(viewport={"width": 860, "height": 1190})
    await paper.set_content(door)
    keep("sheet", [await paper.locator("section").screenshot()])


def _asked(session: Session, maillon: Maillon) -> tuple[str, str, str]:
    """Questions of guests, read, published and supported; the first is on the screen."""
    now, event_id = maillon.clock.now(), find_event(session)
    event = event_settings(session, event_id)
    [session_id] = [
        one.session_id for one in running_sessions(session, event_id, now) if one.room == ROOM
    ]
    people = session.scalars(select(Participant).order_by(Participant.email)).all()
    organiser = next(one for one in people if one.email in event.organisers)
    questions: list[Question] = []
    for text in ASKED:
        draft = Draft(session_id, text, "fr")
        questions.append(ask_as_guest(session, event_id, "guest-asking", draft, now))
    for number, one in enumerate(questions):
        publish(session, organiser, one.question_id, one.version, now)
        for person in people[: SUPPORTERS - 15 * number]:
            support(session, event_id, event, person.participant_id, one.question_id, now)
    first = questions[0]
    translate(session, organiser, first.question_id, first.version, IN_ENGLISH, now)
    put_on_screen(session, organiser, first.question_id, first.version, now)
    code = question_session(session, event_id, session_id)
    assert code is not None
    for number in range(GUESTS):
        device = Device(f"guest-{number:06}", "fr")
        guest_vote(session, event_id, device, first.question_id, code.code, now)
    page = room_page(session, event_id, ROOM)
    door = sheet(event, [Door(ROOM, f"{PUBLIC_URL}/r/{page.page_id}")])
    return page.page_id, page.wall_id, door
