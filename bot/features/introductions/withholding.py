"""What a table of counts may say: no figure behind which fewer than five people stand.

Each measure is a part of the one before it, so a figure also tells of those whom it leaves out:
it is withheld, too, where these are fewer than five. Totals are told, so what is withheld in a
column is known as a sum: more is withheld until that sum gives no figure away, not even to a
reader who knows this rule; and where nothing more can be, the total is. Pure: no database, no
words.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
FEWEST = 5


@dataclass(frozen=True)
class Figure:
    """A count and who stands behind it; what it leaves out of the measure before, and whom."""

    count: int = 0
    people: int = 0
    rest: int = 0
    rest_people: int = 0


@dataclass(frozen=True)
class Shown(Generic[Key]):
    """None where a figure is withheld."""

    rows: Mapping[Key, tuple[int | None, ...]]
    totals: tuple[int | None, ...]


def shown(
    rows: Mapping[Key, Sequence[Figure]],
    totals: Sequence[int],
    known: Sequence[Collection[Key]] = (),
) -> Shown[Key]:
    """`known` are, by measure, the rows of which everybody knows that they hold nothing."""
    hidden: list[set[Key]] = []
    told: list[bool] = []
    for measure in range(len(totals)):
        empty = known[measure] if known else ()
        figures = {key: row[measure] for key, row in rows.items() if key not in empty}
        # A part of what is withheld would say of the same few people what they did.
        above = hidden[-1] if hidden else set()
        here, roomy = _withheld(figures, {key for key in above if key in figures})
        hidden.append(here)
        told.append(roomy and all(told))
    return Shown(
        {
            key: tuple(
                None if key in hidden[measure] else figure.count
                for measure, figure in enumerate(row)
            )
            for key, row in rows.items()
        },
        tuple(total if tell else None for total, tell in zip(totals, told, strict=True)),
    )


def _withheld(figures: Mapping[Key, Figure], above: set[Key]) -> tuple[set[Key], bool]:
    """What is withheld of one measure, and whether its total may be told beside that."""
    few = {key for key, figure in figures.items() if 0 < figure.people < FEWEST}
    left_out = {key for key, figure in figures.items() if 0 < figure.rest_people < FEWEST}
    here = above | few | left_out

    def roomy() -> bool:
        chosen = [figures[key] for key in here]
        enough = not (above or few) or _room([(one.count, one.people) for one in chosen])
        return enough and (not left_out or _room([(one.rest, one.rest_people) for one in chosen]))

    # In an order that no count changes: to take the smallest next would tell that the others are
    # larger. The last rows first, which are the rarest kinds where an event lists them so.
    for key in reversed(list(figures)):
        if roomy():
            break
        if figures[key].people >= FEWEST or figures[key].rest_people >= FEWEST:
            here.add(key)
    return here, roomy()


def _room(withheld: Sequence[tuple[int, int]]) -> bool:
    """Whether the sum of what is withheld tells none of it: small ones alone are told by it, since
    two that hold something and make two are one each."""
    large = any(people >= FEWEST for _, people in withheld)
    return large and sum(count for count, _ in withheld) >= len(withheld) + FEWEST - 1
