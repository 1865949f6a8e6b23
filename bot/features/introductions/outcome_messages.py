"""What is asked after a meeting and after the event, and how the answers are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.introductions.encounters import UNKEPT
from bot.features.introductions.follow_ups import (
    COUNTED,
    NAMED,
    NOT_COUNTED,
    NOTHING,
    newest_of,
    to_ask,
)
from bot.features.introductions.outcome_tables import FollowUpAnswer
from bot.features.introductions.pairs import (
    NO,
    NOT_YET,
    YES,
    Pair,
    blocked_by,
    introduced,
    names_of,
)
from bot.features.people.profile_tables import Profile
from bot.features.programme.messages import fewer_action

ANSWER_LABELS = {YES: N_("Yes"), NOT_YET: N_("Not yet"), NO: N_("No")}
OUTCOME_LABELS = {
    "partnership": N_("Partnership"),
    "pilot": N_("Trial or pilot"),
    "funding": N_("Funding"),
    "hire": N_("Recruitment"),
    "other": N_("Other follow-up"),
    NOTHING: N_("No follow-up"),
}
TOLD_LABELS = {
    COUNTED: N_("Count without details"),
    NOT_COUNTED: N_("Do not count"),
    NAMED: N_("Name both organisations"),
}
LISTED = 20
"""Meetings of one message: each takes up to two of Slack's fifty blocks."""


# Did you meet?


@dataclass(frozen=True)
class EncountersAsked:
    """After the window, to each person of an introduction: one tap for each other."""

    name: ClassVar[str] = "introductions.encounters_asked"
    version: ClassVar[int] = 1
    event_id: str
    introduction_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        title = reader.gettext("Did the meeting take place?")
        pairs = asked_about(session, self.event_id, self.introduction_id, self.participant_id)
        others = [pair.other(self.participant_id) for pair in pairs]
        names = names_of(session, self.event_id, others)
        return Card(
            summary=f"{title} {' · '.join(names[other] for other in others)}",
            title=title,
            sections=tuple(
                _encounter(
                    pair, self.participant_id, names[pair.other(self.participant_id)], reader
                )
                for pair in pairs
            ),
            actions=(fewer_action(reader),),
        )


def asked_about(
    session: Session, event_id: str, introduction_id: str, participant_id: str
) -> list[Pair]:
    """The others of an introduction, without whom this person does not want to hear of."""
    blocked = blocked_by(session, event_id, participant_id)
    pairs = introduced(session, event_id, of=participant_id, introduction_id=introduction_id)
    return [pair for pair in pairs if pair.other(participant_id) not in blocked]


def _encounter(pair: Pair, mine: str, name: str, reader: Reader) -> Section:
    said = pair.said.get(mine)
    return Section(
        name,
        (_your_answer(reader.gettext(ANSWER_LABELS[said]), reader),) if said else (),
        tuple(
            Action(reader.gettext(label), f"met.{answer}", (pair.introduction_id, pair.other(mine)))
            for answer, label in ANSWER_LABELS.items()
            if answer != said
        ),
    )


def _your_answer(answer: str, reader: Reader) -> str:
    return reader.gettext("Your answer: {answer}").format(answer=answer)


def encounter_noted(answer: str, reader: Reader) -> Card:
    """The private reply to a press."""
    noted = reader.gettext("Noted: {answer}.").format(answer=reader.gettext(ANSWER_LABELS[answer]))
    return Card(summary=noted, sections=(Section("", (noted,)),))


# Meetings that were not kept


@dataclass(frozen=True)
class MeetingsPaused:
    name: ClassVar[str] = "introductions.paused"
    version: ClassVar[int] = 1
    event_id: str
    participant_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        profile = session.get(Profile, (self.event_id, self.participant_id))
        if profile is None or profile.paused_why != UNKEPT:
            return resumed(reader)
        title = reader.gettext("Your introductions are suspended")
        text = reader.gettext(
            "Two meetings did not take place, so none is proposed to you any more. "
            "You can resume whenever you like."
        )
        return Card(
            summary=f"{title} · {text}",
            title=title,
            sections=(Section("", (text,)),),
            actions=(Action(reader.gettext("Resume"), "met.resume"), fewer_action(reader)),
        )


def resumed(reader: Reader) -> Card:
    done = reader.gettext("Introductions are proposed to you again.")
    return Card(summary=done, sections=(Section("", (done,)),))


# What came of it?


@dataclass(frozen=True)
class FollowUpsAsked:
    """One message a wave, with all meetings of a person of which something may have come."""

    name: ClassVar[str] = "introductions.follow_ups_asked"
    version: ClassVar[int] = 1
    event_id: str
    participant_id: str
    wave: int

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        return follow_ups(session, self.event_id, self.participant_id, self.wave, reader)


def follow_ups(
    session: Session,
    event_id: str,
    participant_id: str,
    wave: int,
    reader: Reader,
    page: int = 0,
) -> Card:
    """A page of the meetings: the message is the first, a button shows each further one."""
    pairs = to_ask(session, event_id, participant_id, wave)
    title = (
        reader.gettext("Your meeting: what came of it?")
        if len(pairs) == 1
        else reader.gettext("Your {count} meetings: what came of them?")
    ).format(count=reader.number(len(pairs)))
    shown = pairs[page * LISTED : (page + 1) * LISTED]
    names = names_of(session, event_id, [pair.other(participant_id) for pair in shown])
    said = newest_of(session, event_id, participant_id)
    left = len(pairs) - (page + 1) * LISTED
    more = reader.ngettext("Show {count} more", "Show {count} more", left)
    return Card(
        summary=title,
        title=title,
        sections=tuple(
            _follow_up(pair, pair.other(participant_id), names, said, wave, reader)
            for pair in shown
        ),
        actions=(
            *(
                [
                    Action(
                        more.format(count=reader.number(left)),
                        "outcome.page",
                        (str(wave), str(page + 1)),
                    )
                ]
                if left > 0
                else []
            ),
            Action(reader.gettext("Do not ask me again"), "outcome.stop"),
            fewer_action(reader),
        ),
    )


def _follow_up(
    pair: Pair,
    other: str,
    names: dict[str, str],
    said: dict[str, FollowUpAnswer],
    wave: int,
    reader: Reader,
) -> Section:
    """One tap where nothing was said in this wave yet; otherwise what was said, and its details."""
    answer = said.get(other)
    when = reader.gettext("{day}, {time}").format(
        day=reader.day(pair.at), time=reader.time(pair.at)
    )
    if answer is None:
        return Section(names[other], (when,), _outcomes(other, wave, reader))
    line = _in_words(answer, reader)
    if answer.wave < wave:
        return Section(names[other], (when, line), _outcomes(other, wave, reader))
    edit = Action(reader.gettext("Details"), "outcome.edit", (str(answer.wave), other))
    return Section(names[other], (when, line), (edit,))


def _outcomes(other: str, wave: int, reader: Reader, but: str = "") -> tuple[Action, ...]:
    return tuple(
        Action(reader.gettext(label), f"outcome.{outcome}", (str(wave), other))
        for outcome, label in OUTCOME_LABELS.items()
        if outcome != but
    )


def _in_words(answer: FollowUpAnswer, reader: Reader) -> str:
    facts = [reader.gettext(OUTCOME_LABELS[answer.outcome])]
    if answer.next_step:
        facts.append(reader.gettext("a next step is planned"))
    if answer.outcome != NOTHING:
        facts.append(
            {
                COUNTED: reader.gettext("counted without details"),
                NOT_COUNTED: reader.gettext("not counted"),
                NAMED: reader.gettext("named if the other side agrees"),
            }[answer.told]
        )
    return _your_answer(" · ".join(facts), reader)


def follow_up_card(session: Session, answer: FollowUpAnswer, reader: Reader) -> Card:
    """The private reply: what was noted, what may be added, and how to change it."""
    other, wave = answer.other_id, str(answer.wave)
    name = names_of(session, answer.event_id, [other]).get(other, "")
    line = _in_words(answer, reader)
    details: tuple[Action, ...] = ()
    if answer.outcome != NOTHING:
        step = (
            Action(reader.gettext("No next step"), "outcome.step", (wave, other, "no"))
            if answer.next_step
            else Action(
                reader.gettext("A next step is planned"), "outcome.step", (wave, other, "yes")
            )
        )
        told = (
            Action(reader.gettext(label), "outcome.told", (wave, other, how))
            for how, label in TOLD_LABELS.items()
            if how != answer.told
        )
        details = (step, *told)
    changed = reader.gettext("Another answer")
    return Card(
        summary=f"{name} · {line}",
        sections=(
            Section(name, (line,), details),
            Section("", (changed,), _outcomes(other, answer.wave, reader, but=answer.outcome)),
        ),
    )


def stopped(reader: Reader) -> Card:
    done = reader.gettext("Noted. You will not be asked again what came of your meetings.")
    return Card(summary=done, sections=(Section("", (done,)),))


MESSAGES = (EncountersAsked, MeetingsPaused, FollowUpsAsked)
