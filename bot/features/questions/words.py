"""How much two questions share in words: known at once, without an encoder."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import cache, lru_cache
from math import log, sqrt

from bot.features.questions.glossary import lines, written_out

MOST_READ = 1000
"""Characters: nobody asks longer, and what is pasted must not keep the others waiting."""

_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ASKING = frozenset(
    """
    a ai as au aux avec avoir c ce ceci cela celle celles celui ces cet cette ceux chez comme
    comment d dans de deja des dire dit doit doivent donc dont du elle elles en encore est et etes
    etre eu eux faire fait faut il ils j je l la le les leur leurs lui m ma mais me meme mes moi
    mon n ne nos notre nous on ont ou par pas peu peut peuvent plus pour pourquoi qu quand que quel
    quelle quelles quels qui quoi s sa sans se sera si son sont sur t ta te tes toi ton tous tout
    toute toutes tres trop tu un une va vers vos votre vous vraiment y
    about all an and any are at be been but by can could did do does for from get had has have he
    her his how i in into is it its just many may me might more much must my no not of only or our
    out she should so some still such than that the their them then there these they this those to
    too us very was we were what when where which who whom whose why will with would yet you your
    """.split()  # noqa: SIM905 (two hundred quotes would hide the words)
)
"""Words that any question has."""

_ENDINGS = """
    issements issement ations ation ements ement ments ment euses euse ateurs ateur iques ique
    ivites ivite ites ite ables able ibles ible ences ence ances ance antes ants ante ant
    ees ee es er ez ent ing ed ies s e
    """.split()  # noqa: SIM905 (as above)
_LEAST_STEM = 4


def readable(text: str) -> str:
    """What is read of it: an unpaired surrogate is no text, and no encoder takes it."""
    return text[:MOST_READ].encode("utf-8", "ignore").decode("utf-8")


def plain(text: str) -> str:
    """Alike for two texts that differ in case, spacing and punctuation only."""
    folded = unicodedata.normalize("NFKC", readable(text)).casefold()
    return " ".join(_WORD.findall(folded)) or "".join(folded.split())


def says_something(text: str) -> bool:
    return _WORD.search(readable(text)) is not None


def terms(text: str) -> frozenset[str]:
    """Ideas where the glossary knows one, stems otherwise."""
    words = _COMPOUND.findall(written_out(readable(text)).casefold())
    return frozenset[str]().union(*(_terms(word) for word in words))


def rarity(questions: Collection[frozenset[str]]) -> Callable[[str], float]:
    """What a term weighs: one that every question has says nothing about any of them."""
    counts = Counter(term for one in questions for term in one)
    return lambda term: log(1 + (len(questions) + 1) / (counts[term] + 0.5))


def overlap(a: frozenset[str], b: frozenset[str], weight: Callable[[str], float]) -> float:
    """0 to 1: the weight of what is shared, against the weight of each."""
    # Sorted: a sum of floats depends on its order, and the order of a set on the process.
    shared = sum(weight(term) for term in sorted(a & b))
    if not shared:
        return 0.0
    of_a, of_b = (sum(weight(term) for term in sorted(one)) for one in (a, b))
    return shared / sqrt(of_a * of_b)


@lru_cache(maxsize=20_000)
def _terms(word: str) -> frozenset[str]:
    bare = _bare(word)
    stem = _stem(bare)
    if "-" in bare and stem not in _ideas():
        return frozenset[str]().union(*(_terms(part) for part in bare.split("-")))
    return frozenset() if bare in _ASKING else frozenset({_ideas().get(stem, stem)})


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _stem(word: str) -> str:
    """Cuts what French and English hang on a word; rough, and the same for both texts."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word


@cache
def _ideas() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in lines():
        for word in line:
            # The sign keeps an idea apart from a stem that happens to be spelt the same.
            found.setdefault(_stem(_bare(word)), f"={_bare(line[0])}")
    return found
