"""Scenes 8 and 10, from after the meeting on: did you meet, and what came of it."""

from __future__ import annotations

import asyncio

from sqlalchemy.orm import Session

from bot.features.people.queries import participant_by_email
from bot.features.programme.tables import SessionRow
from bot.playground.workspace import Message
from tests.support.congress import Congress, at, congress, said
from tests.support.introductions import add_introduction, agree

ELODIE, CHARLOTTE = "elodie.thierry@example.org", "charlotte.buisson@example.org"
INES, OCEANE = "ines.millet@example.org", "oceane.pineau@example.org"
ORGANISER = "susan.aubert@example.org"
BELOW = "[Ne plus me demander] [Moins de messages]"
OUTCOMES = "[Partenariat] [Essai ou pilote] [Financement] [Recrutement] [Autre] [Sans suite]"


async def introduce(one: Congress, code: str, *emails: str) -> None:
    """In the round of that break, as the rounds do it; everybody agreed to follow-ups."""

    def use_case(session: Session) -> None:
        event_id = one.event_id(session)
        row = session.get_one(SessionRow, (event_id, one.session_id(session, code)))
        people = [participant_by_email(session, event_id, email) for email in emails]
        known = [person for person in people if person is not None]
        assert len(known) == len(emails)
        add_introduction(session, event_id, one.maillon.slack.workspace_id, row, known)
        if code == "S004":
            for email in (ELODIE, CHARLOTTE):
                person = participant_by_email(session, event_id, email)
                assert person is not None
                agree(session, person, "follow_ups")

    await one.maillon.runtime.run(use_case)
    await one.idle()


async def letters_of(one: Congress, email: str) -> list[Message]:
    """Without the private answers to presses."""
    return [letter for letter in await one.letters(email) if letter.only_for is None]


async def met(one: Congress, *emails: str) -> None:
    """Each says *Oui* of everybody in the newest message."""
    for email in emails:
        for _ in range(len(emails) - 1):
            await one.press(email, (await letters_of(one, email))[-1], "Oui")
            await one.idle()


def test_from_the_meeting_to_the_thirtieth_day(sqlite_url: str) -> None:
    async def scene() -> None:
        public = {"maillon_public_url": "https://maillon.example.org"}
        async with congress(sqlite_url, start=at("10:10"), **public) as one:
            for email in (ELODIE, CHARLOTTE, INES, OCEANE):
                await one.playground.open_messages(one.user(email))
            await one.playground.settled()
            await introduce(one, "S004", ELODIE, CHARLOTTE)
            await introduce(one, "S009", ELODIE, INES, OCEANE)

            # Thursday 10:55: each is asked, separately.
            await one.until(at("10:54"))
            assert len(await letters_of(one, ELODIE)) == 1  # the welcome
            await one.until(at("10:55"))
            asked = (await letters_of(one, ELODIE))[-1]
            assert (asked.moment, said(asked)) == (
                at("10:55"),
                "La rencontre a-t-elle eu lieu ?\n"
                "*Charlotte Buisson, Guillou Biologics*\n"
                "[Oui] [Pas encore] [Non]\n"
                "[Moins de messages]",
            )
            theirs = (await letters_of(one, CHARLOTTE))[-1]
            assert "*Élodie Thierry, MerleCell*" in said(theirs)
            await one.press(ELODIE, asked, "Oui")
            [noted] = await one.private(ELODIE, await one.direct(ELODIE))
            assert said(noted) == "C'est noté : Oui."
            await one.idle()
            assert said((await letters_of(one, ELODIE))[-1]) == (
                "La rencontre a-t-elle eu lieu ?\n"
                "*Charlotte Buisson, Guillou Biologics*\n"
                "Votre réponse : Oui\n"
                "[Pas encore] [Non]\n"
                "[Moins de messages]"
            )
            await one.press(CHARLOTTE, theirs, "Oui")
            await one.until(at("13:00"))
            await met(one, ELODIE, INES, OCEANE)

            # Friday 18:00: the organisers, who may ask again at any moment.
            await one.until(at("18:00", 13))
            post = one.posts("organisation")[-1]
            assert said(post).startswith(
                "Bilan des rencontres\n*– mises en relation · – rencontres · "
                "– suites déclarées, – confirmées par les deux côtés*\n"
            )
            [picture] = [block for block in post.blocks if block["type"] == "image"]
            assert picture["image_url"].startswith("https://maillon.example.org/report/")
            assert picture["alt_text"].startswith("Bilan des rencontres\n–")
            answer = await one.command(ORGANISER, "bilan", "programme")
            assert answer is not None
            assert said(answer).startswith("Bilan des rencontres\n")
            assert said(answer).endswith("[Télécharger le tableau]\n" + said(post).splitlines()[-1])
            refused = await one.command(ELODIE, "bilan", "programme")
            assert refused is not None
            assert said(refused).startswith(
                "Seule l'équipe d'organisation peut le faire. Vous pouvez"
            )

            # Monday 09:30: one message with all three.
            count = len(await letters_of(one, ELODIE))
            await one.until(at("09:29", 16))
            assert len(await letters_of(one, ELODIE)) == count
            await one.until(at("09:30", 16))
            letters = await letters_of(one, ELODIE)
            assert len(letters) == count + 1
            assert said(letters[-1]).startswith(
                "Vos 3 rencontres : quelle suite ?\n"
                "*Charlotte Buisson, Guillou Biologics*\njeudi 12 décembre, 10 h 37\n"
                f"{OUTCOMES}\n"
            )
            assert said(letters[-1]).endswith(f"{OUTCOMES}\n{BELOW}")
            await one.press(ELODIE, letters[-1], "Essai ou pilote")
            detail = (await one.private(ELODIE, await one.direct(ELODIE)))[-1]
            assert said(detail) == (
                "*Charlotte Buisson, Guillou Biologics*\n"
                "Votre réponse : Essai ou pilote · compter sans détail\n"
                "[Une prochaine étape est prévue] [Ne pas compter] [Nommer les deux organisations]\n"
                "Une autre réponse\n"
                "[Partenariat] [Financement] [Recrutement] [Autre] [Sans suite]"
            )
            direct = await one.direct(ELODIE)
            for label, then in (
                ("Une prochaine étape est prévue", "une prochaine étape est prévue · compter"),
                ("Nommer les deux organisations", "nommées si l'autre en est d'accord"),
                ("Compter sans détail", "une prochaine étape est prévue · compter sans détail"),
                ("Pas de prochaine étape", "Essai ou pilote · compter sans détail"),
            ):
                await one.press(ELODIE, (await one.private(ELODIE, direct))[-1], label)
                assert then in said((await one.private(ELODIE, direct))[-1])
            await one.idle()
            assert said((await letters_of(one, ELODIE))[-1]).startswith(
                "Vos 3 rencontres : quelle suite ?\n"
                "*Charlotte Buisson, Guillou Biologics*\n"
                "jeudi 12 décembre, 10 h 37\n"
                "Votre réponse : Essai ou pilote · compter sans détail\n[Préciser]\n"
            )
            await one.press(ELODIE, (await letters_of(one, ELODIE))[-1], "Sans suite", nth=1)
            await one.idle()

            # Then nothing until the thirtieth day, without what had no follow-up.
            month = at("09:30", 13).replace(year=2020, month=1)
            await one.until(month.replace(hour=9, minute=29))
            assert len(await letters_of(one, ELODIE)) == count + 1
            await one.until(month)
            letters = await letters_of(one, ELODIE)
            assert len(letters) == count + 2
            assert said(letters[-1]).startswith("Vos 2 rencontres : quelle suite ?\n")
            # Who has enough says so, and it ends there.
            await one.press(ELODIE, letters[-1], "Ne plus me demander")
            await one.until(month.replace(month=4))
            assert len(await letters_of(one, ELODIE)) == count + 2
            assert [said(each) for each in await letters_of(one, INES)][-1].startswith(
                "La rencontre a-t-elle eu lieu ?"
            )

    asyncio.run(scene())
