"""The small language in which the lexicon writes turns of phrase, and how they are found in a text.

Words are whole words, without case or accents, and stand next to each other, but for

    a|b       either word                   {SET}     one of a set or of the phrases of that name
    a~        also with e, s or es          word_two  two words that belong together
    (a)       perhaps                       N, NAME   a number, a word with a capital
    ..        up to three words between     …         up to eight words of the same sentence
    x & y     both, wherever they stand

French elision and English contractions are two words: "j'ai" is `j ai`. "à" alone keeps its accent:
without it, whatever applies to an illness would be somebody who has one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from bot.features.questions.lexicon import ALLOWED, PHRASES, SETS, SIGNS

_WORD = re.compile(r"[^\W_]+|[.!?;:…]")
_TITLE = re.compile(r"\b(M|Mr|Mrs|Ms|Dr|Pr|Prof)\.")
_SENTENCE_ENDS = ".!?;:…"


def signs(text: str) -> frozenset[str]:
    """The reasons for which somebody should read `text` first."""
    spoken = _spoken(text)
    return frozenset(
        reason
        for reason, found in _compiled().items()
        if any(all(part.search(spoken) for part in line) for line in found)
    )


def _spoken(text: str) -> str:
    """Its words, each after a space; a plus sign before a capital, unless all are capitals."""
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf"
    )
    words = _WORD.findall(_TITLE.sub(r"\1", ALLOWED.sub(" , ", seen)))
    shouted = not any(c.islower() for c in seen)
    spoken, begins = "", True
    for word in words:
        if word in _SENTENCE_ENDS:
            spoken += " ."
        else:
            capital = word[0].isupper() and not begins and not shouted
            spoken += f" {'+' if capital else ''}{_bare(word.casefold())}"
        begins = word in _SENTENCE_ENDS
    return spoken


def _bare(word: str) -> str:
    if word == "à":
        return word
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in letters if not unicodedata.combining(c))


@cache
def _compiled() -> Mapping[str, list[list[re.Pattern[str]]]]:
    return {
        reason: [
            [re.compile(_phrase(part)) for part in line.split(" & ")]
            for line in filter(None, map(str.strip, lines.splitlines()))
        ]
        for reason, lines in SIGNS.items()
    }


def _phrase(phrase: str) -> str:
    return "".join(map(_step, phrase.split()))


def _step(step: str) -> str:
    if step == "..":
        return r"(?: [^ .]+){0,3}?"
    if step == "…":
        return r"(?: [^ .]+){0,8}?"
    if step.startswith("("):
        return f"(?:{_step(step[1:-1])})?"
    return f"(?:{'|'.join(_either(word) for word in step.split('|'))})"


def _either(word: str) -> str:
    if not word.startswith("{"):
        return "".join(map(_word, word.split("_")))
    name = word[1:-1]
    if name in PHRASES:
        return "|".join(map(_phrase, PHRASES[name]))
    return "|".join(map(_either, SETS[name].split()))


def _word(word: str) -> str:
    if word == "N":
        return r" \d+(?= |$)"
    if word == "NAME":
        return r" \+[^ ]+"
    also = "e?s?" if word.endswith("~") else ""
    return rf" \+?{re.escape(word.removesuffix('~'))}{also}(?= |$)"
