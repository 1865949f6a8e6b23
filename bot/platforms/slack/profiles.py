"""One's own profile on Slack: the card, what is pressed on it, and what the organisers confirm."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.arguments import exactly
from bot.core.cards import Card
from bot.features.people.actions import erase
from bot.features.people.consents import agree
from bot.features.people.kinds import confirm_kind
from bot.features.people.profile_views import blocked_view, erasing_view, profile_view
from bot.features.people.tags import TagFinder
from bot.features.people.wishes import block, resume, unblock
from bot.platforms.slack.handlers import Gesture, Handlers, merged
from bot.platforms.slack.profiles_form import profile_form, save_profile, withdraw_consent
from bot.platforms.slack.profiles_more import (
    Describing,
    choices_form,
    pause_form,
    save_choices,
    save_pause,
)


def _mine(session: Session, gesture: Gesture, done: str = "") -> Card:
    return profile_view(session, gesture.event, gesture.person, gesture.reader, gesture.now, done)


def _noted(session: Session, gesture: Gesture) -> Card:
    return _mine(session, gesture, gesture.reader.gettext("Noted."))


def _me(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return _mine(session, gesture)


def _consent(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    purpose, answer = exactly(2, args)
    if answer == "yes":
        agree(session, gesture.person, purpose, gesture.now)
    else:
        withdraw_consent(session, gesture.person, purpose, gesture)
    return _noted(session, gesture)


def _resume(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    resume(session, gesture.person, gesture.now)
    return _noted(session, gesture)


def _block(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    block(session, gesture.person, args[0], gesture.now)
    return blocked_view(args[0], gesture.reader)


def _unblock(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    unblock(session, gesture.person, args[0], gesture.now)
    return _noted(session, gesture)


def _erasing(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return erasing_view(gesture.reader)


def _erase(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    erase(session, gesture.event_id, gesture.person.participant_id, gesture.now)
    return Card(gesture.reader.gettext("Your data is deleted."))


def _kind(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    participant_id, kind, answer = exactly(3, args)
    confirmed = answer == "yes"
    person = confirm_kind(
        session,
        gesture.event_id,
        gesture.person,
        participant_id,
        kind,
        gesture.now,
        confirmed=confirmed,
    )
    reader = gesture.reader
    said = (
        reader.gettext("{name}: confirmed.")
        if confirmed
        else reader.gettext("{name}: not confirmed.")
    )
    return Card(said.format(name=person.name or ""))


def handlers(finder: TagFinder) -> Handlers:
    return merged(_OWN, Describing(finder).handlers())


_OWN = Handlers(
    views={"people.me": _me, "people.erase": _erasing},
    actions={
        "people.consent": _consent,
        "people.resume": _resume,
        "people.block": _block,
        "people.unblock": _unblock,
        "people.erase_all": _erase,
        "people.kind": _kind,
    },
    forms={
        "people.profile": profile_form,
        "people.pause": pause_form,
        "people.choices": choices_form,
    },
    submissions={
        "people.profile": save_profile,
        "people.pause": save_pause,
        "people.choices": save_choices,
    },
)
