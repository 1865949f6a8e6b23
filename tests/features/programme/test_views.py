"""The programme as an answer: which view which words ask for, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.features.people.actions import choose_fewer_messages
from bot.features.programme import views
from bot.features.programme.actions import add_star
from bot.features.programme.model import Speaker
from bot.features.programme.views import Asker
from bot.features.programme.wording import READ_OUT
from tests.support.factories import World, at, legible, said, talk

ZOE = "Thérapies innovantes"
NAVIGATION = [
    "[En ce moment]",
    "[À suivre]",
    "[Aujourd'hui]",
    "[Demain]",
    "[Par salle]",
    "[Mon programme]",
]
MENU = [
    "[Programme]",
    "[Mon programme]",
    "[Questions]",
    "[Faire des rencontres]",
    "[Réglages]",
]
"""Of an organiser, who decides on questions."""


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
        ("Balzac ?", "Salle Balzac", ["L'avenir"]),
        ("où est la salle Balzac ?", "Salle Balzac", ["L'avenir"]),
        ("Where is room Balzac?", "Salle Balzac", ["L'avenir"]),
        ("où est la salle ?", "Par salle", []),
        ("Bonjour, quand parle Zoé ?", "Résultats pour « Bonjour, quand parle Zoé ? »", [ZOE]),
        ("thérapie", "Résultats pour « thérapie »", [ZOE]),
        ("innovant", "Résultats pour « innovant »", [ZOE]),
        ("noe", "Résultats pour « noe »", []),
        ("cloture xyz", "Résultats pour « cloture xyz »", ["Clôture"]),
        ("cloture noel therapies", "Résultats pour « cloture noel therapies »", [ZOE, "Clôture"]),
        ("et maintenant ?", "En ce moment", [ZOE]),
        ("programme", "En ce moment", [ZOE]),
        ("programme du jour", "Aujourd'hui", [ZOE, "L'avenir", "Pause"]),
        ("programme suite", "À suivre", ["L'avenir"]),
        ("quel est mon programme ?", "Mon programme", []),
        ("agenda", "Mon programme", []),
        ("demain?", "Demain", ["Clôture"]),
        ("Tomorrow morning", "Demain", ["Clôture"]),
        ("le programme de vendredi", "Demain", ["Clôture"]),
        ("friday", "Demain", ["Clôture"]),
        ("jeudi", "Aujourd'hui", [ZOE, "L'avenir", "Pause"]),
        ("13 décembre", "Demain", ["Clôture"]),
        ("vendredi 13 décembre 2024", "Demain", ["Clôture"]),
        ("13/12", "Demain", ["Clôture"]),
        ("december 13th", "Demain", ["Clôture"]),
        ("12/12", "Aujourd'hui", [ZOE, "L'avenir", "Pause"]),
        ("samedi", "Samedi 14 décembre", []),
        ("1er janvier", "Lundi 1er janvier", []),
        ("13/12/2024", "Demain", ["Clôture"]),
        ("13/12/24", "Résultats pour « 13/12/24 »", []),
        ("31/02", "Résultats pour « 31/02 »", []),
    ],
)
def test_words(full: World, words: str, title: str, titles: list[str]) -> None:
    card = views.view_asked_for(full.session, asker(full, at("09:10")), words)
    shown = [part.title.split(" · ")[1] for part in card.sections if " · " in part.title]
    assert (legible(card.title), shown) == (title, titles)


@pytest.mark.parametrize(
    "words",
    [
        *("aide", "Help!", "menu", "bonjour", "Bonsoir.", "salut Maillon", "hi", "?", "👍"),
        *("ok merci !", "merci beaucoup", "thank you", "settings"),
    ],
)
def test_the_menu(full: World, words: str) -> None:
    assert asked(full, words) == ["Que souhaitez-vous faire ?", *MENU]


@pytest.mark.parametrize("words", ["question", "Questions ?", "poser une question", "ask"])
def test_the_word_question_leads_to_questions(full: World, words: str) -> None:
    assert asked(full, words) == ["Questions aux sessions", "[Questions]"]


@pytest.mark.parametrize("words", ["moi", "me", "mon profil", "rencontre", "Rencontres ?", "meet"])
def test_the_words_for_people_lead_to_introductions_and_the_profile(
    full: World, words: str
) -> None:
    buttons = ["[Faire des rencontres]", "[Mon profil]"]
    assert asked(full, words) == ["Rencontres et profil", *buttons]


def test_whoever_decides_on_no_question_asks_one(full: World) -> None:
    one = replace(asker(full, TEN_PAST_NINE), participant_id=full.person("Bo").participant_id)
    for words, menu in (("menu", "[Réglages]"), ("question", "[Poser une question]")):
        card = said(views.view_asked_for(full.session, one, words))
        assert "[Poser une question]" in card
        assert menu in card


def test_what_finds_nothing_brings_the_menu(full: World) -> None:
    assert asked(full, "quelle est la météo ?") == [
        "Résultats pour « quelle est la météo ? »",
        "Aucune session ne contient ces mots. Essayez moins de mots, ou un nom.",
        *MENU,
    ]


def test_what_has_some_of_the_words_says_so(full: World) -> None:
    assert asked(full, "therapies xyz")[:3] == [
        "Résultats pour « therapies xyz »",
        "Aucune session ne contient tous ces mots. Celles-ci en contiennent une partie.",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
    ]


def test_days(full: World) -> None:
    assert asked(full, "demain")[:3] == [
        "Demain",
        "vendredi 13 décembre",
        "9 h 00 – 9 h 30 · Clôture",
    ]
    early = at("09:00", 10)
    assert asked(full, "vendredi", early)[:2] == [
        "Vendredi 13 décembre",
        "9 h 00 – 9 h 30 · Clôture",
    ]
    assert asked(full, "mercredi", early)[:2] == [
        "Demain",
        "Aucune session n'est prévue ce jour-là.",
    ]
    assert "[Demain]" not in asked(full, "vendredi", early)
    assert asked(full, "jeudi", at("08:00", 13))[:3] == [
        "Jeudi 12 décembre",
        "Déjà passées",
        "9 h 00 – 9 h 30 · Thérapies innovantes",
    ]


@pytest.mark.parametrize(("sessions", "named"), [(8, True), (9, False)])
def test_a_long_day_leaves_out_who_speaks(world: World, sessions: int, named: bool) -> None:
    world.imports(
        *(
            talk(f"T{n}", at("09:00", 13), room=f"R{n}", speakers=(Speaker("Zoé Noël"),))
            for n in range(sessions)
        )
    )
    for words, now in (("demain", at("09:00")), ("aujourd'hui", at("08:00", 13))):
        assert ("Avec Zoé Noël" in asked(world, words, now)) == named
    assert "Avec Zoé Noël" in asked(world, "noel", at("09:00"))


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
        "[Tomorrow]",
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
        *NAVIGATION,
        "[Mon agenda]",
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
        ("08:54", False, "C'est dans votre programme. Un rappel viendra 5 minutes avant."),
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
