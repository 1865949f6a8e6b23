"""A small rehearsal with the real bot: the first day, or both, of people who are keen to meet."""

from __future__ import annotations

import tomllib
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.demo import PARIS
from bot.rehearse.figures import Result
from bot.rehearse.rates import Rates, usual_rates
from bot.rehearse.rehearsal import rehearse

pytestmark = pytest.mark.slow

FIRST_EVENING = datetime(2019, 12, 12, 19, tzinfo=PARIS)


def rates(**changes: dict[str, float]) -> Rates:
    usual = tomllib.loads(files("bot.rehearse").joinpath("rates.toml").read_text(encoding="utf-8"))
    return Rates.model_validate({part: {**usual[part], **changes.get(part, {})} for part in usual})


KEEN = rates(
    joining={
        "before": 0,
        "evening_before": 0.4,
        "first_morning": 0.6,
        "first_day": 0,
        "second_day": 0,
    },
    reading={"greeting": 1, "direct": 1, "channel": 1, "minutes": 3},
    introductions={"wants": 1, "comes": 1, "follow_ups": 1, "no_show": 0.2, "cannot": 0.1},
    afterwards={"did_you_meet": 1, "follow_up": 1, "something": 1, "next_step": 1},
)


def figures(result: Result) -> dict[str, Any]:
    """All that must be the same again."""
    return {name: value for name, value in result.figures().items() if name != "seconds"}


def play(rates: Rates, url: str, people: int, until: datetime | None, seed: int = 1) -> Result:
    result = rehearse(rates, seed, url, people, until)
    assert [f"{one.rule}: {one.what}" for one in result.breaches] == []
    assert result.clean
    return result


def test_the_first_day_of_thirty_people_keeps_every_promise(sqlite_url: str) -> None:
    result = play(KEEN, sqlite_url, 30, FIRST_EVENING)
    assert result.people == 30
    assert result.joined == 30
    assert result.rounds == 2
    assert 25 <= result.willing <= 30, "those who were there before were never greeted"
    assert result.coming > 40
    assert 12 <= result.kept <= result.introductions
    assert result.introductions < result.pairs, "more than two meet at noon"
    assert 0 < result.encounters_confirmed <= result.pairs
    assert result.channel_posts == 13
    assert result.messages_a_person.median <= result.messages_a_person.p95
    assert result.messages_a_person.p95 <= result.messages_a_person.max
    assert (result.opportunities, result.confirmed) == (0, 0), "asked after the congress"


def test_what_came_of_it_is_told_in_the_months_after(sqlite_url: str) -> None:
    result = play(KEEN, sqlite_url, 12, None)
    assert result.rounds >= 3
    assert 0 < result.confirmed <= result.opportunities <= result.encounters_confirmed
    assert result.channel_posts <= 26


def test_the_same_seed_gives_the_same_days(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "again", "other")]
    one, again = (play(KEEN, url, 14, FIRST_EVENING) for url in urls[:2])
    assert figures(one) == figures(again)
    assert one.introductions > 5
    other = play(KEEN, urls[2], 14, FIRST_EVENING, seed=2)
    assert figures(one) != figures(other)


def test_who_never_joins_is_never_written_to(sqlite_url: str) -> None:
    nobody = dict.fromkeys(type(usual_rates().joining).model_fields, 0.0)
    result = play(rates(joining=nobody), sqlite_url, 6, FIRST_EVENING, seed=3)
    assert result.willing == result.introductions == result.messages_a_person.max == 0
