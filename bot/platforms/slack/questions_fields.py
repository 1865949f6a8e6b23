"""The fields that several forms about questions share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_
from bot.features.programme.queries import ProgrammeEntry, entries_by_id
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import same_day
from bot.features.questions.queries import QuestionView, question_view
from bot.platforms.slack.handlers import Opening
from bot.platforms.slack.modals import Option, Select, TextInput
from bot.platforms.slack.views import Values

TEXT, SESSION = "text", "session"


class NoSessionChosenError(MaillonError):
    msgid = N_("Please choose the session.")


def text_input(label: str, initial: str = "") -> TextInput:
    """Longer than a question may be: what is too long comes back with a sentence, whole."""
    return TextInput(TEXT, label, initial=initial)


def session_select(rows: Sequence[SessionRow], opening: Opening) -> Select:
    """The nearest first; chosen already where only one is under way, or else comes next."""
    reader, now = opening.reader, opening.now
    under_way = [row for row in rows if row.starts_at <= now]
    nearest = under_way or [row for row in rows if row.starts_at == rows[0].starts_at]
    options = []
    for row in rows:
        when = reader.time(row.starts_at)
        if not same_day(row.starts_at, now, reader):
            when = f"{reader.day(row.starts_at)}, {when}"
        options.append(Option(row.session_id, f"{when} · {row.title}", row.room))
    chosen = nearest[0].session_id if len(nearest) == 1 else None
    return Select(SESSION, reader.gettext("Session"), tuple(options), chosen=chosen)


def session_of(args: tuple[str, ...], values: Values) -> str:
    chosen = args[0] if args else values.get(SESSION)
    if not chosen:
        raise NoSessionChosenError
    return str(chosen)


def entry_of(session: Session, event_id: str, session_id: str) -> ProgrammeEntry:
    found = entries_by_id(session, event_id, [session_id])
    if session_id not in found:
        raise NoLongerThereError
    return found[session_id]


def view_of(session: Session, event_id: str, question_id: str) -> QuestionView:
    view = question_view(session, event_id, question_id)
    if view is None:
        raise NoLongerThereError
    return view
