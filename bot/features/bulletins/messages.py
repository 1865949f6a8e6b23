"""What is posted of an announcement: drawn at each send, so every post shows what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Card, Section
from bot.core.i18n import Reader
from bot.features.bulletins.model import EMERGENCY, WITHDRAWN
from bot.features.bulletins.queries import published, words_of
from bot.features.bulletins.tables import Bulletin
from bot.features.bulletins.views import answer_to, infos_view
from bot.features.bulletins.wording import alerts, announced
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.messages import fewer_action


@dataclass(frozen=True)
class BulletinPosted:
    """An announcement or an emergency, in a channel or to one person."""

    name: ClassVar[str] = "bulletins.posted"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    bulletin_id: str
    personal: bool

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        row = session.get_one(Bulletin, (self.event_id, self.bulletin_id))
        if row.kind == EMERGENCY:
            return _emergency(row, reader)
        if row.state == WITHDRAWN:
            taken_back = reader.gettext("The organisers have withdrawn this announcement.")
            return Card(taken_back, sections=(Section("", (taken_back,)),))
        section = announced(session, self.event_id, published(row), reader)
        return Card(
            summary=f"{section.title} · {section.lines[0]}",
            sections=(section,),
            actions=(fewer_action(reader),) if self.personal else (),
        )


def _emergency(row: Bulletin, reader: Reader) -> Card:
    words = words_of(row)
    if row.state == WITHDRAWN:
        given = row.sent_at or row.changed_at
        lifted = [
            one.gettext("The alert of {time} is lifted.").format(time=one.time(given))
            for one, _ in words.all_for(reader)
        ]
        return Card(lifted[0], sections=(Section("", ("\n".join(lifted),)),))
    said = alerts(words, reader)
    return Card(f"{said[0].title} · {said[0].lines[0]}", sections=said, alert=True)


@dataclass(frozen=True)
class BulletinsAnswered:
    """To who wrote « annonce » or « infos pratiques » to Maillon."""

    name: ClassVar[str] = "bulletins.answer"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    participant_id: str
    asked: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        if self.asked == "infos":
            return infos_view(session, self.event_id, reader)
        person = session.get_one(Participant, (self.event_id, self.participant_id))
        return answer_to(session, event, person, reader)


MESSAGES = (BulletinPosted, BulletinsAnswered)
