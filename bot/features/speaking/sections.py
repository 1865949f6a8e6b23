"""A session as somebody with a part in it needs it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.roles import STAGE_HAND, WHOLE_EVENT, Role, hosts, speaks
from bot.features.programme.room_views import material_action
from bot.features.programme.tables import PassageRow, SpeakerRow
from bot.features.programme.wording import (
    accessibility_line,
    full_action,
    hours,
    passage_title,
    place_line,
)
from bot.features.questions.model import ON_SCREEN, PUBLISHED
from bot.features.questions.ordering import popular
from bot.features.questions.queries import name_of, public_questions
from bot.features.questions.wording import panel_action, quoted, stage_action

TOP = 2
"""Questions that are shown with their words."""


def part_section(
    session: Session,
    event_id: str,
    event: EventFile,
    entry: ProgrammeEntry,
    participant_id: str,
    reader: Reader,
) -> Section:
    title = f"{hours(entry, reader)} · {entry.title}"
    if entry.cancelled:
        return Section(title, (reader.gettext("Cancelled"),))
    facts = (
        place_line(entry, reader),
        accessibility_line(entry, reader),
        _own_turn(session, event_id, entry, participant_id, reader),
    )
    lines = (
        *facts,
        *_people(session, event_id, entry, participant_id, reader),
        *_questions(session, event_id, event, entry, reader),
    )
    actions = _actions(session, event_id, event, entry, participant_id, reader)
    return Section(title, tuple(filter(None, lines)), actions)


def _own_turn(
    session: Session, event_id: str, entry: ProgrammeEntry, participant_id: str, reader: Reader
) -> str:
    """« Votre passage à 11 h 52, 7 min : RémyCell : technologie de rupture »"""
    positions = session.execute(
        select(PassageRow.position, PassageRow.participant_id)
        .where(PassageRow.event_id == event_id, PassageRow.session_id == entry.session_id)
        .order_by(PassageRow.position)
    ).all()
    turns = zip(entry.passages, positions, strict=True)
    mine = next((turn for turn, row in turns if row.participant_id == participant_id), None)
    if mine is None:
        return ""
    return reader.gettext("Your turn at {time}, {minutes} min · {title}").format(
        time=reader.time(mine.starts_at),
        minutes=reader.number(mine.minutes),
        title=passage_title(mine, reader),
    )


def _people(
    session: Session, event_id: str, entry: ProgrammeEntry, participant_id: str, reader: Reader
) -> list[str]:
    """Who else is on stage, who hosts, and who helps with the technique."""
    hosting = set(hosts(session, event_id, entry.session_id))
    said = [reader.gettext("You host this session")] if participant_id in hosting else []
    others = _other_speakers(session, event_id, entry, participant_id)
    if others:
        said.append(reader.gettext("With you on stage: {people}").format(people=", ".join(others)))
    if also := _names(session, event_id, hosting - {participant_id}):
        said.append(reader.gettext("Hosted by {people}").format(people=", ".join(also)))
    if hands := _names(session, event_id, _stage_hands(session, event_id, entry.session_id)):
        said.append(reader.gettext("Technical contact: {people}").format(people=", ".join(hands)))
    return said


def _other_speakers(
    session: Session, event_id: str, entry: ProgrammeEntry, participant_id: str
) -> list[str]:
    rows = session.scalars(
        select(SpeakerRow)
        .where(SpeakerRow.event_id == event_id, SpeakerRow.session_id == entry.session_id)
        .order_by(SpeakerRow.position)
    )
    return [
        f"{row.name} ({row.organisation})" if row.organisation else row.name
        for row in rows
        if row.participant_id != participant_id
    ]


def _stage_hands(session: Session, event_id: str, session_id: str) -> set[str]:
    query = select(Role.participant_id).where(
        Role.event_id == event_id,
        Role.role == STAGE_HAND,
        or_(Role.session_id == WHOLE_EVENT, Role.session_id == session_id),
    )
    return set(session.scalars(query))


def _names(session: Session, event_id: str, people: set[str]) -> list[str]:
    rows = session.scalars(
        select(Participant).where(
            Participant.event_id == event_id, Participant.participant_id.in_(people)
        )
    )
    return sorted(name for row in rows if (name := name_of(row)))


def _questions(
    session: Session, event_id: str, event: EventFile, entry: ProgrammeEntry, reader: Reader
) -> list[str]:
    """How many, and the first by their supporters. Nobody's name: some asked anonymously."""
    if entry.kind not in event.questions.kinds:
        return []
    public = public_questions(session, event_id, entry.session_id)
    waiting = [one for one in public if one.state in (PUBLISHED, ON_SCREEN)]
    if not waiting:
        return [reader.gettext("No question yet")]
    count = reader.ngettext("{count} question so far", "{count} questions so far", len(waiting))
    top = popular(waiting)[:TOP]
    return [
        count.format(count=reader.number(len(waiting))),
        *(quoted(one.in_language(reader.language), reader) for one in top),
    ]


def _actions(
    session: Session,
    event_id: str,
    event: EventFile,
    entry: ProgrammeEntry,
    participant_id: str,
    reader: Reader,
) -> tuple[Action, ...]:
    hosting = participant_id in hosts(session, event_id, entry.session_id)
    asked = entry.kind in event.questions.kinds
    found: Sequence[Action | None] = (
        stage_action(entry.session_id, reader, primary=True) if hosting and asked else None,
        panel_action(entry.session_id, reader)
        if asked and speaks(session, event_id, participant_id, entry.session_id)
        else None,
        full_action(entry.session_id, entry.full, reader) if hosting else None,
        material_action(entry.session_id, reader),
    )
    return tuple(action for action in found if action is not None)
