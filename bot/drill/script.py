"""What is to happen in a drill, all of it known before the first moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.demo import PARIS, sample_bytes
from bot.drill.blows import Blow, Planned, plan_blows
from bot.drill.breaks import Round, rounds_of
from bot.drill.comers import Comers, plan_comers
from bot.drill.day import AT_ONCE, Team, plan_deeds
from bot.drill.deeds import Deed, Said
from bot.drill.expected import Foretold
from bot.drill.files import (
    Rules,
    Session,
    read_people,
    read_questions,
    read_roles,
    read_rules,
    read_sessions,
)
from bot.drill.lateness import Late
from bot.drill.oracle import foretell
from bot.drill.plan import Kill, plan_kills, plan_stars, plan_storms
from bot.drill.spoken import MOMENTS as SPOKEN_AT
from bot.drill.spoken import amid_the_alert
from bot.drill.timeline import Timeline

BEFORE, AFTER = "schedule.json", "schedule-v2.json"
OPENING = datetime(2019, 12, 12, 7, 25, tzinfo=PARIS)
"""Everybody has chosen by then, and nothing is due yet: it is night to the budget."""
CHANGE = datetime(2019, 12, 12, 16, 5, tzinfo=PARIS)
"""When the second programme comes: a session that was just announced moves."""
LATE = (
    (
        "S010",
        datetime(2019, 12, 12, 14, 40, tzinfo=PARIS),
        datetime(2019, 12, 12, 14, 50, tzinfo=PARIS),
    ),
    ("S026", datetime(2019, 12, 13, 14, 20, tzinfo=PARIS), None),
)
"""What runs late by ten minutes, from when on it is said, and when that is taken back: by then the
announcement of what follows would have come. The second stands; what follows it is announced."""
LATE_BY = 10


@dataclass(frozen=True)
class Script:
    sessions: Sequence[Session]
    """The programme at the opening."""
    rules: Rules
    on_stage: frozenset[str]
    """Who hosts some session or speaks in it."""
    stars: Mapping[str, Sequence[str]]
    deeds: Mapping[datetime, Sequence[Deed | Said]]
    foretold: Foretold
    timeline: Timeline = field(compare=False)
    rounds: Sequence[Round]
    comers: Comers
    names: Mapping[str, str]
    """Of everybody on the list, by e-mail."""
    kills: Mapping[datetime, Sequence[Kill]]
    blows: Mapping[datetime, Planned]
    """What befalls the database."""
    delays: Sequence[tuple[Late, str]]
    """What runs late, and the address of who says so."""
    storms: Mapping[datetime, int]
    """With how many posts are sure to be dropped after receipt."""

    @property
    def moments(self) -> list[datetime]:
        """When something is to be said or done."""
        opening = {row.opens for row in self.rounds}
        late = {at for one, _ in self.delays for at in (one.at, one.until) if at}
        theirs = {*late, CHANGE, *SPOKEN_AT}
        return sorted({*self.foretold.moments, *self.deeds, *opening, *theirs})

    @property
    def ends(self) -> datetime:
        """The night after the last day: what is asked in the weeks after it is not waited for."""
        last = max(session.end for session in self.sessions).astimezone(self.rules.zone)
        return last.replace(hour=0, minute=0) + timedelta(days=1)


def write_script(
    seed: int,
    *,
    kills: int,
    people: int,
    storms: int,
    tables: int,
    comers: int,
    bots: int = 1,
    blows: Sequence[Blow] = (),
) -> Script:
    """The same for the same seed."""
    sessions = read_sessions(sample_bytes(BEFORE).decode())
    changed = read_sessions(sample_bytes(AFTER).decode())
    guests = read_people(sample_bytes("participants.csv").decode())
    rules = read_rules(sample_bytes("event.toml").decode())
    team = _team(sessions)
    on_stage = frozenset(email for theirs in team.hosts.values() for email in theirs)
    on_stage |= {one for each in (*sessions, *changed) for one in each.speakers if "@" in one}
    listeners = [guest for guest in guests if guest.email not in on_stage]
    stars = plan_stars(seed, listeners, sessions, people)
    texts = read_questions(sample_bytes("questions.csv").decode())
    asked = dict(list(texts.items())[:tables])
    deeds = plan_deeds(seed, guests, sessions, asked, team)
    imports = [(OPENING, sessions), (CHANGE, changed)]
    at_once = [session.id for session in sessions if session.code in AT_ONCE]
    delays = _delays(sessions, team)
    late = [one for one, _ in delays]
    foretold = foretell(rules, imports, stars, deeds, team.hosts, at_once, late, on_stage)
    rounds = rounds_of(sessions, rules.zone)
    busy = {*stars, *on_stage, *team.members}
    free = [guest for guest in guests if guest.french and guest.email not in busy]
    meeting = plan_comers(seed, free, sessions, rules, rounds, comers)
    together: dict[datetime, list[Deed | Said]] = defaultdict(list)
    for deed in deeds:
        together[deed.at].append(deed)
    for said in meeting.said:
        together[said.at].append(said)
    messages = Counter(message.moment for message in foretold.messages)
    opening = {row.opens: comers // row.size // 2 for row in rounds if comers}
    telling, busy_at = foretold.moments, sorted({*messages, *together})
    changes = {CHANGE, *SPOKEN_AT, *(at for one in late for at in (one.at, one.until))}
    struck = {at: messages[at] + 3 * len(deeds) for at, deeds in together.items()}
    return Script(
        sessions,
        rules,
        on_stage,
        stars,
        together,
        foretold,
        Timeline(imports, late),
        rounds,
        meeting,
        {guest.email: guest.name for guest in guests},
        amid_the_alert(plan_kills(seed, kills, telling, busy_at, list(opening), bots)),
        # Not when the drill itself writes.
        plan_blows(seed, blows, {at: n for at, n in struck.items() if at not in changes}),
        delays,
        plan_storms(seed, storms, messages + Counter(opening)),
    )


def _delays(sessions: Sequence[Session], team: Team) -> list[tuple[Late, str]]:
    names = {session.code: session.id for session in sessions}
    return [
        (Late(at, names[code], LATE_BY, until), team.hosts[names[code]][0])
        for code, at, until in LATE
    ]


def _team(sessions: Sequence[Session]) -> Team:
    roles = read_roles(sample_bytes("roles.csv").decode())
    hosts = {session.id: roles.get(("animation", session.code), []) for session in sessions}
    return Team(roles["questions", "event"], hosts)
