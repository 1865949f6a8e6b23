"""The programme as an answer: which view which words ask for, in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.features.people.actions import choose_fewer_messages
from bot.features.programme import views
from bot.features.programme.actions import add_star
from bot.features.programme.model import Speaker
from bot.features.programme.views import Asker
from bot.features.programme.wording import READ_OUT
from tests.support.factories import World, at, legible, said, talk

NAVIGATION = ["[En ce moment]", "[À suivre]", "[Aujourd'hui]", "[Par salle]", "[Mon programme]"]


@pytest.fixture
def full(world: World) -> World:
    world.imports(
        talk("A", at("09:00"), title="Thérapies innovantes", speakers=(Speaker("Zoé Noël"),)),
        talk("B", at("09:30"), room="Salle Balzac", title="L'avenir", language="en"),
        talk("C", at("10:00"), kind="networking", title="Pause"),
        talk("D", at("09:00", 13), title="Clôture"),
    )
    return world


def asker(world: World, now: datetime, language: str = "fr") -> Asker:
    ada = world.person("Ada")
    return Asker(world.event_id, world.event, ada.participant_id, world.reader(language), now)


TEN_PAST_NINE = at("09:10")


def asked(
    world: World, words: str, now: datetime = TEN_PAST_NINE, language: str = "fr"
) -> list[str]:
    return said(views.view_asked_for(world.session, asker(world, now, language), words))


@pytest.mark.parametrize(
    ("words", "title", "titles"),
    [
        ("", "En ce moment", ["Thérapies innovantes"]),
        ("now", "En ce moment", ["Thérapies innovantes"]),
        ("EN CE MOMENT", "En ce moment", ["Thérapies innovantes"]),
        ("suite", "À suivre", ["L'avenir"]),
        ("à suivre", "À suivre", ["L'avenir"]),
        ("next", "À suivre", ["L'avenir"]),
        ("today", "Aujourd'hui", ["Thérapies innovantes", "L'avenir", "Pause"]),
        ("aujourd’hui", "Aujourd'hui", ["Thérapies innovantes", "L'avenir", "Pause"]),
        ("salles", "Par salle", []),
        ("Balzac", "Salle Balzac", ["L'avenir"]),
        ("salle  balzac", "Salle Balzac", ["L'avenir"]),
        ("room balzac", "Salle Balzac", ["L'avenir"]),
        ("mon programme", "Mon programme", []),
        ("therapies", "Résultats pour « therapies »", ["Thérapies innovantes"]),
        ("cherche  NOEL", "Résultats pour « NOEL »", ["Thérapies innovantes"]),
        ("search clôture", "Résultats pour « clôture »", ["Clôture"]),
        ("l’avenir", "Résultats pour « l’avenir »", ["L'avenir"]),
        ("xyz", "Résultats pour « xyz »", []),
    ],
)
def test_words(full: World, words: str, title: str, titles: list[str]) -> None:
    card = views.view_asked_for(full.session, asker(full, at("09:10")), words)
    shown = [part.title.split(" · ")[1] for part in card.sections if " · " in part.title]
    assert (legible(card.title), shown) == (title, titles)


def test_a_view_word_for_word(full: World) -> None:
    assert asked(full, "now") == [
        "En ce moment",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
        "Conférence plénière · Descartes",
        "Avec Zoé Noël",
        "[Ajouter à mon programme]",
        *NAVIGATION,
    ]
    assert asked(full, "next", language="en") == [
        "Next sessions",
        "09:30 – 10:00 · L'avenir",
        "Plenary · Salle Balzac · in English",
        "[Add to my programme]",
        "[Now]",
        "[Next sessions]",
        "[Today]",
        "[By room]",
        "[My programme]",
    ]


def test_before_and_after_everything(full: World) -> None:
    assert asked(full, "", at("08:00"))[:3] == [
        "À suivre",
        "Aucune session en ce moment.",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
    ]
    assert asked(full, "next", at("12:00"))[:3] == [
        "À suivre",
        "vendredi 13 décembre",
        "9 h 00 – 9 h 30 · Clôture",
    ]
    end = at("10:00", 13)
    assert asked(full, "", end)[:2] == ["En ce moment", "Aucune session en ce moment."]
    assert asked(full, "next", end)[:2] == ["À suivre", "Aucune autre session n'est prévue."]
    assert asked(full, "today", at("10:00", 14))[1] == "Aucune session n'est prévue aujourd'hui."


def test_what_is_over_comes_last_and_cannot_be_chosen(full: World) -> None:
    full.star(full.person("Ada"), "A", "D")
    assert asked(full, "mine", at("12:00")) == [
        "Mon programme",
        "vendredi 13 décembre",
        "9 h 00 – 9 h 30 · Clôture",
        "Conférence plénière · Descartes",
        "[Retirer de mon programme]",
        "Déjà passées",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
        "Conférence plénière · Descartes",
        "Avec Zoé Noël",
        "[Retirer de mon programme]",
        *NAVIGATION,
    ]
    assert asked(full, "therapies", at("12:00", 13))[1:6] == [
        "Déjà passées",
        "jeudi 12 décembre",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
        "Conférence plénière · Descartes",
        "Avec Zoé Noël",
    ]


def test_what_is_cancelled_says_so(full: World) -> None:
    full.imports(talk("B", at("09:30")))
    assert asked(full, "therapies")[1:4] == [
        "9 h 00 – 9 h 30 · Thérapies innovantes",
        "Annulée",
        "Conférence plénière · Descartes",
    ]
    assert asked(full, "now")[1] == "Aucune session en ce moment."


@pytest.mark.parametrize(
    ("now", "fewer", "text"),
    [
        ("08:54", False, "C'est dans votre programme. Rappel 5 minutes avant le début."),
        ("08:54", True, "C'est dans votre programme."),
        ("08:55", False, "C'est dans votre programme."),
    ],
)
def test_a_reminder_is_promised_only_if_it_comes(
    full: World, now: str, fewer: bool, text: str
) -> None:
    ada = full.person("Ada")
    choose_fewer_messages(full.session, ada, fewer, at("08:00"))
    full.until(at(now))
    row = add_star(
        full.session, full.event_id, ada.participant_id, full.row("A").session_id, at(now)
    )
    card = views.star_changed(full.session, asker(full, at(now)), row, added=True)
    assert said(card) == [
        text,
        "9 h 00 – 9 h 30 · Thérapies innovantes",
        "Conférence plénière · Descartes",
        "Avec Zoé Noël",
        "[Retirer de mon programme]",
        "[Mon programme]",
    ]
    removed = views.star_changed(full.session, asker(full, at(now)), row, added=False)
    assert said(removed)[0] == "Cette session ne figure plus dans votre programme."


def test_rooms(full: World) -> None:
    rooms = views.rooms_view(full.session, asker(full, at("09:10")))
    assert [action.label for action in rooms.actions] == ["Descartes", "Salle Balzac"]
    (ref,) = rooms.actions[1].args
    shown = views.room_view(full.session, asker(full, at("09:10")), ref)
    assert said(shown)[:2] == ["Salle Balzac", "9 h 30 – 10 h 00 · L'avenir"]
    gone = views.room_view(full.session, asker(full, at("09:10")), "gone")
    assert gone == rooms


def test_a_thousand_sessions(world: World) -> None:
    world.imports(
        *(talk(f"T{n:04}", at("09:00") + timedelta(minutes=n // 100)) for n in range(1000))
    )
    card = views.view_asked_for(world.session, asker(world, at("08:00")), "today")
    assert len(card.sections) == 1000
    assert legible(card.summary).count("Session T00") == READ_OUT
    assert legible(card.summary).endswith(", Descartes ; … et 980 autres")
    assert len(views.search_view(world.session, asker(world, at("08:00")), "t0999").sections) == 1
