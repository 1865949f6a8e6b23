"""Tags that say what a sentence says, for its author to confirm; the sentence is not kept.

Only words that the people of the event use already are proposed: those are the ones by which one
is found. Meaning decides where the encoder is there, words that both have where it is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from math import sqrt
from typing import Any, Protocol

AT_LEAST, AT_MOST = 3, 5
NEAR = 0.33
"""Cosine from which a fourth and a fifth tag are worth proposing."""
FAR = 0.15
"""Below it even the nearest has nothing to do with the sentence."""
SHARED = 0.5
"""What half of a tag's words are worth beside its meaning, if the sentence has them."""
_SAY_NOTHING = {"des", "les", "une", "par", "sur", "pour", "avec", "dans", "the", "and", "for"}


class Encodes(Protocol):
    def load(self) -> bool: ...

    def encode(self, text: str) -> Any | None:
        """A vector, None before `load`."""


class TagFinder:
    """`find` never waits for the encoder: `prepare` has it learn the tags in a thread of its own,
    while the person writes.
    """

    def __init__(self, encoder: Encodes) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Any] = {}
        self._thread = ThreadPoolExecutor(1, "tags")

    def prepare(self, tags: Collection[str]) -> None:
        for tag in tags:
            if tag not in self._vectors:
                self._thread.submit(self._learn, tag)

    def settle(self) -> None:
        """Wait for what was to be learned until now."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _learn(self, tag: str) -> None:
        """In the thread; `load` comes back at once when it has been called."""
        if tag not in self._vectors and self._encoder.load():
            vector = self._encoder.encode(tag)
            if vector is not None:
                self._vectors[tag] = vector

    def find(self, sentence: str, tags: Collection[str]) -> list[str]:
        """Three to five of `tags`, the nearest first; fewer where fewer have to do with it."""
        vector = self._encoder.encode(sentence)
        words = _stems(sentence)
        scored = [(self._score(vector, words, tag), tag) for tag in tags]
        ranked = sorted((one for one in scored if one[0] > FAR), key=lambda one: (-one[0], one[1]))
        near = sum(score >= NEAR for score, _ in ranked)
        return [tag for _, tag in ranked[: min(AT_MOST, max(AT_LEAST, near))]]

    def _score(self, sentence: Any | None, words: set[str], tag: str) -> float:
        stems = _stems(tag)
        shared = SHARED * len(stems & words) / len(stems) if stems else 0.0
        vector = self._vectors.get(tag)
        if sentence is None or vector is None:
            return shared
        return _cosine(sentence, vector) + shared


def _cosine(one: Any, other: Any) -> float:
    return float(one @ other) / sqrt(float(one @ one) * float(other @ other))


def _stems(text: str) -> set[str]:
    """The words of a text without case, accents and endings: "vecteur" and "Vecteurs" are one."""
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    words = (word for word in re.findall(r"\w{3,}", letters) if word not in _SAY_NOTHING)
    return {word.removesuffix("s") for word in words}
