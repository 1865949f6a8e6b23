"""What the organisers say during the drill: an announcement that was scheduled, and an alert that
is lifted again; and what stood in the channels, on a page and on a screen meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.demo import PARIS, sample_event
from bot.drill.plan import How, Kill
from bot.drill.words import plain
from bot.features.bulletins import actions
from bot.features.bulletins.model import (
    ANNOUNCEMENT,
    CHANNEL,
    EMERGENCY,
    EVERYWHERE,
    Content,
    Words,
)
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.questions.rooms import room_page
from bot.playground.receipts import Receipt
from bot.playground.workspace import Message

if TYPE_CHECKING:
    from bot.drill.stage import Stage

ANNOUNCED = datetime(2019, 12, 13, 9, 50, tzinfo=PARIS)
ALARMED = datetime(2019, 12, 13, 11, 20, tzinfo=PARIS)
LIFTED = datetime(2019, 12, 13, 11, 40, tzinfo=PARIS)
MOMENTS = (ALARMED, LIFTED)
"""When somebody presses; the announcement goes out by itself."""
LUNCH = "Le déjeuner du vendredi est servi dans le foyer."
ALERT = "Exercice : quittez le bâtiment par la porte nord."
GENERAL, ROOM = "programme", "Auditorium Descartes"
PING, IS_LIFTED = "<!channel>", "est levée."
SEEN_WITHIN_S, POLL_S = 5.0, 0.1


def amid_the_alert(kills: Mapping[datetime, Sequence[Kill]]) -> dict[datetime, list[Kill]]:
    """The same kills, but one of those within a send falls into the alert."""
    plan = {moment: list(theirs) for moment, theirs in kills.items()}
    for theirs in plan.values():
        for kill in theirs:
            if kill.how is How.IN_SEND:
                theirs.remove(kill)
                plan[ALARMED] = sorted([*plan.get(ALARMED, ()), kill])
                return {moment: left for moment, left in plan.items() if left}
    return plan


class Organisers:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._alert = ""
        self._paths: tuple[str, ...] = ()
        self._banners_wrong: list[str] = []

    # What they do

    def write(self, now: datetime) -> None:
        """Before the first day."""
        with Session(self._stage.engine) as session, session.begin():
            content = Content(Words(LUNCH), CHANNEL, GENERAL, ANNOUNCED)
            me = self._me(session)
            row = actions.draft(session, me, ANNOUNCEMENT, content, now)
            actions.publish(session, me, row.bulletin_id, row.version, now)
            page = room_page(session, self._stage.event_id, ROOM)
            self._paths = (f"/r/{page.page_id}", f"/wall/{page.wall_id}")

    def act(self, now: datetime) -> None:
        """Give the alert, or lift it."""
        with Session(self._stage.engine) as session, session.begin():
            me = self._me(session)
            if now == LIFTED:
                actions.withdraw(session, me, self._alert, now)
                return
            content = Content(Words(ALERT), EVERYWHERE)
            row = actions.draft(session, me, EMERGENCY, content, now)
            armed = actions.arm(session, me, row.bulletin_id, row.version, now).armed
            actions.launch(session, me, row.bulletin_id, armed or "", now)
            self._alert = row.bulletin_id

    def _me(self, session: Session) -> Participant:
        email = sample_event().organisers[0]
        person = participant_by_email(session, self._stage.event_id, email)
        assert person is not None, "the sample's organisers are on its list"
        return person

    # What others see

    def look(self, now: datetime) -> None:
        """At a page and at a screen, once everything that was due is said."""
        for path in self._paths:
            if not self._comes_to_show(path, stands=now == ALARMED):
                self._banners_wrong.append(f"{now} {path}")

    def _comes_to_show(self, path: str, *, stands: bool) -> bool:
        deadline = time.monotonic() + SEEN_WITHIN_S
        while not all((ALERT in page) == stands for page in self._stage.bots.pages(path)):
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        return True

    # What is judged

    def spoken(self, receipts: Iterable[Receipt]) -> list[Receipt]:
        return [one for one in receipts if LUNCH in plain(one.text) or ALERT in plain(one.text)]

    def wrong(self, receipts: Sequence[Receipt]) -> list[str]:
        """What was not said exactly once, at its moment, or does not stand as it should."""
        return [*self._banners_wrong, *self._posts_wrong(receipts)]

    def _posts_wrong(self, receipts: Sequence[Receipt]) -> Iterator[str]:
        workspace, told = self._stage.playground.workspace, self.spoken(receipts)
        expected = {(GENERAL, ANNOUNCED, False): 1}
        expected |= {(name, ALARMED, True): 1 for name in sample_event().channels.all()}
        got = Counter(
            (workspace.channels[one.channel].name, one.moment, one.text.startswith(PING))
            for one in told
        )
        for key in {*expected, *got}:
            if got[key] != expected.get(key, 0):
                yield f"{key}: {got[key]} times"
        for one in told:
            if one.moment == ALARMED and not _says_lifted(workspace.message(one.channel, one.ts)):
                yield f"the alert still stands in {workspace.channels[one.channel].name}"


def _says_lifted(message: Message | None) -> bool:
    shown = str(message.blocks) + message.text if message else ""
    return IS_LIFTED in shown and PING not in shown
