"""Tags of many people as arrays: which are named, and how well each offer meets each search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from bot.features.introductions.matching import objective as o
from bot.features.introductions.matching.tags import Meaning, meaning, phrase_likeness

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


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


def distinct(meanings: Iterable[Sequence[Meaning]]) -> dict[Meaning, int]:
    named = sorted({meaning for some in meanings for meaning in some}, key=astuple)
    return {meaning: position for position, meaning in enumerate(named)}


def padded(lists: Sequence[Sequence[int]]) -> Ints:
    """One row a person, −1 where there is nothing more."""
    width = max((len(row) for row in lists), default=0)
    padded = np.full((len(lists), width), -1, dtype=np.int64)
    for position, row in enumerate(lists):
        padded[position, : len(row)] = row
    return padded


def meanings(tags: Sequence[str]) -> list[Meaning]:
    return list(dict.fromkeys(meaning(tag) for tag in tags))
