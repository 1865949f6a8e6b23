"""Votes by profile kind, for moderators: no figure that fewer than five people stand behind.

A figure tells of those who voted, and by subtraction of two others: the people of that kind who
did not vote, and the voters of all other kinds. It is shown only where each of the three is at
least five people. The total is public, so what is withheld is known as a sum; more is withheld
until that sum gives no figure away, not even to a reader who knows this rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 5
"""People behind a figure."""

_SMALL = ENOUGH - 1

NO_KIND = ""
"""People whose kind is not known, and the asker of an anonymous question."""


@dataclass(frozen=True)
class Tally:
    total: int
    """All votes with an account: guests are told apart, and are in no figure here."""
    shown: Mapping[str, int]
    withheld: frozenset[str]
    """Kinds of which nothing is said, not even whether they voted."""


def votes_by_kind(
    voters: Iterable[str], kind_of: Mapping[str, str], anonymous_asker: str | None = None
) -> Counter[str]:
    """How many people of each kind voted; guests must not be among `voters`.

    An anonymous question does not use its asker's profile: their own vote has no kind here.
    """
    return Counter(
        NO_KIND if voter == anonymous_asker else kind_of.get(voter, NO_KIND)
        for voter in set(voters)
    )


def tally(votes: Mapping[str, int], people: Mapping[str, int]) -> Tally:
    """What may be shown of `votes`; `people` are all of each kind who could have voted."""
    counted = (
        _Figure(kind, votes.get(kind, 0), max(people.get(kind, 0), votes.get(kind, 0)))
        for kind in {**people, **votes}
    )
    figures = [figure for figure in counted if figure.people]
    total = sum(figure.votes for figure in figures)
    hidden = [figure for figure in figures if figure.too_few(total)]
    # In an order that no vote changes: to withhold the smallest figure next would tell that
    # the others are larger. The smallest kinds, because their figures say least.
    others = sorted(
        (figure for figure in figures if figure not in hidden),
        key=lambda figure: (figure.people, figure.kind),
    )
    cover: list[_Figure] = []
    while hidden and others and not _vague(hidden, cover, total):
        cover.append(others.pop(0))
    return Tally(
        total,
        {figure.kind: figure.votes for figure in sorted(others, key=lambda one: one.kind)},
        frozenset(figure.kind for figure in (*hidden, *cover)),
    )


@dataclass(frozen=True)
class _Figure:
    kind: str
    votes: int
    people: int

    @property
    def never(self) -> bool:
        """Of so few people, whatever they do, that it is never shown.

        Of ten, only five could be shown, so that to withhold a five would tell it.
        """
        return self.people <= 2 * ENOUGH

    def too_few(self, total: int) -> bool:
        return self.never or min(self.votes, self.people - self.votes, total - self.votes) < ENOUGH

    @property
    def span(self) -> tuple[int, int]:
        """The fewest votes it can have, being hidden, and how many more, for one who knows on
        which side it has too few.
        """
        if self.never:
            return 0, self.people
        return (0 if self.votes < ENOUGH else self.people - _SMALL), _SMALL


def _vague(hidden: Sequence[_Figure], cover: Sequence[_Figure], total: int) -> bool:
    """Whether each hidden figure can still be any of the first five numbers of its span.

    For a reader who subtracts what is shown from the total, and even knows which are hidden
    and which, being five or more, only cover them. It is asked of the sum, which that reader
    knows: were it asked of single figures, the answer would tell of them.
    """
    spans = [figure.span for figure in hidden]
    rooms = [room for _, room in spans]
    left = sum(figure.votes for figure in (*hidden, *cover)) - sum(least for least, _ in spans)
    if not cover:  # the hidden have to make up for each other
        return ENOUGH <= left <= sum(rooms) - max(*rooms, ENOUGH)
    most = sum(min(figure.people, total) - ENOUGH for figure in cover)
    return ENOUGH * len(cover) + _SMALL <= left <= most
