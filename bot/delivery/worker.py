"""The loop that carries the outbox to the platforms.

Each turn: doubt what dead processes left, drop what is outdated, look up what is unknown, claim
and send. Any number of processes may run it. No network call happens inside a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog
from sqlalchemy.orm import Session

from bot.core.clock import EventClock
from bot.core.errors import UnavailableError
from bot.db.batches import Batches
from bot.db.engine import machine_now
from bot.db.runtime import PATIENCE_S, Runtime
from bot.delivery import claims, outcomes, outdating, parcels, settling
from bot.delivery.attempts import Attempts, UseCase, of_claim
from bot.delivery.claims import Claim, Patience
from bot.delivery.gateway import Gateway, RefusedError, ThrottledError
from bot.delivery.messages import MessageTypes
from bot.delivery.metrics import SENDS, SKIPPED_TOTAL, UNKNOWN_SETTLED, WAITING
from bot.delivery.outcomes import MAX_BACKOFF_S
from bot.delivery.pace import NotOurTurnError, Paces, Rates
from bot.delivery.parcels import Addressing, ApartError, Recipient
from bot.delivery.sealed import KEY_DELETED, KeyDeletedError
from bot.delivery.settling import Doubt
from bot.delivery.tables import DROPPED, SKIPPED, Delivery
from bot.features.events.queries import event_ids

log = structlog.get_logger(__name__)

T = TypeVar("T")
POLL_S = 1.0
"""How long another process's rows may wait for this one to look."""
PAUSE_S = 0.2
"""Between two looks when the first found nothing it could take."""
APART_S = 0.05
"""Between the beginnings of two turns: each attempt that ends wakes us, and what a turn costs is
shared by as many as it takes."""
NOT_HERE = "not in this workspace"
APART = "no longer told together"


@dataclass(frozen=True)
class Taken:
    skipped: int
    doubts: list[Doubt]
    claims: list[Claim]
    begun: float
    """By this process' monotonic clock, which also ran while the process stood still."""


class DeliveryWorker:
    """`gateways` by workspace id; `recipient` says how a row's addressee is reached.

    Rows for workspaces without a gateway here are left to the processes that have one.
    """

    def __init__(
        self,
        runtime: Runtime,
        clock: EventClock,
        gateways: Mapping[str, Gateway],
        messages: MessageTypes,
        recipient: Addressing,
        *,
        rates: Rates | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._runtime, self._clock, self._gateways = runtime, clock, gateways
        self._messages, self._recipient = messages, recipient
        self._rates, self._patience = rates or Rates(), patience or Patience()
        self._attempts = Attempts(gateways, self._rates, self._patience)
        self._stopping = False
        self._pauses: set[asyncio.Future[None]] = set()
        """Of those who wait for their turn; not an event, which belongs to one loop."""
        # What ends at the same time is written down in one transaction, however late.
        self._outcomes = Batches(
            runtime, _each, begin_within=math.inf, patience=PATIENCE_S, wakes=False
        )
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._taking: set[asyncio.Task[float]] = set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; a failing turn is logged and the next one comes."""
        loop = asyncio.get_running_loop()
        while True:
            began, wait = loop.time(), POLL_S
            self._woken.clear()
            try:
                wait = await self.turn()
            except UnavailableError:
                pass  # one hears of it once, and not from each turn
            except Exception:
                log.exception("delivery.turn_failed")
            # Not wait_for: before Python 3.12 it loses a cancellation that comes with the wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            await asyncio.sleep(began + APART_S - loop.time())

    async def drain(self, within: float | None = None) -> None:
        """End what is under way, once the loop was cancelled; what is left is in the database.

        What was claimed and not begun is handed back: another process takes it at once. After
        `within` machine seconds, the lease where it is None, no answer is waited for any more.
        """
        self._stopping = True
        for pause in self._pauses:
            if not pause.done():
                pause.set_result(None)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience.lease if within is None else within):
                await self.settled()
        self._attempts.break_off()
        await self.settled()

    async def settled(self) -> None:
        """Wait for the attempts of past turns."""
        while self._sending or self._taking:
            await asyncio.wait({*self._sending, *self._taking})

    async def turn(self) -> float:
        """One round over all events; machine seconds until the next is worth it."""
        now = self._clock.now()
        wait = POLL_S
        for event_id, left in await self._runtime.read(lambda s: self.waits(s, now)):
            wait = min(wait, left if left > 0 else await self._turn_of(event_id, now))
        return wait

    def waits(self, session: Session, now: datetime) -> list[tuple[str, float]]:
        """One short read when there is nothing to do, and nothing is written."""
        waits = []
        for event_id in event_ids(session):
            moment = claims.next_attempt(
                session, event_id, now, list(self._gateways), self._rates, self._patience
            )
            if moment is not None:
                waits.append((event_id, moment - machine_now(session)))
        return waits

    async def _turn_of(self, event_id: str, now: datetime) -> float:
        # Shielded: who stops the loop meanwhile waits in `drain` for what was claimed here.
        taking = asyncio.ensure_future(self._take_and_start(event_id, now))
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        return await asyncio.shield(taking)

    async def _take_and_start(self, event_id: str, now: datetime) -> float:
        try:
            taken = await self._write(lambda s: self.take(s, event_id, now))
        except NotOurTurnError:  # another process takes what is there
            return APART_S
        SKIPPED_TOTAL.inc(taken.skipped)
        for doubt in taken.doubts:
            self._start(self._settle(doubt))
        for claim in taken.claims:
            self._start(self._send(claim, taken.begun))
        # When there is room for the next is asked anew.
        return 0.0 if taken.claims else PAUSE_S

    async def _write(self, use_case: Callable[[Session], T]) -> T:
        """Its own commits must not wake it, or it would never rest."""
        return await self._runtime.run(use_case, wakes=False)

    def take(self, session: Session, event_id: str, now: datetime) -> Taken:
        workspaces, patience, rates = list(self._gateways), self._patience, self._rates
        paces = Paces(session, event_id, wait=False)
        begun = time.monotonic()
        settling.doubt_expired_leases(session, event_id, patience.settle_after)
        skipped = outdating.drop_late(session, event_id, self._messages.fleeting, paces.now)
        skipped += outdating.drop_outdated(session, event_id, now)
        look_s = patience.lease + patience.request
        doubts = settling.take_doubts(session, event_id, workspaces, paces, rates, look_s)
        claimed = claims.claim(session, event_id, now, workspaces, paces, rates, patience)
        paces.store()
        return Taken(skipped, doubts, claimed, begun)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._sending.add(task)
        WAITING.set(len(self._sending))
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        WAITING.set(len(self._sending))
        self.wake()
        error = None if task.cancelled() else task.exception()
        # Its row is still `sending`: the lease will find it.
        if isinstance(error, UnavailableError):
            log.warning("delivery.outcome_not_written")
        elif error is not None:
            log.error("delivery.attempt_broke", exc_info=error)

    async def _send(self, claim: Claim, begun: float) -> None:
        outcome, record = await self._sent(claim, begun)
        await self._outcomes.add(record)
        SENDS.labels(claim.operation, outcome).inc()
        of_claim(claim).info("delivery.attempted", outcome=outcome)

    async def _sent(self, claim: Claim, begun: float) -> tuple[str, UseCase]:
        """What becomes of a claim, and how that is written down."""
        if self._stopping:
            return "released", lambda s: outcomes.released(s, claim)
        try:
            parcel = await self._runtime.read(
                lambda s: parcels.parcel(s, claim, self._messages, self._recipient),
                patience=PATIENCE_S,
            )
        except UnavailableError:
            raise
        except KeyDeletedError:
            SKIPPED_TOTAL.inc()
            return "skipped", _unsaid(claim, SKIPPED, KEY_DELETED)
        except ApartError:
            return "dropped", _unsaid(claim, DROPPED, APART)
        except Exception:
            # Nothing was sent, so nothing is in doubt; a mended Maillon will send it.
            of_claim(claim).exception("delivery.not_made")
            return "not_made", lambda s: outcomes.not_sent(s, claim, "could not be made")
        if parcel is None:
            return "failed", lambda s: outcomes.failed(s, claim, NOT_HERE)
        if await self._told_to_stop_in(begun + claim.wait - time.monotonic()):
            return "released", lambda s: outcomes.released(s, claim)
        if (wait := self._attempts.not_begun(claim, begun)) is not None:
            later = wait
            return "released", lambda s: outcomes.released(s, claim, later)
        return await self._attempts.send(claim, parcel)

    async def _told_to_stop_in(self, seconds: float) -> bool:
        """Wait for one's turn, or for the end of it all."""
        if seconds > 0 and not self._stopping:
            pause = asyncio.get_running_loop().create_future()
            self._pauses.add(pause)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await pause
            self._pauses.discard(pause)
        return self._stopping

    async def _settle(self, doubt: Doubt) -> None:
        if self._stopping:
            await self._write(lambda s: settling.put_off(s, doubt, 0.0))
            return

        def address(session: Session) -> Recipient | None:
            return self._recipient(
                session, session.get_one(Delivery, (doubt.event_id, doubt.delivery_ids[0]))
            )

        try:
            recipient, why = await self._runtime.read(address, patience=PATIENCE_S), NOT_HERE
        except KeyDeletedError:
            recipient, why = None, KEY_DELETED
        except ApartError:
            await self._write(lambda s: settling.give_up(s, doubt, APART, DROPPED))
            return
        if recipient is None:
            await self._write(lambda s: settling.give_up(s, doubt, why))
            return
        between, rates = self._patience.between_reads, self._rates
        try:
            async with self._attempts.in_time():
                gateway = self._gateways[doubt.workspace_id]
                found = await gateway.find(recipient.address, doubt.delivery_ids, doubt.since)
        except ThrottledError as error:
            slower = error
            await self._write(lambda s: settling.look_throttled(s, doubt, slower, rates))
            return
        except Exception as error:  # any failed look is only put off: it must never count as absent
            log.warning("delivery.look_failed", error=type(error).__name__, why=str(error))
            later = MAX_BACKOFF_S if isinstance(error, RefusedError) else between
            later = getattr(error, "wait", None) or later
            await self._write(lambda s: settling.put_off(s, doubt, later))
            return
        sent, again = await self._write(lambda s: settling.settle(s, doubt, found, between))
        UNKNOWN_SETTLED.labels("yes").inc(sent)
        UNKNOWN_SETTLED.labels("no").inc(again)
        log.info("delivery.settled", found=sent, again=again)


def _each(session: Session, records: Sequence[UseCase]) -> Sequence[None]:
    return [record(session) for record in records]


def _unsaid(claim: Claim, state: str, why: str) -> UseCase:
    return lambda s: outcomes.unsaid(s, claim, state, why)
