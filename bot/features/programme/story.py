"""What happened to one session, in order: its changes, and what was said of it to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.i18n import N_, Reader
from bot.db.history import Change as HistoryRow
from bot.delivery.tables import EDIT, QUEUED, SENDING, UNKNOWN, Delivery
from bot.delivery.view import seen, why
from bot.features.events.queries import workspace_ids
from bot.features.programme.changes import announcement_key, reminder_key
from bot.features.programme.diff_wording import kind_labels
from bot.features.programme.tables import AnnouncedSession, Notice, Reminder, SessionRow

_OF_THE_SESSION = {
    "programme.delayed": N_("runs {minutes} min late"),
    "programme.delay_undone": N_("the delay is taken back"),
    "programme.full": N_("places changed"),
    "programme.material_added": N_("a document is added"),
    "programme.material_renamed": N_("a document is renamed"),
    "programme.material_removed": N_("a document is removed"),
    "questions.session_changed": N_("its questions are run differently"),
}
_WITHHELD = {
    "quiet": N_("no reminder, quiet hours: {count}"),
    "speaking": N_("no reminder, on stage themselves: {count}"),
    "budget": N_("no reminder, enough messages today: {count}"),
    "gap": N_("no reminder, too soon after another message: {count}"),
}
_MESSAGES = {
    "programme.announced": N_("announcement"),
    "programme.changed": N_("notice of a change"),
    "programme.reminder": N_("reminder"),
    "questions.board": N_("its questions"),
    "questions.stage_opens": N_("the address of the pupitre"),
    "questions.left_open": N_("what is still open"),
    "questions.answers": N_("written answers"),
    "speaking.day": N_("to who is on stage, the day before"),
    "speaking.soon": N_("to who is on stage, an hour before"),
}
"""What is said of a session; other messages go by their name."""
_STATES = {
    QUEUED: N_("waiting"),
    SENDING: N_("under way"),
    UNKNOWN: N_("without an answer"),
    "sent": N_("sent"),
    "failed": N_("failed"),
    "skipped": N_("not said"),
    "dropped": N_("dropped"),
}


@dataclass(frozen=True)
class Step:
    """Something that happened at event time `at`."""

    at: datetime
    told: str


def story(
    session: Session, row: SessionRow, keys: Collection[str], now: datetime, reader: Reader
) -> list[Step]:
    """`keys`: of what was said of it together with other sessions, besides announcements, changes
    and reminders."""
    steps = [*_changes(session, row, reader), *_said(session, row, keys, now, reader)]
    return sorted(steps, key=lambda step: step.at)


def _changes(session: Session, row: SessionRow, reader: Reader) -> Iterator[Step]:
    mine = (HistoryRow.event_id == row.event_id, HistoryRow.subject == row.session_id)
    for change in session.scalars(select(HistoryRow).where(*mine)):
        yield Step(change.at, _change(change, reader))


def _change(change: HistoryRow, reader: Reader) -> str:
    before, after = change.before or {}, change.after or {}
    msgid = _OF_THE_SESSION.get(change.what)
    if msgid is not None:
        return reader.gettext(msgid).format(minutes=after.get("minutes", ""))
    facts = [
        f"{_fact(name, before, reader)} → {_fact(name, after, reader)}"
        for name in ("starts_at", "ends_at", "room", "title")
        if before and after and before.get(name) != after.get(name)
    ]
    return " · ".join((kind_labels(change.what.partition(".")[2].split("+"), reader), *facts))


def _fact(name: str, facts: dict[str, Any], reader: Reader) -> str:
    value = str(facts.get(name, ""))
    if not name.endswith("_at"):
        return value
    moment = datetime.fromisoformat(value)
    return f"{reader.day(moment)} {reader.time(moment)}"


def _said(
    session: Session, row: SessionRow, keys: Collection[str], now: datetime, reader: Reader
) -> Iterator[Step]:
    """A line a post, and a line for all that went to people together."""
    posts = _posts(session, row, keys)
    to_people = [post for post in posts if post.channel is None]
    in_channels = [post for post in posts if post.channel is not None]
    edits = session.scalars(
        select(Delivery).where(
            Delivery.event_id == row.event_id,
            Delivery.operation == EDIT,
            Delivery.edits.in_([post.delivery_id for post in in_channels]),
        )
    ).all()
    for one in seen(session, row.event_id, [*in_channels, *edits]):
        assert one.due_at is not None, "what is said of a session is sealed to nobody"
        what = f"{_called(one.message, reader)} {one.place}"
        if one.operation == EDIT:
            what = reader.gettext("edit: {what}").format(what=what)
        state, reason = reader.gettext(_STATES[one.state]), why(one, now, reader)
        yield Step(one.due_at, " · ".join(filter(None, (what, state, reason))))
    yield from _together(to_people, reader)
    withheld = Counter(
        session.scalars(
            select(Reminder.withheld).where(
                Reminder.event_id == row.event_id,
                Reminder.session_id == row.session_id,
                Reminder.withheld.is_not(None),
            )
        )
    )
    for because, count in sorted(withheld.items(), key=str):
        told = reader.gettext(_WITHHELD[str(because)]).format(count=reader.number(count))
        yield Step(row.starts_at, told)


def _together(posts: Sequence[Delivery], reader: Reader) -> Iterator[Step]:
    by_message: dict[str, list[Delivery]] = {}
    for post in posts:
        by_message.setdefault(post.message, []).append(post)
    for message, those in by_message.items():
        states = Counter(post.state for post in those)
        told = ", ".join(
            f"{reader.gettext(_STATES[state])} {reader.number(count)}"
            for state, count in sorted(states.items())
        )
        yield Step(min(post.due_at for post in those), f"{_called(message, reader)} · {told}")


def _called(message: str, reader: Reader) -> str:
    msgid = _MESSAGES.get(message)
    return reader.gettext(msgid) if msgid else message


def _posts(session: Session, row: SessionRow, keys: Collection[str]) -> Sequence[Delivery]:
    """The keys of what is about one session alone hold its id."""
    mine = {"event_id": row.event_id, "session_id": row.session_id}
    workspaces = workspace_ids(session, row.event_id)
    announced = session.scalars(select(AnnouncedSession.announcement_id).filter_by(**mine))
    tellings = session.scalars(select(Notice.telling_id).filter_by(**mine).distinct()).all()
    reminders = session.scalars(select(Reminder.reminder_id).filter_by(**mine).distinct())
    known = [
        *keys,
        *(announcement_key(one, each) for one in announced for each in workspaces),
        *(f"changed:{one}:{each}" for one in tellings for each in workspaces),
        *(f"changed:{one}" for one in tellings),
        *(reminder_key(one) for one in reminders),
    ]
    about = or_(
        Delivery.key.in_(known), Delivery.key.contains(f":{row.session_id}:", autoescape=True)
    )
    return session.scalars(select(Delivery).where(Delivery.event_id == row.event_id, about)).all()
