"""Small factories: an event, people and sessions, each with what a test does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.delivery.outdating import drop_outdated
from bot.delivery.tables import POST, QUEUED, SENT, SKIPPED, Delivery
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.model import EventFile, parse_event
from bot.features.events.queries import event_settings, find_event
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.tables import Participant
from bot.features.programme import jobs
from bot.features.programme.actions import add_star, import_programme
from bot.features.programme.model import ProgrammeDiff, ProgrammeSession
from bot.features.programme.tables import SessionRow
from bot.registry import MESSAGE_TYPES

PARIS = ZoneInfo("Europe/Paris")
EVENT = """
slug = "congress"
title = "Congrès"
zone = "Europe/Paris"
first_day = 2024-12-12
last_day = 2024-12-13
organisers = ["ada@example.org"]
[channels]
general = "programme"
organisers = "organisation"
[[profile_kinds]]
id = "startup"
fr = "Start-up"
en = "Start-up"
[[profile_kinds]]
id = "sme"
fr = "PME"
en = "Small companies"
"""


def at(clock: str, day: int = 12) -> datetime:
    """A moment of the congress by its local time."""
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    return datetime(2024, 12, day, hour, minute, second, tzinfo=PARIS)


EARLY = at("08:00")


def event_file(text: str = EVENT, **changes: Any) -> EventFile:
    return EventFile.model_validate(parse_event(text).model_dump() | changes)


def talk(name: str, start: datetime, minutes: int = 30, **more: Any) -> ProgrammeSession:
    return ProgrammeSession(
        **{
            "source_id": name,
            "title": f"Session {name}",
            "kind": "plenary",
            "room": "Descartes",
            "track": None,
            "language": None,
            "starts_at": start,
            "ends_at": start + timedelta(minutes=minutes),
            **more,
        }
    )


class World:
    """An event in one workspace, in the transaction of a test."""

    def __init__(self, session: Session, file: EventFile | None = None) -> None:
        self.session, self.now = session, EARLY
        file = file or event_file()
        apply_event(session, file, EARLY)
        self.event_id = find_event(session, file.slug)
        self.workspace_id = join_workspace(session, self.event_id, "slack", file.slug)

    @property
    def event(self) -> EventFile:
        return event_settings(self.session, self.event_id)

    def person(
        self, name: str, now: datetime = EARLY, *, email: str | None = "", locale: str = "fr-FR"
    ) -> Participant:
        address = f"{name.lower()}@example.org" if email == "" else email
        member = Member(f"U{name}", name, address, locale)
        return meet(self.session, self.event_id, self.workspace_id, member, now)

    def imports(self, *programme: ProgrammeSession, now: datetime = EARLY) -> ProgrammeDiff:
        self.now = now
        return import_programme(self.session, self.event_id, programme, now)

    def row(self, name: str) -> SessionRow:
        query = select(SessionRow).where(
            SessionRow.event_id == self.event_id, SessionRow.source_id == name
        )
        return self.session.scalars(query).one()

    def star(self, person: Participant, *names: str, now: datetime = EARLY) -> None:
        for name in names:
            add_star(
                self.session, self.event_id, person.participant_id, self.row(name).session_id, now
            )

    def tick(self, now: datetime) -> None:
        """What is due, and its delivery at once."""
        self.now = now
        jobs.tick(self.session, self.event_id, now)
        drop_outdated(self.session, self.event_id, now)
        queued = (Delivery.event_id == self.event_id, Delivery.state == QUEUED)
        self.session.execute(update(Delivery).where(*queued).values(state=SENT))

    def until(self, moment: datetime) -> None:
        """Do everything that is due, each at its moment."""
        while (due := jobs.next_due(self.session, self.event_id)) and due <= moment:
            self.tick(max(due, self.now))

    def posts(self) -> Sequence[Delivery]:
        self.session.expire_all()
        query = (
            select(Delivery)
            .where(Delivery.event_id == self.event_id, Delivery.operation == POST)
            .order_by(Delivery.created_at, Delivery.channel, Delivery.key)
        )
        return self.session.scalars(query).all()

    def told(self) -> list[tuple[str, str, str]]:
        """What is said: local time, channel or name, and the sentence; legible spaces."""
        return [
            (f"{post.created_at.astimezone(PARIS):%d %H:%M}", self.place(post), self.says(post))
            for post in self.posts()
            if post.state != SKIPPED
        ]

    def skipped(self) -> list[tuple[str, str]]:
        return [(self.place(one), self.says(one)) for one in self.posts() if one.state == SKIPPED]

    def place(self, post: Delivery) -> str:
        if post.channel:
            return f"#{post.channel}"
        person = self.session.get_one(Participant, (self.event_id, post.participant_id))
        return person.name or ""

    def says(self, post: Delivery) -> str:
        return legible(self.card(post).summary)

    def card(self, post: Delivery, language: str = "fr") -> Card:
        message = MESSAGE_TYPES.load(post.message, post.args_version, post.args)
        return message.card(self.session, self.event, self.reader(language))

    def reader(self, language: str = "fr") -> Reader:
        return Reader.of(language, self.event.zone)


def legible(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def said(card: Card) -> list[str]:
    """All that a card shows, buttons in brackets."""
    lines = [card.title]
    for section in card.sections:
        lines += [section.title, *section.lines, *(f"[{one.label}]" for one in section.actions)]
    lines += [*(f"[{one.label}]" for one in card.actions), card.footer]
    return [legible(line) for line in lines if line]
