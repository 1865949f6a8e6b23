"""People decide by their own dice: repeatable, and none the wiser for what others do."""

from __future__ import annotations

from datetime import date, datetime

from bot.demo import PARIS, sample_guests
from bot.rehearse.person import Person
from bot.rehearse.rates import usual_rates

FIRST_DAY = date(2019, 12, 12)


def everybody(seed: int) -> list[Person]:
    return [Person(guest, usual_rates(), seed) for guest in sample_guests()]


def test_the_same_seed_gives_the_same_decisions() -> None:
    def decisions(seed: int) -> list[object]:
        return [
            (one.joins(FIRST_DAY), one.decides(0.5, "a"), one.one_of({"x": 1, "y": 2}, "b"))
            for one in everybody(seed)
        ]

    assert decisions(1) == decisions(1)
    assert decisions(1) != decisions(2)


def test_shares_are_about_what_the_file_says() -> None:
    people = everybody(3)
    there = [one for one in people if one.is_there_already]
    never = [one for one in people if not one.is_there_already and not one.joins(FIRST_DAY)]
    assert 0.05 <= len(there) / len(people) <= 0.15
    assert 0.18 <= len(never) / len(people) <= 0.32
    assert 0.12 <= sum(one.decides(0.20, "stays away") for one in people) / len(people) <= 0.28


def test_nothing_of_nobody_and_everything_of_everybody() -> None:
    for one in everybody(4):
        assert not one.decides(0, "never")
        assert one.decides(1, "always")


def test_joining_falls_into_its_hours() -> None:
    moments = sorted(filter(None, (one.joins(FIRST_DAY) for one in everybody(5))))
    assert moments[0] >= datetime(2019, 12, 11, 17, tzinfo=PARIS)
    assert moments[-1] < datetime(2019, 12, 13, 12, tzinfo=PARIS)


def test_what_is_read_is_read_later_and_at_a_step_of_the_clock() -> None:
    moment = datetime(2019, 12, 12, 9, tzinfo=PARIS)
    read = sorted(one.comes_to_it(moment, "a post") for one in everybody(6))
    assert read[0] > moment
    assert all(one.minute % 5 == 0 and one.second == 0 for one in read)
    assert 5 <= (read[len(read) // 2] - moment).total_seconds() / 60 <= 10
