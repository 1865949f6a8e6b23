"""An introduction as two people live it, from the call to a withdrawal."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.introductions.tables import Round
from bot.features.people.consents import ADULT, DIRECTORY, INTRODUCTIONS, agree
from bot.features.people.queries import participant_by_email
from bot.features.programme.tables import SessionRow
from tests.support.congress import Congress, at, buttons_of, congress, said

ELODIE = "elodie.thierry@example.org"
CHARLOTTE = "charlotte.buisson@example.org"
REPORTS_TO = ("georges.rousset@example.org", "alexandre.remy@example.org")
INES = "ines.millet@example.org"
MEETING = (
    "Rencontre de 10 h 37, stand E01, avec Charlotte Buisson, Guillou Biologics. "
    "Élodie Thierry cherche une capacité de production : Guillou Biologics en propose une. "
    "Un sujet commun : affaires réglementaires."
)
NOBODY_ELSE = "Personne d'autre ce matin ; vous serez prioritaire à 12 h 30."


async def agreed(one: Congress, *emails: str) -> None:
    """They said in their profile that they want to be introduced."""

    def use_case(session: Session) -> None:
        for email in emails:
            person = participant_by_email(session, one.event_id(session), email)
            assert person is not None
            for purpose in (ADULT, INTRODUCTIONS, DIRECTORY):
                agree(session, person, purpose, at("08:50"))

    await one.maillon.runtime.run(use_case)


async def say_yes(one: Congress, *emails: str) -> None:
    """By the button under the announcement of the opening."""
    [post] = one.posts("programme")
    for email in emails:
        await one.press(email, post, "J'y serai")
        answer = (await one.private(email, one.channel("programme")))[-1]
        assert said(answer) == (
            "C'est noté : Rencontres de 10 h 30. La proposition arrive à 10 h 10.\n[Pas cette fois]"
        )


def test_scene_8(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:43")) as one:
            await one.until(at("08:50"))
            [call] = one.posts("programme")
            assert said(call).endswith(
                "*Rencontres de 10 h 30*\n"
                "Un quart d'heure avec une personne qui cherche ce que vous proposez.\n"
                "[J'y serai]"
            )
            # Whoever has said nothing yet is led to it, and remembered.
            await one.press(ELODIE, call, "J'y serai")
            [answer] = await one.private(ELODIE, one.channel("programme"))
            assert said(answer) == (
                "Il manque votre profil et votre accord pour des mises en relation.\n[Mon profil]"
            )
            await agreed(one, ELODIE, CHARLOTTE)
            await say_yes(one, ELODIE, CHARLOTTE)

            await one.until(at("10:20"))
            [meeting] = await one.together(ELODIE, CHARLOTTE)
            assert (meeting.moment - at("10:10")).total_seconds() < 60
            assert meeting.text.replace("\N{NO-BREAK SPACE}", " ") == MEETING
            assert said(meeting) == (
                "Rencontre de 10 h 37\n"
                "Stand E01, avec Charlotte Buisson, Guillou Biologics.\n"
                "Élodie Thierry cherche une capacité de production : "
                "Guillou Biologics en propose une.\n"
                "Un sujet commun : affaires réglementaires.\n"
                "Créneau : 10 h 37 – 10 h 52\n"
                "*Charlotte Buisson*\n"
                "Guillou Biologics · Industrie · pilotage de projet CMC\n"
                "Je propose : capacité de production, contrôle qualité\n"
                "Je cherche : recherche partenariale, expérience des patients\n"
                "*Élodie Thierry*\n"
                "MerleCell · Start-up · direction scientifique\n"
                "Je propose : plateforme de vecteurs\n"
                "Je cherche : capacité de production\n"
                "*Pour commencer*\n"
                f"{said(meeting).splitlines()[-2]}\n"
                "[J'y suis] [5 min de retard] [Je ne peux pas venir] "
                "[Ne plus me proposer cette personne] [Signaler un problème]"
            )
            # The call has lost its button: sign-up is over.
            [call, *_] = one.posts("programme")
            assert "J'y serai" not in said(call)

            await one.until(at("10:25"))
            await one.press(CHARLOTTE, meeting, "Je ne peux pas venir")
            await one.idle()
            [told] = await one.letters(ELODIE)
            assert said(told) == NOBODY_ELSE
            [meeting] = await one.together(ELODIE, CHARLOTTE)
            assert said(meeting) == (
                "Rencontre de 10 h 37 : elle n'aura pas lieu.\n[Signaler un problème]"
            )

    asyncio.run(scene())


def test_a_withdrawal_leads_to_another_proposal(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:43")) as one:
            await one.until(at("08:50"))
            everybody = (ELODIE, CHARLOTTE, INES, "susan.aubert@example.org")
            await agreed(one, *everybody)
            await say_yes(one, *everybody)
            await one.until(at("10:25"))
            pairs = [
                channel
                for channel in one.playground.workspace.channels.values()
                if channel.kind == "mpim"
            ]
            assert len(pairs) == 2
            users = one.playground.workspace.users
            for pair in pairs:
                [meeting] = one.playground.workspace.messages[pair.id].values()
                person = next(users[m].email for m in pair.members if not users[m].is_bot)
                await one.press(person, meeting, "Je ne peux pas venir")
                await one.idle()
            left = [
                users[[m for m in pair.members if not users[m].is_bot][1]].email for pair in pairs
            ]
            [again] = await one.together(*left)
            assert said(again).startswith("Rencontre de 10 h 37\n")

    asyncio.run(scene())


def test_running_late_and_being_kept_apart(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:43")) as one:
            await one.until(at("08:50"))
            for named in REPORTS_TO:
                await one.command(named, "")
            await agreed(one, ELODIE, CHARLOTTE)
            await say_yes(one, ELODIE, CHARLOTTE)
            await one.until(at("10:30"))
            where = (await one.together(ELODIE, CHARLOTTE))[0]
            await one.press(ELODIE, where, "J'y suis")
            await one.press(CHARLOTTE, where, "5 min de retard")
            await one.idle()
            meeting, late = await one.together(ELODIE, CHARLOTTE)
            assert "Sur place : Élodie Thierry\n5 min de retard : Charlotte Buisson\n" in said(
                meeting
            )
            assert said(late) == "5 min de retard : Charlotte Buisson"

            channel = await one.playground.direct(one.user(ELODIE), one.user(CHARLOTTE))
            await one.press(ELODIE, where, "Signaler un problème")
            ask = (await one.private(ELODIE, channel))[-1]
            assert [button["text"]["text"] for button in buttons_of(ask)] == ["Charlotte Buisson"]
            await one.press(ELODIE, ask, "Charlotte Buisson")
            await one.idle()
            done = (await one.private(ELODIE, channel))[-1]
            assert said(done) == "Merci. L'organisation est prévenue et prendra contact avec vous."
            for named in REPORTS_TO:
                assert "Au sujet de : Charlotte Buisson" in said((await one.letters(named))[-1])
            await one.until(at("10:36"))
            assert len(await one.together(ELODIE, CHARLOTTE)) == 2
            assert said((await one.letters(CHARLOTTE))[-1]) == NOBODY_ELSE

    asyncio.run(scene())


def test_a_new_round_is_called_in_the_next_post(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:40")) as one:
            await one.until(at("10:50"))
            [post] = one.posts("programme")
            assert said(post).endswith(
                "*Rencontres de 12 h 30*\n"
                "Un quart d'heure à quatre, autour de ce que chacun propose et cherche.\n"
                "[J'y serai]"
            )
            await one.until(at("13:50"))
            assert "J'y serai" not in "".join(map(said, one.posts("programme")))

            def rounds(session: Session) -> list[str]:
                query = select(Round.state).join(
                    SessionRow, SessionRow.session_id == Round.session_id
                )
                return list(session.scalars(query.order_by(SessionRow.starts_at)))

            found = await one.maillon.runtime.read(rounds)
            assert found == ["over", "over", "planned", "planned"]

    asyncio.run(scene())
