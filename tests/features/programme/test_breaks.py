"""In which break somebody who agrees now is first introduced."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.features.programme.breaks import first_proposal, next_break
from tests.support.factories import World, at, legible, talk


@pytest.fixture
def breaks(world: World) -> World:
    moments = {
        "coffee": at("08:30"),
        "morning": at("10:30"),
        "lunch": at("12:30"),
        "evening": at("18:00"),
        "tomorrow": at("10:45", day=13),
    }
    pauses = [talk(name, start, kind="networking") for name, start in moments.items()]
    world.imports(*pauses, talk("plenary", at("09:30")))
    return world


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (at("07:52"), "Première proposition ce matin, pause de 10 h 30."),
        (at("10:30"), "Première proposition aujourd'hui, pause de 12 h 30."),
        (at("15:00"), "Première proposition vendredi 13 décembre, pause de 10 h 45."),
        (at("11:00", day=13), "Il ne reste plus de pause avec des rencontres."),
    ],
)
def test_when_the_first_proposal_comes(breaks: World, now: datetime, sentence: str) -> None:
    told = first_proposal(breaks.session, breaks.event_id, now, breaks.reader())
    assert legible(told) == sentence


def test_a_cancelled_break_introduces_nobody(breaks: World) -> None:
    breaks.imports(talk("lunch", at("12:30"), kind="networking"))
    ahead = next_break(breaks.session, breaks.event_id, at("08:00"))
    assert ahead is not None
    assert ahead.starts_at == at("12:30")
