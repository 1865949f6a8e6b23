"""A person's own profile, and what it says of their consents, as an answer to them alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.consents import (
    ADULT,
    ASSOCIATION,
    DIRECTORY,
    FOLLOW_UPS,
    INTRODUCTIONS,
    consents_of,
)
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.profiles import ProfileView, profile_of
from bot.features.people.tables import Participant
from bot.features.people.wishes import blocked_by

CONSENTS = {
    ADULT: (
        N_("I am 18 or older"),
        N_("Needed for introductions and the directory."),
    ),
    INTRODUCTIONS: (
        N_("Introduce me to people"),
        N_("Those I meet see my name, organisation, role and topics."),
    ),
    DIRECTORY: (
        N_("List me in the directory"),
        N_("Participants see my name, organisation, role and topics."),
    ),
    FOLLOW_UPS: (
        N_("Ask me afterwards what came of it"),
        N_("Four messages at most after the congress."),
    ),
    ASSOCIATION: (
        N_("Show the association beside my name"),
        N_("In introductions, as the association that I represent."),
    ),
}
"""What each asks, and what it means: one short sentence each."""


def asked_of(view: ProfileView) -> tuple[str, ...]:
    """The purposes that concern a person."""
    association = PATIENT_ASSOCIATION in (view.kind, view.claimed_kind)
    return tuple(one for one in CONSENTS if association or one != ASSOCIATION)


def meet_action(reader: Reader) -> Action:
    """The profile of who agreed already; for everybody else the form that asks."""
    return Action(reader.gettext("Meet people"), "people.profile")


def profile_action(reader: Reader) -> Action:
    return Action(reader.gettext("My profile"), "people.me")


def kind_words(view: ProfileView, event: EventFile, reader: Reader) -> str:
    label = event.kind_label(view.claimed_kind or view.kind, reader.language)
    if label and view.claimed_kind:
        return reader.gettext("{kind} (to be confirmed)").format(kind=label)
    return label


def in_one_line(view: ProfileView, event: EventFile, reader: Reader) -> str:
    """ "Laetitia Charpentier, MerleCell, Start-up"."""
    parts = (view.name, view.organisation, kind_words(view, event, reader))
    return ", ".join(filter(None, parts))


def profile_view(
    session: Session,
    event: EventFile,
    person: Participant,
    reader: Reader,
    now: datetime,
    done: str = "",
) -> Card:
    """`done` says what the last press changed."""
    view = profile_of(session, person.event_id, person.participant_id)
    agreed = consents_of(session, person.event_id, person.participant_id)
    sections = [
        *([Section("", (done,))] if done else []),
        _about(view, event, reader),
        *([_introductions(view, reader, now)] if INTRODUCTIONS in agreed else []),
        *(_consent(purpose, purpose in agreed, reader) for purpose in asked_of(view)),
        *_blocks(session, person, reader),
    ]
    title = reader.gettext("My profile")
    return Card(
        summary=" ".join(filter(None, (done, title))),
        title=title,
        sections=tuple(sections),
        actions=(
            Action(reader.gettext("Settings"), "people.settings"),
            Action(reader.gettext("Delete my data"), "people.erase"),
        ),
    )


def _about(view: ProfileView, event: EventFile, reader: Reader) -> Section:
    facts = (
        (N_("You represent: {value}"), kind_words(view, event, reader)),
        (N_("Topics: {value}"), ", ".join(view.topics)),
        (N_("I offer: {value}"), ", ".join(view.offers)),
        (N_("I am looking for: {value}"), ", ".join(view.seeks)),
    )
    lines = [", ".join(filter(None, (view.job_title, view.organisation)))]
    lines += [reader.gettext(msgid).format(value=value) for msgid, value in facts if value]
    actions = (
        Action(reader.gettext("Correct"), "people.profile", ("correct",)),
        Action(reader.gettext("Say what I am looking for"), "people.describe"),
    )
    return Section(view.name, tuple(filter(None, lines)), actions)


def _introductions(view: ProfileView, reader: Reader, now: datetime) -> Section:
    choices = Action(reader.gettext("My choices"), "people.choices")
    if view.paused_until is not None and view.paused_until > now:
        paused = reader.gettext("Introductions are paused until {day}.")
        resume = Action(reader.gettext("Resume now"), "people.resume")
        return Section("", (paused.format(day=reader.day(view.paused_until)),), (resume, choices))
    pause = Action(reader.gettext("Pause until …"), "people.pause")
    return Section("", (reader.gettext("Introductions are proposed to you."),), (pause, choices))


def _consent(purpose: str, given: bool, reader: Reader) -> Section:
    what, means = (reader.gettext(msgid) for msgid in CONSENTS[purpose])
    if given:
        line = reader.gettext("Yes · {consent}")
        press = Action(reader.gettext("Withdraw"), "people.consent", (purpose, "no"))
    else:
        line = reader.gettext("No · {consent}")
        press = Action(reader.gettext("Agree"), "people.consent", (purpose, "yes"))
    return Section("", (line.format(consent=what), means), (press,))


def _blocks(session: Session, person: Participant, reader: Reader) -> list[Section]:
    sections = []
    for other_id in blocked_by(session, person.event_id, person.participant_id):
        other = session.get_one(Participant, (person.event_id, other_id))
        named = ", ".join(filter(None, (other.name, other.organisation)))
        line = reader.gettext("Not proposed to you any more: {person}").format(person=named)
        again = Action(reader.gettext("Propose again"), "people.unblock", (other_id,))
        sections.append(Section("", (line,), (again,)))
    return sections


def blocked_view(other_id: str, reader: Reader) -> Card:
    """Without a name: the answer may stand where others look over one's shoulder."""
    text = reader.gettext("Noted. This person is not proposed to you any more.")
    undo = Action(reader.gettext("Undo"), "people.unblock", (other_id,))
    return Card(text, sections=(Section("", (text,)),), actions=(undo,))


def erasing_view(reader: Reader) -> Card:
    """What goes, and what cannot go, before it is done."""
    title = reader.gettext("Delete my data")
    lines = (
        reader.gettext(
            "Your profile, consents, choices, votes and introductions are deleted at once, and the "
            "direct messages that Maillon wrote to you within minutes. This cannot be undone."
        ),
        reader.gettext(
            "What Maillon cannot delete: your name in the programme if you speak there; the "
            "text of published questions, which stays without a name; messages in channels and "
            "in conversations with others; answers to what you asked without your name; "
            "the organisers' own list of registrations."
        ),
    )
    sure = Action(reader.gettext("Delete everything"), "people.erase_all")
    return Card(title, title=title, sections=(Section("", lines),), actions=(sure,))
