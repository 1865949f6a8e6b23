"""What was received against what was foretold."""

from __future__ import annotations

import math
import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from bot.drill.expected import Expected, Final, Foretold, Line, Shown
from bot.drill.words import plain
from bot.playground.receipts import Receipt
from bot.playground.workspace import Json, Message, Workspace

UNDER_WAY, MOVED, CANCELLED, LATE = "En cours", "Déplacée", "Annulée", "fin prévue à"
"""What the sample event's channels, which are French, call it."""
BETWEEN = " · "
SUPPORTERS = re.compile(r"(\d+)\s+soutien")


@dataclass(frozen=True)
class Verdict:
    expected: int
    sent: int
    missing: tuple[Expected, ...]
    duplicated: tuple[Receipt, ...]
    unexpected: tuple[Receipt, ...]
    edits_wrong: tuple[Final | Shown, ...]
    late_p99_s: float
    question_messages: int = 0
    """Foretold ones about questions that were received."""
    votes: int = 0
    """What the boards show, all together."""


class Judge:
    def __init__(self, foretold: Foretold, workspace: Workspace) -> None:
        self._foretold, self._workspace = foretold, workspace
        titles = {title for message in foretold.messages for title in message.titles}
        titles |= {title for final in foretold.finals for title in final.titles}
        # The longest first: one title may begin another.
        self._titles = sorted(titles, key=len, reverse=True)
        self._about = {message.about for message in foretold.messages if message.about}

    def verdict(
        self,
        receipts: Sequence[Receipt],
        moments: Mapping[datetime, float],
        away: Sequence[tuple[float, float]],
        done: Mapping[tuple[datetime, str], float] = MappingProxyType({}),
    ) -> Verdict:
        """Machine time: when each event time began, from when to when the bot was away, and when
        people had done something with a question at a moment."""
        received: dict[Expected, deque[Receipt]] = defaultdict(deque)
        for receipt in receipts:
            received[self._read(receipt)].append(receipt)
        missing, told = [], {}
        for message in self._foretold.messages:
            if received[message]:
                told[message] = received[message].popleft()
            else:
                missing.append(message)
        again = [receipt for message in told for receipt in received.pop(message, ())]
        return Verdict(
            expected=len(self._foretold.messages),
            sent=len(receipts),
            missing=tuple(missing),
            duplicated=tuple(again),
            unexpected=tuple(receipt for left in received.values() for receipt in left),
            edits_wrong=(
                *(one for one in self._foretold.finals if not self._stands(one, told)),
                *(one for one in self._foretold.shown if not self._shows(one, told)),
            ),
            late_p99_s=_p99(
                [_lateness(one, _begun(it, moments, done), away) for it, one in told.items()]
            ),
            question_messages=sum(bool(message.about) for message in told),
            votes=sum(
                line.supporters
                for shown in self._foretold.shown
                for line in self._board(shown, told)
            ),
        )

    def _read(self, receipt: Receipt) -> Expected:
        """What a post says, in the oracle's words."""
        about, *rest = plain(receipt.text).split(BETWEEN)
        about = about if rest and about in self._about else ""
        return Expected(self._place(receipt), receipt.moment, self._told(receipt.text), about)

    def _place(self, receipt: Receipt) -> str:
        channel = self._workspace.channels[receipt.channel]
        if not channel.direct:
            return channel.name
        people = [self._workspace.users[member] for member in channel.members]
        return ",".join(user.email.lower() for user in people if not user.is_bot)

    def _told(self, text: str) -> tuple[str, ...]:
        """The sessions that a text names, each as often as it does."""
        text, found = plain(text), []
        for title in self._titles:
            found += [title] * text.count(plain(title))
            text = text.replace(plain(title), "")
        return tuple(sorted(found))

    def _stands(self, final: Final, told: Mapping[Expected, Receipt]) -> bool:
        message = self._as_it_stands(final.post, told)
        if not message:
            return False
        shown = {title: _paragraph(message.blocks, title) for title in final.titles}
        return (
            set(self._told(message.text)) == final.titles
            and plain(message.text).startswith(UNDER_WAY) == final.under_way
            and {title for title, text in shown.items() if MOVED in text} == final.moved
            and {title for title, text in shown.items() if CANCELLED in text} == final.cancelled
            and {title for title, text in shown.items() if LATE in text} == final.late
        )

    def _shows(self, shown: Shown, told: Mapping[Expected, Receipt]) -> bool:
        message = self._as_it_stands(shown.post, told)
        if not message or plain(message.text).split(BETWEEN)[0] != shown.about:
            return False
        return shown.board is None or self._board(shown, told) == shown.board

    def _board(self, shown: Shown, told: Mapping[Expected, Receipt]) -> frozenset[Line]:
        message = self._as_it_stands(shown.post, told)
        if shown.board is None or not message:
            return frozenset()
        paragraphs = {
            title: text for title in self._titles if (text := _paragraph(message.blocks, title))
        }
        return frozenset(
            Line(title, next((state for state in self._about if state in text), ""), int(found[1]))
            for title, text in paragraphs.items()
            if (found := SUPPORTERS.search(text))
        )

    def _as_it_stands(self, post: Expected, told: Mapping[Expected, Receipt]) -> Message | None:
        receipt = told.get(post)
        return self._workspace.message(receipt.channel, receipt.ts) if receipt else None


def _paragraph(blocks: Sequence[Json], title: str) -> str:
    """The text of the block that is about a session."""
    texts = [plain(str(block.get("text", {}).get("text", ""))) for block in blocks]
    return next((text for text in texts if plain(title) in text), "")


def _begun(
    message: Expected,
    moments: Mapping[datetime, float],
    done: Mapping[tuple[datetime, str], float],
) -> float:
    """When a message became due: what people do may take them a while."""
    if not message.about:
        return moments[message.moment]
    about_it = [done.get((message.moment, title)) for title in message.titles]
    at_all = [when for (moment, _), when in done.items() if moment == message.moment]
    return next(filter(None, about_it), min(at_all, default=moments[message.moment]))


def _lateness(receipt: Receipt, begun: float, away: Sequence[tuple[float, float]]) -> float:
    """Seconds from the moment to the receipt during which there was a bot to send it."""
    end = max(receipt.received, begun)
    missed = sum(max(0.0, min(end, back) - max(begun, gone)) for gone, back in away)
    return end - begun - missed


def _p99(values: Sequence[float]) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1] if values else 0.0
