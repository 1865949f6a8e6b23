"""A person's settings on Slack."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.features.people.actions import choose_fewer_messages, choose_language
from bot.features.people.queries import reader_of
from bot.features.people.views import settings_view
from bot.platforms.slack.handlers import Gesture, Handlers


def _settings(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return settings_view(gesture.person, gesture.reader)


def _language(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_language(session, gesture.person, args[0], gesture.now)
    reader = reader_of(gesture.event, gesture.person)
    done = reader.gettext("Maillon now writes to you in English.")
    return settings_view(gesture.person, reader, done)


def _fewer(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_fewer_messages(session, gesture.person, args == ("yes",), gesture.now)
    return settings_view(gesture.person, gesture.reader, gesture.reader.gettext("Noted."))


HANDLERS = Handlers(
    views={"people.settings": _settings},
    actions={"people.language": _language, "people.fewer": _fewer},
)
