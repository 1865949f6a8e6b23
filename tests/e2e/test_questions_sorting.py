"""The équipe Questions at work in the chat, and what it meets that is not as it should be."""

from __future__ import annotations

import asyncio

from bot.features.questions.tables import Question
from bot.features.questions.vote_tables import QuestionVote
from tests.e2e.test_questions import (
    GUEST,
    OTHER,
    PATIENTS,
    SECOND,
    TEAM,
    asks,
    board,
    form,
    last,
    letters,
    mail,
    rows,
    session_id,
    shown,
    team,
)
from tests.support.congress import Congress, at, buttons_of, congress, legible, said

HOST = "david.raymond@example.org"
HOSTILE = "<!channel> @here <b>ici</b> =1+1 <@U1> ?"


async def press_old(one: Congress, email: str, value: str, key: str) -> str:
    """A press of a button as it stood before."""
    reply = await one.maillon.slack.gestures.press(one.user(email).id, value, key)
    return str(reply)


def values(one: Congress) -> dict[str, str]:
    return {button["text"]["text"]: button["value"] for button in buttons_of(team(one))}


def test_sorting_and_undoing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, OTHER, "Quel est le prix d'un flacon ?")
            await asks(one, GUEST, "Qui décide ?")
            # Declined with a reason, then undone.
            await one.press(TEAM, team(one), "Ne pas retenir")
            view = await one.submit(TEAM, reason="off_topic")
            assert "Pas retenue. La personne qui l'a posée lit : « Merci" in shown(view)
            await one.idle()
            assert (await letters(one, GUEST))[0].startswith("Question non retenue")
            assert view is not None
            await one.press(TEAM, view, "Revenir en arrière")
            await one.idle()
            assert (await letters(one, GUEST))[0].startswith("En relecture")
            # Everything else is behind one button.
            await one.press(TEAM, team(one), "Plus…")
            view = await one.submit(TEAM, text="Qui décide vraiment ?", translation="Who decides?")
            assert shown(view) == (
                "*« Qui décide vraiment ? »*\n"
                "La version dans l'autre langue est enregistrée.\n"
                "[Revenir en arrière]\n"
                "Modifiée. La personne qui l'a posée lit les deux versions.\n"
                "[Revenir en arrière]"
            )
            await one.idle()
            assert "Qui décide ?" in (await letters(one, GUEST))[0]
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            assert "Who decides?" in said(board(one))
            # Grouped: one question for both.
            first = one.posts("equipe-questions")[0]
            await one.press(TEAM, first, "Plus…")
            mine = next(row for row in await rows(one, Question) if "vraiment" in row.text)
            view = await one.submit(TEAM, into=mine.question_id)
            assert "Regroupée" in shown(view)
            await one.idle()
            assert "Qui décide vraiment ?" in (await letters(one, OTHER))[0]
            assert "1 soutien" in said(board(one))

    asyncio.run(scene())


def test_two_moderators_at_once(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, "Qui décide ?")
            before = values(one)
            await one.until(at("13:51"))
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            # The same wish is no conflict; another one is told whose came first.
            assert "C'était déjà le cas" in await press_old(one, SECOND, before["Publier"], "k1")
            done = await press_old(
                one, SECOND, before["Publier"].replace("publish", "screen"), "k2"
            )
            assert "Martin Becker vient de modifier cette question." in done
            [row] = await rows(one, Question)
            assert row.state == "published"
            # Nor is it for everybody to press.
            refused = await press_old(one, OTHER, before["Publier"], "k3")
            assert "équipe Questions de cette session" in refused

    asyncio.run(scene())


def test_sessions_are_closed_and_questions_of_the_room_noted(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, "Qui décide ?")
            await one.press(TEAM, team(one), "Publier")
            overview = await one.command(HOST, "questions")
            assert overview is not None
            assert said(overview) == (
                "Questions\n"
                "*14 h 00 – 15 h 00 · Table ronde : la parole aux associations de patients*\n"
                "0 question à relire · 1 publiée · relues avant publication\n"
                "[Question de la salle] [Fermer les questions] [Relire après publication] [Complet]\n"
                "[Ouvrir la page de l'équipe Questions] [Ouvrir le pupitre] [Poser une question]"
            )
            await one.press(HOST, overview, "Question de la salle")
            view = await one.submit(HOST, text="Et les malades rares ?")
            assert "La question de la salle est notée" in shown(view)
            await one.press(HOST, overview, "Relire après publication")
            changed = await last(one, HOST, "programme")
            assert "sauf celles qui restent en relecture.\n[Revenir en arrière]" in changed
            assert "publiées aussitôt\n" in changed
            await asks(one, GUEST, "Combien de temps faut-il ?")
            assert "Combien de temps faut-il ?" in said(board(one))
            await one.press(HOST, overview, "Fermer les questions")
            await one.idle()
            assert "Les questions sont fermées." in said(board(one))
            assert "Question de la salle" in said(board(one))
            assert "[Soutenir]" not in said(board(one))
            await form(one, GUEST)
            where = await session_id(one, "S011")
            view = await one.submit(GUEST, text="Trop tard ?", session=where)
            assert view is None  # another session still takes them

    asyncio.run(scene())


def test_what_cannot_be_asked_is_told_in_place_and_changes_nothing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            where = await session_id(one, PATIENTS)
            await form(one, GUEST, "x" * 900)
            wrong = {
                "👍👍👍": "Ce texte ne contient aucun mot",
                "x" * 900: "900 caractères",
                " \n ": "La question est vide",
            }
            for text, sentence in wrong.items():
                view = await one.submit(GUEST, text=text, session=where)
                assert view is not None
                assert sentence.lower() in view.errors["text"].lower(), view.errors
            view = await one.submit(
                GUEST, text="Qui décide ?", session=where, choices=["named", "anonymous"]
            )
            assert view is not None
            told = {name: legible(words) for name, words in view.errors.items()}
            assert told == {"choices": "Avec votre nom ou anonyme : cochez l'un des deux."}
            assert view.values["text"]["text"]["value"] == "Qui décide ?"
            assert await rows(one, Question) == []

    asyncio.run(scene())


def test_what_no_form_can_hold_is_given_back_whole(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            where = one.channel("programme")
            typed = "Combien de temps faut-il ? " * 370
            await one.playground.command(one.user(GUEST), where, "/question", typed.strip())
            await one.maillon.slack.gestures.settled()
            assert one.modal(GUEST) is None
            told = said((await one.private(GUEST, where))[-1])
            assert told.startswith("Votre question compte 9\N{NARROW NO-BREAK SPACE}989 caractères")
            assert told.count("Combien de temps faut-il ?") >= 366  # but for those cut in two
            assert await rows(one, Question) == []

    asyncio.run(scene())


def test_what_somebody_types_pings_and_formats_nothing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, HOSTILE)
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            for post in (team(one), board(one), (await mail(one, GUEST))[0]):
                everything = str(post.blocks) + post.text
                assert "<!channel>" not in everything
                assert "<@U1>" not in everything
                assert "&lt;!channel&gt; @here &lt;b&gt;ici&lt;/b&gt; =1+1" in everything

    asyncio.run(scene())


def test_old_buttons_of_what_is_over_are_answered_and_change_nothing(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:50")) as one:
            await asks(one, GUEST, "Qui décide ?")
            await one.press(TEAM, team(one), "Publier")
            await one.idle()
            [row] = await rows(one, Question)
            event = values(one)["Plus…"].split(":")[1]
            support = f"1:{event}:questions.support:{row.question_id}"
            [status] = await mail(one, GUEST)
            withdraw = next(b["value"] for b in buttons_of(status))
            await one.press(TEAM, team(one), "Ne pas retenir")
            await one.submit(TEAM, reason="no_time")
            assert "non retenue" in await press_old(one, OTHER, support, "k1")
            assert "non retenue" in await press_old(one, GUEST, withdraw, "k3")
            gone = await press_old(one, TEAM, f"1:{event}:questions.publish:unknown:1", "k4")
            assert "Cela ne figure plus" in gone
            assert await rows(one, QuestionVote) == []
            # After its end the session takes nothing, and says so.
            await one.until(at("15:00"))
            [announced] = [p for p in one.posts("programme") if "associations" in said(p)][:1]
            await one.press(GUEST, announced, "Poser une question")
            assert one.modal(GUEST) is None
            assert "Les questions de cette session sont fermées" in await last(
                one, GUEST, "programme"
            )

    asyncio.run(scene())


def test_the_board_waits_for_the_announcement_and_says_cancelled(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:00")) as one:
            await asks(one, GUEST, "Qui décide ?")
            await one.press(TEAM, team(one), "Publier")
            await one.until(at("13:44"))
            assert [p for p in one.posts("programme") if "Questions · " in p.text] == []
            await one.until(at("13:45"))
            assert board(one).moment == at("13:45")

    asyncio.run(scene())
