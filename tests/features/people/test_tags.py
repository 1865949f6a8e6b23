"""From a sentence to tags: by meaning where the encoder is there, by words where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.features.people.tags import AT_MOST, TagFinder
from bot.features.questions.near import shared_encoder

TAGS = (
    "vecteurs viraux",
    "capacité de production",
    "stage de fin d'études",
    "stage en bioproduction",
    "financement d'amorçage",
    "essais cliniques",
    "relecture de protocoles",
    "réseau de patients",
    "chaîne du froid",
    "affaires réglementaires",
)


class Nothing:
    """An encoder that cannot be used."""

    def load(self) -> bool:
        return False

    def encode(self, text: str) -> Any | None:
        return None


@pytest.fixture(scope="module")
def finder() -> Iterator[TagFinder]:
    found = TagFinder(shared_encoder())
    found.prepare(TAGS)
    found.settle()
    yield found
    found.close()


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nous cherchons une usine pour nos vecteurs viraux", "capacité de production"),
        ("Je voudrais trouver un stage dès septembre", "stage de fin d'études"),
        ("We need money to start our first clinical trial", "financement d'amorçage"),
        ("Des patients pour relire notre protocole", "relecture de protocoles"),
    ],
)
def test_a_sentence_is_understood(finder: TagFinder, sentence: str, expected: str) -> None:
    found = finder.find(sentence, TAGS)
    assert expected in found
    assert 3 <= len(found) <= AT_MOST


def test_without_the_encoder_words_decide() -> None:
    finder = TagFinder(Nothing())
    finder.prepare(TAGS)
    finder.settle()
    assert finder.find("un Stage en production de vecteur viral", TAGS) == [
        "capacité de production",
        "stage en bioproduction",
        "vecteurs viraux",
    ]
    assert finder.find("des sous pour les uns", ["expérience des patients"]) == []
    assert finder.find("bonjour", TAGS) == []
    finder.close()


def test_the_order_of_the_tags_changes_nothing(finder: TagFinder) -> None:
    sentence = "Une réponse aux affaires réglementaires"
    assert finder.find(sentence, TAGS) == finder.find(sentence, TAGS[::-1])


def test_no_tags_and_no_words(finder: TagFinder) -> None:
    assert finder.find("un stage", ()) == []
    assert finder.find(" … ", TAGS) == []
