"""What came of introductions, on Slack: one tap each, answered in place."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.arguments import exactly, number
from bot.core.cards import Card, Link
from bot.features.introductions.crossing_messages import newest_picture, report_for
from bot.features.introductions.encounters import ANSWERS, answer_encounter, resume
from bot.features.introductions.follow_ups import (
    OUTCOMES,
    NoFollowUpError,
    choose_told,
    promise,
    report,
)
from bot.features.introductions.outcome_messages import (
    encounter_noted,
    follow_up_card,
    follow_ups,
    resumed,
    stopped,
)
from bot.features.introductions.outcome_tables import FollowUpAnswer
from bot.features.people.consents import FOLLOW_UPS, withdraw
from bot.platforms.slack.handlers import Gesture, Handler, Handlers


def _met(answer: str) -> Handler:
    def handle(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        introduction_id, other_id = exactly(2, args)
        answer_encounter(session, gesture.person, introduction_id, other_id, answer, gesture.now)
        return encounter_noted(answer, gesture.reader)

    return handle


def _resume(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    resume(session, gesture.person, gesture.now)
    return resumed(gesture.reader)


def _outcome(outcome: str) -> Handler:
    def handle(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        wave, other_id = exactly(2, args)
        said = report(session, gesture.person, other_id, number(wave), outcome, gesture.now)
        return follow_up_card(session, said, gesture.reader)

    return handle


def _step(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    wave, other_id, step = exactly(3, args)
    said = promise(session, gesture.person, other_id, number(wave), step == "yes", gesture.now)
    return follow_up_card(session, said, gesture.reader)


def _told(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    wave, other_id, told = exactly(3, args)
    said = choose_told(session, gesture.person, other_id, number(wave), told, gesture.now)
    return follow_up_card(session, said, gesture.reader)


def _edit(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    wave, other_id = exactly(2, args)
    key = (gesture.event_id, gesture.person.participant_id, other_id, number(wave))
    said = session.get(FollowUpAnswer, key)
    if said is None:
        raise NoFollowUpError
    return follow_up_card(session, said, gesture.reader)


def _page(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    wave, page = map(number, exactly(2, args))
    who = gesture.person.participant_id
    return follow_ups(session, gesture.event_id, who, wave, gesture.reader, page)


def _stop(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    withdraw(session, gesture.person, FOLLOW_UPS, gesture.now)
    return stopped(gesture.reader)


def handlers(address: PublicAddress) -> Handlers:
    def shown(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        """« bilan »: with its table, once it was posted and where pages can be opened."""
        card = report_for(session, gesture.event, gesture.person, gesture.reader)
        posted = newest_picture(session, gesture.event_id)
        if address.url is None or posted is None:
            return card
        download = gesture.reader.gettext("Download the table")
        return replace(card, links=(Link(download, address.link(f"/report/{posted}.csv")),))

    return Handlers(
        views={"outcome.edit": _edit, "outcome.page": _page, "outcome.report": shown},
        actions={
            **{f"met.{answer}": _met(answer) for answer in ANSWERS},
            **{f"outcome.{outcome}": _outcome(outcome) for outcome in OUTCOMES},
            "met.resume": _resume,
            "outcome.step": _step,
            "outcome.told": _told,
            "outcome.stop": _stop,
        },
    )
