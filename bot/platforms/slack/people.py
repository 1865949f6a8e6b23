"""A person's settings on Slack."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.features.people.actions import choose_fewer_messages, choose_language
from bot.features.people.queries import reader_of
from bot.features.people.quiet import choose_quiet_hours
from bot.features.people.views import quiet_view, settings_view
from bot.platforms.slack.handlers import Gesture, Handlers


def _settings(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return settings_view(gesture.event, gesture.person, gesture.reader)


def _language(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_language(session, gesture.person, args[0], gesture.now)
    reader = reader_of(gesture.event, gesture.person)
    done = reader.gettext("Maillon now writes to you in English.")
    return settings_view(gesture.event, gesture.person, reader, done)


def _fewer(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_fewer_messages(session, gesture.person, args == ("yes",), gesture.now)
    noted = gesture.reader.gettext("Noted.")
    return settings_view(gesture.event, gesture.person, gesture.reader, noted)


def _hours(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return quiet_view(gesture.event, gesture.person, gesture.reader)


def _quiet(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_quiet_hours(session, gesture.person, args[0], gesture.now)
    noted = gesture.reader.gettext("Noted.")
    return quiet_view(gesture.event, gesture.person, gesture.reader, noted)


HANDLERS = Handlers(
    views={"people.settings": _settings, "people.quiet_hours": _hours},
    actions={"people.language": _language, "people.fewer": _fewer, "people.quiet": _quiet},
)
