"""What `maillon deliveries explain` tells of a session."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.features.programme.story import story
from tests.support.factories import World, at, talk


def told(world: World, name: str) -> list[str]:
    reader = world.reader("fr")
    steps = story(world.session, world.row(name), [], at("11:00"), reader)
    return [f"{reader.time(step.at)} {step.told}".replace("\u00a0", " ") for step in steps]


def test_a_session_tells_what_became_of_it(session: Session) -> None:
    world = World(session)
    ada, bob = world.person("ada"), world.person("bob")
    world.imports(talk("A", at("10:00")), talk("B", at("12:00")))
    world.star(ada, "A")
    world.star(bob, "A")
    world.until(at("09:46"))
    world.imports(talk("A", at("10:10"), room="Rabelais"), talk("B", at("12:00")), now=at("09:48"))
    world.until(at("10:12"))
    assert told(world, "A") == [
        "8 h 00 nouvelle",
        "9 h 45 annonce #programme · envoyé",
        "9 h 48 autre heure de fin, autre salle, déplacée"
        " · jeudi 12 décembre 10 h 00 → jeudi 12 décembre 10 h 10"
        " · jeudi 12 décembre 10 h 30 → jeudi 12 décembre 10 h 40 · Descartes → Rabelais",
        "9 h 48 avis de changement #programme · envoyé",
        "9 h 48 avis de changement · envoyé 2",
        "10 h 05 rappel · envoyé 2",
        "10 h 10 modification : annonce #programme · envoyé",
    ]
    assert told(world, "B") == ["8 h 00 nouvelle"]
