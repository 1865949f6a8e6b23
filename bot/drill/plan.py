"""What the dice decide before a drill: who chooses what, when the bot is killed, when it storms.

Everything follows from the seed, so that a drill that fails can be run again.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from bot.drill.files import Person, Session

SPEAKERS = 1 / 3
EAGER = 1 / 8
NEIGHBOURS = 1 / 5
DROPS = 24


def plan_stars(
    seed: int, people: Sequence[Person], sessions: Sequence[Session], how_many: int = 60
) -> dict[str, list[str]]:
    """The ids of the sessions that each of `how_many` people chooses, by e-mail.

    A third are speakers, who must not be disturbed on stage; some choose everything, more than a
    day's messages; some choose what follows without a break.
    """
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    by_start = sorted(sessions, key=lambda session: (session.start, session.id))
    on_stage = {email.lower() for session in sessions for email in session.speakers}
    speakers = [person for person in people if person.email in on_stage]
    others = [person for person in people if person.email not in on_stage]
    speaking = min(int(SPEAKERS * how_many), len(speakers))
    chosen = chance.sample(speakers, speaking) + chance.sample(others, how_many - speaking)
    chance.shuffle(chosen)
    return {
        person.email: [session.id for session in _choice(chance, number / how_many, by_start)]
        for number, person in enumerate(chosen)
    }


def _choice(chance: random.Random, rank: float, by_start: Sequence[Session]) -> list[Session]:
    """`rank` says where the person stands among all, from 0 to 1."""
    if rank < EAGER:
        return list(by_start)
    if rank < EAGER + NEIGHBOURS:
        first = chance.randrange(len(by_start) - 6)
        return list(by_start[first : first + 6])
    few = chance.sample(range(len(by_start)), chance.randint(3, 9))
    return [by_start[index] for index in sorted(few)]


class How(IntEnum):
    """In the order in which they come at one moment."""

    DOWN = 0
    """Before the moment: it passes while the bot is away."""
    IN_SEND = 1
    """Between the receipt of a send and the commit of its outcome."""
    BUSY = 2
    """A while after the moment or the last kill: at work, or still starting."""


@dataclass(frozen=True, order=True)
class Kill:
    how: How
    delay: float = 0.0
    bot: int = 0
    """Which of them; within a send, the one that sends."""


def plan_kills(
    seed: int,
    how_many: int,
    telling: Sequence[datetime],
    moments: Sequence[datetime],
    opening: Sequence[datetime] = (),
    bots: int = 1,
) -> Mapping[datetime, list[Kill]]:
    """A quarter of the kills fall within a send, at a moment of `telling`; a fifth while the
    conversations of a round open; the others at any of `moments`. Each hits any of the `bots`."""
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    plan: dict[datetime, list[Kill]] = defaultdict(list)
    in_send = min(-(-how_many // 4), len(telling))
    for moment in chance.sample(list(telling), in_send):
        plan[moment].append(Kill(How.IN_SEND))
    at_opening = how_many // 5 if opening else 0
    others = chance.choices(moments, k=how_many - in_send - at_opening)
    for moment in [*chance.choices(opening or moments, k=at_opening), *others]:
        kills = plan[moment]
        if kills or chance.random() < 0.7:
            longest = 2.0 if kills else 0.5
            kills.append(Kill(How.BUSY, chance.uniform(0.0, longest)))
        else:
            kills.append(Kill(How.DOWN))
    whom = random.Random(f"bots {seed}")  # noqa: S311
    return {
        moment: sorted(replace(kill, bot=whom.randrange(bots)) for kill in kills)
        for moment, kills in plan.items()
    }


def plan_storms(
    seed: int, how_many: int, messages: Mapping[datetime, int]
) -> Mapping[datetime, int]:
    """How many posts are sure to be dropped after receipt at which of the busiest moments;
    `messages` says how busy each is."""
    chance = random.Random(seed)  # noqa: S311 (repeatable on purpose)
    by_size = sorted(messages, key=lambda moment: (messages[moment], moment))
    busy = by_size[-2 * how_many :]
    storms = sorted(chance.sample(busy, min(how_many, len(busy))), key=by_size.index)
    drops: dict[datetime, int] = {}
    for number, moment in enumerate(storms):
        # The least busy first: what one has no room for is left to the next.
        share = -(-(DROPS - sum(drops.values())) // (len(storms) - number))
        drops[moment] = min(share, messages[moment])
    return drops
