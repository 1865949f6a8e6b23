"""Profiles in 20 seconds, as people meet them in the chat."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.orm import Session

from bot.features.people.consents import consents_of
from bot.features.people.profiles import ProfileView, profile_of
from bot.features.people.queries import participant_by_email
from bot.playground.workspace import Message, View
from tests.support.congress import Congress, at, congress, legible, said

LAETITIA = "laetitia.charpentier@example.org"
ORGANISER = "susan.aubert@example.org"
GUEST = "ines.millet@example.org"
ASSOCIATION = "franck.le-gall@example.org"


async def hello(one: Congress, email: str) -> Message:
    """The message of the first minute."""
    await one.playground.open_messages(one.user(email))
    await one.playground.settled()
    await one.idle()
    return (await one.letters(email))[0]


async def known(one: Congress, email: str) -> tuple[ProfileView, list[str]]:
    """Their profile, and what they agreed to."""

    def read(session: Session) -> tuple[ProfileView, list[str]]:
        event_id = one.event_id(session)
        person = participant_by_email(session, event_id, email)
        assert person is not None
        agreed = consents_of(session, event_id, person.participant_id)
        return profile_of(session, event_id, person.participant_id), sorted(agreed)

    return await one.maillon.runtime.read(read)


def fields(view: View | None) -> dict[str, Any]:
    """What stands in each field of a modal, or which boxes are ticked."""
    assert view is not None
    found: dict[str, Any] = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            chosen = element.get("initial_option", {}).get("value", element.get("initial_value"))
            ticked = [option["value"] for option in element.get("initial_options", ())]
            found[block["block_id"]] = ticked if element["type"] == "checkboxes" else chosen
    return found


def boxes(view: View | None) -> list[str]:
    assert view is not None
    [element] = [b["element"] for b in view.blocks if b.get("block_id") == "consents"]
    return [
        legible(" · ".join(option[part]["text"] for part in ("text", "description")))
        for option in element["options"]
    ]


async def card(one: Congress, email: str) -> Message:
    answer = await one.command(email, "moi")
    assert answer is not None
    return answer


def test_scene_one_just_joined_on_a_phone(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("07:52")) as one:
            welcome = await hello(one, LAETITIA)
            assert said(welcome) == (
                "Bienvenue au 4e Congrès Bioproduction. Je suis Maillon, l'assistant du congrès. "
                "À suivre : Accueil café et premières rencontres, 8 h 30, Village de l'innovation.\n"
                "[Programme] [Poser une question] [Faire des rencontres] [Réglages] [English]\n"
                "Huit messages par jour au plus."
            )
            await one.press(LAETITIA, welcome, "Faire des rencontres")
            view = one.modal(LAETITIA)
            assert view is not None
            assert said(view) == (
                "Laetitia Charpentier, MerleCell, Start-up. C'est exact ?\n"
                "[C'est exact] [Corriger]\n"
                "N'indiquez ici aucune information de santé, ni sur vous ni sur un proche."
            )
            assert fields(view) == {
                "offers": "preuve de concept, technologie de rupture",
                "seeks": "capacité de production",
                "consents": [],
            }
            assert boxes(view) == [
                "J'ai 18 ans ou plus · Nécessaire pour les rencontres et l'annuaire.",
                "Me proposer des rencontres · "
                "Mon nom, mon organisation, ma fonction et mes thématiques y sont visibles.",
                "Figurer dans l'annuaire · "
                "Mon nom, mon organisation, ma fonction et mes thématiques y figurent.",
                "Me demander les suites des rencontres · Quatre messages au plus après le congrès.",
            ]
            done = await one.submit(LAETITIA, consents=["adult", "introductions"])
            assert done is not None
            assert said(done) == (
                "C'est noté. Première proposition ce matin, pause de 10 h 30.\n[J'y serai]"
            )
            await one.press(LAETITIA, done, "J'y serai")
            yes = one.modal(LAETITIA)
            assert yes is not None
            assert said(yes).startswith("C'est noté : Rencontres de 10 h 30.")
            profile, agreed = await known(one, LAETITIA)
            assert (profile.seeks, agreed) == (
                ("capacité de production",),
                ["adult", "introductions"],
            )
            assert profile.confirmed

    asyncio.run(scene())


def test_six_taps_from_joining_to_a_question_and_a_yes(sqlite_url: str) -> None:
    """The next session is said at once; each line below with a number is a tap."""

    async def scene() -> None:
        async with congress(sqlite_url, start=at("07:52")) as one:
            welcome = await hello(one, LAETITIA)
            assert "À suivre : " in legible(welcome.text)
            await one.press(LAETITIA, welcome, "Poser une question")  # 1
            assert await one.submit(LAETITIA, text="Quels délais ?") is None  # 2
            await one.press(LAETITIA, welcome, "Faire des rencontres")  # 3
            consents = ["adult", "introductions"]  # 4 and 5
            assert await one.submit(LAETITIA, consents=consents) is not None  # 6
            assert (await known(one, LAETITIA))[1] == consents
            await one.idle()
            assert "« Quels délais ? »" in said((await one.letters(LAETITIA))[-1])

    asyncio.run(scene())


def test_correcting_what_registration_knows(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("07:52")) as one:
            welcome = await hello(one, LAETITIA)
            await one.press(LAETITIA, welcome, "Faire des rencontres")
            view = one.modal(LAETITIA)
            assert view is not None
            await one.press(LAETITIA, view, "Corriger")
            assert fields(one.modal(LAETITIA)) == {
                "name": "Laetitia Charpentier",
                "organisation": "MerleCell",
                "kind": "startup",
                "job_title": "cofondation et direction",
                "offers": "preuve de concept, technologie de rupture",
                "seeks": "capacité de production",
                "consents": [],
            }
            refused = await one.submit(LAETITIA, consents=["introductions"])
            assert refused is not None
            assert legible(refused.errors["consents"]) == (
                "Les rencontres et l'annuaire demandent d'avoir 18 ans : "
                "cochez d'abord « J'ai 18 ans ou plus »."
            )
            refused = await one.submit(LAETITIA, consents=[], seeks=f"série A, {'x' * 76}")
            assert refused is not None
            assert legible(refused.errors["seeks"]) == (
                f"« {'x' * 40}… » est trop long : 75 caractères au plus."
            )
            done = await one.submit(
                LAETITIA, organisation="Merle", kind="sme", seeks="série A ;Série A, pilote"
            )
            assert done is not None
            assert said(done) == (
                "C'est noté. Sans votre accord, aucune rencontre ne vous sera proposée."
            )
            profile, agreed = await known(one, LAETITIA)
            assert (profile.organisation, profile.kind, agreed) == ("Merle", "sme", [])
            assert (profile.seeks, profile.job_title) == (
                ("série A", "pilote"),
                "cofondation et direction",
            )

    asyncio.run(scene())


def test_saying_that_it_is_exact_keeps_what_was_typed(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("07:52")) as one:
            await one.command(LAETITIA, "rencontre")
            view = one.modal(LAETITIA)
            assert view is not None
            await one.press(LAETITIA, view, "C'est exact")
            assert said(one.modal(LAETITIA) or view).startswith(
                "Laetitia Charpentier, MerleCell, Start-up.\nN'indiquez"
            )
            assert await one.submit(LAETITIA, consents=[]) is not None
            assert (await known(one, LAETITIA))[0].confirmed

    asyncio.run(scene())


def test_somebody_who_is_on_no_list_says_who_they_are(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("13:00", day=13)) as one:
            await one.playground.join("Léa Novatrice", "lea@example.org", locale="fr-FR")
            await one.playground.settled()
            await one.idle()
            [welcome] = await one.letters("lea@example.org")
            await one.press("lea@example.org", welcome, "Faire des rencontres")
            form = one.modal("lea@example.org")
            assert fields(form) == {
                "name": "Léa Novatrice",
                "organisation": None,
                "kind": None,
                "job_title": None,
                "offers": None,
                "seeks": None,
                "consents": [],
            }
            done = await one.submit(
                "lea@example.org", organisation="Novatris", consents=["adult", "introductions"]
            )
            assert done is not None
            assert said(done) == "C'est noté. Il ne reste plus de pause avec des rencontres."

    asyncio.run(scene())


def test_ones_own_card(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            mine = await card(one, LAETITIA)
            assert said(mine) == (
                "Mon profil\n"
                "*Laetitia Charpentier*\n"
                "cofondation et direction, MerleCell\n"
                "Vous représentez : Start-up\n"
                "Thématiques : financement, jumeau numérique, formation\n"
                "Je propose : preuve de concept, technologie de rupture\n"
                "Je cherche : capacité de production\n"
                "[Corriger] [Décrire ce que je cherche]\n"
                "Non · J'ai 18 ans ou plus\n"
                "Nécessaire pour les rencontres et l'annuaire.\n"
                "[Accepter]\n"
                "Non · Me proposer des rencontres\n"
                "Mon nom, mon organisation, ma fonction et mes thématiques y sont visibles.\n"
                "[Accepter]\n"
                "Non · Figurer dans l'annuaire\n"
                "Mon nom, mon organisation, ma fonction et mes thématiques y figurent.\n"
                "[Accepter]\n"
                "Non · Me demander les suites des rencontres\n"
                "Quatre messages au plus après le congrès.\n"
                "[Accepter]\n"
                "[Réglages] [Supprimer mes données]"
            )
            for _ in range(2):
                await one.press(LAETITIA, await card(one, LAETITIA), "Accepter")
            mine = await card(one, LAETITIA)
            assert (
                "Des rencontres vous sont proposées.\n[Suspendre jusqu'au …] [Mes choix]"
                in said(mine)
            )
            assert (await known(one, LAETITIA))[1] == ["adult", "introductions"]
            await one.press(LAETITIA, mine, "Retirer mon accord", 1)
            assert (await known(one, LAETITIA))[1] == ["adult"]

    asyncio.run(scene())


def test_a_pause_and_choices(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            for _ in range(2):
                await one.press(LAETITIA, await card(one, LAETITIA), "Accepter")
            await one.press(LAETITIA, await card(one, LAETITIA), "Suspendre jusqu'au …")
            form = one.modal(LAETITIA)
            assert form is not None
            [block] = form.blocks
            assert [option["text"]["text"] for option in block["element"]["options"]] == [
                "vendredi 13 décembre",
                "la fin du congrès",
            ]
            done = await one.submit(LAETITIA, until="2019-12-13")
            assert done is not None
            assert (
                "Rencontres suspendues jusqu'au vendredi 13 décembre.\n[Reprendre] [Mes choix]"
            ) in said(done)
            await one.press(LAETITIA, await card(one, LAETITIA), "Reprendre")
            mine = await card(one, LAETITIA)
            assert "Des rencontres vous sont proposées." in said(mine)
            await one.press(LAETITIA, mine, "Mes choix")
            assert fields(one.modal(LAETITIA)) == {"choices": [], "avoided": None}
            choices = {"choices": ["always", "no_soliciting"], "avoided": "Acme; Guillou Biologics"}
            assert await one.submit(LAETITIA, **choices) is not None
            profile, _ = await known(one, LAETITIA)
            assert (profile.always, profile.no_soliciting) == (True, True)
            assert profile.avoided == ("Acme", "Guillou Biologics")
            # To leave is to withdraw the consent; the standing choice goes with it.
            await one.press(LAETITIA, await card(one, LAETITIA), "Retirer mon accord", 1)
            assert not (await known(one, LAETITIA))[0].always

    asyncio.run(scene())


def test_an_association_says_how_often_and_with_whom(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            assert "Non · Afficher l'association à côté de mon nom" in said(
                await card(one, ASSOCIATION)
            )
            for _ in range(2):
                await one.press(ASSOCIATION, await card(one, ASSOCIATION), "Accepter")
            await one.press(ASSOCIATION, await card(one, ASSOCIATION), "Mes choix")
            assert fields(one.modal(ASSOCIATION)) == {
                "choices": ["at_stand"],
                "a_day": "2",
                "meets": [],
                "avoided": None,
            }
            assert await one.submit(ASSOCIATION, a_day="1", meets=["academic"]) is not None
            profile, _ = await known(one, ASSOCIATION)
            assert (profile.meetings_a_day, *profile.meets) == (1, "academic")

    asyncio.run(scene())


def test_a_sentence_becomes_words_that_one_confirms(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            await one.press(LAETITIA, await card(one, LAETITIA), "Décrire ce que je cherche")
            # The same with the encoder and, should it not be there yet, by words.
            sentence = "Un partenariat industriel : contrôle qualité et capteurs en ligne"
            view = await one.submit(LAETITIA, sentence=sentence)
            assert view is not None
            [block] = view.blocks
            found = [option["value"] for option in block["element"]["options"]]
            assert 3 <= len(found) <= 5
            assert {"partenariat industriel", "contrôle qualité"} <= set(found)
            assert "initial_options" not in block["element"]
            done = await one.submit(LAETITIA, tags=["partenariat industriel"])
            assert done is not None
            assert "Je cherche : capacité de production, partenariat industriel" in said(done)

    asyncio.run(scene())


def test_a_kind_that_gives_rights_is_confirmed_by_an_organiser(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            await one.press(GUEST, await card(one, GUEST), "Corriger")
            done = await one.submit(GUEST, kind="patient_association")
            assert done is not None
            assert said(done) == (
                "C'est noté. L'équipe d'organisation confirmera d'abord : Association de patients. "
                "Sans votre accord, aucune rencontre ne vous sera proposée."
            )
            await one.idle()
            [asked] = [p for p in one.posts("organisation") if "À confirmer" in p.text]
            assert said(asked) == (
                "À confirmer : qui cette personne représente\n"
                "*Inès Millet, Ateliers Sanchez*\n"
                "Déclare représenter : Association de patients\n"
                "[Confirmer] [Ne pas confirmer]"
            )
            assert "Vous représentez : Association de patients (à confirmer)" in said(
                await card(one, GUEST)
            )
            before = (await known(one, GUEST))[0].kind
            assert before != "patient_association"
            await one.press(ORGANISER, asked, "Confirmer")
            await one.idle()
            [asked] = [p for p in one.posts("organisation") if "À confirmer" in p.text]
            assert said(asked).endswith(
                "Déclare représenter : Association de patients\nProfil confirmé"
            )
            assert (await known(one, GUEST))[0].kind == "patient_association"

    asyncio.run(scene())


def test_deleting_ones_data_says_what_stays_and_is_asked_twice(sqlite_url: str) -> None:
    async def scene() -> None:
        async with congress(sqlite_url, start=at("10:00")) as one:
            await hello(one, LAETITIA)
            await one.press(LAETITIA, await card(one, LAETITIA), "Supprimer mes données")
            where = one.channel("programme")
            asked = (await one.private(LAETITIA, where))[-1]
            assert said(asked) == (
                "Supprimer mes données\n"
                "Votre profil, vos accords, vos choix, vos soutiens et vos rencontres sont supprimés "
                "tout de suite, et les messages directs de Maillon en quelques minutes. "
                "Il n'y a pas de retour possible.\n"
                "Maillon ne peut pas supprimer : votre nom au programme si vous y intervenez ; le "
                "texte des questions publiées, qui reste sans nom ; les messages dans les canaux et "
                "les conversations à plusieurs ; les réponses à ce que vous avez demandé sans votre "
                "nom ; la liste d'inscription de l'équipe d'organisation.\n"
                "[Tout supprimer]"
            )
            await one.press(LAETITIA, asked, "Tout supprimer")
            gone = (await one.private(LAETITIA, where))[-1]
            assert said(gone) == "Vos données sont supprimées."

            def listed(session: Session) -> object:
                return participant_by_email(session, one.event_id(session), LAETITIA)

            assert await one.maillon.runtime.read(listed) is None
            await one.idle()
            assert await one.letters(LAETITIA) == []

    asyncio.run(scene())
