"""A small rehearsal with the real bot: the first day, or both, of people who are keen to meet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.demo import PARIS
from bot.rehearse.figures import Result
from bot.rehearse.rates import Rates, usual_rates
from bot.rehearse.rehearsal import rehearse
from tests.rehearse.support import KEEN, rates

pytestmark = pytest.mark.slow

FIRST_NOON = datetime(2019, 12, 12, 11, 30, tzinfo=PARIS)
FIRST_EVENING = datetime(2019, 12, 12, 19, tzinfo=PARIS)


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
    assert result.willing == 30, "whoever was never greeted read the message of the morning"
    assert result.coming == result.rounds * result.willing
    assert 5 < result.kept < result.introductions
    assert result.introductions < result.pairs, "more than two meet at noon"
    assert 0 < result.encounters_confirmed <= result.pairs
    assert result.channel_posts == 13
    assert result.messages_a_person.median <= result.messages_a_person.p95
    assert result.messages_a_person.p95 <= result.messages_a_person.max
    assert (result.opportunities, result.confirmed) == (0, 0), "asked after the congress"


def test_the_same_seed_gives_the_same_morning(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "again")]
    one, again = (play(KEEN, url, 9, FIRST_NOON) for url in urls)
    assert figures(one) == figures(again)
    assert one.introductions > 1


def test_who_never_joins_is_never_written_to(sqlite_url: str) -> None:
    nobody = dict.fromkeys(type(usual_rates().joining).model_fields, 0.0)
    result = play(rates(joining=nobody), sqlite_url, 6, FIRST_NOON, seed=3)
    assert result.willing == result.introductions == result.messages_a_person.max == 0
