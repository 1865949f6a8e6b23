"""What only one person sees: answers to a press, and the rounds ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.errors import NoLongerThereError
from bot.core.i18n import N_, Reader
from bot.features.introductions.answering import NO_PROFILE, NOTED
from bot.features.introductions.meetings import Member, meeting_of
from bot.features.introductions.round_messages import come_action, round_name, skip_action
from bot.features.introductions.tables import (
    CALLED,
    PLANNED,
    Introduction,
    IntroductionMember,
    Round,
    RoundChoice,
)
from bot.features.people.tables import Participant
from bot.features.programme.wording import starts

_IN_THE_WAY = {
    NO_PROFILE: N_("One thing is missing: your profile, and your agreement to be introduced."),
    "speaks": N_("You are on stage at {time}: no introduction for you this time."),
    "busy": N_("A session of your programme is at {time}. Remove it there to meet somebody."),
    "enough": N_("You have had your meetings for today."),
}


def profile_action(reader: Reader) -> Action:
    """Opened by the form of profiles."""
    return Action(reader.gettext("My profile"), "people.profile", primary=True)


def came(row: Round, outcome: str, reader: Reader) -> Card:
    """After *J'y serai*."""
    if outcome == NOTED:
        told = reader.gettext("Noted: {round}. You read at {time} whom you meet.")
        text = told.format(round=round_name(row, reader), time=reader.time(row.opens_at))
        return Card(text, actions=(skip_action(row, reader),))
    text = reader.gettext(_IN_THE_WAY[outcome]).format(time=reader.time(row.window_at))
    return Card(text, actions=(profile_action(reader),) if outcome == NO_PROFILE else ())


def skipped(row: Round, reader: Reader) -> Card:
    told = reader.gettext("Noted: not this time.")
    open_still = row.state in (PLANNED, CALLED)
    return Card(told, actions=(come_action(row, reader),) if open_still else ())


def next_round_action(
    session: Session, event_id: str, now: datetime, reader: Reader
) -> Action | None:
    """*J'y serai* for the next round to which one can still say yes."""
    row = session.scalar(
        select(Round)
        .where(
            Round.event_id == event_id,
            Round.state.in_((PLANNED, CALLED)),
            Round.closes_at > now,
        )
        .order_by(Round.closes_at)
        .limit(1)
    )
    return come_action(row, reader) if row is not None else None


def rounds_ahead(
    session: Session, person: Participant, now: datetime
) -> Sequence[tuple[Round, bool | None]]:
    """The rounds to which one can still say yes, and what one said."""
    rows = session.execute(
        select(Round, RoundChoice.coming)
        .outerjoin(
            RoundChoice,
            (RoundChoice.event_id == Round.event_id)
            & (RoundChoice.round_id == Round.round_id)
            & (RoundChoice.participant_id == person.participant_id),
        )
        .where(
            Round.event_id == person.event_id,
            Round.state.in_((PLANNED, CALLED)),
            Round.closes_at > now,
        )
        .order_by(Round.window_at)
    )
    return [(row, said) for row, said in rows]


def rounds_view(session: Session, person: Participant, reader: Reader, now: datetime) -> Card:
    rows = rounds_ahead(session, person, now)
    title = reader.gettext("Meeting people")
    if not rows:
        return Card(reader.gettext("There is no round of introductions ahead."), title=title)
    today = now.astimezone(reader.zone).date()
    sections = tuple(round_section(row, said, today, reader) for row, said in rows)
    return Card(summary=title, title=title, sections=sections)


def round_section(row: Round, said: bool | None, today: date, reader: Reader) -> Section:
    until = reader.gettext("Sign-up until {time}")
    lines = [until.format(time=starts(row.closes_at, today, reader))]
    if said is not None:
        answer = reader.gettext("You said: {answer}")
        lines.append(answer.format(answer=_said(said, reader)))
    change = skip_action(row, reader) if said else come_action(row, reader)
    return Section(round_name(row, reader), tuple(lines), (change,))


def _said(coming: bool, reader: Reader) -> str:
    return reader.gettext("I will be there") if coming else reader.gettext("Not this time")


def noted_there(reader: Reader) -> Card:
    return Card(reader.gettext("Noted. The others see it."))


def noted_late(reader: Reader) -> Card:
    return Card(reader.gettext("Noted. The others are told."))


def noted_cannot(reader: Reader) -> Card:
    return Card(reader.gettext("Noted. The others are told, and meet somebody else if they can."))


def whom_to_block(
    session: Session, person: Participant, introduction_id: str, reader: Reader
) -> Card:
    ask = reader.gettext("Whom should Maillon not propose to you again? Nobody is told.")
    return _choose(session, person, introduction_id, ask, "meet.apart", reader)


def whom_to_report(
    session: Session, person: Participant, introduction_id: str, reader: Reader
) -> Card:
    ask = reader.gettext(
        "About whom? Two people of the organisation read it, nobody else. "
        "You are not introduced to each other again."
    )
    return _choose(session, person, introduction_id, ask, "meet.reported", reader)


def _choose(
    session: Session, person: Participant, introduction_id: str, ask: str, name: str, reader: Reader
) -> Card:
    key = (person.event_id, introduction_id)
    mine = session.get(IntroductionMember, (*key, person.participant_id))
    if session.get(Introduction, key) is None or mine is None:
        raise NoLongerThereError
    others: list[Member] = [
        one
        for one in meeting_of(session, *key).members
        if one.participant_id != person.participant_id
    ]
    return Card(
        summary=ask,
        sections=(Section("", (ask,)),),
        actions=tuple(
            Action(one.profile.name, name, (introduction_id, one.participant_id)) for one in others
        ),
    )


def kept_apart(reader: Reader) -> Card:
    return Card(reader.gettext("Noted. Maillon does not introduce you to each other again."))


def reported(reached: int, reader: Reader) -> Card:
    if reached:
        return Card(
            reader.gettext("Thank you. The organisation has been told and will write to you.")
        )
    return Card(
        reader.gettext(
            "Noted: you are not introduced to each other again. Nobody of the organisation could "
            "be reached; please speak to them at the entrance."
        )
    )
