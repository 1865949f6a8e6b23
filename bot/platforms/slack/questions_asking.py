"""Asking on Slack: the form, the twins it may find, somebody's message, and taking back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from bot.core.arguments import person
from bot.core.cards import Action, Card, Section
from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import N_, Reader
from bot.db.keys import keys_of
from bot.features.events.queries import event_settings
from bot.features.people.actions import meet
from bot.features.people.model import Member
from bot.features.people.queries import participant_of
from bot.features.programme.tables import SessionRow
from bot.features.programme.wording import hours
from bot.features.questions import care
from bot.features.questions.askers import agree, withdraw
from bot.features.questions.asking import ask, ask_for
from bot.features.questions.model import (
    CONSENT,
    STATE_LABELS,
    VOTABLE,
    Draft,
    NoAnonymityError,
    QuestionsClosedError,
)
from bot.features.questions.queries import QuestionView, questions_by_id
from bot.features.questions.sheets import next_opening, rules_of, taking_questions
from bot.features.questions.supporters import supported_by
from bot.features.questions.tables import Question
from bot.features.questions.views import agreed_view, withdrawn_view
from bot.features.questions.voting import support
from bot.features.questions.wording import quoted, supports
from bot.platforms.slack.handlers import Gesture, Handlers, Opening
from bot.platforms.slack.modals import TEXT_CHARACTERS, Checkboxes, Modal, Option, Part
from bot.platforms.slack.questions_fields import (
    TEXT,
    entry_of,
    session_of,
    session_select,
    text_input,
)
from bot.platforms.slack.views import Flaws, Values

if TYPE_CHECKING:
    from bot.features.questions.near import NearQuestions

CHOICES, NAMED, ANONYMOUS, PATIENTS = "choices", "named", "anonymous", "patients"


class NoAuthorError(MaillonError):
    msgid = N_("Nobody can be asked whether this message may become a question.")


class BothTickedError(MaillonError):
    msgid = N_("With your name or anonymous: please tick one of the two.")


@dataclass(frozen=True)
class _Kept:
    """What the twins' modal remembers while one looks at them."""

    session_id: str
    text: str
    choices: list[str]
    twins: list[str]


_KEPT = TypeAdapter(_Kept)


def _kept(gesture: Gesture) -> _Kept:
    try:
        return _KEPT.validate_json(gesture.private)
    except ValidationError:  # of another version, and not to be read any more
        raise NoLongerThereError from None


class Asking:
    def __init__(self, near: NearQuestions) -> None:
        self._near = near

    def handlers(self) -> Handlers:
        return Handlers(
            actions={
                "questions.withdraw": _withdraw,
                "questions.agree": _agree,
                "questions.support_twin": _support_twin,
            },
            forms={"questions.ask": _ask_form, "questions.from_message": _message_form},
            submissions={
                "questions.ask": self._ask,
                "questions.ask_mine": _ask_mine,
                "questions.ask_message": _ask_message,
            },
        )

    def _ask(
        self, session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
    ) -> Modal | Flaws | None:
        """The question is asked, unless there are some that mean the same: those come first."""
        choices = list(values.get(CHOICES) or ())
        session_id = session_of(args, values)
        rules_of(session, gesture.event_id, gesture.event, session_id).check_open(gesture.now)
        try:
            text = care.accepted(str(values.get(TEXT) or ""))
        except care.NotAQuestionError as error:
            return Flaws({TEXT: error.told_to(gesture.reader)})
        try:
            twins = self._near.nearest(session, gesture.event_id, session_id, text)
            if {NAMED, ANONYMOUS} <= set(choices):
                raise BothTickedError
            if twins:
                ids = [one.question_id for one in twins]
                return _twins(session, gesture, _Kept(session_id, text, choices, ids))
            draft = _draft(session_id, text, choices, gesture.reader)
            ask(session, gesture.person, draft, keys_of(session), gesture.now)
        except (BothTickedError, NoAnonymityError) as error:
            return Flaws({CHOICES: error.told_to(gesture.reader)})
        return None


def _draft(session_id: str, text: str, choices: list[str], reader: Reader) -> Draft:
    return Draft(
        session_id,
        text,
        reader.language,
        anonymous=ANONYMOUS in choices,
        named=NAMED in choices,
        patients=PATIENTS in choices,
    )


# ---------------------------------------------------------------- the form


def _ask_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Card | Modal:
    if len(opening.typed) > TEXT_CHARACTERS:
        return _given_back(opening)
    reader, event_id, event = opening.reader, opening.event_id, opening.event
    if args:
        rules = rules_of(session, event_id, event, args[0])
        try:
            rules.check_open(opening.now)
        except QuestionsClosedError:  # there is no text yet of which to say that it was not sent
            return Card(reader.gettext("Questions for this session are closed."))
        entry = entry_of(session, event_id, args[0])
        place = " · ".join(filter(None, (hours(entry, reader), entry.room)))
        where: Part = Section(entry.title, (place,))
        choices = _choices(rules.anonymous, reader)
    else:
        rows = taking_questions(session, event_id, event, opening.now)
        if not rows:
            return _nothing_open(session, opening)
        where = session_select(rows, opening)
        choices = _choices(_some_anonymous(session, event_id, rows), reader)
    text = text_input(reader.gettext("Your question"), opening.typed)
    return _form(reader, (where, text, choices), "questions.ask", args)


def _given_back(opening: Opening) -> Card:
    """What no form of Slack's can hold: said in words, and whole, so that it can be copied."""
    said = care.TooLongError(len(opening.typed)).told_to(opening.reader)
    pieces = range(0, len(opening.typed), TEXT_CHARACTERS)
    typed = (opening.typed[start : start + TEXT_CHARACTERS] for start in pieces)
    return Card(said, sections=(Section("", (said,)), *(Section("", (one,)) for one in typed)))


def _form(reader: Reader, blocks: tuple[Part, ...], name: str, args: tuple[str, ...] = ()) -> Modal:
    title, submit = reader.gettext("Ask a question"), reader.gettext("Send")
    return Modal(title=title, blocks=blocks, ref=(name, args), submit=submit)


def _some_anonymous(session: Session, event_id: str, rows: list[SessionRow]) -> bool:
    event = event_settings(session, event_id)
    return any(rules_of(session, event_id, event, row.session_id).anonymous for row in rows)


def _choices(anonymous: bool, reader: Reader) -> Checkboxes:
    options = [Option(NAMED, reader.gettext("Show my name"))]
    if anonymous:
        why = reader.gettext("Where it is anonymous: it counts as such only if you tick this.")
        options += [
            Option(ANONYMOUS, reader.gettext("Anonymous question")),
            Option(PATIENTS, reader.gettext("Count as the voice of patients"), why),
        ]
    return Checkboxes(CHOICES, reader.gettext("As you wish"), tuple(options))


def _nothing_open(session: Session, opening: Opening) -> Card:
    reader = opening.reader
    moment = next_opening(session, opening.event_id, opening.event, opening.now)
    if moment is None:
        return Card(reader.gettext("No session takes questions any more. Thank you for yours."))
    text = reader.gettext("No session takes questions yet. They open on {day} at {time}.")
    return Card(text.format(day=reader.day(moment), time=reader.time(moment)))


# ---------------------------------------------------------------- twins


def _twins(session: Session, gesture: Gesture, kept: _Kept) -> Modal:
    reader = gesture.reader
    views = questions_by_id(session, gesture.event_id, kept.session_id, kept.twins)
    mine = supported_by(session, gesture.event_id, kept.session_id, gesture.person.participant_id)
    lead = reader.ngettext(
        "A question close to yours has already been asked:",
        "Questions close to yours have already been asked:",
        len(views),
    )
    return Modal(
        title=reader.gettext("Ask a question"),
        blocks=(
            Section("", (lead,)),
            *(_twin(one, one.question_id in mine, reader) for one in views),
            Section("", (reader.gettext("Yours: {text}").format(text=quoted(kept.text, reader)),)),
        ),
        ref=("questions.ask_mine", ()),
        submit=reader.gettext("Ask mine"),
        private=json.dumps(asdict(kept), ensure_ascii=False, separators=(",", ":")),
    )


def _twin(view: QuestionView, supported: bool, reader: Reader) -> Section:
    lines = [supports(view.votes, reader)]
    if supported:
        lines.append(reader.gettext("Your support counts."))
    if view.state not in VOTABLE:
        lines.append(reader.gettext(STATE_LABELS[view.state]))
    press = Action(reader.gettext("Support"), "questions.support_twin", (view.question_id,))
    offered = view.state in VOTABLE and not supported
    return Section(view.in_language(reader.language), tuple(lines), (press,) if offered else ())


def _support_twin(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Modal:
    """*Soutenir* beside a twin: the modal stays, with what was typed."""
    person = gesture.person.participant_id
    support(session, gesture.event_id, gesture.event, person, args[0], gesture.now)
    return _twins(session, gesture, _kept(gesture))


def _ask_mine(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Flaws | None:
    kept = _kept(gesture)
    draft = _draft(kept.session_id, kept.text, kept.choices, gesture.reader)
    ask(session, gesture.person, draft, keys_of(session), gesture.now)
    return None


# ---------------------------------------------------------------- somebody's message


def _message_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Card | Modal:
    """*Poser cette question*, in the menu of a message."""
    reader, message = opening.reader, opening.message
    if message is None or not message.author:
        raise NoAuthorError
    rows = taking_questions(session, opening.event_id, opening.event, opening.now)
    if not rows:
        return _nothing_open(session, opening)
    author = participant_of(session, opening.event_id, opening.workspace_id, message.author)
    mine = author is not None and author is opening.person
    select = session_select(rows, opening)
    text = text_input(reader.gettext("The question"), message.text)
    if mine:
        allowed = _some_anonymous(session, opening.event_id, rows)
        return _form(reader, (select, text, _choices(allowed, reader)), "questions.ask")
    consent = reader.gettext("Whoever wrote this message is asked first, and decides.")
    blocks = (Section("", (consent,)), select, text)
    return _form(reader, blocks, "questions.ask_message", (message.author,))


def _ask_message(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    member = Member(person(args[0]))
    author = meet(session, gesture.event_id, gesture.workspace_id, member, gesture.now)
    reader = gesture.reader
    try:
        draft = _draft(session_of((), values), str(values.get(TEXT) or ""), [], reader)
        asked = ask_for(session, author, gesture.person, draft, keys_of(session), gesture.now)
    except care.NotAQuestionError as error:
        return Flaws({TEXT: error.told_to(reader)})
    if asked.state != CONSENT:
        return Card(reader.gettext("The question is asked."))
    return Card(reader.gettext("The question is asked as soon as whoever wrote it agrees."))


def _agree(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    agree(session, gesture.person, args[0], gesture.now, named=args[1] == "1")
    return agreed_view(gesture.reader)


def _withdraw(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """By its asker, whom an anonymous question is told by the key of its session."""
    question = session.get(Question, (gesture.event_id, args[0]))
    consent = question is not None and question.state == CONSENT
    withdraw(session, gesture.person, args[0], keys_of(session), gesture.now)
    return withdrawn_view(gesture.reader, consent=consent)
