"""What it costs to ask what is due, and to draw a page, beside a past of any size.

The sample congress is in the middle of its first round table; twenty messages wait. Beside that
lies a past of so many rows. The cost is the time on a processor that the database needs for the
statements, in our thread where it is SQLite and in the process that serves us where it is
PostgreSQL: what else the machine does is not in it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session

from bot.bench.past import Past
from bot.core.clock import SimulatedClock
from bot.db.engine import create_database_engine
from bot.db.keys import KeyStore
from bot.db.runtime import Runtime
from bot.delivery.memory import MemoryGateway
from bot.delivery.outbox import Place, enqueue
from bot.delivery.pace import Rate, Rates
from bot.delivery.tables import OPEN_STATES, SENT, Delivery
from bot.delivery.worker import DeliveryWorker
from bot.demo import ROUND_TABLE, ask_sample_questions, fill_database, sample_event
from bot.drill.databases import temporary_database
from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings
from bot.features.home.views import home_view
from bot.features.people.queries import reader_of
from bot.features.people.tables import Participant
from bot.features.programme.messages import ProgrammeAnswer
from bot.features.programme.roles import HOST, Role
from bot.features.programme.tables import SessionRow
from bot.features.questions.rooms import room_page
from bot.features.questions.stage import stage_view
from bot.recipients import recipient
from bot.registry import JOBS, MESSAGE_TYPES
from bot.schedule import dues
from bot.web.public import DayTopic, NowTopic
from bot.web.wall import WallTopic

SIZES = (100, 1_000, 10_000, 100_000)
MOST_MS = 5.0
"""Of each thing that is asked whenever something may be due."""
MOST_RATIO, LEAST_GROWTH_MS = 1.5, 0.5
"""What counts as growth beside the smallest past: so much, and more than measuring is off by."""
WAITING, TIMES = 20, 30
PLENTY = Rates(*[Rate(1_000_000, burst=1_000)] * 6)
DUE_WORK, PAGES = ("wake", "waits", "claim"), ("now", "day", "wall", "stage", "home")

Figures = dict[str, str | int | float]
Ask = Callable[[Session], Any]
T = TypeVar("T")


def measure(database: str, sizes: Sequence[int] = SIZES) -> Iterator[Figures]:
    """The figures of one kind of database, "sqlite" or "postgresql", for each size of the past,
    each with its ratios to the first."""
    first: Figures = {}
    for rows in sizes:
        with scene(database, rows) as found:
            costs = {f"{name}_ms": found.cost_ms(ask) for name, ask in found.asks().items()}
            figures: Figures = {
                "database": database,
                "rows": rows,
                "due": found.run(found.due),
                **{name: round(cost, 2) for name, cost in costs.items()},
                "claimed": found.run(found.claims),
            }
        first = first or dict(figures)
        ratios = {
            name.replace("_ms", "_ratio"): round(cost / max(0.01, float(first[name])), 2)
            for name, cost in costs.items()
        }
        yield {**figures, **ratios}


def missed(every: Sequence[Figures]) -> list[str]:
    """The bars that were not reached, of the figures of one database in their order."""
    bars = []
    for figures in every:
        rows = figures["rows"]
        bars += [f"{one}_ms at {rows}" for one in DUE_WORK if float(figures[f"{one}_ms"]) > MOST_MS]
        for one in (*DUE_WORK, *PAGES):
            more = float(figures[f"{one}_ms"]) - float(every[0][f"{one}_ms"])
            if float(figures[f"{one}_ratio"]) > MOST_RATIO and more > LEAST_GROWTH_MS:
                bars.append(f"{one}_ratio at {rows}")
    return bars


@dataclass
class Scene:
    """A congress under way, and what is asked of its database."""

    runtime: Runtime
    event_id: str
    workspace_id: str
    now: datetime
    wall_id: str

    def asks(self) -> Mapping[str, Ask]:
        return {
            "wake": lambda session: dues(session, JOBS),
            "waits": lambda session: self._worker().waits(session, self.now),
            "claim": self.claims,
            "now": lambda session: NowTopic(self.event_id).load(session, self.now),
            "day": lambda session: DayTopic(self.event_id, self._day, 0).load(session, self.now),
            "wall": lambda session: WallTopic(self.wall_id, None).load(session, self.now),
            "stage": self._stage,
            "home": self._home,
        }

    def due(self, session: Session) -> int:
        """How many jobs have something to do: the past has nothing for them."""
        return sum(moment <= self.now for moment in dues(session, JOBS).values())

    def claims(self, session: Session) -> int:
        """How many messages one round of the worker takes."""
        return len(self._worker().take(session, self.event_id, self.now).claims)

    @property
    def _day(self) -> Any:
        return self.now.astimezone(sample_event().tz).date()

    def _worker(self) -> DeliveryWorker:
        clock = SimulatedClock(self.now)
        gateways = {self.workspace_id: MemoryGateway()}
        return DeliveryWorker(self.runtime, clock, gateways, MESSAGE_TYPES, recipient, rates=PLENTY)

    def _stage(self, session: Session) -> object:
        host = self._host(session)
        return stage_view(session, host, round_table(session, self.event_id).session_id, self.now)

    def _home(self, session: Session) -> object:
        rules, host = event_settings(session, self.event_id), self._host(session)
        return home_view(session, rules, host, reader_of(rules, host), self.now)

    def _host(self, session: Session) -> Participant:
        table = round_table(session, self.event_id)
        mine = (Role.event_id == self.event_id, Role.session_id == table.session_id)
        who = session.scalars(select(Role.participant_id).where(*mine, Role.role == HOST)).first()
        return session.get_one(Participant, (self.event_id, who))

    def run(self, use_case: Callable[[Session], T]) -> T:
        return asyncio.run(self.runtime.run(use_case))

    def cost_ms(self, ask: Ask) -> float:
        """The processor's time for its statements, by the middle of many."""

        def costs(session: Session) -> list[float]:
            asked = statements(session, ask)
            return [_cost_s(session, asked) for _ in range(TIMES)]

        return 1_000 * median(self.run(costs))

    def come_to_now(self) -> None:
        """Everything that was due until now was done, and said."""
        for _ in range(10):
            ahead = asyncio.run(self.runtime.read(lambda session: dues(session, JOBS)))
            numbers = [number for (_, number), moment in ahead.items() if moment <= self.now]
            for number in numbers:
                self._tick(number)
            if not numbers:
                break
        waits = update(Delivery).where(Delivery.state.in_(OPEN_STATES))
        self.run(lambda session: session.execute(waits.values(state=SENT)))

    def _tick(self, number: int) -> None:
        job, tick = JOBS[number], JOBS[number].tick
        if (prepare := job.prepare) is not None:
            ready = self.runtime.read(lambda s: prepare(s, self.event_id, self.now))
            tick = asyncio.run(ready)
        self.run(lambda session: tick(session, self.event_id, self.now))


@contextmanager
def scene(database: str, rows: int) -> Iterator[Scene]:
    """With a past of `rows`, `WAITING` messages, and what the database knows of them by then."""
    with ExitStack() as stack:
        url = stack.enter_context(temporary_database(database))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="maillon-bench-")))
        found = furnished(url, folder)
        stack.callback(found.runtime.close)
        found.run(lambda session: leave_a_past(session, found, rows))
        if database == "postgresql":  # which does it by itself; SQLite only where it is told to
            found.run(lambda session: session.execute(text("ANALYZE")))
        yield found


def furnished(url: str, folder: Path) -> Scene:
    """The congress, ten minutes into its first round table, with nothing left to do."""
    day = sample_event().first_day
    before = datetime.combine(day - timedelta(days=1), datetime.min.time(), sample_event().tz)
    event_id = fill_database(url, before)
    keys = KeyStore(f"sqlite:///{folder / 'keys.db'}")
    runtime = Runtime(create_database_engine(url), keys)

    def open_it(session: Session) -> Scene:
        workspace_id = join_workspace(session, event_id, "slack", "T0BENCH")
        ask_sample_questions(session, before)
        table = round_table(session, event_id)
        wall_id = room_page(session, event_id, table.room).wall_id
        now = table.starts_at + timedelta(minutes=10)
        return Scene(runtime, event_id, workspace_id, now, wall_id)

    found: Scene = asyncio.run(runtime.run(open_it))
    found.come_to_now()
    return found


def leave_a_past(session: Session, found: Scene, rows: int) -> None:
    people = select(Participant.participant_id).where(Participant.event_id == found.event_id)
    for one in session.scalars(people.order_by(Participant.participant_id).limit(WAITING)).all():
        enqueue(
            session,
            found.event_id,
            Place(found.workspace_id, participant_id=one),
            ProgrammeAnswer(found.event_id, one, "programme", found.now.isoformat()),
            f"answer:{one}",
            message_class="answer",
            now=found.now,
        )
    Past(found.event_id, found.workspace_id, found.now, rows).fill(session)


def round_table(session: Session, event_id: str) -> SessionRow:
    mine = (SessionRow.event_id == event_id, SessionRow.code == ROUND_TABLE)
    return session.scalars(select(SessionRow).where(*mine)).one()


@dataclass(frozen=True)
class Statement:
    """As the driver is handed it."""

    text: str
    parameters: Any
    many: bool

    def run(self, session: Session) -> None:
        cursor = session.connection().connection.cursor()
        try:
            (cursor.executemany if self.many else cursor.execute)(self.text, self.parameters)
            if cursor.description:
                cursor.fetchall()
        finally:
            cursor.close()


def statements(session: Session, ask: Ask) -> list[Statement]:
    """What `ask` says to the database; what it wrote is taken back."""
    told: list[Statement] = []

    def hear(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        told.append(Statement(statement, parameters, many))

    connection = session.connection()
    with session.begin_nested() as again:
        event.listen(connection, "before_cursor_execute", hear)
        ask(session)
        session.flush()
        event.remove(connection, "before_cursor_execute", hear)
        again.rollback()
    return told


def _cost_s(session: Session, asked: Sequence[Statement]) -> float:
    """On a processor, of the database."""
    pid = None
    if session.get_bind().dialect.name == "postgresql":
        pid = session.scalar(select(func.pg_backend_pid()))
    with session.begin_nested() as again:
        began = _processor_s(pid)
        for one in asked:
            one.run(session)
        took = _processor_s(pid) - began
        again.rollback()
    return took


def _processor_s(pid: int | None) -> float:
    if pid is None:
        return time.thread_time()
    # The first number: nanoseconds on a processor.
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
