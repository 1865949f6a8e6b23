"""Tags of many people as arrays: how well what each one offers meets what each one seeks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.tags import Meaning, meaning, phrase_likeness

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Some = slice | Ints
"""Positions of people: many in a row, or some of them."""


class Searches:
    """`found[t, j]`: how well what j offers meets the search t; in the last row, that for nothing.

    Whoever seeks the same thing in other words, or in the other language, has the same search.
    """

    def __init__(self, wanted: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> None:
        seeks, mine = _numbered(wanted)
        offers, theirs = _numbered(given)
        met = np.zeros((len(seeks) + 1, len(offers) + 1), dtype=np.float32)
        met[:-1, :-1] = alike(seeks, offers)
        self.found = np.zeros((len(seeks) + 1, len(given)), dtype=np.float32)
        for slot in _padded(theirs, len(offers)).T:
            np.maximum(self.found, np.take(met, slot, axis=1), out=self.found)
        self.slots = _padded(mine, len(seeks))
        """The searches of each person, one row a person."""
        self.count = np.array([max(1, len(each)) for each in mine], dtype=np.int64)

    def meeting(self, rows: Some, columns: Some) -> Floats:
        """m(i→j), people in rows, those whom they would meet in columns."""
        best, total = self._met(rows, columns)
        best *= o.BEST_SEARCH
        total *= (o.ALL_SEARCHES / self.count[rows].astype(np.float32))[:, None]
        best += total
        return best

    def meeting_of(self, one: Ints, other: Ints) -> Floats:
        """The same for some pairs."""
        best = np.zeros(len(one), dtype=np.float32)
        total = np.zeros_like(best)
        for slot in self.slots.T:
            met = self.found[slot[one], other]
            np.maximum(best, met, out=best)
            total += met
        best *= o.BEST_SEARCH
        total *= o.ALL_SEARCHES / self.count[one].astype(np.float32)
        best += total
        return best

    def deals(self, rows: Some, columns: Some) -> Flags:
        """Whether an offer of one of the two meets a search of the other."""
        there = self._met(rows, columns)[0] >= o.MEETS
        back = self._met(columns, rows)[0].T >= o.MEETS
        deals: Flags = there | back
        return deals

    def _met(self, rows: Some, columns: Some) -> tuple[Floats, Floats]:
        """Of the searches of each, how well the best is met by each other one, and the sum."""
        slots = self.slots[rows]
        best = np.zeros((len(slots), len(np.arange(len(self.count))[columns])), dtype=np.float32)
        total = np.zeros_like(best)
        for slot in slots.T:
            if isinstance(columns, slice):
                met = self.found[:, columns][slot]
            else:
                met = self.found[slot[:, None], columns[None, :]]
            np.maximum(best, met, out=best)
            total += met
        return best, total


def alike(wanted: Sequence[Meaning], given: Sequence[Meaning]) -> Floats:
    """`tags.likeness` of each search and each offer."""
    service = _phrases([m.service for m in wanted], [m.service for m in given])
    topic = _phrases([m.topic for m in wanted], [m.topic for m in given])
    services = _named([m.service for m in wanted], [m.service for m in given])
    topics = _named([m.topic for m in wanted], [m.topic for m in given])
    both = 1 - o.SAME_SERVICE - o.SAME_TOPIC
    of_both = o.SAME_SERVICE * service + o.SAME_TOPIC * topic + both * service * topic
    of_service = service * np.where(topics == 1, o.TOPIC_UNSAID, 1)
    of_topic = topic * np.where(services == 1, o.SERVICE_UNSAID, 1)
    return np.select([services < 2, topics < 2], [of_topic, of_service], of_both).astype(np.float32)


def _named(wanted: Sequence[str], given: Sequence[str]) -> Ints:
    """How many of the two name this part at all."""
    mine = np.array([bool(phrase) for phrase in wanted], dtype=np.int64)
    theirs = np.array([bool(phrase) for phrase in given], dtype=np.int64)
    return mine[:, None] + theirs[None, :]


def _phrases(wanted: Sequence[str], given: Sequence[str]) -> Floats:
    """`tags.phrase_likeness`, 0 where one says nothing."""
    mine, theirs = sorted(set(wanted)), sorted(set(given))
    table = np.array(
        [[phrase_likeness(a, b) if a and b else 0.0 for b in theirs] for a in mine],
        dtype=np.float32,
    ).reshape(len(mine), len(theirs))
    row = {phrase: n for n, phrase in enumerate(mine)}
    column = {phrase: n for n, phrase in enumerate(theirs)}
    rows = np.array([row[phrase] for phrase in wanted], dtype=np.int64)
    columns = np.array([column[phrase] for phrase in given], dtype=np.int64)
    return table[rows][:, columns]


def _numbered(lists: Sequence[Sequence[str]]) -> tuple[list[Meaning], list[list[int]]]:
    """What is meant by any of these tags, and for each list the numbers of its own."""
    meant = {tag: meaning(tag) for tag in {tag for tags in lists for tag in tags}}
    ideas = sorted(set(meant.values()), key=lambda idea: (idea.service, idea.topic))
    place = {idea: position for position, idea in enumerate(ideas)}
    number = {tag: place[idea] for tag, idea in meant.items()}
    return ideas, [list(dict.fromkeys([number[tag] for tag in tags])) for tags in lists]


def _padded(lists: Sequence[Sequence[int]], nothing: int) -> Ints:
    """One row a person, filled up with `nothing`."""
    width = max((len(row) for row in lists), default=0)
    filled = [[*row, *[nothing] * (width - len(row))] for row in lists]
    return np.array(filled, dtype=np.int64).reshape(len(lists), width)
