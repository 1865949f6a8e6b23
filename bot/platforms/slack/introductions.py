"""Rounds and introductions on Slack: one press, one answer that only its person sees."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.features.introductions import attending, views
from bot.features.introductions.answering import come, not_this_time
from bot.features.introductions.tables import Round
from bot.platforms.slack.handlers import Gesture, Handlers


def _rounds(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.rounds_view(session, gesture.person, gesture.reader, gesture.now)


def _come(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    outcome = come(session, gesture.person, args[0], gesture.now)
    row = session.get_one(Round, (gesture.event_id, args[0]))
    return views.came(row, outcome, gesture.reader)


def _skip(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = not_this_time(session, gesture.person, args[0], gesture.now)
    return views.skipped(row, gesture.reader)


def _here(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    attending.here(session, gesture.person, args[0], gesture.now)
    return views.noted_there(gesture.reader)


def _late(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    attending.late(session, gesture.person, args[0], gesture.now)
    return views.noted_late(gesture.reader)


def _cannot(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    attending.cannot_come(session, gesture.person, args[0], gesture.now)
    return views.noted_cannot(gesture.reader)


def _whom_to_block(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.whom_to_block(session, gesture.person, args[0], gesture.reader)


def _apart(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    attending.keep_apart(session, gesture.person, args[0], args[1], gesture.now)
    return views.kept_apart(gesture.reader)


def _whom_to_report(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.whom_to_report(session, gesture.person, args[0], gesture.reader)


def _reported(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    reached = attending.report(session, gesture.person, args[0], args[1], gesture.now)
    return views.reported(reached, gesture.reader)


HANDLERS = Handlers(
    views={
        "rounds.view": _rounds,
        "meet.block": _whom_to_block,
        "meet.report": _whom_to_report,
    },
    actions={
        "rounds.come": _come,
        "rounds.skip": _skip,
        "meet.here": _here,
        "meet.late": _late,
        "meet.cannot": _cannot,
        "meet.apart": _apart,
        "meet.reported": _reported,
    },
)
