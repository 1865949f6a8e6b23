"""The programme as an answer: private, in the reader's language, with the next views to press."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.queries import wants_fewer
from bot.features.programme import queries
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import entry_section, in_short

VIEW_LABELS = {
    "now": N_("Now"),
    "next": N_("Next sessions"),
    "today": N_("Today"),
    "rooms": N_("By room"),
    "mine": N_("My programme"),
}
_EMPTY = {
    "now": N_("Nothing is under way at the moment."),
    "next": N_("No further session is planned."),
    "today": N_("No session is planned today."),
    "mine": N_("Your programme is empty. Every session has a button to add it."),
}
_WORDS = {
    "now": ("now", "maintenant", "en ce moment"),
    "next": ("next", "suite", "suivant", "a suivre", "ensuite"),
    "today": ("today", "aujourd'hui", "jour", "programme du jour", "le programme du jour"),
    "rooms": ("rooms", "room", "by room", "salles", "salle", "par salle"),
    "mine": ("mine", "my", "mon", "mon programme", "my programme", "my agenda", "agenda"),
}
_SEARCH = ("salle ", "room ", "cherche ", "chercher ", "recherche ", "rechercher ", "search ")


@dataclass(frozen=True)
class Asker:
    """Who looks at the programme, and when."""

    event_id: str
    event: EventFile
    participant_id: str
    reader: Reader
    now: datetime


def view_asked_for(session: Session, asker: Asker, words: str) -> Card:
    """What the words after the command ask for: a view, a room, or something to look for."""
    words = " ".join(words.split())
    folded = queries.folded(words)
    for view, synonyms in _WORDS.items():
        if folded in synonyms:
            return programme_view(session, asker, view)
    if not folded:
        return programme_view(session, asker, "now")
    asked = next((word for word in _SEARCH if folded.startswith(word)), "")
    words = words[len(asked) :]
    folded = queries.folded(words)
    named = [
        room for room in queries.rooms(session, asker.event_id) if folded in queries.folded(room)
    ]
    if len(named) == 1:
        return room_view(session, asker, room_ref(named[0]))
    return search_view(session, asker, words)


def programme_view(session: Session, asker: Asker, view: str) -> Card:
    if view == "rooms":
        return rooms_view(session, asker)
    lists: dict[str, Callable[[], list[ProgrammeEntry]]] = {
        "now": lambda: queries.running(session, asker.event_id, asker.now),
        "next": lambda: queries.coming(session, asker.event_id, asker.now),
        "today": lambda: queries.of_day(session, asker.event_id, asker.event, asker.now),
        "mine": lambda: queries.starred(session, asker.event_id, asker.participant_id),
    }
    view = view if view in lists else "now"
    shown = lists[view]()
    title = _label(view, asker.reader)
    if not shown and view == "now":
        coming = queries.coming(session, asker.event_id, asker.now)
        if coming:
            return _list(session, asker, _label("next", asker.reader), coming, lead=_EMPTY[view])
    return _list(session, asker, title, shown, empty=_EMPTY[view])


def rooms_view(session: Session, asker: Asker) -> Card:
    title = _label("rooms", asker.reader)
    actions = tuple(
        Action(room[:75], "programme.room", (room_ref(room),))
        for room in queries.rooms(session, asker.event_id)[:20]
    )
    return Card(summary=title, title=title, actions=actions)


def room_ref(room: str) -> str:
    """A room in a button: names are long and may hold anything."""
    return hashlib.sha256(room.encode()).hexdigest()[:10]


def room_view(session: Session, asker: Asker, ref: str) -> Card:
    room = next(
        (room for room in queries.rooms(session, asker.event_id) if room_ref(room) == ref), None
    )
    if room is None:
        return rooms_view(session, asker)
    shown = queries.of_room(session, asker.event_id, room, asker.now)
    return _list(session, asker, room, shown, empty=_EMPTY["next"])


def search_view(session: Session, asker: Asker, words: str) -> Card:
    shown = queries.matching(session, asker.event_id, words)
    title = asker.reader.gettext("Results for “{words}”").format(words=words[:80])
    empty = N_("No session has these words. Try fewer of them, or a speaker's name.")
    return _list(session, asker, title, shown, empty=empty)


def star_changed(session: Session, asker: Asker, row: SessionRow, added: bool) -> Card:
    """The private reply to a press of *Ajouter à mon programme*, with its undo."""
    reader, entry = asker.reader, queries.entries_by_id(session, asker.event_id, [row.session_id])
    shown = entry[row.session_id]
    if not added:
        text = reader.gettext("No longer in your programme.")
    elif row.next_remind_at is None or wants_fewer(session, asker.event_id, asker.participant_id):
        text = reader.gettext("In your programme.")
    else:
        minutes = asker.event.timing.remind_minutes
        text = reader.ngettext(
            "In your programme. You will be told {minutes} minute before it starts.",
            "In your programme. You will be told {minutes} minutes before it starts.",
            minutes,
        ).format(minutes=reader.number(minutes))
    return Card(
        summary=f"{text} {shown.title}",
        sections=(Section("", (text,)), entry_section(shown, reader, asker.now, starred=added)),
        actions=(_to("mine", reader),),
    )


def _to(view: str, reader: Reader) -> Action:
    return Action(_label(view, reader), "programme.view", (view,))


def _label(view: str, reader: Reader) -> str:
    return reader.gettext(VIEW_LABELS[view])


def _by_day(
    asker: Asker, shown: Sequence[ProgrammeEntry], chosen: Collection[str]
) -> list[Section]:
    """The sessions, with the day above those that are of another."""
    reader = asker.reader
    sections = []
    day = asker.now.astimezone(reader.zone).date()
    for entry in shown:
        local = entry.starts_at.astimezone(reader.zone).date()
        if local != day:
            sections.append(Section(reader.day(local)))
        day = local
        starred = entry.session_id in chosen
        sections.append(entry_section(entry, reader, asker.now, starred=starred))
    return sections


def _list(
    session: Session,
    asker: Asker,
    title: str,
    shown: Sequence[ProgrammeEntry],
    *,
    empty: str = "",
    lead: str = "",
) -> Card:
    reader = asker.reader
    chosen = queries.starred_ids(session, asker.event_id, asker.participant_id)
    sections = [Section("", (reader.gettext(lead),))] if lead else []
    if not shown:
        sections.append(Section("", (reader.gettext(empty),)))
    # What is over comes last: of a long list a platform shows the beginning.
    over = [entry for entry in shown if entry.ends_at <= asker.now]
    shown = [entry for entry in shown if entry.ends_at > asker.now]
    sections += _by_day(asker, shown, chosen)
    if over:
        sections.append(Section(reader.gettext("Already over")))
        sections += _by_day(asker, over, chosen)
    shown = [*shown, *over]
    return Card(
        summary=f"{title} · {in_short(shown, reader)}" if shown else title,
        title=title,
        sections=tuple(sections),
        actions=tuple(_to(view, reader) for view in VIEW_LABELS),
    )
