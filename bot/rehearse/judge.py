"""The message budget, checked from what the workspace received.

The rules are those of the product, written down once more: nothing here asks the bot's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from bot.demo import PARIS
from bot.drill.files import Session
from bot.playground.receipts import Receipt
from bot.playground.workspace import Workspace

MESSAGES_A_DAY = 8
GAP = timedelta(minutes=10)
QUIET_FROM, QUIET_UNTIL = time(20, 0), time(7, 30)
POSTS_A_DAY = 16
POSTS_AT_ALL = 26
"""In all channels, over the days of the congress."""
UNCOUNTED = ("answer", "urgent", "emergency")


@dataclass(frozen=True)
class Heard:
    """A message as one person received it."""

    moment: datetime
    message_class: str
    what: str
    """The message's name, to say what breaks a rule without saying what it tells."""

    @property
    def counted(self) -> bool:
        return self.message_class not in UNCOUNTED

    @property
    def local(self) -> datetime:
        return self.moment.astimezone(PARIS)


@dataclass(frozen=True)
class Posted:
    channel: str
    local: datetime


@dataclass(frozen=True)
class Breach:
    rule: str
    moment: datetime
    what: str


@dataclass(frozen=True)
class Kind:
    """What the outbox says of a delivery."""

    message_class: str
    name: str


def heard(
    receipts: Sequence[Receipt], workspace: Workspace, outbox: Mapping[str, Kind]
) -> dict[str, list[Heard]]:
    """By address, what each person received for themselves or with those they meet."""
    theirs: dict[str, list[Heard]] = defaultdict(list)
    for receipt in receipts:
        channel = workspace.channels[receipt.channel]
        if channel.direct:
            kind = outbox[_delivery_of(receipt)]
            for member in channel.members:
                if not workspace.users[member].is_bot:
                    message = Heard(receipt.moment, kind.message_class, kind.name)
                    theirs[workspace.users[member].email].append(message)
    return theirs


def posted(receipts: Sequence[Receipt], workspace: Workspace) -> list[Posted]:
    return [
        Posted(workspace.channels[receipt.channel].name, receipt.moment.astimezone(PARIS))
        for receipt in receipts
        if not workspace.channels[receipt.channel].direct
    ]


def breaches(
    people: Mapping[str, Sequence[Heard]],
    posts: Sequence[Posted],
    sessions: Collection[Session],
    days: Collection[date],
) -> list[Breach]:
    found: list[Breach] = []
    for email, messages in people.items():
        counted = sorted((one for one in messages if one.counted), key=lambda one: one.moment)
        stage = [one for one in sessions if email in one.speakers and not one.cancelled]
        found += _too_many(counted)
        found += _too_close(counted)
        found += (Breach("quiet", one.moment, one.what) for one in counted if _is_quiet(one))
        found += (
            Breach("speaking", one.moment, one.what)
            for one in counted
            if any(session.start <= one.moment < session.end for session in stage)
        )
    return found + list(_in_channels(posts, days))


def _too_many(counted: Sequence[Heard]) -> Iterator[Breach]:
    days: Counter[date] = Counter()
    for message in counted:
        days[message.local.date()] += 1
        if days[message.local.date()] > MESSAGES_A_DAY:
            yield Breach("a day", message.moment, message.what)


def _too_close(counted: Sequence[Heard]) -> Iterator[Breach]:
    for before, message in pairwise(counted):
        if message.moment - before.moment < GAP:
            yield Breach("gap", message.moment, f"{message.what} after {before.what}")


def _is_quiet(message: Heard) -> bool:
    return message.local.time() >= QUIET_FROM or message.local.time() < QUIET_UNTIL


def _in_channels(posts: Sequence[Posted], days: Collection[date]) -> Iterator[Breach]:
    a_day: Counter[tuple[str, date]] = Counter()
    at_all = 0
    for post in posts:
        a_day[post.channel, post.local.date()] += 1
        at_all += post.local.date() in days
        if a_day[post.channel, post.local.date()] > POSTS_A_DAY:
            yield Breach("posts of a channel", post.local, post.channel)
        if at_all > POSTS_AT_ALL and post.local.date() in days:
            yield Breach("posts at all", post.local, post.channel)


def _delivery_of(receipt: Receipt) -> str:
    return str((receipt.metadata or {}).get("event_payload", {}).get("id", ""))
