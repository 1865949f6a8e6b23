"""Running late on Slack: `/maillon retard 10`, and the buttons under its answer."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.arguments import exactly, number
from bot.core.cards import Card
from bot.features.delays import views
from bot.features.delays.previewing import preview
from bot.platforms.slack.handlers import Gesture, Handlers

WHOLE = "whole"


def _words(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """args: the channel in which it was typed, and the minutes, 0 for none."""
    channel, minutes = exactly(2, args)
    return views.asked_view(
        session,
        gesture.event,
        gesture.person,
        channel,
        number(minutes),
        gesture.reader,
        gesture.now,
    )


def _preview(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    session_id, minutes, whole = exactly(3, args)
    found = preview(
        session, gesture.person, session_id, number(minutes), gesture.now, whole=whole == WHOLE
    )
    return views.preview_view(found, gesture.reader)


def _confirm(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    session_id, minutes, seen, whole = exactly(4, args)
    return views.confirmed_view(
        session,
        gesture.person,
        session_id,
        number(minutes),
        seen,
        whole == WHOLE,
        gesture.reader,
        gesture.now,
    )


def _undo(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.undone_view(session, gesture.person, args[0], gesture.reader, gesture.now)


HANDLERS = Handlers(
    views={"delays.words": _words, "delays.preview": _preview},
    actions={"delays.confirm": _confirm, "delays.undo": _undo},
)
