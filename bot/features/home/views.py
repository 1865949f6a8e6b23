"""The day of one person on one page: what is most worth comes first, for a page has an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.bulletins.queries import practical_info, standing_emergency
from bot.features.bulletins.wording import alerts
from bot.features.events.model import EventFile
from bot.features.introductions.messages import meeting_actions
from bot.features.introductions.mine import MyMeeting, my_meetings
from bot.features.introductions.model import OPENS_BEFORE
from bot.features.introductions.views import round_section, rounds_ahead
from bot.features.people.profile_views import meet_action, profile_action
from bot.features.people.tables import Participant
from bot.features.people.views import (
    fewer_toggle,
    language_action,
    quiet_action,
    settings_lines,
)
from bot.features.programme.overlaps import overlap_line, overlapping
from bot.features.programme.queries import ProgrammeEntry, coming, running, starred
from bot.features.programme.wording import (
    agenda_action,
    ask_action,
    entry_section,
    same_day,
    starts,
)
from bot.features.questions.mine import my_questions, question_section

AT_ONCE = 4
"""Sessions under way, or next, that are shown; the programme has them all."""
CHOSEN = 10
ASKED = 5


@dataclass(frozen=True)
class _Day:
    """Whose day it is, and at which moment."""

    session: Session
    event: EventFile
    person: Participant
    reader: Reader
    now: datetime
    mine: Sequence[ProgrammeEntry]
    """What the person chose and is not over."""

    @property
    def chosen(self) -> set[str]:
        return {entry.session_id for entry in self.mine}


def home_view(
    session: Session,
    event: EventFile,
    person: Participant,
    reader: Reader,
    now: datetime,
    done: str = "",
) -> Card:
    """`done` says what the last press changed."""
    chosen = starred(session, person.event_id, person.participant_id)
    ahead = [entry for entry in chosen if entry.ends_at > now]
    day = _Day(session, event, person, reader, now, ahead)
    return Card(
        summary=done or event.title,
        title=event.title,
        sections=(
            *([Section("", (done,))] if done else []),
            *_alert(day),
            *_now(day),
            *_next(day),
            *_programme(day),
            *_meetings(day),
            *_questions(day),
            *_settings(day),
            *_practical(day),
        ),
        footer=reader.gettext("As of {time}.").format(time=reader.time(now)),
    )


def _alert(day: _Day) -> list[Section]:
    """Above everything else, until it is lifted."""
    alert = standing_emergency(day.session, day.person.event_id)
    return [*alerts(alert.words, day.reader)] if alert else []


def _now(day: _Day) -> list[Section]:
    shown = _mine_first(day, running(day.session, day.person.event_id, day.now))
    if not shown:
        return []
    heading = Section(day.reader.gettext("Now"))
    return [heading, *(_session(day, one) for one in shown[:AT_ONCE]), *_all_of(day, shown, "now")]


def _next(day: _Day) -> list[Section]:
    shown = _mine_first(day, coming(day.session, day.person.event_id, day.now))
    if not shown:
        return [Section("", (day.reader.gettext("No further session is planned."),))]
    start = starts(shown[0].starts_at, day.now.astimezone(day.reader.zone).date(), day.reader)
    heading = Section(f"{day.reader.gettext('Next')} · {start}")
    return [heading, *(_session(day, one) for one in shown[:AT_ONCE]), *_all_of(day, shown, "next")]


def _mine_first(day: _Day, entries: Sequence[ProgrammeEntry]) -> list[ProgrammeEntry]:
    return sorted(entries, key=lambda one: one.session_id not in day.chosen)


def _session(day: _Day, entry: ProgrammeEntry) -> Section:
    shown = entry_section(
        entry, day.reader, day.now, starred=entry.session_id in day.chosen, people=False
    )
    if entry.kind not in day.event.questions.kinds:
        return shown
    ask = ask_action(day.reader, entry.session_id)
    return Section(shown.title, shown.lines, (*shown.actions, ask))


def _all_of(day: _Day, shown: Sequence[ProgrammeEntry], view: str) -> list[Section]:
    if len(shown) <= AT_ONCE:
        return []
    more = day.reader.ngettext("… and {count} more", "… and {count} more", len(shown) - AT_ONCE)
    told = more.format(count=day.reader.number(len(shown) - AT_ONCE))
    see = Action(day.reader.gettext("See all"), "programme.view", (view,))
    return [Section("", (told,), (see,))]


def _programme(day: _Day) -> list[Section]:
    reader, today = day.reader, day.now.astimezone(day.reader.zone).date()
    sections = [Section(reader.gettext("My programme"))]
    if not day.mine:
        nothing = reader.gettext("Your programme is empty. Every session has a button to add it.")
        sections.append(Section("", (nothing,)))
    for entry in day.mine[:CHOSEN]:
        also = overlap_line(overlapping(entry, day.mine), reader)
        if (local := entry.starts_at.astimezone(reader.zone).date()) != today:
            today = local
            sections.append(Section("", (reader.day(local),)))
        sections.append(
            entry_section(entry, reader, day.now, starred=True, people=False, note=also)
        )
    see = (
        Action(reader.gettext("Programme"), "programme.view", ("today",)),
        Action(reader.gettext("My programme"), "programme.view", ("mine",)),
        agenda_action(reader),
    )
    return [*sections, Section(actions=see)]


def _meetings(day: _Day) -> list[Section]:
    """Those ahead, then the rounds of today, and others to which one said yes."""
    if not day.event.introductions.enabled:
        return []
    reader, today = day.reader, day.now.astimezone(day.reader.zone).date()
    ahead = my_meetings(day.session, day.person.event_id, day.person.participant_id, day.now)
    return [
        Section(reader.gettext("My meetings")),
        *(meeting_section(one, reader, day.now) for one in ahead if one.takes_place),
        *(
            round_section(row, said, today, reader)
            for row, said in rounds_ahead(day.session, day.person, day.now)
            if said or same_day(row.window_at, day.now, reader)
        ),
        Section(actions=(meet_action(reader),)),
    ]


def meeting_section(one: MyMeeting, reader: Reader, now: datetime) -> Section:
    """What one says on the way there is offered once the conversation is open."""
    meeting = one.meeting
    place = ", ".join(filter(None, (meeting.place(reader), one.with_whom(reader))))
    near = one.starts_at - OPENS_BEFORE <= now
    actions = meeting_actions(one.introduction_id, reader)[:3] if near else ()
    lines = (place[:1].upper() + place[1:], meeting.window(reader))
    return Section(meeting.title(reader), lines, actions)


def _questions(day: _Day) -> list[Section]:
    asked = my_questions(day.session, day.person.event_id, day.person.participant_id, ASKED)
    return [
        Section(day.reader.gettext("My questions")),
        *(question_section(one, day.reader) for one in asked),
        Section(actions=(ask_action(day.reader),)),
    ]


def _settings(day: _Day) -> list[Section]:
    reader = day.reader
    actions = (
        fewer_toggle(day.person, reader),
        quiet_action(reader),
        language_action(reader),
        profile_action(reader),
    )
    lines = settings_lines(day.event, day.person, reader)
    return [Section(reader.gettext("Settings"), lines, actions)]


def _practical(day: _Day) -> list[Section]:
    infos = practical_info(day.session, day.person.event_id, day.reader.language)
    if not infos:
        return []
    heading = Section(day.reader.gettext("Practical information"))
    return [heading, *(Section(info.title, (info.text,)) for info in infos)]
