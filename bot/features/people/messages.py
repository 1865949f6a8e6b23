"""What is said about people, to the organisers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.profile_tables import Profile
from bot.features.people.tables import Participant


@dataclass(frozen=True)
class KindToConfirm:
    """To the organisers: somebody says to represent what gives rights; one tap says whether."""

    name: ClassVar[str] = "people.kind_to_confirm"
    version: ClassVar[int] = 1
    event_id: str
    participant_id: str
    kind: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        title = reader.gettext("To confirm: whom this person represents")
        return Card(summary=title, title=title, sections=(self._section(session, event, reader),))

    def _section(self, session: Session, event: EventFile, reader: Reader) -> Section:
        person = session.get(Participant, (self.event_id, self.participant_id))
        if person is not None and person.merged_into is not None:
            person = session.get(Participant, (self.event_id, person.merged_into))
        if person is None or person.erased:
            return Section("", (reader.gettext("This person's data was deleted."),))
        profile = session.get(Profile, (self.event_id, person.participant_id))
        name = ", ".join(filter(None, (person.name, person.organisation)))
        says = reader.gettext("Says to represent: {kind}").format(
            kind=event.kind_label(self.kind, reader.language)
        )
        if profile is not None and profile.claimed_kind == self.kind:
            buttons = ((reader.gettext("Confirm"), "yes"), (reader.gettext("Do not confirm"), "no"))
            about = (person.participant_id, self.kind)
            actions = tuple(
                Action(label, "people.kind", (*about, answer)) for label, answer in buttons
            )
            return Section(name, (says,), actions)
        confirmed = person.kind == self.kind
        became = N_("Profile confirmed") if confirmed else N_("Profile not confirmed")
        return Section(name, (says, reader.gettext(became)))


MESSAGES = (KindToConfirm,)
