"""The loop that carries the outbox to the platforms.

Each turn: doubt what dead processes left, drop what is outdated, look up what is unknown, claim
and send. Any number of processes may run it. No network call happens inside a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.clock import EventClock
from bot.core.i18n import Reader
from bot.db.engine import machine_now
from bot.db.runtime import Runtime
from bot.delivery import claims, outbox
from bot.delivery.claims import Claim, Doubt, Patience
from bot.delivery.gateway import (
    Address,
    Gateway,
    NotSentError,
    OutcomeUnknownError,
    Posted,
    RefusedError,
    ThrottledError,
)
from bot.delivery.messages import MessageTypes
from bot.delivery.pace import Rates
from bot.delivery.tables import EDIT, Delivery
from bot.features.events.queries import event_ids, event_settings

log = structlog.get_logger(__name__)

T = TypeVar("T")

SENDS = Counter("maillon_sends_total", "Attempts to send, by outcome", ["operation", "outcome"])
UNKNOWN_SETTLED = Counter(
    "maillon_unknown_settled_total", "Unknown outcomes that were looked up", ["found"]
)
SKIPPED_TOTAL = Counter("maillon_skipped_total", "Messages that were no longer worth saying")
WAITING = Gauge("maillon_deliveries_in_flight", "Sends of this process that are under way")

POLL_S = 1.0
"""How long another process's rows may wait for this one to look."""
PAUSE_S = 0.2
"""Between two looks when the first found nothing it could take."""


@dataclass(frozen=True)
class Recipient:
    address: Address
    reader: Reader


@dataclass(frozen=True)
class Parcel:
    """Everything that one attempt needs, read before it begins."""

    recipient: Recipient | None
    card: Card
    post_id: str
    posted: Posted | None
    shown: str | None


def digest(card: Card, reader: Reader) -> str:
    return hashlib.sha256(repr((card, reader.language, str(reader.locale))).encode()).hexdigest()


class DeliveryWorker:
    """`gateways` by workspace id; `recipient` says how a row's addressee is reached."""

    def __init__(
        self,
        runtime: Runtime,
        clock: EventClock,
        gateways: Mapping[str, Gateway],
        messages: MessageTypes,
        recipient: Callable[[Session, Delivery], Recipient | None],
        *,
        rates: Rates | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._runtime, self._clock, self._gateways = runtime, clock, gateways
        self._messages, self._recipient = messages, recipient
        self._rates, self._patience = rates or Rates(), patience or Patience()
        self._woken = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled; a failing turn is logged and the next one comes."""
        while True:
            self._woken.clear()
            wait = POLL_S
            try:
                wait = await self.turn()
            except Exception:
                log.exception("delivery.turn_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), timeout=wait)

    async def drain(self) -> None:
        """Let the sends that are under way end; what they leave is in the database."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=self._patience.request)

    async def turn(self) -> float:
        """One round over all events; machine seconds until the next is worth it."""
        wait = POLL_S
        for event_id in await self._runtime.read(event_ids):
            wait = min(wait, await self._turn_of(event_id))
        return wait

    async def _turn_of(self, event_id: str) -> float:
        now = self._clock.now()
        wait = await self._runtime.read(lambda s: self._wait(s, event_id, now))
        if wait > 0:
            return wait
        doubts, claimed = await self._write(lambda s: self._take(s, event_id, now))
        for doubt in doubts:
            self._start(self._settle(doubt))
        for taken in claimed:
            self._start(self._send(taken))
        # A full batch has more behind it; otherwise the end of an attempt wakes us.
        return 0.0 if len(claimed) == claims.BATCH else PAUSE_S

    async def _write(self, use_case: Callable[[Session], T]) -> T:
        """Its own commits must not wake it, or it would never rest."""
        return await self._runtime.run(use_case, wakes=False)

    async def settled(self) -> None:
        """Wait for the attempts of past turns; for tests, which count turns and not time."""
        while self._sending:
            await asyncio.wait(set(self._sending))

    def _take(
        self, session: Session, event_id: str, now: datetime
    ) -> tuple[list[Doubt], list[Claim]]:
        patience = self._patience
        claims.doubt_expired_leases(session, event_id, patience.settle_after)
        SKIPPED_TOTAL.inc(outbox.drop_outdated(session, event_id, now))
        doubts = claims.take_doubts(session, event_id, patience.lease + patience.request)
        return doubts, claims.claim(session, event_id, now, self._rates, patience.lease)

    def _wait(self, session: Session, event_id: str, now: datetime) -> float:
        moment = claims.next_attempt(session, event_id, now)
        return POLL_S if moment is None else max(0.0, moment - machine_now(session))

    def _start(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._sending.add(task)
        WAITING.set(len(self._sending))
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        WAITING.set(len(self._sending))
        self.wake()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its row is still `sending`: the lease will find it.
            log.error("delivery.attempt_broke", exc_info=error)

    async def _send(self, taken: Claim) -> None:
        try:
            parcel = await self._runtime.read(lambda s: self._parcel(s, taken))
        except Exception:
            # Nothing was sent, so nothing is in doubt; a mended Maillon will send it.
            log.exception("delivery.not_made", delivery=taken.delivery_id)
            await self._write(lambda s: claims.not_sent(s, taken, "could not be made"))
            return
        bound = log.bind(delivery=taken.delivery_id, operation=taken.operation)
        gateway = self._gateways.get(taken.workspace_id)
        if parcel.recipient is None or gateway is None:
            await self._write(lambda s: claims.failed(s, taken, "not in this workspace"))
            SENDS.labels(taken.operation, "failed").inc()
            return
        try:
            async with asyncio.timeout(self._patience.request):
                await self._attempt(gateway, taken, parcel, parcel.recipient)
            outcome = "sent"
        except ThrottledError as error:
            wait = error.retry_after
            await self._write(lambda s: claims.not_sent(s, taken, "ratelimited", wait))
            outcome = "throttled"
        except NotSentError as error:
            reason = str(error)
            await self._write(lambda s: claims.not_sent(s, taken, reason))
            outcome = "not_sent"
        except RefusedError as error:
            code = str(error)
            await self._write(lambda s: claims.failed(s, taken, code))
            bound.error("delivery.refused", code=code)
            outcome = "failed"
        except (OutcomeUnknownError, TimeoutError) as error:
            why = str(error) or "no answer in time"
            after = self._patience.settle_after
            await self._write(lambda s: claims.outcome_unknown(s, taken, why, after))
            bound.warning("delivery.outcome_unknown", why=why)
            outcome = "unknown"
        SENDS.labels(taken.operation, outcome).inc()
        bound.info("delivery.attempted", outcome=outcome)

    async def _attempt(self, gateway: Gateway, taken: Claim, parcel: Parcel, to: Recipient) -> None:
        shown = digest(parcel.card, to.reader)
        if taken.operation == EDIT:
            assert parcel.posted is not None, "an edit is claimed only once its post stands"
            if shown != parcel.shown:
                await gateway.edit(parcel.posted, parcel.card, to.reader, taken.event_id)
            await self._write(lambda s: claims.edit_sent(s, taken, parcel.post_id, shown))
            return
        posted = await gateway.post(
            to.address, parcel.card, to.reader, taken.event_id, taken.delivery_id
        )
        await self._write(lambda s: claims.post_sent(s, taken, posted, shown))

    def _parcel(self, session: Session, taken: Claim) -> Parcel:
        row = session.get_one(Delivery, (taken.event_id, taken.delivery_id))
        post = session.get_one(Delivery, (row.event_id, row.edits)) if row.edits else row
        recipient = self._recipient(session, post)
        event = event_settings(session, row.event_id)
        reader = recipient.reader if recipient else Reader.of(event.language, event.zone)
        message = self._messages.load(row.message, row.args_version, row.args)
        posted = (
            Posted(post.platform_channel, post.platform_ts)
            if post.platform_channel and post.platform_ts
            else None
        )
        card = message.card(session, event, reader)
        return Parcel(recipient, card, post.delivery_id, posted, post.shown)

    async def _settle(self, doubt: Doubt) -> None:
        def address(session: Session) -> Recipient | None:
            return self._recipient(
                session, session.get_one(Delivery, (doubt.event_id, doubt.delivery_ids[0]))
            )

        recipient = await self._runtime.read(address)
        gateway = self._gateways.get(doubt.workspace_id)
        if recipient is None or gateway is None:
            await self._write(lambda s: claims.put_off(s, doubt, self._patience.settle_after))
            return
        try:
            async with asyncio.timeout(self._patience.request):
                found = dict(await gateway.find(recipient.address, doubt.delivery_ids, doubt.since))
        except Exception as error:  # any failed look is only put off: it must never count as absent
            wait = getattr(error, "retry_after", self._patience.between_reads)
            log.warning("delivery.look_failed", error=type(error).__name__, wait=wait)
            await self._write(lambda s: claims.put_off(s, doubt, wait))
            return
        between = self._patience.between_reads
        sent, again = await self._write(lambda s: claims.settle(s, doubt, found, between))
        UNKNOWN_SETTLED.labels("yes").inc(sent)
        UNKNOWN_SETTLED.labels("no").inc(again)
        log.info("delivery.settled", found=sent, again=again)
