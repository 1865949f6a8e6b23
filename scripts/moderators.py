"""The pictures of the moderators' pages: the pupitre at 14:25, and the équipe Questions' page.

.venv/bin/python -m scripts.moderators
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from playwright.async_api import Browser, ViewportSize
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.demo import PARIS
from bot.features.events.queries import event_settings, find_event
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import answered, publish, put_on_screen
from bot.features.questions.tables import Question
from bot.features.questions.voting import support
from scripts.congress import congress
from scripts.pictures import keep

MOMENT = datetime(2019, 12, 12, 14, 25, tzinfo=PARIS)
SESSION, HOST = "S010", "david.raymond@example.org"
PHONE: ViewportSize = {"width": 390, "height": 844}
ASKED = (
    ("patient_association", "Quelles données de vie réelle seriez-vous prêts à partager ?", 9),
    (
        "patient_association",
        "Pourquoi un traitement autorisé met-il encore des mois à arriver jusqu'aux malades ?",
        41,
    ),
    ("startup", "Un prix plus bas est-il réaliste pour une thérapie autologue ?", 23),
    (
        "patient_association",
        "Les frais de transport et d'hébergement des proches sont-ils pris en charge ?",
        17,
    ),
    ("sme", "Comment informer les patients des retards de lot sans créer d'angoisse ?", 6),
    ("student", "Mon fils a eu de la fièvre après sa perfusion, est-ce grave ?", 0),
)
"""By whom, what, and by how many supported; the first was answered, the last waits."""


class _NoKeys:
    """Nobody asks anonymously here."""

    def key_of(
        self, event_id: str, session_id: str, create_until: datetime | None = None
    ) -> bytes | None:
        return None


def asked(session: Session) -> tuple[str, dict[str, str]]:
    """The session, and a link for the host to each page."""
    event_id = find_event(session)
    event = event_settings(session, event_id)
    host = participant_by_email(session, event_id, HOST)
    row = session.scalar(select(SessionRow).where(SessionRow.code == SESSION))
    people = session.scalars(select(Participant).order_by(Participant.email)).all()
    assert host is not None
    assert row is not None
    questions: list[Question] = []
    for kind, text, supporters in ASKED:
        author = next(one for one in people if one.kind == kind)
        draft = Draft(row.session_id, text, "fr", named=kind == "patient_association")
        question = ask(session, author, draft, _NoKeys(), MOMENT)
        questions.append(question)
        if supporters:
            publish(session, host, question.question_id, question.version, MOMENT)
        for person in people[:supporters]:
            support(session, event_id, event, person.participant_id, question.question_id, MOMENT)
    first, shown = questions[:2]
    answered(session, host, first.question_id, first.version, MOMENT)
    put_on_screen(session, host, shown.question_id, shown.version, MOMENT)
    pages = {kind: f"/{kind}/{row.session_id}" for kind in ("stage", "team")}
    return row.session_id, {k: personal_link(session, host, path) for k, path in pages.items()}


async def take_moderators(browser: Browser, maillon: Maillon) -> None:
    session_id, links = await maillon.runtime.run(asked)
    for kind, name, height in (("stage", "pupitre", 844), ("team", "team", 1600)):
        phone = await browser.new_page(
            viewport={**PHONE, "height": height}, locale="fr-FR", device_scale_factor=2
        )
        await phone.goto(maillon.http_url + links[kind])
        await phone.get_by_role("button").click()
        await phone.wait_for_url(f"**/{kind}/{session_id}")
        keep(name, [await phone.screenshot()])
        await phone.close()


async def main() -> None:
    async with congress() as here:
        await here.until(MOMENT)
        await take_moderators(here.browser, here.maillon)


if __name__ == "__main__":
    asyncio.run(main())
