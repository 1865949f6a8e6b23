"""What a round table left open: entrusted from the chat, answered in writing, told once."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish
from tests.support.congress import Congress, at, congress, said
from tests.support.questions import MemoryKeys

HOST = "oceane.pineau@example.org"
ASKER, OWNER = "ines.millet@example.org", "susan.aubert@example.org"
TEXT = "Combien de lots faut-il pour être rentable ?"


async def _asked_and_published(one: Congress) -> None:
    now = one.playground.clock.now()

    def use_case(session: Session) -> None:
        event_id = one.event_id(session)

        def person(email: str) -> Participant:
            found = participant_by_email(session, event_id, email)
            assert found is not None
            return found

        draft = Draft(one.session_id(session, "S003"), TEXT, "fr")
        question = ask(session, person(ASKER), draft, MemoryKeys(), now)
        publish(session, person(HOST), question.question_id, 1, now)

    await one.maillon.runtime.run(use_case)
    await one.idle()


def test_the_host_entrusts_and_the_owner_answers(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:20")) as one:
            for email in (HOST, ASKER, OWNER):  # met, so that they can be written to
                await one.playground.open_messages(one.user(email))
            await one.playground.settled()
            await _asked_and_published(one)
            await one.until(at("10:25"))
            left = (await one.letters(HOST))[-1]
            assert said(left) == (
                "1 question encore ouverte\n"
                "*Table ronde : l'innovation de rupture en bioproduction*\n"
                f"*« {TEXT} »*\n"
                "Publiée · 0 soutien\n"
                "[Confier la réponse]"
            )

            await one.press(HOST, left, "Confier la réponse")
            assert await one.submit(HOST, other="personne@example.org") is not None
            modal = one.modal(HOST)
            assert modal is not None
            assert modal.errors == {
                "owner": "Personne n'a l'adresse personne@example.org sur la liste des "
                "participantes et participants."
            }
            done = await one.submit(HOST, other=OWNER)
            assert done is not None
            assert said(done) == f"*« {TEXT} »*\nRéponse confiée à Susan Aubert"
            await one.idle()
            left = (await one.letters(HOST))[-1]
            assert "Réponse confiée à Susan Aubert" in said(left)

            await one.until(at("10:40"))
            asked = (await one.letters(OWNER))[-1]
            assert said(asked).startswith("Une question à laquelle répondre par écrit\n")
            await one.press(OWNER, asked, "Répondre")
            await one.submit(OWNER, answer="  ")
            modal = one.modal(OWNER)
            assert modal is not None
            assert modal.errors == {"answer": "La réponse est vide."}
            await one.submit(OWNER, answer="Environ douze.\n=1+1")
            await one.until(at("11:30"))
            answers = (await one.letters(ASKER))[-1]
            assert said(answers) == (
                "Une réponse écrite\n"
                "*Table ronde : l'innovation de rupture en bioproduction*\n"
                f"*« {TEXT} »*\n"
                "Environ douze.\n=1+1\n"
                "Susan Aubert, Ateliers Buisson\n"
                "[Moins de messages]"
            )

            # A better answer later: the same message, edited.
            before = len(await one.letters(ASKER))
            asked = (await one.letters(OWNER))[-1]
            await one.press(OWNER, asked, "Modifier la réponse")
            await one.submit(OWNER, answer="Plutôt quinze.")
            await one.idle()
            letters = await one.letters(ASKER)
            assert len(letters) == before
            assert "Plutôt quinze." in said(letters[-1])

    asyncio.run(scene())
