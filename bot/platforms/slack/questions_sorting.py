"""The équipe Questions on Slack: one press, one change, one private reply with its undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.arguments import exactly, number
from bot.core.cards import Action, Card, Section
from bot.core.errors import NoLongerThereError
from bot.core.i18n import Reader
from bot.features.people.tables import Participant
from bot.features.programme.queries import entries_by_id
from bot.features.programme.roles import moderated_sessions
from bot.features.programme.views import Asker, questions_view
from bot.features.questions import care
from bot.features.questions.asking import ask_aloud
from bot.features.questions.model import AFTER, BEFORE, Done
from bot.features.questions.moderation import (
    answered,
    decline,
    later,
    publish,
    put_on_screen,
    restore,
)
from bot.features.questions.sessions import change_session
from bot.features.questions.sheets import rules_of, sessions_to_moderate, taking_questions
from bot.features.questions.undoing import undo
from bot.features.questions.views import done_view, outcome, overview, session_to_moderate
from bot.features.questions.wording import quoted
from bot.platforms.slack.handlers import Gesture, Handler, Handlers, Opening
from bot.platforms.slack.modals import Modal, Option, Select
from bot.platforms.slack.questions_fields import (
    TEXT,
    entry_of,
    session_of,
    session_select,
    text_input,
    view_of,
)
from bot.platforms.slack.views import Flaws, Values

REASON = "reason"
Change = Callable[[Session, Participant, str, int, datetime], Done]


def _press(what: str, change: Change) -> Handler:
    """A button that carries its question and the version that stood above it."""

    def handler(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        done = change(session, gesture.person, args[0], number(args[1]), gesture.now)
        return done_view(session, gesture.event_id, done, what, gesture.reader)

    return handler


# ---------------------------------------------------------------- declining


def _decline_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    view, reader = view_of(session, opening.event_id, args[0]), opening.reader
    options = tuple(
        Option(name, reader.gettext(reason.label)) for name, reason in care.DECLINE_REASONS.items()
    )
    sentences = tuple(
        f"{reader.gettext(reason.label)} : {reader.gettext(reason.sentence)}"
        if reader.language == "fr"
        else f"{reader.gettext(reason.label)}: {reader.gettext(reason.sentence)}"
        for reason in care.DECLINE_REASONS.values()
    )
    return Modal(
        title=reader.gettext("Do not keep"),
        blocks=(
            Section(quoted(view.text, reader)),
            Select(REASON, reader.gettext("Reason"), options),
            Section(reader.gettext("What the person who asked reads"), sentences),
        ),
        ref=("questions.decline", args),
        submit=reader.gettext("Do not keep"),
    )


def _decline(session: Session, gesture: Gesture, args: tuple[str, ...], values: Values) -> Card:
    return _declined(session, gesture, args[0], number(args[1]), str(values.get(REASON) or ""))


def _decline_as(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return _declined(session, gesture, args[0], number(args[1]), args[2])


def _declined(session: Session, gesture: Gesture, question_id: str, seen: int, why: str) -> Card:
    done = decline(session, gesture.person, question_id, seen, why, gesture.now)
    sentence = gesture.reader.gettext(care.DECLINE_REASONS[why].sentence)
    return done_view(session, gesture.event_id, done, "decline", gesture.reader, sentence=sentence)


def _undo(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    done = undo(session, gesture.person, args[0], gesture.now)
    return done_view(session, gesture.event_id, done, "undo", gesture.reader)


# ---------------------------------------------------------------- a question of the room


def _aloud_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal | Card:
    reader = opening.reader
    text = text_input(reader.gettext("What was asked"))
    if args:
        where: Section | Select = Section(entry_of(session, opening.event_id, args[0]).title)
    else:
        rows = taking_questions(session, opening.event_id, opening.event, opening.now)
        if not rows:
            raise NoLongerThereError
        where = session_select(rows, opening)
    return Modal(
        title=reader.gettext("Question from the room"),
        blocks=(where, text),
        ref=("questions.aloud", args),
        submit=reader.gettext("Note it"),
    )


def _aloud(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    session_id, text = session_of(args, values), str(values.get(TEXT) or "")
    reader = gesture.reader
    try:
        asked = ask_aloud(session, gesture.person, session_id, text, reader.language, gesture.now)
    except care.NotAQuestionError as error:
        return Flaws({TEXT: error.told_to(reader)})
    said = reader.gettext("The question of the room is noted, as answered.")
    return Card(summary=said, sections=(Section(quoted(asked.text, reader), (said,)),))


# ---------------------------------------------------------------- sessions


def _session(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """Close or open again, read before or after: *Fermer les questions* and its like."""
    session_id, what = exactly(2, args)
    rules = rules_of(session, gesture.event_id, gesture.event, session_id)
    wanted: dict[str, dict[str, Any]] = {
        "close": {} if rules.closed else {"closed_at": gesture.now},
        "open": {"closed_at": None},
        "before": {} if rules.moderation == BEFORE else {"moderation": BEFORE},
        "after": {} if rules.moderation == AFTER else {"moderation": AFTER},
    }
    if what not in wanted:
        raise NoLongerThereError
    done = change_session(session, gesture.person, session_id, gesture.now, **wanted[what])
    mine = moderated_sessions(session, gesture.event, gesture.person)
    said = outcome(done, what, gesture.reader)
    return overview(
        _moderated(session, gesture, mine), _pages(gesture.reader), gesture.reader, said, done
    )


def _overview(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """What waits in which session, for those who decide on it; for others, the way to ask."""
    mine = moderated_sessions(session, gesture.event, gesture.person)
    if mine == set():
        asker = Asker(
            gesture.event_id,
            gesture.event,
            gesture.person.participant_id,
            gesture.reader,
            gesture.now,
        )
        return questions_view(session, asker)
    sections = _moderated(session, gesture, mine)
    return overview(sections, _pages(gesture.reader), gesture.reader)


def _moderated(session: Session, gesture: Gesture, mine: set[str] | None) -> list[Section]:
    shown = sessions_to_moderate(session, gesture.event_id, gesture.event, mine, gesture.now)
    found = entries_by_id(session, gesture.event_id, [one.session_id for one in shown])
    return [
        session_to_moderate(
            found[one.session_id],
            rules_of(session, gesture.event_id, gesture.event, one.session_id),
            one.waiting,
            one.public,
            gesture.reader,
        )
        for one in shown
    ]


def _pages(reader: Reader) -> tuple[Action, ...]:
    """The pages of the web, each opened by a personal link."""
    return (
        Action(reader.gettext("Open the question team's page"), "pages.open", ("team",)),
        Action(reader.gettext("Open the stage page"), "pages.words", ("stage",)),
    )


HANDLERS = Handlers(
    views={"questions.overview": _overview},
    actions={
        "questions.publish": _press("publish", publish),
        "questions.screen": _press("screen", put_on_screen),
        "questions.answered": _press("answered", answered),
        "questions.later": _press("later", later),
        "questions.restore": _press("restore", restore),
        "questions.decline_as": _decline_as,
        "questions.undo": _undo,
        "questions.session": _session,
    },
    forms={"questions.decline": _decline_form, "questions.aloud": _aloud_form},
    submissions={"questions.decline": _decline, "questions.aloud": _aloud},
)
