"""The first minute: greeted once, and when."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.features.welcome.actions import welcome
from tests.support.factories import World, at, event_file, said, talk

HELLO = "Bienvenue au Congrès. Je suis Maillon, l'assistant du congrès."


@pytest.fixture
def greeting(world: World) -> World:
    host = World(
        world.session,
        event_file(slug="host", welcome_to={"fr": "au Congrès", "en": "the Congress"}),
    )
    host.imports(talk("A", at("09:00"), title="Ouverture"))
    return host


def greet(world: World, name: str, now: datetime, *, joined: bool = True) -> bool:
    person = world.person(name, now)
    return welcome(world.session, world.event, person, world.workspace_id, now, joined=joined)


def test_the_message_of_the_first_minute(greeting: World) -> None:
    assert greet(greeting, "Ada", at("07:52"))
    (post,) = greeting.posts()
    assert said(greeting.card(post)) == [
        f"{HELLO} À suivre : Ouverture, 9 h 00, Descartes.",
        "[Programme]",
        "[Poser une question]",
        "[Faire des rencontres]",
        "[Réglages]",
        "[English]",
        "Huit messages par jour au plus.",
    ]
    assert said(greeting.card(post, "en")) == [
        "Welcome to the Congress. I am Maillon, the assistant of the congress. "
        "Next: Ouverture, 09:00, Descartes.",
        "[Programme]",
        "[Ask a question]",
        "[Meet people]",
        "[Settings]",
        "[Français]",
        "Eight messages a day at most.",
    ]
    assert post.message_class == "answer"


@pytest.mark.parametrize(
    ("now", "joined", "text"),
    [
        (at("12:00", 10), True, None),
        (at("12:00", 10), False, "À suivre : Ouverture, jeudi 12 décembre, 9 h 00, Descartes."),
        (at("22:00", 11), True, "À suivre : Ouverture, jeudi 12 décembre, 9 h 00, Descartes."),
        (at("09:00", 13), True, ""),
        (at("09:00", 14), True, None),
        (at("09:00", 14), False, ""),
    ],
)
def test_who_is_greeted_when(
    greeting: World, now: datetime, joined: bool, text: str | None
) -> None:
    assert greet(greeting, "Ada", now, joined=joined) is (text is not None)
    expected = [] if text is None else [f"{HELLO} {text}".strip()]
    assert [words for _, _, words in greeting.told()] == expected


def test_once(greeting: World) -> None:
    assert greet(greeting, "Ada", at("07:52"))
    assert not greet(greeting, "Ada", at("07:53"))
    assert not greet(greeting, "Ada", at("07:53"), joined=False)
    assert len(greeting.posts()) == 1


def test_an_event_that_does_not_say_how_it_is_greeted(world: World) -> None:
    greet(world, "Ada", at("07:52"))
    assert [text for _, _, text in world.told()] == [
        "Congrès : bienvenue. Je suis Maillon, l'assistant du congrès."
    ]
