"""What the workspace saw of the rounds, against their rules.

Who meets whom is the matching's to say, and nobody can foretell it. But whoever said *J'y serai* in
time meets somebody or is told, and the rest follows from who was introduced and what they pressed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import combinations

from bot.drill.breaks import OPENS_EARLIER, WINDOW, Round
from bot.drill.comers import Comers
from bot.drill.deeds import COMING, Say
from bot.drill.files import Rules
from bot.drill.listeners import Listener
from bot.drill.sightings import PRESENCES, Kind, Made, Told, Witness, all_words
from bot.drill.timeline import Timeline
from bot.playground.receipts import Receipt
from bot.playground.workspace import Workspace

REPORTED = time(18, 0)
"""On the last day, how many met whom."""


@dataclass
class RoundsVerdict:
    """Each list says what is wrong, and is empty on a good day."""

    rounds: int
    messages: int
    introductions: int = 0
    introduced_twice: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    uninvited: list[str] = field(default_factory=list)
    """Met somebody, or was told something, without having said yes in time."""
    pairs_twice: list[str] = field(default_factory=list)
    group_wrong: list[str] = field(default_factory=list)
    """A conversation without exactly its people and its one introduction in its last state."""
    told_wrong: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return sum(len(one) for one in vars(self).values() if isinstance(one, list))


class RoundsJudge:
    """`presence` and `pressed` are what people pressed in their conversations."""

    def __init__(
        self,
        rules: Rules,
        timeline: Timeline,
        rounds: Sequence[Round],
        comers: Comers,
        names: Mapping[str, str],
        workspace: Workspace,
    ) -> None:
        self._rules, self._timeline, self._rounds = rules, timeline, rounds
        self._comers, self._names = comers, names
        self._witness = Witness(workspace)

    def about_rounds(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        return [one for one in receipts if self._witness.kind(one)]

    def verdict(
        self,
        receipts: Sequence[Receipt],
        presence: Mapping[tuple[str, str], Say],
        pressed: Collection[tuple[str, str, Say]],
        kept: Mapping[str, Mapping[str, str | None]],
        withdrawn: Collection[str],
    ) -> RoundsVerdict:
        """`kept` is what the database has: by introduction, who is in it and what they said."""
        found = [(kind, one) for one in receipts if (kind := self._witness.kind(one))]
        made = [self._witness.made(one) for kind, one in found if kind is Kind.MADE]
        told = [self._witness.told(kind, one) for kind, one in found if kind is not Kind.MADE]
        verdict = RoundsVerdict(len(self._rounds), len(found), len({one.id for one in made}))
        rounds = {
            one.id: row.session for one in made for row in self._rounds if _in(row, one.moment)
        }
        case = _Case(presence, pressed, self._names, rounds)
        verdict.group_wrong += [f"{one.id} in no round" for one in made if one.id not in rounds]
        for row in self._rounds:
            theirs = [one for one in made if _in(row, one.moment)]
            self._judge_round(verdict, case, row, theirs, told)
        for one in made:
            verdict.group_wrong += case.flaws(one, kept.get(one.id, {}))
        posts = Counter(one.id for one in made)
        verdict.group_wrong += [f"{one} posted {n} times" for one, n in posts.items() if n != 1]
        unposted = kept.keys() - posts.keys() - set(withdrawn)
        verdict.group_wrong += [f"{one} never posted" for one in unposted]
        pairs = Counter(
            pair for one in made for pair in combinations(sorted(case.expected(one)), 2)
        )
        verdict.pairs_twice += [f"{pair}" for pair, n in pairs.items() if n > 1]
        verdict.told_wrong += self._invitations(case, made, told)
        return verdict

    # One round

    def coming(self, row: Round) -> frozenset[str]:
        """Who said *J'y serai* last, in time, and agreed to be introduced."""
        last = {
            one.who: one.say
            for one in self._comers.said
            if one.round == row.session and one.say in COMING and one.at < row.closes
        }
        willing = set(self._comers.willing)
        return frozenset(who for who, say in last.items() if say is Say.COME and who in willing)

    def _judge_round(
        self,
        verdict: RoundsVerdict,
        case: _Case,
        row: Round,
        made: Sequence[Made],
        told: Sequence[Told],
    ) -> None:
        coming = self.coming(row)
        first = [one for one in made if one.moment < row.starts - timedelta(minutes=15)]
        left_out = Counter(
            one.place for one in told if one.kind is Kind.LEFT_OUT and _in(row, one.moment)
        )
        met = {who for one in made for who in one.members}
        verdict.uninvited += [f"{row.starts} {who}" for who in ({*met, *left_out} - coming)]
        for who in sorted(coming):
            mine = {one.id: one for one in made if who in one.members}.values()
            standing = [one for one in mine if who in case.expected(one)]
            at_first = [one for one in first if who in one.members]
            if len(standing) > 1 or len({one.id for one in at_first}) > 1:
                verdict.introduced_twice.append(f"{row.starts} {who}")
            alone = [one for one in mine if not case.stands(one)]
            needs = (not at_first) + sum(not case.cannot(one, who) for one in alone)
            got = len(mine) - bool(at_first) + left_out[who]
            stays_away = any(case.cannot(one, who) for one in mine)
            if not stays_away and (got < needs or not (standing or left_out[who])):
                verdict.forgotten.append(f"{row.starts} {who}")
            if left_out[who] > (not at_first) + len(alone):
                verdict.told_wrong.append(f"{row.starts} {who} left out too often")
        verdict.told_wrong += self._withdrawals(case, row, made, told)

    def _withdrawals(
        self, case: _Case, row: Round, made: Sequence[Made], told: Sequence[Told]
    ) -> Iterator[str]:
        """Who waits for somebody is told once that they cannot come, or that they are late."""
        got = Counter(
            (one.place, name)
            for one in told
            if one.kind is Kind.CANNOT and _in(row, one.moment)
            for name in self._names.values()
            if f" : {name} ne peut pas venir" in one.text
        )
        sure: Counter[tuple[str, str]] = Counter()
        perhaps: Counter[tuple[str, str]] = Counter()
        late: Counter[tuple[str, str]] = Counter()
        for one in {made.id: made for made in made}.values():
            group = ",".join(sorted(one.members))
            for who in one.members:
                if (one.id, who, Say.LATE) in case.pressed:
                    late[group, self._names[who]] += 1
                if case.cannot(one, who):
                    for other in one.members - {who}:
                        key = other, self._names[who]
                        surely = case.stands(one) and not case.cannot(one, other)
                        (sure if surely else perhaps)[key] += 1
        for key in {*got, *sure}:
            if not sure[key] <= got[key] <= sure[key] + perhaps[key]:
                yield f"{row.starts} {key} cannot come: told {got[key]} times"
        announced = Counter(
            (one.place, one.text.removeprefix(PRESENCES[Say.LATE]))
            for one in told
            if one.kind is Kind.LATE and _in(row, one.moment)
        )
        yield from (
            f"{row.starts} {key} late" for key in {*late, *announced} if late[key] != announced[key]
        )

    # What waits for a moment at which they may be written to

    def _invitations(
        self, case: _Case, made: Sequence[Made], told: Sequence[Told]
    ) -> Iterator[str]:
        expected = Counter(self._foretold(case, made))
        kinds = (Kind.CALL, Kind.ASKED, Kind.REPORT)
        got = Counter((one.place, one.kind, one.moment) for one in told if one.kind in kinds)
        for key in {*expected, *got}:
            if expected[key] != got[key]:
                yield f"{key}: {got[key]} instead of {expected[key]}"

    def _foretold(self, case: _Case, made: Sequence[Made]) -> Iterator[tuple[str, Kind, datetime]]:
        dues: dict[str, list[tuple[datetime, Kind]]] = {}
        for row in self._rounds:
            for who in self._comers.standing:
                dues.setdefault(who, []).append((row.calls, Kind.CALL))
            for one in {one.id: one for one in made if _in(row, one.moment)}.values():
                for who in case.expected(one):
                    dues.setdefault(who, []).append((row.asks, Kind.ASKED))
        for who, theirs in dues.items():
            listener = Listener(self._rules, self._timeline, who, ())
            for due, kind in sorted(theirs, key=lambda one: one[0]):
                yield who, kind, listener.first_free(due)
        if made and self._rules.organisers:
            last = max(row.starts for row in self._rounds).astimezone(self._rules.zone).date()
            moment = datetime.combine(last, REPORTED, self._rules.zone)
            yield self._rules.organisers, Kind.REPORT, moment


@dataclass(frozen=True)
class _Case:
    """What follows for an introduction from what its people pressed."""

    presence: Mapping[tuple[str, str], Say]
    pressed: Collection[tuple[str, str, Say]]
    names: Mapping[str, str]
    rounds: Mapping[str, str]
    """Of which round an introduction is."""

    @cached_property
    def away(self) -> frozenset[tuple[str | None, str]]:
        """By round, who cannot come: nor to whom they are introduced at the moment at which they
        say so of another, who has just left them alone."""
        return frozenset(
            (self.rounds.get(name), who)
            for (name, who), say in self.presence.items()
            if say is Say.CANNOT
        )

    def cannot(self, made: Made, who: str) -> bool:
        return (self.rounds.get(made.id), who) in self.away

    def said(self, made: Made, who: str) -> Say | None:
        return Say.CANNOT if self.cannot(made, who) else self.presence.get((made.id, who))

    def left(self, made: Made) -> frozenset[str]:
        return frozenset(who for who in made.members if not self.cannot(made, who))

    def stands(self, made: Made) -> bool:
        return len(self.left(made)) > 1

    def expected(self, made: Made) -> frozenset[str]:
        """Those who meet."""
        return self.left(made) if self.stands(made) else frozenset()

    def flaws(self, made: Made, kept: Mapping[str, str | None]) -> Iterator[str]:
        if set(kept) != made.members:
            yield f"{made.id} of {sorted(made.members)} is kept as {sorted(kept)}"
        if made.message is None:
            yield f"{made.id} is gone"
            return
        text = all_words(made.message.blocks)
        if ("n'aura pas lieu" in text) == self.stands(made):
            yield f"{made.id} says it takes place: {not self.stands(made)}"
        if not self.stands(made):
            return
        for who in made.members:
            if self.names[who] not in text:
                yield f"{made.id} does not name {who}"
            said = self.said(made, who)
            if kept.get(who) != (said.name.lower() if said else None):
                yield f"{made.id} keeps {kept.get(who)} of {who}, who said {said}"
        for say, begins in PRESENCES.items():
            line = next((one for one in text.split("\n") if one.startswith(begins)), begins)
            shown = set(filter(None, line.removeprefix(begins).split(", ")))
            those = [who for who in made.members if self.said(made, who) is say]
            if shown != {self.names[who] for who in those}:
                yield f"{made.id} shows {begins}{sorted(shown)} instead of {sorted(those)}"


def _in(row: Round, moment: datetime) -> bool:
    return row.opens - OPENS_EARLIER <= moment <= row.window + WINDOW
