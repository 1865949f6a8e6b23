"""Places, passages and documents of the sample congress, from the chat of who has a role in it."""

from __future__ import annotations

import asyncio

from tests.support.congress import Congress, at, congress, said

STAGE_HAND = "ines.millet@example.org"
ATTENDEE = "isabelle.marty@example.org"
PITCHING = "louis.da-silva@example.org"


def test_three_sessions_at_eleven_of_which_one_is_full(sqlite_url: str) -> None:
    asyncio.run(_at_eleven(sqlite_url))


async def _at_eleven(database_url: str) -> None:
    async with congress(database_url, at("10:40")) as one:
        answer = await one.command(ATTENDEE, "complet")
        assert answer is not None
        assert said(answer) == (
            "Seules les personnes qui ont un rôle dans la salle peuvent la dire complète : "
            "animation, équipe Questions, équipe d'organisation, régie."
        )
        answer = await one.command(STAGE_HAND, "complet rabelais")
        assert answer is not None
        assert said(answer) == (
            "*Atelier : réduire les pertes au remplissage aseptique*\n"
            "C'est noté : complet. L'annonce, le programme et la salle l'indiquent.\n"
            "[Il reste des places]"
        )
        await one.until(at("10:45"))
        assert one.told() == [
            (
                "12 10:45",
                "programme",
                "À 11 h 00 · Allogeneic cell therapy: from bench to a repeatable batch, Auditorium "
                "Descartes, en anglais ; Atelier : premiers pas vers un jumeau numérique de "
                "bioréacteur, Salle Balzac, 20 places ; Atelier : réduire les pertes au "
                "remplissage aseptique, Salle Rabelais, complet",
            )
        ]
        [post] = one.posts("programme")
        assert said(post).startswith(f"À 11 h 00\n{THREE}")
        await one.until(at("11:00"))
        [post] = one.posts("programme")
        assert said(post).startswith(f"En cours\n{THREE}")
        assert len(one.told()) == 1
        await one.press(STAGE_HAND, answer, "Il reste des places")
        await one.idle()
        [post] = one.posts("programme")
        assert "Salle Rabelais · en français · 24 places · jusqu'à 11 h 45" in said(post)
        assert len(one.told()) == 1


THREE = (
    "*Allogeneic cell therapy: from bench to a repeatable batch*\n"
    "Conférence plénière · Auditorium Descartes · en anglais · jusqu'à 11 h 45\n"
    "Interprétation simultanée\n"
    "Avec Cécile De Oliveira (ReyCell)\n"
    "[Ajouter à mon programme] [Poser une question]\n"
    "*Atelier : premiers pas vers un jumeau numérique de bioréacteur*\n"
    "Atelier · Salle Balzac · en français · 20 places · jusqu'à 11 h 45\n"
    "Avec Océane Pineau (Université de Sainte Adèle), Marcelle Dumont (Ateliers Buisson)\n"
    "[Ajouter à mon programme] [Poser une question]\n"
    "*Atelier : réduire les pertes au remplissage aseptique*\n"
    "Atelier · Salle Rabelais · en français · complet · jusqu'à 11 h 45\n"
)


def test_somebody_who_pitches_is_told_and_adds_a_document(sqlite_url: str) -> None:
    asyncio.run(_pitches(sqlite_url))


async def _pitches(database_url: str) -> None:
    async with congress(database_url, at("10:44")) as one:
        await one.command(PITCHING, "réglages")
        await one.until(at("10:45"))
        [letter] = await one.letters(PITCHING)
        assert said(letter) == (
            "Vous intervenez à 11 h 45\n"
            "*11 h 45 – 12 h 30 · Pitchs start-up : thérapies cellulaires et géniques*\n"
            "Pitchs de start-up · Auditorium Descartes · en français\n"
            "Votre passage à 11 h 52, 7 min · RémyCell : technologie de rupture\n"
            "À vos côtés : Michelle Gonzalez (WagnerCell), Raymond Delannoy (MerleCell), "
            "Denise Benoit (GonzalezCell), Dominique Hervé (ArnaudCell), "
            "Alexandre Charles (ReyCell)\n"
            "Contact technique : Honoré Torres, Inès Millet\n"
            "Pas encore de question\n"
            "[Ouvrir ma liste] [Ajouter un document]\n"
            "[Moins de messages]"
        )
        await one.until(at("11:30"))
        post = one.posts("programme")[-1]
        assert said(post).startswith(PITCHES.format(links="\n"))
        await one.press(ATTENDEE, post, "Ajouter à mon programme")
        await _adds_a_document(one)
        with_link = PITCHES.format(links=" [Présentation RémyCell]\n")
        assert said(one.posts("programme")[-1]).startswith(with_link)
        told = [said(each) for each in await one.letters(ATTENDEE)]
        assert told == [
            "Documents de vos sessions\n"
            "*Pitchs start-up : thérapies cellulaires et géniques*\n"
            "1 document\n"
            "Pitchs de start-up · Auditorium Descartes · en français\n"
            "[Présentation RémyCell]\n"
            "[Moins de messages]"
        ]


async def _adds_a_document(one: Congress) -> None:
    [letter] = await one.letters(PITCHING)
    await one.press(PITCHING, letter, "Ajouter un document")
    await one.submit(PITCHING, url="javascript:alert(1)", title="Présentation RémyCell")
    modal = one.modal(PITCHING)
    assert modal is not None
    await one.submit(
        PITCHING, url="https://example.org/remycell.pdf", title="Présentation RémyCell"
    )
    await one.idle()


PITCHES = (
    "À 11 h 45\n"
    "*Pitchs start-up : thérapies cellulaires et géniques*\n"
    "Pitchs de start-up · Auditorium Descartes · en français · jusqu'à 12 h 30\n"
    "11 h 45 · WagnerCell : thérapie en développement, Michelle Gonzalez\n"
    "11 h 52 · RémyCell : technologie de rupture, Louis Da Silva\n"
    "11 h 59 · MerleCell : logiciel de données, Raymond Delannoy\n"
    "12 h 06 · GonzalezCell : technologie de rupture, Denise Benoit\n"
    "12 h 13 · ArnaudCell : plateforme de vecteurs, Dominique Hervé\n"
    "12 h 20 · ReyCell : logiciel de données, Alexandre Charles\n"
    "[Ajouter à mon programme] [Poser une question]{links}"
)
