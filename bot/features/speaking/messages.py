"""What people on stage read before their sessions. Arguments are ids; cards are made at send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.programme.messages import fewer_action
from bot.features.programme.queries import ProgrammeEntry, entries_by_id
from bot.features.programme.wording import in_short
from bot.features.speaking.sections import part_section
from bot.features.speaking.tables import SpeakingTelling


@dataclass(frozen=True)
class Speaking:
    """To somebody with a part in sessions: each with its room, its people and its questions."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    telling_id: str

    def title(self, shown: list[ProgrammeEntry], reader: Reader) -> str:
        raise NotImplementedError

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        rows = session.scalars(
            select(SpeakingTelling).where(
                SpeakingTelling.event_id == self.event_id,
                SpeakingTelling.telling_id == self.telling_id,
            )
        ).all()
        who = {row.session_id: row.participant_id for row in rows}
        shown = list(entries_by_id(session, self.event_id, who).values())
        if not shown:
            return _moved(reader)
        title = self.title(shown, reader)
        return Card(
            summary=f"{title} · {in_short(shown, reader)}",
            title=title,
            sections=tuple(
                part_section(session, self.event_id, event, one, who[one.session_id], reader)
                for one in shown
            ),
            actions=(fewer_action(reader),),
        )


def _moved(reader: Reader) -> Card:
    """All that was told here is told anew."""
    said = reader.gettext("These sessions were moved: a new message comes before they begin.")
    return Card(summary=said, sections=(Section("", (said,)),))


@dataclass(frozen=True)
class SpeakingOnDay(Speaking):
    """The evening before, all sessions of the day in one."""

    name: ClassVar[str] = "speaking.day"

    def title(self, shown: list[ProgrammeEntry], reader: Reader) -> str:
        day = reader.day(shown[0].starts_at)
        return reader.gettext("You are on stage on {day}").format(day=day)


@dataclass(frozen=True)
class SpeakingSoon(Speaking):
    """An hour before; what follows at once shares it."""

    name: ClassVar[str] = "speaking.soon"

    def title(self, shown: list[ProgrammeEntry], reader: Reader) -> str:
        at = reader.time(shown[0].starts_at)
        return reader.gettext("You are on stage at {time}").format(time=at)


MESSAGES = (SpeakingOnDay, SpeakingSoon)
