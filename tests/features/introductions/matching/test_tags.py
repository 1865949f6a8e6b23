from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.introductions.matching.tag_arrays import alike
from bot.features.introductions.matching.tags import known, likeness, meaning
from tests.features.introductions.matching.crowds import TAGS


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("capacité de production", "Capacite de  production", 1.0),
        ("capacité de production", "production capacity", 1.0),
        ("capacités de production", "capacité de production", 1.0),
        ("capacité de production : vaccins", "production capacity × vaccines", 1.0),
        ("production capacity for viral vectors", "capacité de production – vecteurs viraux", 1.0),
        ("capacité de production : vaccins", "capacité de production : CAR-T", 0.5),
        ("capacité de production", "capacité de production : CAR-T", 0.75),
        ("capacité de production : vaccins", "apprentis : vaccins", 0.25),
        ("vaccins", "capacité de production : vaccins", 0.5),
        ("alternance", "apprentis", 0.4),
        ("capacité de production", "avis scientifique", 0.0),
        ("culture de champignons", "culture des champignons", 1.0),
        ("", "apprentis", 0.0),
    ],
)
def test_tags_are_alike_by_what_they_say(one: str, other: str, expected: float) -> None:
    assert likeness(one, other) == pytest.approx(expected)
    assert likeness(other, one) == pytest.approx(expected)


def test_the_service_may_stand_second() -> None:
    assert meaning("vaccins : capacité de production") == meaning(
        "capacité de production : vaccins"
    )


def test_what_the_vocabulary_holds_is_known() -> None:
    assert known("production capacity: vaccines")
    assert not known("leucémie")


_words = st.one_of(st.sampled_from(TAGS), st.text(max_size=12))


@given(st.lists(_words, max_size=4), st.lists(_words, max_size=4))
def test_arrays_say_the_same(seeks: list[str], offers: list[str]) -> None:
    table = alike([meaning(tag) for tag in seeks], [meaning(tag) for tag in offers])
    expected = [[likeness(seek, offer) for offer in offers] for seek in seeks]
    assert np.allclose(table, np.array(expected).reshape(len(seeks), len(offers)))
