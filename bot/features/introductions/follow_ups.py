"""*Quelle suite ?* Asked 1, 30 and 90 days after the end of the event, and what pairs report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.db.history import record
from bot.delivery.outbox import refresh
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.outcome_tables import FollowUpAnswer
from bot.features.introductions.pairs import Pair, authorities, blocked_by, introduced
from bot.features.introductions.tellings import FOLLOW_UP, key_of, tell_later
from bot.features.people.tables import Participant

WAVES = (1, 7, 30, 90)
"""Days after the end of the event. The seventh is only for whom a next step was promised to."""
PROMISED = 7
MORNING = time(9, 30)
NOTHING = "nothing"
OUTCOMES = ("partnership", "pilot", "funding", "hire", "other", NOTHING)
NAMED, COUNTED, NOT_COUNTED = "named", "counted", "not"
TOLD = (NAMED, COUNTED, NOT_COUNTED)


class NoFollowUpError(MaillonError):
    msgid = N_("There is no meeting here of which something could come any more.")


# When


def asked_at(event: EventFile, wave: int) -> datetime:
    """09:30 in the event's zone, on that day or the next working day."""
    return working_morning(event, event.last_day + timedelta(days=wave))


def next_working_morning(event: EventFile, now: datetime) -> datetime:
    """`now` on a working day, else the next 09:30 of one: what is late comes on no Sunday."""
    today = now.astimezone(event.tz).date()
    return now if _works(today) else working_morning(event, today)


def working_morning(event: EventFile, day: date) -> datetime:
    """09:30 of that day, or of the next working day."""
    while not _works(day):
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, event.tz)


def _works(day: date) -> bool:
    """Weekends only: which days are holidays depends on where each participant works."""
    return day.weekday() < 5


def schedule(session: Session, event_id: str, participant_id: str, now: datetime) -> None:
    """The next wave waits for this person; each that comes has the one after it wait."""
    event = event_settings(session, event_id)
    for wave in WAVES:
        moment = asked_at(event, wave)
        if moment > now:
            tell_later(session, event_id, FOLLOW_UP, [(str(wave), participant_id)], moment)
            return


# What is asked


def to_ask(session: Session, event_id: str, participant_id: str, wave: int) -> list[Pair]:
    """The meetings of a person of which something may have come, the first first.

    Not those with *Sans suite* in an earlier wave, nor any with a health authority.
    """
    earlier = newest_of(session, event_id, participant_id, before=wave)
    asked: dict[str, Pair] = {}
    for pair in _met(session, event_id, participant_id):
        other = pair.other(participant_id)
        before = earlier.get(other)
        if before is not None and before.outcome == NOTHING:
            continue
        if wave == PROMISED and not (before and before.next_step):
            continue
        asked.setdefault(other, pair)
    return list(asked.values())


def _met(session: Session, event_id: str, participant_id: str) -> list[Pair]:
    silent = authorities(session, event_id)
    if participant_id in silent:
        return []
    silent |= blocked_by(session, event_id, participant_id)
    return [
        pair
        for pair in introduced(session, event_id, of=participant_id)
        if not pair.denied and pair.other(participant_id) not in silent
    ]


def newest_of(
    session: Session, event_id: str, participant_id: str, before: int = WAVES[-1] + 1
) -> dict[str, FollowUpAnswer]:
    """By the other of the pair: what this person said last, in the waves `before` that one."""
    said = session.scalars(
        select(FollowUpAnswer)
        .where(
            FollowUpAnswer.event_id == event_id,
            FollowUpAnswer.participant_id == participant_id,
            FollowUpAnswer.wave < before,
        )
        .order_by(FollowUpAnswer.at, FollowUpAnswer.wave)
    )
    return {answer.other_id: answer for answer in said}


# What is answered


def report(
    session: Session, person: Participant, other_id: str, wave: int, outcome: str, now: datetime
) -> FollowUpAnswer:
    """What came of one meeting, as one of the two says it."""
    if outcome not in OUTCOMES or wave not in WAVES:
        raise NoLongerThereError
    event_id, mine = person.event_id, person.participant_id
    if other_id not in {pair.other(mine) for pair in _met(session, event_id, mine)}:
        raise NoFollowUpError
    answer = session.get(FollowUpAnswer, (event_id, mine, other_id, wave))
    before = answer.outcome if answer else None
    if answer is None:
        last = newest_of(session, event_id, mine).get(other_id)
        answer = FollowUpAnswer(
            event_id=event_id,
            participant_id=mine,
            other_id=other_id,
            wave=wave,
            next_step=False,
            told=last.told if last else COUNTED,
        )
        session.add(answer)
    answer.outcome, answer.at = outcome, now
    if outcome == NOTHING:
        answer.next_step = False
    _changed(session, answer, "introductions.follow_up", before, outcome, now)
    return answer


def promise(
    session: Session, person: Participant, other_id: str, wave: int, step: bool, now: datetime
) -> FollowUpAnswer:
    """*Une prochaine étape est prévue*, or no longer."""
    answer = _given(session, person, other_id, wave)
    before, answer.next_step, answer.at = answer.next_step, step, now
    _changed(session, answer, "introductions.next_step", before, step, now)
    return answer


def choose_told(
    session: Session, person: Participant, other_id: str, wave: int, told: str, now: datetime
) -> FollowUpAnswer:
    """How the report may say it. Names need the same choice of the other side."""
    if told not in TOLD:
        raise NoLongerThereError
    answer = _given(session, person, other_id, wave)
    before, answer.told, answer.at = answer.told, told, now
    _changed(session, answer, "introductions.told", before, told, now)
    return answer


def _given(session: Session, person: Participant, other_id: str, wave: int) -> FollowUpAnswer:
    answer = session.get(FollowUpAnswer, (person.event_id, person.participant_id, other_id, wave))
    if answer is None:
        raise NoFollowUpError
    return answer


def _changed(
    session: Session,
    answer: FollowUpAnswer,
    what: str,
    before: object,
    after: object,
    now: datetime,
) -> None:
    mine = answer.participant_id
    if before != after:
        record(session, answer.event_id, what, mine, at=now, actor=mine, before=before, after=after)
    session.flush()
    for wave in WAVES:
        refresh(session, answer.event_id, key_of(FOLLOW_UP, str(wave), mine), now)


# What it adds up to


@dataclass(frozen=True)
class Opportunity:
    """Of one pair. What each side reports may differ, and stands apart."""

    people: tuple[str, str]
    outcomes: tuple[str | None, str | None]
    """By side, in the order of `people`; None where that side reports no follow-up."""
    named: bool
    """Both sides agreed that their organisations are named."""

    @property
    def confirmed(self) -> bool:
        return None not in self.outcomes


def opportunities(session: Session, event_id: str, pairs: Iterable[Pair]) -> list[Opportunity]:
    """Of the `pairs` that nobody denies: those of which at least one side reports a follow-up,
    where neither asks not to be counted and neither is a health authority."""
    said = newest(session, event_id)
    silent = authorities(session, event_id)
    found: dict[tuple[str, str], Opportunity] = {}
    for pair in pairs:
        if pair.denied or silent.intersection(pair.people):
            continue
        one, other = pair.people
        sides = (said.get((one, other)), said.get((other, one)))
        outcomes = tuple(
            side.outcome if side and side.outcome != NOTHING else None for side in sides
        )
        told = [side.told for side in sides if side]
        if any(outcomes) and NOT_COUNTED not in told:
            named = told == [NAMED, NAMED] and all(outcomes)
            found[pair.people] = Opportunity(pair.people, (outcomes[0], outcomes[1]), named)
    return list(found.values())


def newest(session: Session, event_id: str) -> Mapping[tuple[str, str], FollowUpAnswer]:
    """By who says it and of whom."""
    said = session.scalars(
        select(FollowUpAnswer)
        .where(FollowUpAnswer.event_id == event_id)
        .order_by(FollowUpAnswer.at, FollowUpAnswer.wave)
    )
    return {(answer.participant_id, answer.other_id): answer for answer in said}
