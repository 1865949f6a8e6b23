"""Which pages somebody may open, and how they ask for them in the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.errors import NoLongerThereError
from bot.core.i18n import Reader
from bot.delivery.outbox import Place, enqueue
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.queries import ProgrammeEntry, entries
from bot.features.programme.roles import HOST, Role, moderated_sessions, moderates, speaks
from bot.features.programme.tables import SessionRow, SpeakerRow
from bot.features.programme.vocabulary import telling, words_of
from bot.features.questions.access import personal_link
from bot.features.questions.model import NotModeratorError
from bot.features.questions.panel import NotOnPanelError

STAGE, TEAM, PANEL = "stage", "team", "panel"
_WORDS = {STAGE: {"pupitre", "stage", "lectern"}, TEAM: {"questions", "moderation"}}
SOON = timedelta(hours=2)
OFFERED = 5


def page_meant(text: str) -> str | None:
    """The page for which somebody asks by a word."""
    words = set(telling(words_of(text)))
    return next((page for page, known in _WORDS.items() if words and words <= known), None)


@dataclass(frozen=True)
class Door:
    page: str
    session_id: str
    title: str


def doors(
    session: Session, event: EventFile, person: Participant, page: str, now: datetime
) -> list[Door]:
    """The pages of that kind that this person may open now; a panelist's list stands for the
    team's page where somebody has no other."""
    mine = moderated_sessions(session, event, person)
    if page == TEAM and mine != set():
        return [Door(TEAM, "", event.title)]
    if page == STAGE:
        hosted = _hosted(session, person)
        wanted = hosted or mine
        found = (
            _ahead(session, event, person, wanted, now, soon=not hosted) if wanted != set() else []
        )
        return [Door(STAGE, one.session_id, one.title) for one in found]
    spoken = _spoken(session, person)
    found = _ahead(session, event, person, spoken, now, soon=False) if spoken else []
    return [Door(PANEL, one.session_id, one.title) for one in found]


def _hosted(session: Session, person: Participant) -> set[str]:
    query = select(Role.session_id).where(
        Role.event_id == person.event_id,
        Role.participant_id == person.participant_id,
        Role.role == HOST,
    )
    return set(filter(None, session.scalars(query)))


def _spoken(session: Session, person: Participant) -> set[str]:
    query = select(SpeakerRow.session_id).where(
        SpeakerRow.event_id == person.event_id, SpeakerRow.participant_id == person.participant_id
    )
    return set(session.scalars(query))


def _ahead(
    session: Session,
    event: EventFile,
    person: Participant,
    wanted: set[str] | None,
    now: datetime,
    *,
    soon: bool,
) -> list[ProgrammeEntry]:
    """What takes questions and is not over, of `wanted` (None: of all), the next first."""
    limits = [
        SessionRow.kind.in_(event.questions.kinds),
        SessionRow.cancelled.is_(False),
        SessionRow.ends_at > now,
    ]
    if wanted is not None:
        limits.append(SessionRow.session_id.in_(wanted))
    if soon:
        limits.append(SessionRow.starts_at <= now + SOON)
    return entries(session, person.event_id, *limits)[:OFFERED]


def open_door(
    session: Session, event: EventFile, person: Participant, page: str, session_id: str
) -> str:
    """The path of a personal link to a page that this person may see."""
    if page == PANEL:
        if not speaks(session, person.event_id, person.participant_id, session_id):
            raise NotOnPanelError
    elif page not in (STAGE, TEAM) or (page == STAGE and not session_id):
        raise NoLongerThereError
    elif (session_id and not moderates(session, event, person, session_id)) or moderated_sessions(
        session, event, person
    ) == set():
        raise NotModeratorError
    return personal_link(session, person, f"/{page}/{session_id}".rstrip("/"))


def doors_card(found: Sequence[Door], reader: Reader) -> Card:
    if not found:
        nothing = reader.gettext("No page is open to you at the moment.")
        return Card(summary=nothing, sections=(Section("", (nothing,)),))
    title = reader.gettext("Your pages")
    return Card(
        summary=title,
        title=title,
        sections=tuple(Section(one.title, actions=(_open(one, reader),)) for one in found),
    )


def _open(door: Door, reader: Reader) -> Action:
    labels = {
        STAGE: reader.gettext("Open the stage page"),
        TEAM: reader.gettext("Open the question team's page"),
        PANEL: reader.gettext("Open my list"),
    }
    args = (door.page, door.session_id) if door.session_id else (door.page,)
    return Action(labels[door.page], "pages.open", args, primary=True)


@dataclass(frozen=True)
class PagesOffered:
    """To who wrote « pupitre » to Maillon. Buttons, not links: those would lie in the outbox."""

    name: ClassVar[str] = "questions.pages"
    version: ClassVar[int] = 1
    fleeting: ClassVar[bool] = True
    event_id: str
    participant_id: str
    page: str
    at: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        person = session.get_one(Participant, (self.event_id, self.participant_id))
        now = datetime.fromisoformat(self.at)
        return doors_card(doors(session, event, person, self.page, now), reader)


def offer_pages(
    session: Session,
    event: EventFile,
    person: Participant,
    workspace_id: str,
    words: str,
    key: str,
    now: datetime,
) -> bool:
    """Answer a direct message that asks for a page; False where it is about something else."""
    page = page_meant(words)
    if page is None or not may_open_any(session, event, person, page):
        return False
    enqueue(
        session,
        person.event_id,
        Place(workspace_id, participant_id=person.participant_id),
        PagesOffered(person.event_id, person.participant_id, page, now.isoformat()),
        f"pages:{key}",
        message_class="answer",
        now=now,
        cause=key,
    )
    return True


def may_open_any(session: Session, event: EventFile, person: Participant, page: str) -> bool:
    """For everybody else the same word is one to look for in the programme."""
    if moderated_sessions(session, event, person) != set():
        return True
    return page == TEAM and bool(_spoken(session, person))


PAGE_MESSAGES = (PagesOffered,)
