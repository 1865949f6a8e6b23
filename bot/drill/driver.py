"""The drill: the sample congress in a bad workspace, with a bot that is killed again and again.

Event time stands still and jumps to the next moment only when nothing is due, queued, sending or
unknown; so whatever is missing at the end was lost, and not merely late.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from bot.demo import sample_bytes, sample_event
from bot.drill.blows import Blow, Planned
from bot.drill.crowd import Crowd
from bot.drill.deeds import Deed, Do, Said
from bot.drill.fleet import merged
from bot.drill.floor import Floor
from bot.drill.hosts import run_late, take_back
from bot.drill.introduced import RoundsJudge, RoundsVerdict
from bot.drill.judge import Judge, Verdict
from bot.drill.plan import How, Kill
from bot.drill.process import BotProcess, DrillError
from bot.drill.script import AFTER, CHANGE, OPENING, Script
from bot.drill.spoken import MOMENTS as SPOKEN_AT
from bot.drill.spoken import Organisers
from bot.drill.stage import (
    PACE_SCALE,
    POLL_S,
    REST_WITHIN_S,
    Stage,
    agree_to_meet,
)
from bot.drill.weather import POST, Weather
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.playground.faults import Hold

REPORTED_WITHIN_S = 20.0
"""A locked file is waited for a while before it is called so."""


class Drill:
    def __init__(self, stage: Stage, script: Script) -> None:
        self._stage, self._script = stage, script
        self._playground, self._bots = stage.playground, stage.bots
        self._began: dict[datetime, float] = {}
        self.killed: Counter[How] = Counter()
        self.struck: Counter[Blow] = Counter()
        self.unreported = 0
        self._database_away: list[tuple[float, float]] = []
        self.floor = Floor(stage.playground, stage.ledger, script)
        self.organisers = Organisers(stage)
        self.asked = {
            deed.question
            for deeds in script.deeds.values()
            for deed in deeds
            if isinstance(deed, Deed) and deed.do is Do.ASK
        }
        self._rounds_judge = RoundsJudge(
            script.rules,
            script.timeline,
            script.rounds,
            script.comers,
            script.names,
            stage.playground.workspace,
        )

        self._changes: dict[datetime, Callable[[], None]] = {CHANGE: self._change_programme}
        for late, host in script.delays:
            self._changes[late.at] = partial(run_late, stage, late, host)
            if late.until:
                self._changes[late.until] = partial(take_back, stage, late, host)

    def choose(self) -> None:
        """On a good day: a private answer is said at most once, and the people need theirs."""
        stage, stars = self._stage, self._script.stars
        self._playground.limits.scale = math.inf
        self._bots.start()
        self._bots.wait_up()
        crowd = Crowd(self._playground, stage.ledger, stage.event_id, self._script.sessions)
        comers = self._script.comers

        async def come() -> None:
            await crowd.greet({*self._script.on_stage, *comers.everybody})
            await crowd.choose(stars)

        asyncio.run(come())
        agree_to_meet(stage, comers.willing, comers.standing)
        self.organisers.write(OPENING)
        planned = sum(len(mine) for mine in stars.values())
        if (written := stage.ledger.stars()) != planned:
            raise DrillError(f"{planned} sessions were chosen and {written} written down")
        self._playground.limits.scale = PACE_SCALE

    def perform(self) -> None:
        """The two days, moment by moment."""
        settle_after = self._stage.database.settle_after
        weather = Weather(self._playground.faults, settle_after, self._script.storms)
        while (moment := self._next_moment()) is not None:
            weather.turn(moment)
            arrival: Callable[[], None] = partial(self._playground.clock.set, moment)
            if change := self._changes.get(moment):
                arrival()
                self._stage.rest(moment)
                arrival = change
            elif moment in SPOKEN_AT:
                arrival()
                self._stage.rest(moment)
                arrival = partial(self.organisers.act, moment)
            deeds = self._script.deeds.get(moment, ())
            self._come_to(moment, arrival, self._script.kills.get(moment, ()), deeds)
            self._stage.rest(moment)
            while self.floor.press_again(deeds):
                self._stage.rest(moment)
            if moment in SPOKEN_AT:
                self.organisers.look(moment)

    def _next_moment(self) -> datetime | None:
        now = self._playground.clock.now()
        ahead = [moment for moment in self._script.moments if moment > now]
        if due := self._stage.ledger.next_due():
            ahead.append(due)
        first = min(ahead, default=None)
        return first if first and first < self._script.ends else None

    def _come_to(
        self,
        moment: datetime,
        arrival: Callable[[], None],
        kills: Sequence[Kill],
        deeds: Sequence[Deed | Said],
    ) -> None:
        """`arrival` makes something due, and people begin their deeds; the kills come before it,
        in its midst and after it."""
        down = [kill for kill in kills if kill.how is How.DOWN]
        hold = None
        if any(kill.how is How.IN_SEND for kill in kills):
            hold = self._playground.faults.hold_next(POST)
        for kill in down:
            self._kill(kill)
        arrival()
        self._began[moment] = time.monotonic()
        dead = {kill.bot for kill in down}
        if deeds:
            self._bots_know_the_time(len(self._bots.bots) - len(dead))
        with ThreadPoolExecutor(2) as others:
            acting = others.submit(self.floor.perform, deeds)
            striking = others.submit(self._strike, self._script.blows.get(moment))
            for number in dead:
                self._bots.bots[number].start()
            for kill in kills[len(down) :]:
                self._kill(kill, hold if kill.how is How.IN_SEND else None).start()
            if kills:
                self._bots.wait_up()
            acting.result()
            striking.result()

    def _bots_know_the_time(self, how_many: int) -> None:
        """People act at a moment, which the bots are told of: no jump is seen on the day itself."""
        clock, deadline = self._playground.clock, time.monotonic() + REST_WITHIN_S
        while clock.knowing[clock.revision.number] < how_many and time.monotonic() < deadline:
            time.sleep(POLL_S)

    def _strike(self, planned: Planned | None) -> None:
        if planned is None:
            return
        time.sleep(planned.delay)
        began = time.monotonic()
        self._stage.database.strike(planned.blow, self._until_reported)
        self._database_away.append((began, time.monotonic()))
        self.struck[planned.blow] += 1

    def _until_reported(self) -> None:
        deadline = time.monotonic() + REPORTED_WITHIN_S
        while not self._bots.says_away():
            if time.monotonic() > deadline:
                self.unreported += 1
                return
            time.sleep(POLL_S)

    def _kill(self, kill: Kill, hold: Hold | None = None) -> BotProcess:
        """With a hold: once the workspace has a post whose answer is still on its way."""
        bot = self._bots.bots[kill.bot]
        if hold:
            try:
                hold.wait(REST_WITHIN_S)
            except TimeoutError as error:
                raise DrillError(f"Nothing is sent:\n{self._bots.last_words()}") from error
            bot = self._bots.of_caller(hold.caller) or bot
        time.sleep(kill.delay)
        bot.kill()
        self.killed[kill.how] += 1
        if hold:
            hold.release()
        return bot

    def _change_programme(self) -> None:
        event = sample_event()
        programme = parse_schedule_json(
            sample_bytes(AFTER), zone=event.zone, kinds=event.session_kinds
        )
        with Session(self._stage.engine) as session, session.begin():
            import_programme(session, self._stage.event_id, programme.sessions, CHANGE)

    def times_wrong(self) -> int:
        """How many sessions take place at other times than the files and the delays say."""
        said = self._script.timeline.versions[-1].sessions
        kept = self._stage.ledger.times()
        return sum(kept.get(name) != (one.start, one.end) for name, one in said.items())

    def verdict(self) -> Verdict:
        """Of everything but the rounds and what the organisers say themselves."""
        receipts = self._playground.receipts.posts
        rounds = set(map(id, self._rounds_judge.about_rounds(receipts)))
        judge = Judge(self._script.foretold, self._playground.workspace)
        spoken = set(map(id, self.organisers.spoken(receipts)))
        others = [one for one in receipts if id(one) not in rounds | spoken]
        away = merged([*self._bots.away, *self._database_away])
        return judge.verdict(others, self._began, away, self.floor.done)

    def rounds_verdict(self) -> RoundsVerdict:
        hall, ledger = self.floor.hall, self._stage.ledger
        return self._rounds_judge.verdict(
            self._playground.receipts.posts,
            hall.presence,
            hall.pressed,
            ledger.introduced(),
            ledger.withdrawn(),
        )

    def answers_wrong(self) -> int:
        """What people said of their meetings, and what the database has of it."""
        said = {key: say.name.lower() for key, say in self.floor.hall.answers.items()}
        kept = self._stage.ledger.answers()
        return sum(said.get(key) != kept.get(key) for key in {*said, *kept})

    def questions_wrong(self) -> int:
        """How many are not there exactly once."""
        kept = self._stage.ledger.questions()
        return sum(len(kept.get(one.text, ())) != 1 for one in self.asked) + len(
            kept.keys() - {one.text for one in self.asked}
        )

    def askers_exposed(self) -> int:
        """How many anonymous questions stand beside who asked them, in the database."""
        kept = self._stage.ledger.questions()
        return sum(
            bool(self._stage.ledger.together(question_id, one.asker))
            for one in self.asked
            if one.anonymous
            for question_id in kept.get(one.text, ())
        )

    def unknown_settled(self) -> int:
        looks = self._bots.events("delivery.settled")
        return sum(look["found"] + look["again"] for look in looks)
