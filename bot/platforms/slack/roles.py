"""Roles on Slack: who has which, a form to give one, a press to take it away."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.arguments import exactly
from bot.core.cards import Card
from bot.core.errors import NotAllowedError
from bot.features.programme.giving_roles import (
    NobodyMeantError,
    SeveralMeantError,
    give_role,
    person_meant,
    take_role,
)
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.rights import organises
from bot.features.programme.role_views import ROLE_LABELS, roles_view
from bot.features.programme.roles import HOST, TEAM, WHOLE_EVENT
from bot.features.programme.tables import SessionRow
from bot.platforms.slack.handlers import Gesture, Handlers, Opening
from bot.platforms.slack.modals import OPTIONS_OF_SELECT, Modal, Option, Select, TextInput
from bot.platforms.slack.views import Flaws, Values

EVENT = "event"


def _list(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return roles_view(session, gesture.event_id, gesture.event, gesture.person, gesture.reader)


def _form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    if not organises(session, opening.event, opening.person):
        raise NotAllowedError
    t = opening.reader.gettext
    roles = tuple(Option(role, t(label)) for role, label in ROLE_LABELS.items())
    return Modal(
        title=t("Give a role"),
        blocks=(
            TextInput("person", t("Name or e-mail address"), most=254, multiline=False),
            Select("role", t("Role"), roles, chosen=TEAM),
            Select("scope", t("For"), _scopes(session, opening), chosen=EVENT),
        ),
        ref=("roles.give", ()),
        submit=t("Give"),
    )


def _scopes(session: Session, opening: Opening) -> tuple[Option, ...]:
    """The whole event, then what is to come: as many as a list of Slack holds."""
    coming = entries(
        session,
        opening.event_id,
        SessionRow.cancelled.is_(False),
        SessionRow.kind != "networking",
        SessionRow.ends_at > opening.now,
    )
    whole = Option(EVENT, opening.reader.gettext("the whole event"))
    sessions = (Option(one.session_id, _named(one, opening)) for one in coming)
    return (whole, *sessions)[:OPTIONS_OF_SELECT]


def _named(entry: ProgrammeEntry, opening: Opening) -> str:
    reader = opening.reader
    return f"{reader.day(entry.starts_at)} {reader.time(entry.starts_at)} · {entry.title}"


def _give(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws | None:
    role, scope = str(values["role"] or TEAM), str(values["scope"] or EVENT)
    session_id = WHOLE_EVENT if scope == EVENT else scope
    if role == HOST and session_id == WHOLE_EVENT:
        flaw = gesture.reader.gettext("A session is hosted, not the whole event.")
        return Flaws({"scope": flaw})
    try:
        person = person_meant(session, gesture.event_id, str(values["person"] or ""))
    except (NobodyMeantError, SeveralMeantError) as error:
        return Flaws({"person": error.told_to(gesture.reader)})
    actor, now = gesture.person, gesture.now
    give_role(session, gesture.event_id, actor, person, role, session_id, now)
    return _list(session, gesture, args)


def _take(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    participant_id, role, session_id = exactly(3, args)
    actor, now = gesture.person, gesture.now
    take_role(session, gesture.event_id, actor, participant_id, role, session_id, now)
    return _list(session, gesture, args)


HANDLERS = Handlers(
    views={"roles.list": _list},
    actions={"roles.take": _take},
    forms={"roles.give": _form},
    submissions={"roles.give": _give},
)
