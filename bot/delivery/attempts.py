"""One call of a platform each: what it is known to have come to, and how that is written down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.delivery import outcomes
from bot.delivery.claims import Claim, Patience
from bot.delivery.gateway import Gateway, NotSentError, RefusedError, ThrottledError
from bot.delivery.messages import digest
from bot.delivery.pace import Rates
from bot.delivery.parcels import Parcel, Standing
from bot.delivery.sealed import NAMELESS
from bot.delivery.tables import DROPPED, EDIT

log = structlog.get_logger(__name__)

UseCase = Callable[[Session], None]


class Attempts:
    """`gateways` by workspace id."""

    def __init__(self, gateways: Mapping[str, Gateway], rates: Rates, patience: Patience) -> None:
        self._gateways, self._rates, self._patience = gateways, rates, patience
        self._limits: set[asyncio.Timeout] = set()
        self._silent_until: dict[tuple[str, str], float] = {}
        """The methods that a platform wants silence of, for what was claimed before it said so."""

    def break_off(self) -> None:
        """Wait for no answer any more: what was asked is in doubt, as after a time-out."""
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())

    def not_begun(self, claim: Claim, begun: float) -> float | None:
        """Machine seconds for which what was claimed at `begun` is handed back: there is no time
        left for it, or the platform asked for silence since; None where it may begin."""
        now = time.monotonic()
        if now - begun > self._patience.begin:
            return self._patience.begin
        silent_until = self._silent_until.get((claim.workspace_id, claim.operation), now)
        return 0.0 if now < silent_until else None

    async def send(self, claim: Claim, parcel: Parcel | Standing) -> tuple[str, UseCase]:
        """The outcome of one attempt, and how it is written down."""
        bound, gateway = of_claim(claim), self._gateways[claim.workspace_id]
        try:
            async with self.in_time():
                if isinstance(parcel, Standing):
                    return await self._delete(gateway, claim, parcel)
                if claim.operation == EDIT:
                    return await self._edit(gateway, claim, parcel)
                return await self._post(gateway, claim, parcel)
        except ThrottledError as error:
            slower, rates = error, self._rates
            if not error.opening:
                method = (claim.workspace_id, claim.operation)
                self._silent_until[method] = time.monotonic() + error.retry_after
            return "throttled", lambda s: outcomes.throttled(s, claim, slower, rates)
        except NotSentError as error:
            bound.warning("delivery.not_sent", why=str(error))
            why, wait = str(error), error.wait
            return "not_sent", lambda s: outcomes.not_sent(s, claim, why, wait)
        except RefusedError as error:
            bound.error("delivery.refused", code=str(error))
            code = str(error)
            return "failed", lambda s: outcomes.failed(s, claim, code)
        except Exception as error:  # whatever it was, it may have happened after the send
            why = str(error) or type(error).__name__
            bound.warning("delivery.outcome_unknown", why=why)
            after = self._patience.settle_after
            return "unknown", lambda s: outcomes.outcome_unknown(s, claim, why, after)

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """As long as an answer is waited for; `TimeoutError` then, or once it is broken off."""
        async with asyncio.timeout(self._patience.request) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def _post(self, gateway: Gateway, claim: Claim, parcel: Parcel) -> tuple[str, UseCase]:
        card, to = parcel.card, parcel.recipient
        posted = await gateway.post(to.address, card, to.reader, claim.event_id, claim.delivery_id)
        shown = digest(card, to.reader)
        return "sent", lambda s: outcomes.post_sent(s, claim, posted, shown)

    async def _edit(self, gateway: Gateway, claim: Claim, parcel: Parcel) -> tuple[str, UseCase]:
        card, to, posted = parcel.card, parcel.recipient, parcel.posted
        if claim.sealed:
            found = await gateway.find(to.address, [parcel.post_id], parcel.since)
            posted = found.get(parcel.post_id)
            if posted is None:  # they deleted it
                return "dropped", lambda s: outcomes.unsaid(s, claim, DROPPED)
        assert posted is not None, "an edit is claimed only once its post stands"
        shown = digest(card, to.reader)
        if shown != claim.shown:
            await gateway.edit(posted, card, to.reader, claim.event_id)
        return "sent", lambda s: outcomes.edit_sent(s, claim, parcel.post_id, shown)

    async def _delete(self, gateway: Gateway, claim: Claim, post: Standing) -> tuple[str, UseCase]:
        if post.posted is not None:
            await gateway.delete(post.posted)
        return "deleted", lambda s: outcomes.deleted(s, claim, post.post_id)


def of_claim(claim: Claim) -> Any:
    """The log, for lines about a delivery."""
    if claim.sealed:
        return log.bind(delivery=NAMELESS, operation=claim.operation)
    caused = {} if claim.cause is None else {"cause": claim.cause}
    return log.bind(delivery=claim.delivery_id, operation=claim.operation, **caused)
