"""What a transaction is carried out for: one id from the click to the message.

The id is the platform's, of the gesture or event that came in. It goes along with the session, so
that what is said because of it (`deliveries.cause`) needs no telling. It names nobody; but whoever
knows what else a gesture did may know who made it, so what is done anonymously has none.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

_CAUSE = "cause"


def because(session: Session, key: str) -> None:
    session.info[_CAUSE] = key


def leave_no_trace(session: Session) -> None:
    """From here on nothing that is said tells what it comes of."""
    session.info.pop(_CAUSE, None)


def cause_of(session: Session) -> str | None:
    """None where the clock or a command is at work, and where nothing may be traced."""
    cause: str | None = session.info.get(_CAUSE)
    return cause
