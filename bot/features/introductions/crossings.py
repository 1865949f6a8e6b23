"""Counts by crossing of profile kinds, for organisers; and what is kept when the people go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.follow_ups import (
    NOTHING,
    OUTCOMES,
    Opportunity,
    newest,
    opportunities,
)
from bot.features.introductions.matching.objective import affinity
from bot.features.introductions.outcome_tables import CrossingTotal
from bot.features.introductions.pairs import HEALTH_AUTHORITY, Pair, authorities, introduced
from bot.features.introductions.tables import KEPT
from bot.features.introductions.withholding import Figure, shown
from bot.features.people.tables import Participant

Crossing = tuple[str, str]
"""Two kinds in the order of the event's; "" where somebody's is not known."""
MEASURES = (
    "introductions",
    "answers",
    "encounters",
    "follow_ups",
    "opportunities",
    "confirmed",
)
"""Each is a part of the one before it. Pairs are counted, but in `answers` and `follow_ups` those
of the two who answered."""
Side = tuple[str, str]
"""Who of a pair, and whom it is a pair with."""
BY_SIDE = ("answers", "follow_ups")
ASKED_LATER = ("follow_ups", "opportunities", "confirmed")
COMPANIES = frozenset({"industrial", "sme", "startup", "investor"})
NEVER_MISSING = frozenset({"press"})
"""Whoever is only introduced after having asked for it."""
TOTAL = ("*", "*")


@dataclass(frozen=True)
class Row:
    """None where fewer than five people stand behind a figure, or where a second one is
    withheld so that it cannot be found by subtraction."""

    introductions: int | None
    answers: int | None
    encounters: int | None
    follow_ups: int | None
    opportunities: int | None
    confirmed: int | None
    asked: bool = True
    """Whether follow-ups are asked of this crossing at all."""

    @property
    def answer_rate(self) -> float | None:
        """Of those asked whether they met, how many said so either way."""
        return _rate(self.answers, self.introductions)

    @property
    def follow_up_rate(self) -> float | None:
        """Of those who met, how many said what came of it."""
        return _rate(self.follow_ups, self.encounters)


def _rate(answers: int | None, pairs: int | None) -> float | None:
    return answers / (2 * pairs) if pairs and answers is not None else None


@dataclass(frozen=True)
class NamedOpportunity:
    """Both organisations agreed to be named."""

    organisations: tuple[str, str]
    outcomes: tuple[str, str]


@dataclass(frozen=True)
class Report:
    rows: Mapping[Crossing, Row]
    total: Row
    outcomes: Mapping[str, int | None]
    """How many reported each kind of follow-up, by side: two of a pair may say different things."""
    missing: tuple[Crossing, ...]
    """Kinds that were never introduced to each other, those first that need each other most."""
    named: tuple[NamedOpportunity, ...]


def crossings_report(session: Session, event_id: str, event: EventFile) -> Report:
    """As of now; once the people have gone, what was kept of them."""
    kept = session.scalars(select(CrossingTotal).where(CrossingTotal.event_id == event_id)).all()
    if kept:
        told = {(row.kind, row.other_kind): _row_kept(row) for row in kept}
        total = told.pop(TOTAL)
        in_order = sorted(told, key=_places(_order(event)))
        return Report({crossing: told[crossing] for crossing in in_order}, total, {}, (), ())
    pairs = introduced(session, event_id)
    found = opportunities(session, event_id, pairs)
    people = select(Participant.participant_id, Participant.kind).where(
        Participant.event_id == event_id, Participant.erased.is_(False)
    )
    kinds: dict[str, str | None] = {row[0]: row[1] for row in session.execute(people)}
    rows, total = _counted(session, event_id, event, pairs, found, kinds)
    return Report(
        rows,
        total,
        _outcomes(found),
        _missing(rows, set(filter(None, kinds.values())), event),
        _named(session, event_id, found),
    )


def _counted(
    session: Session,
    event_id: str,
    event: EventFile,
    pairs: Sequence[Pair],
    found: Sequence[Opportunity],
    kinds: Mapping[str, str | None],
) -> tuple[Mapping[Crossing, Row], Row]:
    order = _order(event)
    sides: dict[Crossing, list[set[Side]]] = {crossing: _nothing() for crossing in _possible(event)}
    for measure, said in enumerate(_sides(session, event_id, pairs, found)):
        for side in said:
            one, other = sorted((kinds.get(person) or "" for person in side), key=order)
            sides.setdefault((one, other), _nothing())[measure].add(side)
    everything = [
        set().union(*(each[at] for each in sides.values())) for at in range(len(MEASURES))
    ]
    unasked = [crossing for crossing in sides if HEALTH_AUTHORITY in crossing]
    result = shown(
        {crossing: figures_of(sides[crossing]) for crossing in sorted(sides, key=_places(order))},
        [figure.count for figure in figures_of(everything)],
        [unasked if measure in ASKED_LATER else () for measure in MEASURES],
    )
    rows = {
        crossing: _row(figures, asked=crossing not in unasked)
        for crossing, figures in result.rows.items()
    }
    return rows, _row(result.totals)


def _row(figures: Sequence[int | None], *, asked: bool = True) -> Row:
    return Row(**dict(zip(MEASURES, figures, strict=True)), asked=asked)


def _nothing() -> list[set[Side]]:
    return [set() for _ in MEASURES]


def _sides(
    session: Session, event_id: str, pairs: Sequence[Pair], found: Sequence[Opportunity]
) -> list[set[Side]]:
    """By measure, whose side of which pair belongs to it; each is a part of the one before."""
    silent = authorities(session, event_id)
    said = newest(session, event_id).keys()
    both = {side for pair in pairs for side in _both(pair.people)}
    answered = {(who, pair.other(who)) for pair in pairs for who in pair.said}
    met = {side for pair in pairs if pair.took_place for side in _both(pair.people)}
    followed = {side for side in met & said if silent.isdisjoint(side)}
    reported = {
        side
        for one in found
        for side, outcome in zip(_both(one.people), one.outcomes, strict=True)
        if outcome
    }
    confirmed = {side for one in found if one.confirmed for side in _both(one.people)}
    return [both, answered, met, followed, reported, confirmed]


def _both(people: tuple[str, str]) -> tuple[Side, Side]:
    return people, (people[1], people[0])


def figures_of(sides: Sequence[set[Side]]) -> list[Figure]:
    figures = []
    before: set[Side] = set()
    for measure, mine in zip(MEASURES, sides, strict=True):
        count = len(mine) if measure in BY_SIDE else len({frozenset(side) for side in mine})
        rest = before - mine
        figures.append(Figure(count, _people(mine), len(rest), _people(rest)))
        before = mine
    return figures


def _people(sides: Iterable[Side]) -> int:
    return len({who for who, _ in sides})


def _outcomes(found: Sequence[Opportunity]) -> Mapping[str, int | None]:
    sides: dict[str, set[Side]] = {outcome: set() for outcome in OUTCOMES if outcome != NOTHING}
    for one in found:
        for side, outcome in zip(_both(one.people), one.outcomes, strict=True):
            if outcome:
                sides[outcome].add(side)
    rows = {outcome: [Figure(len(mine), _people(mine))] for outcome, mine in sides.items()}
    result = shown(rows, [sum(map(len, sides.values()))])
    # Their sum follows from the opportunities: where it must not be told, none of them is.
    told = result.totals[0] is not None
    return {outcome: row[0] if told else None for outcome, row in result.rows.items()}


def _named(
    session: Session, event_id: str, found: Sequence[Opportunity]
) -> tuple[NamedOpportunity, ...]:
    agreed = [one for one in found if one.named]
    query = select(Participant.participant_id, Participant.organisation).where(
        Participant.event_id == event_id,
        Participant.participant_id.in_([person for one in agreed for person in one.people]),
    )
    organisations = {row[0]: row[1] for row in session.execute(query)}
    named = []
    for one in agreed:
        first, second = (organisations.get(person) for person in one.people)
        if first and second:
            outcomes = (one.outcomes[0] or "", one.outcomes[1] or "")
            named.append(NamedOpportunity((first, second), outcomes))
    return tuple(sorted(named, key=lambda each: (each.organisations, each.outcomes)))


def _missing(
    rows: Mapping[Crossing, Row], present: set[str], event: EventFile
) -> tuple[Crossing, ...]:
    """Those that the value chain needs most first.

    Never those of a health authority with companies or investors, for whom it only answers
    questions; nor those of a kind with itself.
    """
    missing = (
        crossing
        for crossing in _possible(event)
        if crossing[0] != crossing[1]
        and present.issuperset(crossing)
        and NEVER_MISSING.isdisjoint(crossing)
        and not (HEALTH_AUTHORITY in crossing and COMPANIES.intersection(crossing))
        and rows[crossing].introductions == 0
    )
    return tuple(sorted(missing, key=lambda crossing: -affinity(*crossing)))


def _possible(event: EventFile) -> list[Crossing]:
    kinds = [kind.id for kind in event.profile_kinds]
    return [*((kind, kind) for kind in kinds), *combinations(kinds, 2)]


def _order(event: EventFile) -> Callable[[str], tuple[int, str]]:
    places = {kind.id: place for place, kind in enumerate(event.profile_kinds)}
    return lambda kind: (places.get(kind, len(places)), kind)


def _places(
    order: Callable[[str], tuple[int, str]],
) -> Callable[[Crossing], list[tuple[int, str]]]:
    return lambda crossing: [order(kind) for kind in crossing]


# What is kept


def keep_totals(session: Session, event_id: str, ended_at: datetime, now: datetime) -> None:
    """What the report says stays when the people go, and nothing that it withholds. Before any
    table lets go of its rows, since the counts are made from all of them."""
    done = select(CrossingTotal.kind).where(CrossingTotal.event_id == event_id).limit(1)
    if now - ended_at < KEPT or session.scalar(done) is not None:
        return
    report = crossings_report(session, event_id, event_settings(session, event_id))
    told = {key: row for key, row in report.rows.items() if row.introductions != 0}
    if not told:
        return
    for (kind, other_kind), row in {**told, TOTAL: report.total}.items():
        figures = {measure: getattr(row, measure) for measure in MEASURES}
        session.add(CrossingTotal(event_id=event_id, kind=kind, other_kind=other_kind, **figures))
    session.flush()


def _row_kept(row: CrossingTotal) -> Row:
    figures = [getattr(row, measure) for measure in MEASURES]
    return _row(figures, asked=HEALTH_AUTHORITY not in (row.kind, row.other_kind))
