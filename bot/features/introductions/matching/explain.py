"""Why two people were or were not introduced to one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.features.introductions.matching.history import gained
from bot.features.introductions.matching.model import Candidate, Plan, Reason
from bot.features.introductions.matching.reasons import reasons
from bot.features.introductions.matching.rules import forbidden

CHOSEN = "chosen"
_CHOICES = ("blocked", "avoided", "meets", "soliciting")
"""Told as one: that somebody blocked somebody is nobody else's business."""


@dataclass(frozen=True)
class Explanation:
    code: str
    """"introduced", "left_out", "others_more", or the code of the rule that forbids it."""
    worth: tuple[float, float]
    """What each would have of meeting the other, from 0 to 1."""
    had: tuple[float | None, float | None]
    """What each has of whom they were given instead; None for one who was left out."""
    reasons: tuple[Reason, ...]
    """Why the first would meet the second."""


def explain(a: Candidate, b: Candidate, people: Sequence[Candidate], plan: Plan) -> Explanation:
    from bot.features.introductions.matching.scoring import utilities

    values = utilities([a, b])
    had = gained(people, plan)
    return Explanation(
        _code(a, b, plan),
        (float(values[0, 1]), float(values[1, 0])),
        (had.get(a.key), had.get(b.key)),
        reasons(a, [b]),
    )


def _code(a: Candidate, b: Candidate, plan: Plan) -> str:
    if any(a.key in group.members and b.key in group.members for group in plan.groups):
        return "introduced"
    rule = why_not(a, b)
    if rule is not None:
        return rule
    if a.key in plan.left_out and b.key in plan.left_out:
        return "left_out"
    return "others_more"


def why_not(a: Candidate, b: Candidate, size: int = 2) -> str | None:
    """The code of the rule that keeps two people apart, as it may be told."""
    rule = forbidden(a, b, size)
    return CHOSEN if rule in _CHOICES else rule
