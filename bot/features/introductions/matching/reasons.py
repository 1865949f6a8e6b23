"""Why two people are introduced, as codes and tags; `wording.py` makes sentences of them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.features.introductions.matching.model import Candidate, Reason
from bot.features.introductions.matching.objective import MEETS
from bot.features.introductions.matching.rules import INDUSTRIAL
from bot.features.introductions.matching.tags import known, likeness, meaning

ASSOCIATION = "patient_association"
_THE_SAME = 0.75
"""From this likeness on, the words of one stand for both; below, both are quoted."""


def reasons(reader: Candidate, others: Sequence[Candidate]) -> tuple[Reason, ...]:
    """For each of the others, at least one reason to meet them."""
    return tuple(reason for other in others for reason in _about(reader, other))


def _about(reader: Candidate, other: Candidate) -> list[Reason]:
    found = [
        _search_met("offer_meets_search", reader, other, other),
        _search_met("search_meets_offer", other, reader, other),
    ]
    told = [reason for reason in found if reason]
    shared = _shared_topic(reader, other)
    if shared:
        told.append(Reason("shared_topic", (shared,), other.key))
    if not told:
        told.append(Reason("kinds", (reader.kind, other.kind), other.key))
    if reader.kind == other.kind == INDUSTRIAL:
        told.append(Reason("competition", (), other.key))
    return told


def _search_met(code: str, seeker: Candidate, giver: Candidate, other: Candidate) -> Reason | None:
    """The search that is met best, with the offer beside it where it is not quite the same."""
    best = max(
        (
            (likeness(seek, offer), -number, seek, offer)
            for number, (seek, offer) in enumerate(
                (seek, offer)
                for seek in _told(seeker, seeker.seeks)
                for offer in _told(giver, giver.offers)
            )
        ),
        default=None,
    )
    if best is None or best[0] < MEETS:
        return None
    alike, _, seek, offer = best
    return Reason(code, (seek,) if alike >= _THE_SAME else (seek, offer), other.key)


def _shared_topic(one: Candidate, other: Candidate) -> str | None:
    theirs = {_subject(topic) for topic in _told(other, other.topics)}
    return next(
        (topic for topic in _told(one, one.topics) if _subject(topic) in theirs),
        None,
    )


def _subject(topic: str) -> str:
    meant = meaning(topic)
    return meant.topic or meant.service


def _told(person: Candidate, tags: Sequence[str]) -> list[str]:
    """Of an association only its work, in words of the list: others could name an illness."""
    return [tag for tag in tags if person.kind != ASSOCIATION or known(tag)]
