"""Personal links to pages, and the browsers in which they were followed.

Security tokens, so machine time. Only hashes are stored: who reads the database opens nothing.
A session says who somebody is, never what they may do: rights are asked for at each request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.db.engine import machine_now
from bot.features.people.tables import Participant
from bot.features.questions.access_tables import PageLink, PageSession

TOKEN_BYTES = 32
LINK_LIVES_S = 15 * 60
"""Long enough to go from the chat to another device, too short to be found in a history."""
SESSION_LIVES_S = 12 * 60 * 60
"""A day of the congress."""


class LinkUsedError(MaillonError):
    msgid = N_(
        "This link was used before, or its time is over: it opens once, within 15 minutes. "
        "Write “stage” or “questions” to Maillon to get a new one."
    )


class NoPageSessionError(MaillonError):
    msgid = N_(
        "This page opens with a personal link. Write “stage” or “questions” to Maillon to get one."
    )


def personal_link(session: Session, person: Participant, path: str) -> str:
    """A path that opens the page at `path` for this person, in one browser, once."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        PageLink(
            event_id=person.event_id,
            token_hash=_hash(token),
            participant_id=person.participant_id,
            path=path,
            until=machine_now(session) + LINK_LIVES_S,
        )
    )
    session.flush()
    return f"/go/{token}"


def is_open(session: Session, token: str) -> bool:
    """Whether the link can still be followed. Looking changes nothing: chat clients look."""
    query = select(PageLink.until).where(PageLink.token_hash == _hash(token))
    until = session.scalar(query)
    return until is not None and machine_now(session) < until


def follow(session: Session, token: str) -> tuple[str, Participant, str]:
    """Exchange a link for a session: the cookie, whose it is, and the page."""
    # One statement takes it, so that of two who follow it at once one comes too late.
    taken = session.execute(
        delete(PageLink)
        .where(PageLink.token_hash == _hash(token))
        .returning(PageLink.event_id, PageLink.participant_id, PageLink.path, PageLink.until)
    ).one_or_none()
    now = machine_now(session)
    if taken is None or taken.until <= now:
        raise LinkUsedError
    person = session.get(Participant, (taken.event_id, taken.participant_id))
    if person is None or person.erased:
        raise LinkUsedError
    cookie = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        PageSession(
            event_id=person.event_id,
            cookie_hash=_hash(cookie),
            participant_id=person.participant_id,
            until=now + SESSION_LIVES_S,
        )
    )
    session.flush()
    return cookie, person, taken.path


def who(session: Session, cookie: str) -> Participant | None:
    """Whose browser this is; None once the session is over, revoked or unknown."""
    row = session.scalar(select(PageSession).where(PageSession.cookie_hash == _hash(cookie)))
    if row is None or row.until <= machine_now(session):
        return None
    person = session.get(Participant, (row.event_id, row.participant_id))
    return None if person is None or person.erased else person


def revoke(session: Session, event_id: str, participant_id: str) -> None:
    """*Fermer mes pages*: in every browser, and the links that were not followed yet."""
    for table in (PageLink, PageSession):
        session.execute(
            delete(table).where(table.event_id == event_id, table.participant_id == participant_id)
        )


def form_token(cookie: str) -> str:
    """What a form of this browser carries, and a form of another site cannot know."""
    return hmac.new(cookie.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_of(cookie: str, token: str) -> bool:
    return hmac.compare_digest(form_token(cookie).encode(), token.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
