"""An event whose organisers speak; what they say is told at once where a test lets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.db.history import Change
from bot.delivery.outdating import drop_outdated
from bot.delivery.tables import EDIT, QUEUED, SENT, Delivery
from bot.features.bulletins import actions, jobs
from bot.features.bulletins.model import (
    ANNOUNCEMENT,
    CHANNEL,
    EMERGENCY,
    EVERYWHERE,
    Content,
    Words,
)
from bot.features.bulletins.tables import Bulletin
from bot.features.people.tables import Participant
from tests.support.factories import EARLY, World


class Organisers(World):
    """Ada is an organiser by the event file."""

    @property
    def ada(self) -> Participant:
        return self.person("Ada")

    def drafts(
        self,
        fr: str = "Le déjeuner est servi.",
        en: str = "",
        *,
        to: tuple[str, str] = (CHANNEL, "programme"),
        send_at: datetime | None = None,
        now: datetime = EARLY,
        kind: str = ANNOUNCEMENT,
    ) -> Bulletin:
        audience, target = (EVERYWHERE, "") if kind == EMERGENCY else to
        content = Content(Words(fr, en), audience, target, send_at)
        return actions.draft(self.session, self.ada, kind, content, now)

    def publishes(self, row: Bulletin, now: datetime = EARLY) -> Bulletin:
        return actions.publish(self.session, self.ada, row.bulletin_id, row.version, now)

    def announces(self, fr: str, now: datetime = EARLY, **more: object) -> Bulletin:
        return self.publishes(self.drafts(fr, now=now, **more), now)  # type: ignore[arg-type]

    def alarms(self, fr: str = "Sortez par la porte nord.", now: datetime = EARLY) -> Bulletin:
        row = self.drafts(fr, "Leave by the north door.", kind=EMERGENCY, now=now)
        armed = actions.arm(self.session, self.ada, row.bulletin_id, row.version, now).armed
        return actions.launch(self.session, self.ada, row.bulletin_id, armed or "", now)

    def ticks(self, now: datetime) -> None:
        jobs.tick(self.session, self.event_id, now)
        self.session.flush()

    def delivers(self, now: datetime) -> None:
        """What waits in the outbox is said."""
        drop_outdated(self.session, self.event_id, now)
        queued = (Delivery.event_id == self.event_id, Delivery.state == QUEUED)
        self.session.execute(update(Delivery).where(*queued).values(state=SENT))
        self.session.expire_all()

    def posts(self) -> Sequence[Delivery]:
        self.session.flush()
        return super().posts()

    def edits(self) -> list[str]:
        """The keys of the posts that are to be edited."""
        edited = select(Delivery.edits).where(Delivery.operation == EDIT)
        of = select(Delivery.key).where(Delivery.delivery_id.in_(edited))
        return sorted(self.session.scalars(of.where(Delivery.event_id == self.event_id)))

    def history(self) -> list[str]:
        self.session.flush()
        rows = self.session.scalars(
            select(Change)
            .where(Change.event_id == self.event_id, Change.what.regexp_match("bulletin|emergency"))
            .order_by(Change.at, Change.change_id)
        )
        return sorted(row.what for row in rows)
