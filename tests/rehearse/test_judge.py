"""The judge finds what is planted, and nothing where the budget holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from bot.demo import PARIS
from bot.drill.files import Session
from bot.rehearse.judge import Breach, Heard, Posted, breaches

MINUTE = timedelta(minutes=1)
DAYS = (date(2019, 12, 12), date(2019, 12, 13))
WHO = "somebody@example.org"
STAGE = Session(
    id="1",
    title="Ouverture",
    room="Descartes",
    track=None,
    start=datetime(2019, 12, 12, 9, tzinfo=PARIS),
    end=datetime(2019, 12, 12, 9, 30, tzinfo=PARIS),
    speakers=frozenset({WHO}),
)


def at(clock: str, day: int = 12) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2019, 12, day, hour, minute, tzinfo=PARIS)


def of(moments: Sequence[datetime], message_class: str = "useful") -> list[Heard]:
    return [Heard(moment, message_class, "reminder") for moment in moments]


def judged(messages: Sequence[Heard], posts: Sequence[Posted] = ()) -> list[str]:
    return [one.rule for one in breaches({WHO: messages}, posts, [STAGE], DAYS)]


def every(minutes: int, how_many: int, start: str = "10:00") -> list[datetime]:
    return [at(start) + number * minutes * MINUTE for number in range(how_many)]


def test_eight_a_day_ten_minutes_apart_are_within_the_budget() -> None:
    assert judged([*of(every(10, 8)), *of([at("10:00", 13)])]) == []


def test_a_ninth_is_too_many() -> None:
    assert judged(of(every(10, 9))) == ["a day"]


def test_two_within_ten_minutes_are_too_close() -> None:
    found = breaches({WHO: of([at("10:00"), at("10:09")])}, [], [], DAYS)
    assert found == [Breach("gap", at("10:09"), "reminder after reminder")]
    assert judged(of([at("10:00"), at("10:00")])) == ["gap"]


def test_in_whichever_order_they_are_handed_in() -> None:
    assert judged(of([at("10:09"), at("10:00")])) == ["gap"]


def test_answers_and_what_is_urgent_do_not_count() -> None:
    for message_class in ("answer", "urgent"):
        uncounted = of([*every(1, 20), at("22:00"), at("09:15")], message_class)
        assert judged([*of([at("10:00")]), *uncounted]) == []


def test_invitations_count() -> None:
    assert judged([*of([at("10:00")]), *of([at("10:05")], "invitation")]) == ["gap"]


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("20:00", True), ("23:59", True), ("07:29", True), ("07:30", False), ("19:59", False)],
)
def test_the_night_is_quiet(clock: str, quiet: bool) -> None:
    assert judged(of([at(clock)])) == ["quiet"] * quiet


@pytest.mark.parametrize(
    ("clock", "speaks"), [("08:59", False), ("09:00", True), ("09:29", True), ("09:30", False)]
)
def test_nobody_is_written_to_on_stage(clock: str, speaks: bool) -> None:
    assert judged(of([at(clock)])) == ["speaking"] * speaks


def test_another_person_is_on_stage() -> None:
    other = {"other@example.org": of([at("09:10")])}
    assert breaches(other, [], [STAGE], DAYS) == []


def posts(channel: str, how_many: int, day: int = 12) -> list[Posted]:
    return [Posted(channel, at("09:00", day) + number * MINUTE) for number in range(how_many)]


def test_sixteen_posts_a_day_in_a_channel() -> None:
    assert judged([], posts("programme", 16)) == []
    assert judged([], posts("programme", 17)) == ["posts of a channel"]


def test_twenty_six_posts_in_two_days_in_all_channels() -> None:
    full = [*posts("programme", 13), *posts("programme", 13, 13)]
    assert judged([], full) == []
    assert judged([], [*full, *posts("village", 1, 13)]) == ["posts at all"]
    assert judged([], [*full, *posts("village", 1, 20)]) == [], "after the congress"
