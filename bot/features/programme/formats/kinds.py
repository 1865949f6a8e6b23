"""From the session types that files use to the kinds of Maillon."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from bot.features.programme.model import KINDS

OTHERWISE = "plenary"
_WORDS = 8  # of a type that are looked at; the rest is a sentence

_FOREIGN = {
    "plenary": "keynote lecture talk conference pleniere opening closing ceremony vortrag",
    "round_table": "roundtable table_ronde panel podium podiumsdiskussion discussion debate debat",
    "pitch": "pitches pitchs lightning lightningtalk elevator_pitch",
    "company": "presentation_d_entreprise sponsor sponsored sponsor_talk demo product_demo",
    "workshop": "workshops atelier ateliers tutorial training formation hands_on sprint",
    "networking": "break coffee lunch dinner social reception cocktail party meetup pause "
    "dejeuner diner accueil soiree echanges registration exhibition",
}
_BREAKS = frozenset(
    ("break", "coffee", "lunch", "dinner", "breakfast", "pause", "dejeuner", "diner", "cocktail")
)
DEFAULT = {kind: kind for kind in KINDS} | {
    word: kind for kind, words in _FOREIGN.items() for word in words.split()
}


def kind_of(given: str, kinds: Mapping[str, str]) -> str | None:
    """The kind that `given` means; the event's own `kinds` override the usual meanings.

    Types often carry more than their name ("Talk 30 min + 10min Q&A"): their longest known
    beginning counts.
    """
    known = DEFAULT | {_normal(word): kind for word, kind in kinds.items()}
    return next((known[start] for start in _beginnings(_normal(given)) if start in known), None)


_AROUND_A_BREAK = frozenset(
    ("and", "et", "the", "de", "du", "la", "le", "l", "d", "cafe", "tea", "time", "midi")
)


def sounds_like_a_break(title: str) -> bool:
    """Whether the whole of a title says so: "Coffee break", "Pause déjeuner", "Lunch"."""
    words = set(_normal(title).split("_")) - _AROUND_A_BREAK - {""}
    return bool(words) and words <= _BREAKS


def _normal(given: str) -> str:
    """Lower case, without accents, words joined by underscores: "Table Ronde" → table_ronde."""
    letters = unicodedata.normalize("NFKD", given.casefold())
    unaccented = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "_", unaccented).strip("_")


def _beginnings(normal: str) -> Iterator[str]:
    words = normal.split("_", _WORDS)[:_WORDS]
    return ("_".join(words[:count]) for count in range(len(words), 0, -1))
