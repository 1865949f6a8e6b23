"""A person's settings on Slack."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.features.bulletins.views import announce_action
from bot.features.people.actions import choose_fewer_messages, choose_language
from bot.features.people.queries import reader_of
from bot.features.people.quiet import choose_quiet_hours
from bot.features.people.views import quiet_view, settings_view
from bot.features.programme.rights import organises
from bot.platforms.slack.handlers import Gesture, Handlers


def _settings(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return _card(session, gesture)


def _card(session: Session, gesture: Gesture, done: str = "") -> Card:
    """The settings; organisers find there how to announce something."""
    reader = reader_of(gesture.event, gesture.person)
    card = settings_view(gesture.event, gesture.person, reader, done)
    if not organises(session, gesture.event, gesture.person):
        return card
    return replace(card, actions=(*card.actions, announce_action(reader)))


def _language(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_language(session, gesture.person, args[0], gesture.now)
    reader = reader_of(gesture.event, gesture.person)
    done = reader.gettext("Maillon now writes to you in English.")
    return _card(session, gesture, done)


def _fewer(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    choose_fewer_messages(session, gesture.person, args == ("yes",), gesture.now)
    return _card(session, gesture, gesture.reader.gettext("Noted."))


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
