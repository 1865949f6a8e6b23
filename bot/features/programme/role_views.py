"""Who has which role, for the organisers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.errors import NotAllowedError
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.rights import organises
from bot.features.programme.roles import (
    CHAT,
    FILE,
    GROUP,
    HOST,
    ORGANISER,
    STAGE_HAND,
    TEAM,
    Role,
    given_by,
)
from bot.features.programme.tables import SessionRow

ROLE_LABELS = {
    HOST: N_("Hosts a session"),
    TEAM: N_("Questions team"),
    ORGANISER: N_("Organisation team"),
    STAGE_HAND: N_("Stage crew"),
}
_SOURCES = {FILE: N_("list of roles"), CHAT: N_("given here"), GROUP: N_("user group")}


def roles_view(
    session: Session, event_id: str, event: EventFile, person: Participant, reader: Reader
) -> Card:
    """Those whose role is for the whole event first, then by session."""
    if not organises(session, event, person):
        raise NotAllowedError
    rows = session.execute(
        select(Role, Participant.name, Participant.email, SessionRow.title)
        .join(
            Participant,
            (Participant.event_id == Role.event_id)
            & (Participant.participant_id == Role.participant_id),
        )
        .outerjoin(
            SessionRow,
            (SessionRow.event_id == Role.event_id) & (SessionRow.session_id == Role.session_id),
        )
        .where(Role.event_id == event_id)
        .order_by(
            SessionRow.starts_at.is_not(None), SessionRow.starts_at, Role.session_id, Role.role
        )
    ).all()
    title = reader.gettext("Roles")
    none = reader.gettext("Nobody has a role yet besides the organisers of the event file.")
    sections = [_section(row, name or email or "", of, reader) for row, name, email, of in rows]
    return Card(
        summary=title,
        title=title,
        sections=tuple(sections) or (Section("", (none,)),),
        actions=(Action(reader.gettext("Give a role"), "roles.give", primary=True),),
    )


def _section(row: Role, name: str, title: str | None, reader: Reader) -> Section:
    of = title or reader.gettext("the whole event")
    ways = [reader.gettext(words) for way, words in _SOURCES.items() if given_by(row, way)]
    line = " · ".join((reader.gettext(ROLE_LABELS[row.role]), of, ", ".join(ways)))
    take = Action(reader.gettext("Take away"), "roles.take", row.key)
    return Section(name, (line,), (take,) if given_by(row, CHAT) else ())
