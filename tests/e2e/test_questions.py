"""Questions from the chat to the board and back, as people meet them."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.keys import keys_of
from bot.features.people.tables import Participant
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish
from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote
from bot.playground.workspace import Message, View
from tests.support.congress import Congress, at, congress, legible, said

GUEST = "ines.millet@example.org"
OTHER = "olivier.da-silva@example.org"
TEAM = "martin.becker@example.org"
SECOND = "hortense.auger@example.org"
ASSOCIATION = "franck.le-gall@example.org"
PATIENTS = "S010"
Q13 = "Pourquoi un traitement autorisé met-il encore des mois à arriver jusqu'aux malades ?"


def shown(view: View | None) -> str:
    """All that a modal shows, but for its fields."""
    assert view is not None
    return said(view)


async def form(one: Congress, email: str, text: str = "") -> View | Message:
    """`/question`; the form, or what is said instead."""
    where = one.channel("programme")
    answer = await one.playground.command(one.user(email), where, "/question", text)
    assert answer.acked, answer
    await one.maillon.slack.gestures.settled()
    view = one.modal(email)
    return view if view is not None else (await one.private(email, where))[-1]


async def session_id(one: Congress, code: str) -> str:
    return await one.maillon.runtime.read(lambda session: one.session_id(session, code))


async def asks(one: Congress, email: str, text: str, code: str = PATIENTS, **more: Any) -> None:
    await form(one, email)
    left = await one.submit(email, session=await session_id(one, code), text=text, **more)
    assert left is None, left.body
    await one.idle()


async def rows(one: Congress, table: Any) -> list[Any]:
    def query(session: Session) -> list[Any]:
        found = list(session.scalars(select(table)))
        session.expunge_all()
        return found

    return await one.maillon.runtime.read(query)


def team(one: Congress) -> Message:
    return one.posts("equipe-questions")[-1]


def board(one: Congress) -> Message:
    [found] = [post for post in one.posts("programme") if "Questions · " in post.text]
    return found


async def last(one: Congress, email: str, channel: str) -> str:
    return said((await one.private(email, one.channel(channel)))[-1])


async def mail(one: Congress, email: str) -> list[Message]:
    """Direct messages, without the private replies among them."""
    return [letter for letter in await one.letters_asked_for(email) if letter.only_for is None]


async def letters(one: Congress, email: str) -> list[str]:
    return [said(letter) for letter in await mail(one, email)]


def test_from_the_announcement_to_the_answer(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:44")) as one:
            await one.until(at("13:45"))
            [announced] = [p for p in one.posts("programme") if "14 h 00" in legible(p.text)]
            labels = "[Ajouter à mon programme] [Poser une question]"
            assert said(announced).count(labels) == 2
            await one.press(GUEST, announced, "Poser une question")
            view = one.modal(GUEST)
            assert shown(view).startswith(
                "*Table ronde : la parole aux associations de patients*\n"
                "14 h 00 – 15 h 00 · Auditorium Descartes"
            )
            assert await one.submit(GUEST, text="Qui décide ?", choices=["named"]) is None
            await one.idle()
            assert await letters(one, GUEST) == [
                "En relecture\n"
                "*« Qui décide ? »*\n"
                "Table ronde : la parole aux associations de patients\n"
                "[Retirer ma question]"
            ]
            assert said(team(one)) == (
                "*« Qui décide ? »*\n"
                "En relecture\n"
                "Table ronde : la parole aux associations de patients · Inès Millet, Ateliers Sanchez\n"
                "[Publier] [Ne pas retenir] [Plus…]"
            )
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            assert await last(one, TEAM, "equipe-questions") == (
                "*« Qui décide ? »*\nPubliée.\n[Revenir en arrière]"
            )
            assert said(board(one)) == (
                "Questions · Table ronde : la parole aux associations de patients\n"
                "*Qui décide ?*\n"
                "0 soutien · Inès Millet, Ateliers Sanchez\n"
                "[Soutenir]\n"
                "[Poser une question]"
            )
            await one.press(OTHER, board(one), "Soutenir")
            await one.press(TEAM, team(one), "À l'écran")
            await one.idle()
            assert "À l'écran · 1 soutien" in said(board(one))
            await one.press(TEAM, team(one), "Réponse apportée")
            await one.idle()
            assert [letter.split("\n")[0] for letter in await letters(one, GUEST)] == [
                "Réponse apportée",
                "À l'écran",
                "Réponse apportée",
            ]
            assert "[Soutenir]" not in said(board(one))
            # At the end the board offers nothing more.
            await one.until(at("15:00"))
            assert "[Poser une question]" not in said(board(one))

    asyncio.run(scene())


def test_an_anonymous_question_holds_nobody_and_is_taken_back(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, "Et si l'on renonce ?", choices=["anonymous", "patients"])
            [row] = await rows(one, Question)
            assert (row.participant_id, row.anonymous, row.patients) == (None, True, True)
            [status] = await mail(one, GUEST)
            assert "patients · Question anonyme" in said(status)
            assert "Question anonyme" in said(team(one))
            # Nobody else can take it back, and its asker can.
            other = await one.maillon.slack.gestures.press(
                one.user(OTHER).id, _value(status, "Retirer ma question"), "k1"
            )
            assert "Seule la personne" in str(other)
            await one.press(GUEST, status, "Retirer ma question")
            await one.idle()
            [row] = await rows(one, Question)
            assert row.state == "withdrawn"
            [status] = await mail(one, GUEST)
            assert said(status).startswith("Retirée")
            assert "Retirée" in said(team(one))

    asyncio.run(scene())


def _value(message: Message, label: str) -> str:
    found = [
        element["value"]
        for block in message.blocks
        for element in (block.get("elements") or [block.get("accessory")])
        if element and element.get("text", {}).get("text") == label
    ]
    return str(found[0])


async def _with_supporters(one: Congress, text: str, votes: int) -> None:
    """A published question that so many people support."""

    def use_case(session: Session) -> None:
        event_id = one.event_id(session)
        people = session.scalars(
            select(Participant).where(Participant.event_id == event_id).limit(votes + 1)
        ).all()
        asker = session.scalars(select(Participant).where(Participant.email == OTHER)).one()
        boss = session.scalars(select(Participant).where(Participant.email == TEAM)).one()
        draft = Draft(one.session_id(session, PATIENTS), text, "fr")
        now = one.playground.clock.now()
        question = ask(session, asker, draft, keys_of(session), now)
        publish(session, boss, question.question_id, 1, now)
        guest = session.scalars(select(Participant).where(Participant.email == GUEST)).one()
        voters = [person for person in people if person is not guest][:votes]
        for person in voters:
            session.add(
                QuestionVote(
                    event_id=event_id,
                    question_id=question.question_id,
                    participant_id=person.participant_id,
                    by_name=False,
                )
            )

    await one.maillon.runtime.run(use_case)
    await one.idle()


def test_scene_5_a_twin(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("14:10")) as one:
            await _with_supporters(one, Q13, 41)
            await form(one, GUEST)
            twin = "Pourquoi un traitement autorisé met-il des mois à arriver jusqu'aux malades ?"
            where = await session_id(one, PATIENTS)
            view = await one.submit(GUEST, session=where, text=twin)
            assert shown(view) == (
                "Une question proche est déjà posée :\n"
                f"*{Q13}*\n"
                "41 soutiens\n"
                "[Soutenir]\n"
                f"La vôtre : « {twin} »"
            )
            assert view is not None
            assert view.body["submit"]["text"] == "Poser la mienne"
            await one.press(GUEST, view, "Soutenir")
            assert "42 soutiens\nVotre soutien compte." in shown(one.modal(GUEST))
            await one.idle()
            assert "42 soutiens" in said(board(one))
            # The text was kept all the while.
            assert await one.submit(GUEST) is None
            await one.idle()
            assert {row.text for row in await rows(one, Question)} == {Q13, twin}
            assert len(await mail(one, GUEST)) == 1

    asyncio.run(scene())


def test_scene_7_a_mother_writes_about_her_sons_reaction(sqlite_url: str) -> None:
    text = "Mon fils a fait une réaction grave après son injection, que faire ?"

    async def scene() -> None:
        async with congress(sqlite_url, start=at("14:31")) as one:
            await one.idle()
            before = len(one.playground.receipts.posts)
            await asks(one, GUEST, text)
            [status] = await letters(one, GUEST)
            assert "Merci de votre message. Il décrit un effet qui peut être lié" in status
            assert "Il ne sera ni affiché ni exporté." in status
            assert "En relecture · santé d'une personne · effet possible" in said(team(one))
            assert said(team(one)).endswith("[Cas individuel] [Ne pas retenir] [Publier] [Plus…]")
            await one.press(TEAM, team(one), "Cas individuel")
            await one.idle()
            [row] = await rows(one, Question)
            assert (row.state, row.declined) == ("declined", "individual_case")
            assert (await letters(one, GUEST))[0].startswith("Question non retenue")
            places = {place for _, place, _ in one.told(before)}
            assert places == {"equipe-questions", GUEST}

    asyncio.run(scene())


def test_somebodys_message_waits_for_its_author(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            where = one.channel("programme")
            written = await one.playground.post_as(one.user(OTHER), where, "Qui paie le trajet ?")
            await one.playground.shortcut(one.user(GUEST), written, "questions.from_message")
            view = await one.submit(GUEST, session=await session_id(one, PATIENTS))
            assert shown(view) == (
                "La question sera posée dès que la personne qui a écrit ce message aura donné "
                "son accord."
            )
            await one.idle()
            assert one.posts("equipe-questions") == []
            [asked] = await mail(one, OTHER)
            assert said(asked) == (
                "Votre message peut-il être posé comme question ?\n"
                "*« Qui paie le trajet ? »*\n"
                "Table ronde : la parole aux associations de patients\n"
                "Une autre personne le propose. Rien ne sera montré sans votre accord.\n"
                "[Oui, avec mon nom] [Oui, sans mon nom] [Non]"
            )
            await one.press(OTHER, asked, "Oui, sans mon nom")
            await one.idle()
            assert "En relecture" in said(team(one))
            assert "Olivier" not in said(team(one))
            asked, status = await mail(one, OTHER)
            assert "[Non]" not in said(asked)
            assert said(status).startswith("En relecture")
            # One's own message needs nobody else.
            await one.playground.shortcut(one.user(OTHER), written, "questions.from_message")
            assert "La personne qui a écrit" not in shown(one.modal(OTHER))

    asyncio.run(scene())


def test_saying_no_leaves_the_message_a_message(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            where = one.channel("programme")
            written = await one.playground.post_as(one.user(OTHER), where, "Qui paie le trajet ?")
            for _ in range(2):  # that two people like it makes it no second question
                await one.playground.shortcut(one.user(GUEST), written, "questions.from_message")
                await one.submit(GUEST, session=await session_id(one, PATIENTS))
                await one.playground.dismiss(one.user(GUEST), one.modal(GUEST))  # type: ignore[arg-type]
            await one.idle()
            [asked] = await mail(one, OTHER)
            await one.press(OTHER, asked, "Non")
            await one.idle()
            [row] = await rows(one, Question)
            assert row.state == "withdrawn"
            assert one.posts("equipe-questions") == []

    asyncio.run(scene())


def test_an_association_supports_in_its_name(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, "Qui décide ?")
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            await one.press(ASSOCIATION, board(one), "Soutenir")
            channel = one.channel("programme")
            reply = (await one.private(ASSOCIATION, channel))[-1]
            await one.press(ASSOCIATION, reply, "Soutenir au nom de l'association")
            await one.idle()
            assert "1 soutien\nAvec le soutien de Association Lucas Espoir" in said(board(one))
            reply = (await one.private(ASSOCIATION, channel))[-1]
            await one.press(ASSOCIATION, reply, "Retirer le nom")
            await one.idle()
            assert "Lucas Espoir" not in said(board(one))
            assert "1 soutien" in said(board(one))

    asyncio.run(scene())
