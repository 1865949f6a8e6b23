"""Who can be placed in a round, as the matching takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bot.features.events.model import EventFile
from bot.features.events.tables import Workspace
from bot.features.introductions.hindrances import HINDRANCES, hindrances
from bot.features.introductions.matching.model import Candidate, Point
from bot.features.introductions.tables import (
    WITHDRAWN,
    Introduction,
    IntroductionMember,
    LeftOut,
    MeetingTable,
    Round,
    RoundChoice,
)
from bot.features.people.profile_tables import Block, Profile, Stand
from bot.features.people.profiles import willing
from bot.features.people.tables import Identity, Participant

Together = dict[str, set[str]]


@dataclass(frozen=True)
class Field:
    """Those of one workspace, for a conversation does not reach beyond it; and the free tables,
    None where the event has no list of them."""

    workspace_id: str
    candidates: tuple[Candidate, ...]
    points: tuple[Point, ...] | None


def coming(session: Session, row: Round) -> list[str]:
    query = select(RoundChoice.participant_id).where(
        RoundChoice.event_id == row.event_id,
        RoundChoice.round_id == row.round_id,
        RoundChoice.coming.is_(True),
    )
    return list(session.scalars(query.order_by(RoundChoice.participant_id)))


def those_who_come(
    session: Session, event: EventFile, row: Round
) -> tuple[list[str], dict[str, str]]:
    """Who said yes and can be placed; and who said yes and cannot, with why."""
    able = set(willing(session, row.event_id, row.window_at))
    people = [one for one in coming(session, row) if one in able]
    hindered = hindrances(session, event, row, people)
    return [one for one in people if one not in hindered], hindered


def fields(session: Session, event: EventFile, row: Round, people: Collection[str]) -> list[Field]:
    """`people` by workspace; whoever is in several is met in the first."""
    identities = session.execute(
        select(Identity.participant_id, Identity.workspace_id)
        .join(
            Workspace,
            (Workspace.event_id == Identity.event_id)
            & (Workspace.workspace_id == Identity.workspace_id),
        )
        .where(
            Identity.event_id == row.event_id,
            Identity.participant_id.in_(list(people)),
            Workspace.active,
        )
        .order_by(Identity.workspace_id.desc())
    )
    at = {row.participant_id: row.workspace_id for row in identities}
    by_workspace: dict[str, list[str]] = defaultdict(list)
    for one in sorted(at):
        by_workspace[at[one]].append(one)
    points = free_points(session, row)
    return [
        Field(workspace_id, _candidates(session, event, row, ids), points)
        for workspace_id, ids in sorted(by_workspace.items())
    ]


def free_points(session: Session, row: Round) -> tuple[Point, ...] | None:
    tables = session.execute(
        select(MeetingTable.number, MeetingTable.seats, MeetingTable.withdrawn)
        .where(MeetingTable.event_id == row.event_id)
        .order_by(MeetingTable.number)
    ).all()
    if not tables:
        return None
    taken = set(
        session.scalars(
            select(Introduction.table_number).where(
                Introduction.event_id == row.event_id,
                Introduction.round_id == row.round_id,
                Introduction.state != WITHDRAWN,
            )
        )
    )
    return tuple(
        Point(str(one.number), one.seats)
        for one in tables
        if not one.withdrawn and one.number not in taken
    )


def _candidates(
    session: Session, event: EventFile, row: Round, ids: list[str]
) -> tuple[Candidate, ...]:
    rows = session.execute(
        select(Participant, Profile)
        .outerjoin(
            Profile,
            (Profile.event_id == Participant.event_id)
            & (Profile.participant_id == Participant.participant_id),
        )
        .where(Participant.event_id == row.event_id, Participant.participant_id.in_(ids))
        .order_by(Participant.participant_id)
    ).all()
    blocks, met = _blocks(session, row.event_id), _met(session, row.event_id)
    stands, waiting = _stands(session, row), _waiting(session, row)
    means = _means(session, row)
    return tuple(
        _candidate(
            person,
            profile,
            event,
            frozenset(blocks[person.participant_id]),
            frozenset(met[person.participant_id]),
            stands.get(person.participant_id),
            waiting[person.participant_id],
            means.get(person.participant_id),
        )
        for person, profile in rows
    )


def _candidate(
    person: Participant,
    profile: Profile | None,
    event: EventFile,
    blocks: frozenset[str],
    met: frozenset[str],
    stand: str | None,
    waiting: int,
    mean_so_far: float | None,
) -> Candidate:
    spoken = filter(None, person.languages.split(";"))
    tags = (profile.topics, profile.offers, profile.seeks) if profile else ((), (), ())
    return Candidate(
        key=person.participant_id,
        organisation=person.organisation or "",
        kind=person.kind or "",
        languages=frozenset(spoken) or frozenset({event.language}),
        topics=tuple(tags[0]),
        offers=tuple(tags[1]),
        seeks=tuple(tags[2]),
        blocks=blocks,
        met=met,
        avoided=frozenset(profile.avoided) if profile else frozenset(),
        no_soliciting=profile.no_soliciting if profile else False,
        meets=frozenset(profile.meets) if profile else frozenset(),
        stand=stand,
        mean_so_far=mean_so_far,
        waiting=waiting,
    )


def _blocks(session: Session, event_id: str) -> Together:
    pairs = session.execute(
        select(Block.participant_id, Block.blocked_id).where(Block.event_id == event_id)
    )
    return _both_ways((row.participant_id, row.blocked_id) for row in pairs)


def _met(session: Session, event_id: str) -> Together:
    """Everybody who was introduced, unless one of them said that they could not come."""
    one, other = aliased(IntroductionMember), aliased(IntroductionMember)
    pairs = session.execute(
        select(one.participant_id, other.participant_id)
        .join(
            other,
            (other.event_id == one.event_id)
            & (other.introduction_id == one.introduction_id)
            & (other.participant_id > one.participant_id),
        )
        .join(
            Introduction,
            (Introduction.event_id == one.event_id)
            & (Introduction.introduction_id == one.introduction_id),
        )
        .where(
            one.event_id == event_id,
            Introduction.state != WITHDRAWN,
            one.presence.is_distinct_from("cannot"),
            other.presence.is_distinct_from("cannot"),
        )
    )
    return _both_ways((row[0], row[1]) for row in pairs)


def _both_ways(pairs: Iterable[tuple[str, str]]) -> Together:
    found: Together = defaultdict(set)
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found


def _stands(session: Session, row: Round) -> dict[str, str]:
    """Where people are met who cannot leave their stand; one that somebody is met at is taken."""
    taken = select(Introduction.stand).where(
        Introduction.event_id == row.event_id,
        Introduction.round_id == row.round_id,
        Introduction.state != WITHDRAWN,
        Introduction.stand.is_not(None),
    )
    stands = session.execute(
        select(Stand.participant_id, Stand.stand)
        .where(
            Stand.event_id == row.event_id,
            Stand.participant_id.is_not(None),
            Stand.withdrawn.is_(False),
            Stand.stand.not_in(taken),
        )
        .order_by(Stand.stand.desc())
    )
    return {one.participant_id: one.stand for one in stands}


def _means(session: Session, row: Round) -> dict[str, float]:
    """What their introductions so far were worth to people."""
    means = session.execute(
        select(IntroductionMember.participant_id, func.avg(IntroductionMember.value))
        .join(
            Introduction,
            (Introduction.event_id == IntroductionMember.event_id)
            & (Introduction.introduction_id == IntroductionMember.introduction_id),
        )
        .where(
            IntroductionMember.event_id == row.event_id,
            IntroductionMember.value.is_not(None),
            IntroductionMember.presence.is_distinct_from("cannot"),
            Introduction.state != WITHDRAWN,
        )
        .group_by(IntroductionMember.participant_id)
    )
    return {participant_id: float(mean) for participant_id, mean in means}


def _waiting(session: Session, row: Round) -> dict[str, int]:
    """In how many rounds they were left out since they last met somebody."""
    met = session.execute(
        select(IntroductionMember.participant_id, Round.window_at)
        .join(
            Introduction,
            (Introduction.event_id == IntroductionMember.event_id)
            & (Introduction.introduction_id == IntroductionMember.introduction_id),
        )
        .join(
            Round,
            (Round.event_id == Introduction.event_id) & (Round.round_id == Introduction.round_id),
        )
        .where(Round.event_id == row.event_id, Introduction.state != WITHDRAWN)
        .order_by(Round.window_at)
    )
    placed = {row.participant_id: row.window_at for row in met}
    left_out = session.execute(
        select(LeftOut.participant_id, Round.window_at)
        .join(Round, (Round.event_id == LeftOut.event_id) & (Round.round_id == LeftOut.round_id))
        .where(
            LeftOut.event_id == row.event_id,
            LeftOut.round_id != row.round_id,
            LeftOut.why.not_in(HINDRANCES),
        )
    )
    waiting: dict[str, int] = defaultdict(int)
    for participant_id, window_at in left_out:
        last = placed.get(participant_id)
        if last is None or window_at > last:
            waiting[participant_id] += 1
    return waiting
