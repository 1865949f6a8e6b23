"""What one attempt needs, read before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.claims import Claim
from bot.delivery.gateway import Address, Posted
from bot.delivery.messages import MessageTypes
from bot.delivery.tables import DELETE, Delivery
from bot.features.events.queries import event_settings


@dataclass(frozen=True)
class Recipient:
    address: Address
    reader: Reader


@dataclass(frozen=True)
class Standing:
    """A post that is to be deleted, and where it stands; None where it does not any more."""

    post_id: str
    posted: Posted | None


class ApartError(Exception):
    """Those who were told together are not to be told anything together any more."""


Addressing = Callable[[Session, Delivery], Recipient | None]
"""How a row's addressee is reached, None for who has left; may raise `KeyDeletedError`, and of a
group `ApartError`."""


@dataclass(frozen=True)
class Parcel:
    recipient: Recipient
    card: Card
    post_id: str
    posted: Posted | None
    since: float
    """Machine time before which the post cannot have been sent."""


def parcel(
    session: Session, claim: Claim, messages: MessageTypes, addressing: Addressing
) -> Parcel | Standing | None:
    """None if nobody is there to receive it."""
    row = session.get_one(Delivery, (claim.event_id, claim.delivery_id))
    post = session.get_one(Delivery, (row.event_id, row.edits)) if row.edits else row
    posted = (
        Posted(post.platform_channel, post.platform_ts)
        if post.platform_channel and post.platform_ts
        else None
    )
    if row.operation == DELETE:
        return Standing(post.delivery_id, posted)
    # A post to somebody sealed has forgotten whom it was for; its edit says so again.
    recipient = addressing(session, row if claim.sealed else post)
    if recipient is None:
        return None
    event = event_settings(session, row.event_id)
    message = messages.load(row.message, row.args_version, row.args)
    card = message.card(session, event, recipient.reader)
    return Parcel(recipient, card, post.delivery_id, posted, post.claimed_at or 0.0)
