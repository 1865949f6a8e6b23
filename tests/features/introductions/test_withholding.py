"""From everything that is printed, no figure of fewer than five people can be computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise, product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from bot.features.introductions.crossings import ASKED_LATER, MEASURES, Side, figures_of
from bot.features.introductions.withholding import FEWEST, Figure, Shown, shown

Row = tuple[str, str]
UNASKED = ("h", "i")
"""A crossing of which no follow-up is asked."""


@st.composite
def tables(draw: st.DrawFn) -> Mapping[Row, list[set[Side]]]:
    """A small congress: who met whom, and what each says of it; by crossing and measure."""
    sizes = {kind: draw(st.integers(1, 9), label=kind) for kind in "his"}
    people = [(kind, number) for kind, size in sizes.items() for number in range(size)]
    every = [(one, other) for at, one in enumerate(people) for other in people[at + 1 :]]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=60)) if every else []
    # Few or nearly all answer, meet and report: both ends of a figure can be small.
    likely = [draw(st.sampled_from((1, 5, 9)), label="tenths") for _ in range(4)]

    def happens(step: int) -> bool:
        return draw(st.integers(0, 9)) < likely[step]

    rows: dict[Row, list[set[Side]]] = defaultdict(lambda: [set() for _ in MEASURES])
    for one, other in pairs:
        row = rows[one[0], other[0]]
        sides = ((f"{one}", f"{other}"), (f"{other}", f"{one}"))
        row[0] |= set(sides)
        said = {side for side in sides if happens(0)}
        row[1] |= said
        if len(said) < 2 or not happens(1):
            continue
        row[2] |= said
        if (one[0], other[0]) == UNASKED:
            continue
        followed = {side for side in sides if happens(2)}
        reported = {side for side in followed if happens(3)}
        row[3] |= followed
        row[4] |= reported
        row[5] |= reported if len(reported) == 2 else set()
    return dict(sorted(rows.items()))


def printed(table: Mapping[Row, list[set[Side]]]) -> tuple[Shown[Row], list[Figure]]:
    figures = {row: figures_of(sides) for row, sides in table.items()}
    everything = [set[Side]().union(*(sides[at] for sides in table.values())) for at in range(6)]
    total = figures_of(everything)
    known = [[UNASKED] if measure in ASKED_LATER else () for measure in MEASURES]
    return shown(figures, [one.count for one in total], known), total


class Attack:
    """All that somebody knows who has the printed table, as linear constraints on whole numbers."""

    def __init__(self, table: Mapping[Row, list[set[Side]]], result: Shown[Row]) -> None:
        self.rows = list(table)
        size = len(self.rows) * 6
        low, high = np.zeros(size), np.full(size, 500.0)
        constraints = []
        for row in self.rows:
            for measure in range(6):
                value = result.rows[row][measure]
                if value is None and row == UNASKED and measure >= 3:
                    value = 0
                if value is not None:
                    low[self.at(row, measure)] = high[self.at(row, measure)] = value
            for more, less in self.nested(row):
                constraints.append(LinearConstraint(more - less, 0, np.inf))
        for measure, total in enumerate(result.totals):
            if total is not None:
                column = sum(self.unit(row, measure) for row in self.rows)
                constraints.append(LinearConstraint(column, total, total))
        self.constraints, self.bounds = constraints, Bounds(low, high)

    def at(self, row: Row, measure: int) -> int:
        return self.rows.index(row) * 6 + measure

    def unit(self, row: Row, measure: int) -> np.ndarray:
        vector = np.zeros(len(self.rows) * 6)
        vector[self.at(row, measure)] = 1
        return vector

    def sides(self, row: Row, measure: int) -> np.ndarray:
        """Of a measure: two a pair, but where sides are counted or only one of two reports."""
        one = self.unit(row, measure)
        if measure in (1, 3):
            return one
        return one + self.unit(row, 5) if measure == 4 else 2 * one

    def nested(self, row: Row) -> list[tuple[np.ndarray, np.ndarray]]:
        chain = [self.sides(row, measure) for measure in range(6)]
        return [*pairwise(chain), (self.unit(row, 2), self.unit(row, 4))]

    def found(self, what: np.ndarray) -> bool:
        """Whether only one value of `what` is possible."""
        ends = []
        for sign in (1, -1):
            solved = milp(
                sign * what,
                constraints=self.constraints,
                bounds=self.bounds,
                integrality=np.ones(len(what)),
            )
            assert solved.success, "what is printed contradicts itself"
            ends.append(round(sign * solved.fun))
        return bool(ends[0] == ends[1])


@given(tables())
@settings(max_examples=150)
def test_no_small_figure_and_no_small_rest_is_found(table: Mapping[Row, list[set[Side]]]) -> None:
    if not table:
        return
    result, _ = printed(table)
    attack = Attack(table, result)
    for row, sides in table.items():
        figures = figures_of(sides)
        for measure, figure in enumerate(figures):
            if 0 < figure.people < FEWEST:
                assert result.rows[row][measure] is None
                assert not attack.found(attack.unit(row, measure)), (row, MEASURES[measure])
            if measure and 0 < figure.rest_people < FEWEST:
                rest = attack.sides(row, measure - 1) - attack.sides(row, measure)
                assert not attack.found(rest), (row, MEASURES[measure], "rest")


@given(tables())
def test_what_is_told_is_true_and_large_tables_are_told(
    table: Mapping[Row, list[set[Side]]],
) -> None:
    result, total = printed(table)
    for row, sides in table.items():
        counts = [figure.count for figure in figures_of(sides)]
        assert all(
            told in (None, true) for told, true in zip(result.rows[row], counts, strict=True)
        )
    told = zip(result.totals, (one.count for one in total), strict=True)
    assert all(one in (None, true) for one, true in told)
    harmless = all(
        not 0 < people < FEWEST
        for sides in table.values()
        for figure in figures_of(sides)
        for people in (figure.people, figure.rest_people)
    )
    if harmless:
        assert None not in result.totals


def test_who_knows_the_rule_learns_no_small_figure_either() -> None:
    """Every small column, by what it prints: what is withheld has more than one explanation."""
    small_ones = [(0, 0), (1, 2), (2, 3), (2, 4), (3, 3), (3, 5), (4, 4), (4, 6)]
    few = [*small_ones, *((count, count + 3) for count in range(5, 14))]
    explanations: dict[object, list[Sequence[int]]] = defaultdict(list)
    small: dict[object, set[int]] = defaultdict(set)
    for columns in product(few, repeat=3):
        if sum(count for count, _ in columns) > 14:
            continue  # larger ones would have explanations that are not listed here
        rows = {str(at): [Figure(*each)] for at, each in enumerate(columns)}
        counts = [count for count, _ in columns]
        result = shown(rows, [sum(counts)])
        output = (tuple(result.rows.values()), result.totals)
        explanations[output].append(counts)
        small[output] |= {at for at, (_, people) in enumerate(columns) if 0 < people < FEWEST}
    for printed_, tables_ in explanations.items():
        for at in small[printed_]:
            assert len({counts[at] for counts in tables_}) > 1, (printed_, tables_)


def test_the_second_figure_is_chosen_whatever_it_holds() -> None:
    def column(*figures: tuple[int, int]) -> list[int | None]:
        rows = {str(at): [Figure(*each)] for at, each in enumerate(figures)}
        result = shown(rows, [sum(count for count, _ in figures)])
        return [*(row[0] for row in result.rows.values()), result.totals[0]]

    assert column((40, 30), (10, 12), (20, 15)) == [40, 10, 20, 70]
    assert column((1, 2), (40, 30), (10, 12)) == [None, 40, None, 51]
    assert column((40, 30), (1, 2), (50, 12)) == [40, None, None, 91]
    assert column((1, 2), (1, 2), (0, 0)) == [None, None, 0, None]
    assert column((1, 2), (3, 6), (30, 30)) == [None, 3, None, 34]
    assert column((1, 2), (30, 30), (3, 6)) == [None, None, None, 34]
    assert column((0, 0), (0, 0), (0, 0)) == [0, 0, 0, 0]
