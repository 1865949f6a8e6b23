"""The judge of what organisers say in the drill sees what is missing, twice, or still stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.demo import sample_event
from bot.drill.plan import How, Kill
from bot.drill.spoken import (
    ALARMED,
    ALERT,
    ANNOUNCED,
    GENERAL,
    LIFTED,
    LUNCH,
    Organisers,
    amid_the_alert,
)
from tests.drill.test_judge import World

LAST = sample_event().channels.all()[-1]


class Spoken(World):
    def __init__(self) -> None:
        super().__init__()
        for name in sample_event().channels.all():
            self.workspace.add_channel(name)
            self.say(name, f"<!channel> Alerte · {ALERT}", ALARMED)
            self.show("L'alerte de 11 h 20 est levée.", "L'alerte de 11 h 20 est levée.")
        self.say(GENERAL, f"L'équipe d'organisation · {LUNCH}", ANNOUNCED)

    def say(self, name: str, text: str, moment: Any) -> None:
        channel = self.workspace.channel_named(name)
        assert channel is not None
        self.post(channel.id, text, moment)

    def wrong(self) -> list[str]:
        stage: Any = SimpleNamespace(playground=SimpleNamespace(workspace=self.workspace))
        return Organisers(stage).wrong(self.receipts)


@pytest.fixture
def spoken() -> Spoken:
    return Spoken()


def test_a_good_day(spoken: Spoken) -> None:
    spoken.say(GENERAL, "À 11 h 00", ANNOUNCED)  # somebody else's affair
    assert spoken.wrong() == []


def test_an_announcement_twice_late_or_never(spoken: Spoken) -> None:
    spoken.say(GENERAL, LUNCH, ANNOUNCED)
    assert len(spoken.wrong()) == 1
    del spoken.receipts[-2:]
    assert len(spoken.wrong()) == 1
    spoken.say(GENERAL, LUNCH, ALARMED)
    assert len(spoken.wrong()) == 2 + 1, "missing at its moment, too late, and never lifted"


def test_an_alert_that_misses_a_channel_or_its_ping_or_still_stands(spoken: Spoken) -> None:
    spoken.show(f"<!channel> {ALERT}")
    del spoken.receipts[0]
    spoken.say(LAST, ALERT, LIFTED)
    assert len(spoken.wrong()) == 2
    spoken.say(LAST, f"<!channel> {ALERT}", ALARMED)
    assert len(spoken.wrong()) == 2 + 2, "twice, and standing"


def test_one_of_the_kills_within_a_send_falls_into_the_alert() -> None:
    busy, sending = Kill(How.BUSY, 0.1), Kill(How.IN_SEND)
    plan = {ANNOUNCED: [sending, busy], ALARMED: [busy]}
    assert amid_the_alert(plan) == {ANNOUNCED: [busy], ALARMED: [sending, busy]}
    assert amid_the_alert({ANNOUNCED: [sending]}) == {ALARMED: [sending]}
    assert amid_the_alert({ANNOUNCED: [busy]}) == {ANNOUNCED: [busy]}
    assert plan == {ANNOUNCED: [sending, busy], ALARMED: [busy]}
