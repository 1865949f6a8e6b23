"""Who organises, and the refusal that tells everybody else who does."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.errors import NotAllowedError
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.queries import is_organiser
from bot.features.people.tables import Participant
from bot.features.programme.roles import (
    HOST,
    ORGANISER,
    STAGE_HAND,
    TEAM,
    WHOLE_EVENT,
    Role,
    has_role,
)

ROLE_LABELS = {
    HOST: N_("stage host"),
    TEAM: N_("Questions team"),
    ORGANISER: N_("organisers"),
    STAGE_HAND: N_("stage crew"),
}
NAMED = 2


def organises(session: Session, event: EventFile, person: Participant | None) -> bool:
    """By the event file, or by the role for the whole event."""
    if person is None or person.erased:
        return False
    return is_organiser(event, person) or has_role(
        session, person.event_id, person.participant_id, (ORGANISER,), WHOLE_EVENT
    )


class OnlyError(NotAllowedError):
    """Who can: the roles, and whom to ask."""

    msgid = N_("This is for: {roles}.")
    _ask_people = N_("This is for: {roles}. You can ask {names}.")
    _ask_channel = N_("This is for: {roles}. You can ask in #{channel}.")

    def __init__(self, roles: tuple[str, ...], names: tuple[str, ...], channel: str | None) -> None:
        self._roles, self._names, self._channel = roles, names, channel
        super().__init__(roles=", ".join(ROLE_LABELS[role] for role in roles))

    def told_to(self, reader: Reader) -> str:
        roles = ", ".join(reader.gettext(ROLE_LABELS[role]) for role in self._roles)
        if self._names:
            joined = reader.gettext(N_("{one} or {other}"))
            names = (
                joined.format(one=self._names[0], other=self._names[1])
                if (len(self._names) > 1)
                else self._names[0]
            )
            return reader.gettext(self._ask_people).format(roles=roles, names=names)
        if self._channel:
            return reader.gettext(self._ask_channel).format(roles=roles, channel=self._channel)
        return reader.gettext(self.msgid).format(roles=roles)

    @classmethod
    def organisers(cls, session: Session, event_id: str, event: EventFile) -> OnlyError:
        return cls((ORGANISER,), _named(session, event_id, event), event.channels.organisers)


def _named(session: Session, event_id: str, event: EventFile) -> tuple[str, ...]:
    """Two of the organisers, always the same, whom the workspace knows by name."""
    by_role = select(Role.participant_id).where(
        Role.event_id == event_id, Role.role == ORGANISER, Role.session_id == WHOLE_EVENT
    )
    query = select(Participant.name).where(
        Participant.event_id == event_id,
        Participant.erased.is_(False),
        Participant.name.is_not(None),
        or_(Participant.email.in_(event.organisers), Participant.participant_id.in_(by_role)),
    )
    found = session.scalars(query.order_by(Participant.participant_id).limit(NAMED))
    return tuple(str(name) for name in found)
