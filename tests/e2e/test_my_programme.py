"""The first minute, one's own programme, and both languages: as people meet them."""

from __future__ import annotations

import asyncio

from tests.support.congress import Congress, at, congress, said

GUEST = "ines.millet@example.org"
ENGLISH = "stephane.legrand@example.org"


def test_the_first_minute(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("07:52")) as one:
            await one.playground.join("Léa Novatrice", "lea@example.org", locale="fr-FR")
            await one.playground.settled()
            await one.idle()
            [hello] = await one.letters("lea@example.org")
            assert said(hello) == (
                "Bienvenue au 4e Congrès Bioproduction. Je suis Maillon, l'assistant du congrès. "
                "À suivre : Accueil café et premières rencontres, 8 h 30, Village de l'innovation.\n"
                "[Programme] [Poser une question] [Faire des rencontres] [Réglages] [English]\n"
                "Huit messages par jour au plus."
            )
            assert (hello.moment - at("07:52")).total_seconds() < 60

            await one.press("lea@example.org", hello, "English")
            [settings] = await one.private("lea@example.org", await one.direct("lea@example.org"))
            assert said(settings) == (
                "Settings\n"
                "Maillon now writes to you in English.\n"
                "Reminders and changes to what you chose reach you by direct message.\n"
                "Quiet hours: 20:00 – 07:30. Only urgent changes pass.\n"
                "[Fewer messages] [Quiet hours] [Français] [My profile]"
            )

            # Who was there already gets nothing, until the App Home is opened: once.
            assert await one.letters(GUEST) == []
            for _ in range(2):
                await one.playground.open_messages(one.user(GUEST))
                await one.playground.settled()
            await one.idle()
            assert len(await one.letters(GUEST)) == 1

    asyncio.run(scene())


def test_joining_long_before_the_event_waits_for_the_app_home(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00", day=3)) as one:
            joined = await one.playground.join("Léa Novatrice", "lea@example.org", locale="en-GB")
            await one.playground.settled()
            await one.idle()
            assert await one.letters("lea@example.org") == []
            await one.playground.open_home(joined)
            await one.playground.settled()
            await one.idle()
            [hello] = await one.letters("lea@example.org")
            assert said(hello).startswith("Welcome to the 4th Bioproduction Congress. I am Maillon")

    asyncio.run(scene())


def test_a_reminder_follows_the_session_when_it_moves(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("15:30")) as one:
            found = await one.command(GUEST, "programme présentations d'entreprises")
            assert found is not None
            await one.press(GUEST, found, "Ajouter à mon programme")
            channel = one.channel("programme")
            reply = (await one.private(GUEST, channel))[-1]
            assert said(reply) == (
                "C'est dans votre programme. Un rappel viendra 5 minutes avant.\n"
                "*16 h 15 – 17 h 15 · Présentations d'entreprises innovantes*\n"
                "Présentation d'entreprise · Salle Rabelais · en français\n"
                "16 h 15 · Ateliers Buisson : logistique du froid, Susan Aubert\n"
                "16 h 30 · Voisin Biologics : capacité de production, Pénélope Faivre\n"
                "16 h 45 · Ateliers Hamel : logistique du froid, Sophie Weber\n"
                "17 h 00 · Ledoux Biologics : capacité de production, Gabriel Dijoux\n"
                "[Retirer de mon programme]\n"
                "[Mon programme]"
            )
            await one.until(at("16:11"))
            [reminder] = await one.letters(GUEST)
            assert said(reminder) == (
                "*Présentations d'entreprises innovantes*\n"
                "À 16 h 15\n"
                "Présentation d'entreprise · Salle Rabelais · en français\n"
                "[Moins de messages]"
            )

            # It moves four minutes before it begins: what was told is edited, one notice follows.
            await one.import_programme("schedule-v2.json")
            reminder, notice = await one.letters(GUEST)
            assert "Déplacée à 16 h 45" in said(reminder)
            assert said(notice) == (
                "Un changement au programme\n"
                "*Présentations d'entreprises innovantes*\n"
                "Déplacée à 16 h 45 (au lieu de 16 h 15)\n"
                "Présentation d'entreprise · Salle Rabelais · en français\n"
                "[Moins de messages]"
            )
            await one.until(at("17:00"))
            assert [letter.moment for letter in await one.letters(GUEST)] == [
                at("16:10"),
                at("16:11"),
                at("16:40"),
            ]

    asyncio.run(scene())


def test_pressing_twice_and_taking_back(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("08:46")) as one:
            await one.idle()
            [post] = one.posts("programme")
            for _ in range(2):
                await one.press(GUEST, post, "Ajouter à mon programme")
            mine = await one.command(GUEST, "mon programme")
            assert mine is not None
            assert said(mine).count("Ouverture") == 1
            await one.press(GUEST, mine, "Retirer de mon programme")
            await one.until(at("09:00"))
            assert await one.letters(GUEST) == []

    asyncio.run(scene())


def test_the_words_of_the_command_in_both_languages(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("11:10")) as one:
            menu = await one.command(GUEST, "")
            assert menu is not None
            assert said(menu) == (
                "Que souhaitez-vous faire ?\n"
                "[Programme] [Mon programme] [Poser une question] [Faire des rencontres] [Réglages]"
            )
            running = await _titles(one, GUEST, "programme")
            assert running == [
                "*11 h 00 – 11 h 45 · Allogeneic cell therapy: from bench to a repeatable batch*",
                "*11 h 00 – 11 h 45 · Atelier : premiers pas vers un jumeau numérique de bioréacteur*",
                "*11 h 00 – 11 h 45 · Atelier : réduire les pertes au remplissage aseptique*",
            ]
            assert await _titles(one, GUEST, "programme maintenant") == running
            assert await _titles(one, GUEST, "programme suite") == [
                "*11 h 45 – 12 h 30 · Pitchs start-up : thérapies cellulaires et géniques*"
            ]
            assert await _titles(one, GUEST, "programme salle balzac") == [
                "*11 h 00 – 11 h 45 · Atelier : premiers pas vers un jumeau numérique de bioréacteur*",
                "*16 h 15 – 17 h 15 · Workshop: in-line analytics for downstream processing*",
                "*vendredi 13 décembre*",
                "*11 h 15 – 12 h 00 · Atelier : écrire un protocole avec les patients*",
            ]
            assert await _titles(one, GUEST, "programme chretien") == [
                "*vendredi 13 décembre*",
                "*13 h 30 – 14 h 30 · Table ronde : former les bioproducteurs de demain*",
            ]
            nothing = await one.command(GUEST, "programme zzz")
            assert nothing is not None
            assert "Aucune session ne contient ces mots." in said(nothing)
            assert said(nothing).endswith(said(menu).splitlines()[-1])
            for word in ("aide", "menu", "Bonjour Maillon"):
                again = await one.command(GUEST, word)
                assert again is not None
                assert said(again) == said(menu)
            settings = await one.command(GUEST, "mes réglages ?")
            assert settings is not None
            assert said(settings).startswith("Réglages\n")

            await one.playground.change_user(one.user(ENGLISH), locale="en-US")
            await one.playground.settled()
            now = await _titles(one, ENGLISH, "programme now")
            assert now[0].startswith("*11:00\u202fAM – 11:45\u202fAM · Allogeneic")
            assert await _titles(one, ENGLISH, "programme today") != []

    asyncio.run(scene())


async def _titles(one: Congress, email: str, words: str) -> list[str]:
    answer = await one.command(email, words)
    assert answer is not None
    return [line for line in said(answer).splitlines() if line.startswith("*")]


def test_writing_to_maillon_is_answered_once(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("14:20")) as one:
            where = await one.direct(GUEST)
            await one.playground.post_as(one.user(GUEST), where, "patients")
            await one.playground.settled()
            await one.idle()
            [answer] = await one.letters(GUEST)
            assert said(answer).startswith(
                "Résultats pour « patients »\n"
                "*14 h 00 – 15 h 00 · Table ronde : la parole aux associations de patients*"
            )

    asyncio.run(scene())


def test_a_direct_message_knows_the_words_of_the_command(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("14:20")) as one:
            where = await one.direct(GUEST)
            beginnings = {
                "bonjour": "Que souhaitez-vous faire ?\n[Programme]",
                "réglages": "Que souhaitez-vous faire ?\n[Programme]",
                "programme de demain": "Demain\n*vendredi 13 décembre*\n",
                "où est la salle Balzac ?": "Salle Balzac\n",
                "mon programme": "Mon programme\n",
            }
            for words in beginnings:
                await one.playground.post_as(one.user(GUEST), where, words)
                await one.playground.settled()
                await one.idle()
            answers = [said(letter) for letter in await one.letters(GUEST)]
            assert len(answers) == len(beginnings)
            for answer, beginning in zip(answers, beginnings.values(), strict=True):
                assert answer.replace("\u00a0", " ").startswith(beginning)

    asyncio.run(scene())


def test_fewer_messages_leaves_only_urgent_changes(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("15:30")) as one:
            found = await one.command(GUEST, "programme présentations d'entreprises")
            assert found is not None
            await one.press(GUEST, found, "Ajouter à mon programme")
            settings = await one.command(GUEST, "réglages")
            assert settings is not None
            await one.press(GUEST, settings, "Moins de messages")
            await one.until(at("16:11"))
            assert await one.letters(GUEST) == []
            await one.import_programme("schedule-v2.json")
            assert len(await one.letters(GUEST)) == 1

    asyncio.run(scene())
