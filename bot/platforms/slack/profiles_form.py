"""*Faire des rencontres* on Slack: a profile in 20 seconds, and the consents."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.introductions.views import next_round_action
from bot.features.people.consents import (
    ADULT,
    FOR_ADULTS,
    INTRODUCTIONS,
    NotAdultError,
    agree,
    consents_of,
    withdraw,
)
from bot.features.people.correcting import Correction, confirm_profile
from bot.features.people.kinds import RESTRICTED
from bot.features.people.model import TAG_CHARACTERS, parse_tags, too_long
from bot.features.people.profile_views import (
    CONSENTS,
    asked_of,
    in_one_line,
    profile_view,
)
from bot.features.people.profiles import ProfileView, profile_of
from bot.features.people.tables import Participant
from bot.features.people.wishes import leave
from bot.features.programme.breaks import first_proposal
from bot.platforms.slack.handlers import Gesture, Opening
from bot.platforms.slack.modals import Checkboxes, Modal, Option, Part, Select, TextInput
from bot.platforms.slack.views import Flaws, Values

CORRECT, EXACT = "correct", "exact"
"""What was pressed under *C'est exact ?*"""
NAME, ORGANISATION, KIND, JOB = "name", "organisation", "kind", "job_title"
OFFERS, SEEKS, AGREED = "offers", "seeks", "consents"
SUGGESTED = 3
NAME_CHARACTERS, TAGS_CHARACTERS = 200, 500
SEPARATORS = ",;\n"


NO_HEALTH = N_("Please write nothing about health here, be it yours or that of someone close.")

# ---------------------------------------------------------------- the form


def profile_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Card | Modal:
    """*Faire des rencontres*: 20 seconds. Who agreed already finds their profile there."""
    person, reader = opening.person, opening.reader
    agreed = frozenset[str]()
    view = ProfileView()
    if person is not None:
        view = profile_of(session, opening.event_id, person.participant_id)
        agreed = consents_of(session, opening.event_id, person.participant_id)
        if not args and INTRODUCTIONS in agreed:
            return profile_view(session, opening.event, person, reader, opening.now)
    known = bool(view.name and view.organisation and view.kind)
    return Modal(
        title=reader.gettext("Meet people"),
        blocks=(
            *_card(view, opening.event, reader, args[0] if args else "" if known else CORRECT),
            _tags(OFFERS, reader.gettext("I offer"), view.offers, reader),
            _tags(SEEKS, reader.gettext("I am looking for"), view.seeks, reader),
            Section("", (reader.gettext(NO_HEALTH),)),
            _consents(view, agreed, reader),
        ),
        ref=("people.profile", ()),
        submit=reader.gettext("Save"),
    )


def _card(view: ProfileView, event: EventFile, reader: Reader, pressed: str) -> tuple[Part, ...]:
    """What registration knows, with the question whether it is right; or the fields of it."""
    if pressed == CORRECT:
        return _corrections(view, event, reader)
    known = in_one_line(view, event, reader)
    if pressed == EXACT:
        return (Section("", (f"{known}.",)),)
    asked = reader.gettext("{person}. Is that right?").format(person=known)
    actions = (
        Action(reader.gettext("That is right"), "people.profile", (EXACT,)),
        Action(reader.gettext("Correct"), "people.profile", (CORRECT,)),
    )
    return (Section("", (asked,), actions),)


def _corrections(view: ProfileView, event: EventFile, reader: Reader) -> tuple[Part, ...]:
    fields: list[Part] = [
        _line(NAME, reader.gettext("Name"), view.name, required=True),
        _line(ORGANISATION, reader.gettext("Organisation"), view.organisation),
        _line(JOB, reader.gettext("Role"), view.job_title),
    ]
    if event.profile_kinds:
        to_confirm = reader.gettext("Confirmed by the organisers first")
        options = tuple(
            Option(
                kind.id,
                event.kind_label(kind.id, reader.language),
                to_confirm if kind.id in RESTRICTED and kind.id != view.kind else "",
            )
            for kind in event.profile_kinds
        )
        chosen = view.claimed_kind or view.kind
        label = reader.gettext("You represent")
        fields.insert(2, Select(KIND, label, options, chosen=chosen, required=False))
    return tuple(fields)


def _line(name: str, label: str, initial: str, *, required: bool = False) -> TextInput:
    return TextInput(
        name, label, initial=initial, most=NAME_CHARACTERS, multiline=False, required=required
    )


def _tags(name: str, label: str, tags: tuple[str, ...], reader: Reader) -> TextInput:
    return TextInput(
        name,
        label,
        initial=_suggested(tags),
        most=TAGS_CHARACTERS,
        hint=reader.gettext("A few words, separated by commas."),
        multiline=False,
        required=False,
    )


def _suggested(tags: tuple[str, ...]) -> str:
    return ", ".join(tags[:SUGGESTED])


def _consents(view: ProfileView, agreed: frozenset[str], reader: Reader) -> Checkboxes:
    options = tuple(
        Option(purpose, *(reader.gettext(msgid) for msgid in CONSENTS[purpose]))
        for purpose in asked_of(view)
    )
    label = reader.gettext("You decide, and may change your mind at any time")
    return Checkboxes(AGREED, label, options, chosen=tuple(agreed))


# ---------------------------------------------------------------- what is sent


def save_profile(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    person, reader, now = gesture.person, gesture.reader, gesture.now
    view = profile_of(session, gesture.event_id, person.participant_id)
    before = consents_of(session, gesture.event_id, person.participant_id)
    agreed = set(values.get(AGREED) or ())
    if agreed & set(FOR_ADULTS) and ADULT not in agreed:
        return Flaws({AGREED: NotAdultError().told_to(reader)})
    if flaws := _too_long(values, reader):
        return flaws
    confirm_profile(session, person, _correction(view, values), now)
    for purpose in asked_of(view):
        if purpose in agreed:
            agree(session, person, purpose, now)
        else:
            withdraw_consent(session, person, purpose, gesture)
    said = [reader.gettext("Noted.")]
    next_round: Action | None = None
    if claimed := profile_of(session, gesture.event_id, person.participant_id).claimed_kind:
        first = reader.gettext("The organisers confirm first: {kind}.")
        said.append(first.format(kind=gesture.event.kind_label(claimed, reader.language)))
    if INTRODUCTIONS not in agreed:
        said.append(reader.gettext("Nobody is proposed to you unless you agree to it."))
    elif INTRODUCTIONS not in before:
        said.append(first_proposal(session, gesture.event_id, now, reader))
        next_round = next_round_action(session, gesture.event_id, now, reader)
    return Card(
        " ".join(said),
        sections=(Section("", (" ".join(said),)),),
        actions=(next_round,) if next_round else (),
    )


def _too_long(values: Values, reader: Reader) -> Flaws | None:
    found = {
        name: too_long(tag, TAG_CHARACTERS).told_to(reader)
        for name in (OFFERS, SEEKS)
        for tag in parse_tags(str(values.get(name) or ""), SEPARATORS)
        if len(tag) > TAG_CHARACTERS
    }
    return Flaws(found) if found else None


def _correction(view: ProfileView, values: Values) -> Correction:
    def text(name: str) -> str | None:
        """None where it was not asked."""
        return " ".join(str(values[name] or "").split()) if name in values else None

    def tags(name: str, known: tuple[str, ...]) -> tuple[str, ...] | None:
        """None where it was left as suggested: there may be more than was shown."""
        typed = str(values.get(name) or "")
        return None if typed == _suggested(known) else parse_tags(typed, SEPARATORS)

    return Correction(
        name=text(NAME) or None,
        organisation=text(ORGANISATION),
        kind=text(KIND) or None,
        job_title=text(JOB),
        offers=tags(OFFERS, view.offers),
        seeks=tags(SEEKS, view.seeks),
    )


def withdraw_consent(session: Session, person: Participant, purpose: str, gesture: Gesture) -> None:
    if purpose == INTRODUCTIONS:
        leave(session, person, gesture.now)
    else:
        withdraw(session, person, purpose, gesture.now)
