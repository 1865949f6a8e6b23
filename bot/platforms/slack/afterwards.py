"""What a session left open, on Slack: to whom the answer is entrusted, and writing it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.arguments import exactly, number
from bot.core.cards import Card, Section
from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SpeakerRow
from bot.features.questions.afterwards import LONGEST_ANSWER, entrust, write_answer
from bot.features.questions.queries import QuestionView, name_of, question_view
from bot.features.questions.wording import quoted
from bot.platforms.slack.handlers import Gesture, Handlers, Opening
from bot.platforms.slack.modals import Modal, Option, Select, TextInput
from bot.platforms.slack.views import Flaws, Values

OWNER, OTHER, ANSWER = "owner", "other", "answer"


class UnknownOwnerError(MaillonError):
    msgid = N_("Nobody on the list of participants has the address {email}.")


def _question(session: Session, event_id: str, question_id: str) -> QuestionView:
    view = question_view(session, event_id, question_id)
    if view is None:
        raise NoLongerThereError
    return view


def _entrust_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    view = _question(session, opening.event_id, args[0])
    reader = opening.reader
    known = _who_may_answer(session, opening.event_id, opening.event, view.session_id)
    choices = tuple(
        Option(one.participant_id, name_of(one, with_organisation=True)) for one in known
    )
    by_address = TextInput(
        OTHER,
        reader.gettext("Somebody else, by e-mail address"),
        multiline=False,
        required=not choices,
    )
    listed = Select(OWNER, reader.gettext("Who answers"), choices, required=False)
    return Modal(
        title=reader.gettext("Entrust the answer"),
        blocks=(
            Section(quoted(view.text, reader), (_until(opening.event, reader),)),
            *((listed,) if choices else ()),
            by_address,
        ),
        ref=("questions.entrust", args),
        submit=reader.gettext("Entrust"),
    )


def _until(event: EventFile, reader: Reader) -> str:
    days = event.questions.answer_days
    within = reader.ngettext(
        "To be answered in writing within {count} day of the session.",
        "To be answered in writing within {count} days of the session.",
        days,
    )
    return within.format(count=reader.number(days))


def _who_may_answer(
    session: Session, event_id: str, event: EventFile, session_id: str
) -> list[Participant]:
    """The speakers of the session, then the organisers; anybody else by their address."""
    speakers = session.scalars(
        select(Participant)
        .join(
            SpeakerRow,
            (SpeakerRow.event_id == Participant.event_id)
            & (SpeakerRow.participant_id == Participant.participant_id),
        )
        .where(SpeakerRow.event_id == event_id, SpeakerRow.session_id == session_id)
        .order_by(SpeakerRow.position)
    ).all()
    team = [participant_by_email(session, event_id, one) for one in event.organisers]
    return list(dict.fromkeys(one for one in (*speakers, *team) if one and not one.erased))


def _entrust(session: Session, gesture: Gesture, args: tuple[str, ...], values: Values) -> Card:
    question_id, seen = exactly(2, args)
    owner_id = values.get(OWNER) or ""
    if address := str(values.get(OTHER) or "").strip():
        person = participant_by_email(session, gesture.event_id, address)
        if person is None:
            raise UnknownOwnerError(email=address)
        owner_id = person.participant_id
    if not owner_id:
        raise NoLongerThereError
    entrust(session, gesture.person, question_id, number(seen), str(owner_id), gesture.now)
    view = _question(session, gesture.event_id, question_id)
    entrusted = gesture.reader.gettext("Answer entrusted to {name}")
    said = entrusted.format(name=view.owner_name)
    return Card(summary=said, sections=(Section(quoted(view.text, gesture.reader), (said,)),))


def _write_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    view = _question(session, opening.event_id, args[0])
    reader = opening.reader
    return Modal(
        title=reader.gettext("Written answer"),
        blocks=(
            Section(quoted(view.in_language(reader.language), reader)),
            TextInput(
                ANSWER,
                reader.gettext("Your answer"),
                initial=view.answer or "",
                most=LONGEST_ANSWER,
                hint=reader.gettext("Those who asked or supported the question will read it."),
            ),
        ),
        ref=("questions.write", (args[0], str(view.version))),
        submit=reader.gettext("Answer"),
    )


def _write(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    question_id, seen = exactly(2, args)
    text = str(values.get(ANSWER) or "")
    write_answer(session, gesture.person, question_id, number(seen), text, gesture.now)
    said = gesture.reader.gettext("Noted. Those who wait for it will read it together.")
    return Card(summary=said, sections=(Section("", (said,)),))


HANDLERS = Handlers(
    views={},
    actions={},
    forms={"questions.entrust": _entrust_form, "questions.write": _write_form},
    submissions={"questions.entrust": _entrust, "questions.write": _write},
)
