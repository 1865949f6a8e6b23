"""The programme as an answer: private, in the reader's language, with the next views to press."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.profile_views import meet_action, profile_action
from bot.features.people.queries import wants_fewer
from bot.features.people.tables import Participant
from bot.features.programme import queries, room_views, vocabulary
from bot.features.programme.overlaps import overlap_line, overlapping
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.roles import moderated_sessions
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import (
    agenda_action,
    ask_action,
    entry_section,
    in_short,
    questions_action,
)

VIEW_LABELS = {
    "now": N_("Now"),
    "next": N_("Next sessions"),
    "today": N_("Today"),
    "tomorrow": N_("Tomorrow"),
    "rooms": N_("By room"),
    "mine": N_("My programme"),
}
_EMPTY = {
    "now": N_("Nothing is under way at the moment."),
    "next": N_("No further session is planned."),
    "today": N_("No session is planned today."),
    "mine": N_("Your programme is empty. Every session has a button to add it."),
}
_NO_SESSION_THAT_DAY = N_("No session is planned that day.")
NAMED_WITH_SPEAKERS = 8
"""Sessions of a day up to which each names its speakers: a longer list is to be looked over."""


@dataclass(frozen=True)
class Asker:
    """Who looks at the programme, and when."""

    event_id: str
    event: EventFile
    participant_id: str
    reader: Reader
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.event.tz).date()


def view_asked_for(session: Session, asker: Asker, words: str) -> Card:
    """What somebody typed asks for: a view, a day, a room, the menu, or something to look for."""
    if not words.strip():
        return programme_view(session, asker, "now")
    for asked in dict.fromkeys((words, vocabulary.without_command(words))):
        if view := vocabulary.view_meant(asked):
            return programme_view(session, asker, view)
    if vocabulary.means_settings(words) or vocabulary.means_menu(words):
        return menu_view(session, asker)
    if vocabulary.means_questions(words):
        return questions_view(session, asker)
    if vocabulary.means_profile(words) or vocabulary.means_introductions(words):
        return people_view(asker)
    if card := room_views.asked_for(session, asker, words):
        return card
    if day := vocabulary.day_meant(words, asker.event, asker.today):
        return day_view(session, asker, day)
    words = vocabulary.without_command(words)
    sought = vocabulary.looked_for(words)
    named = [
        room
        for room in queries.rooms(session, asker.event_id)
        if all(vocabulary.has_word(vocabulary.words_of(room), word) for word in sought)
    ]
    if len(named) == 1:
        return room_view(session, asker, room_ref(named[0]))
    return search_view(session, asker, words)


def menu_view(session: Session, asker: Asker) -> Card:
    """Nothing requires a command, so what there is stands here as buttons."""
    title = asker.reader.gettext("What would you like to do?")
    return Card(summary=title, title=title, actions=_menu(session, asker))


def _menu(session: Session, asker: Asker) -> tuple[Action, ...]:
    """Five at most."""
    reader = asker.reader
    return (
        Action(reader.gettext("Programme"), "programme.view", ("now",), primary=True),
        Action(reader.gettext("My programme"), "programme.view", ("mine",)),
        _questions(session, asker),
        meet_action(reader),
        Action(reader.gettext("Settings"), "people.settings"),
    )


def _questions(session: Session, asker: Asker) -> Action:
    """Who decides on questions finds there how to ask one, too."""
    person = session.get(Participant, (asker.event_id, asker.participant_id))
    if person is not None and moderated_sessions(session, asker.event, person) != set():
        return questions_action(asker.reader)
    return ask_action(asker.reader)


def questions_view(session: Session, asker: Asker) -> Card:
    """What a message can answer to the word alone: the form needs a press."""
    title = asker.reader.gettext("Questions for the sessions")
    return Card(summary=title, title=title, actions=(_questions(session, asker),))


def people_view(asker: Asker) -> Card:
    """What a message can answer to "rencontre" or "moi": a profile is shown to its owner alone."""
    reader = asker.reader
    title = reader.gettext("Introductions and your profile")
    return Card(summary=title, title=title, actions=(meet_action(reader), profile_action(reader)))


def programme_view(session: Session, asker: Asker, view: str) -> Card:
    if view == "rooms":
        return rooms_view(session, asker)
    if view == "today":
        return day_view(session, asker, asker.today)
    if view == "tomorrow":
        return day_view(session, asker, asker.today + timedelta(days=1))
    lists: dict[str, Callable[[], list[ProgrammeEntry]]] = {
        "now": lambda: queries.running(session, asker.event_id, asker.now),
        "next": lambda: queries.coming(session, asker.event_id, asker.now),
        "mine": lambda: queries.starred(session, asker.event_id, asker.participant_id),
    }
    view = view if view in lists else "now"
    shown = lists[view]()
    title = _label(view, asker.reader)
    if not shown and view == "now":
        coming = queries.coming(session, asker.event_id, asker.now)
        if coming:
            return _list(session, asker, _label("next", asker.reader), coming, lead=_EMPTY[view])
    more = (agenda_action(asker.reader),) if view == "mine" else ()
    return _list(session, asker, title, shown, empty=_EMPTY[view], more=more)


def day_view(session: Session, asker: Asker, day: date) -> Card:
    reader = asker.reader
    shown = queries.of_day(session, asker.event_id, asker.event, day)
    people = len(shown) <= NAMED_WITH_SPEAKERS
    if day == asker.today:
        title, empty = _label("today", reader), _EMPTY["today"]
        return _list(session, asker, title, shown, empty=empty, people=people)
    empty = _NO_SESSION_THAT_DAY
    if day == asker.today + timedelta(days=1):
        title = _label("tomorrow", reader)
        return _list(session, asker, title, shown, empty=empty, people=people)
    name = reader.day(day)
    title = name[0].upper() + name[1:]
    return _list(session, asker, title, shown, empty=empty, people=people, day=day)


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
    reader = asker.reader
    found = queries.matching(session, asker.event_id, words)
    title = reader.gettext("Results for “{words}”").format(words=words[:80])
    if not found.entries:
        nothing = reader.gettext(
            "No session has these words. Try fewer of them, or a speaker's name."
        )
        sections = (Section("", (nothing,)),)
        return Card(f"{title} · {nothing}", title, sections, actions=_menu(session, asker))
    lead = "" if found.all_words else N_("No session has all these words. These have some of them.")
    return _list(session, asker, title, found.entries, lead=lead)


def star_changed(session: Session, asker: Asker, row: SessionRow, added: bool) -> Card:
    """The private reply to a press of *Ajouter à mon programme*, with its undo."""
    reader, entry = asker.reader, queries.entries_by_id(session, asker.event_id, [row.session_id])
    shown = entry[row.session_id]
    if not added:
        text = reader.gettext("No longer in your programme.")
    elif row.next_remind_at is None or wants_fewer(session, asker.event_id, asker.participant_id):
        text = reader.gettext("In your programme.")
    else:
        minutes = round((row.starts_at - row.next_remind_at) / timedelta(minutes=1))
        text = reader.ngettext(
            "In your programme. You will be told {minutes} minute before it starts.",
            "In your programme. You will be told {minutes} minutes before it starts.",
            minutes,
        ).format(minutes=reader.number(minutes))
    mine = queries.starred(session, asker.event_id, asker.participant_id) if added else []
    also = overlap_line(overlapping(shown, mine), reader)
    told = " · ".join(filter(None, (shown.title, also)))
    return Card(
        summary=f"{text} {told}",
        sections=(
            Section("", tuple(filter(None, (text, also)))),
            entry_section(shown, reader, asker.now, starred=added),
        ),
        actions=(_to("mine", reader),),
    )


def _to(view: str, reader: Reader) -> Action:
    return Action(_label(view, reader), "programme.view", (view,))


def _label(view: str, reader: Reader) -> str:
    return reader.gettext(VIEW_LABELS[view])


def _views_to_press(session: Session, asker: Asker) -> tuple[Action, ...]:
    """*Tomorrow* only while it has sessions."""
    tomorrow = asker.today + timedelta(days=1)
    more = queries.has_sessions(session, asker.event_id, asker.event, tomorrow)
    return tuple(_to(view, asker.reader) for view in VIEW_LABELS if more or view != "tomorrow")


def _by_day(
    asker: Asker,
    shown: Sequence[ProgrammeEntry],
    chosen: Collection[str],
    day: date,
    people: bool,
) -> list[Section]:
    """The sessions, with the day above those that are not of `day`."""
    reader = asker.reader
    mine = [entry for entry in shown if entry.session_id in chosen]
    sections = []
    for entry in shown:
        local = entry.starts_at.astimezone(reader.zone).date()
        if local != day:
            sections.append(Section(reader.day(local)))
        day = local
        starred = entry.session_id in chosen
        ahead = starred and entry.ends_at > asker.now
        note = overlap_line(overlapping(entry, mine), reader) if ahead else ""
        sections.append(
            entry_section(entry, reader, asker.now, starred=starred, people=people, note=note)
        )
    return sections


def _list(
    session: Session,
    asker: Asker,
    title: str,
    shown: Sequence[ProgrammeEntry],
    *,
    empty: str = "",
    lead: str = "",
    day: date | None = None,
    people: bool = True,
    more: tuple[Action, ...] = (),
) -> Card:
    """`day` is the one that the title names, today if none."""
    reader, day = asker.reader, day or asker.today
    chosen = queries.starred_ids(session, asker.event_id, asker.participant_id)
    sections = [Section("", (reader.gettext(lead),))] if lead else []
    if not shown:
        sections.append(Section("", (reader.gettext(empty),)))
    # What is over comes last: of a long list a platform shows the beginning.
    over = [entry for entry in shown if entry.ends_at <= asker.now]
    shown = [entry for entry in shown if entry.ends_at > asker.now]
    sections += _by_day(asker, shown, chosen, day, people)
    if over:
        sections.append(Section(reader.gettext("Already over")))
        sections += _by_day(asker, over, chosen, day, people)
    shown = [*shown, *over]
    return Card(
        summary=f"{title} · {in_short(shown, reader)}" if shown else title,
        title=title,
        sections=tuple(sections),
        actions=(*_views_to_press(session, asker), *more),
    )
