"""What is counted of a rehearsal, on planted introductions."""

from __future__ import annotations

from bot.rehearse.figures import Introduced, Spread, both, met_twice, unasked
from bot.rehearse.scene import Notes

ADA, BO, CY = "ada@example.org", "bo@example.org", "cy@example.org"


def of(introduction_id: str, *people: str, stands: bool = True) -> Introduced:
    return Introduced(introduction_id, frozenset(people), stands)


def test_a_pair_that_meets_again_is_found_in_groups_of_any_size() -> None:
    assert met_twice([of("1", ADA, BO), of("2", BO, CY)], Notes()) == 0
    assert met_twice([of("1", ADA, BO), of("2", ADA, BO, CY)], Notes()) == 1
    assert met_twice([of("1", ADA, BO, CY), of("2", ADA, BO, CY)], Notes()) == 3


def test_a_meeting_that_was_called_off_may_be_made_good() -> None:
    assert met_twice([of("1", ADA, BO, stands=False), of("2", ADA, BO)], Notes()) == 0


def test_who_could_not_come_to_a_group_may_be_introduced_to_its_members() -> None:
    made = [of("1", ADA, BO, CY), of("2", ADA, BO), of("3", BO, CY)]
    assert met_twice(made, Notes(cannot={("1", ADA)})) == 1
    assert met_twice(made, Notes(cannot={("1", BO)})) == 0


def test_who_did_not_say_so_was_not_to_be_introduced() -> None:
    notes = Notes(coming={("r", ADA), ("r", BO), ("other", CY)})
    rounds = {"1": "r", "2": "r"}
    assert unasked([of("1", ADA, BO)], rounds, notes) == 0
    assert unasked([of("1", ADA, BO), of("2", ADA, CY)], rounds, notes) == 1


def test_both_sides_have_to_say_it() -> None:
    said = {frozenset({ADA, BO}): {ADA, BO}, frozenset({ADA, CY}): {CY}}
    assert both(said) == 1


def test_spreads_are_of_nearest_ranks() -> None:
    assert Spread.of([]) == Spread(0, 0, 0)
    assert Spread.of([3]) == Spread(3, 3, 3)
    assert Spread.of(range(1, 101)) == Spread(50, 95, 100)
