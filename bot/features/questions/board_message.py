"""The questions of a session in its channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.programme.queries import entries_by_id
from bot.features.programme.wording import ask_action
from bot.features.questions.model import ANSWERED, ON_SCREEN, PUBLISHED, STATE_LABELS, VOTABLE
from bot.features.questions.ordering import popular
from bot.features.questions.queries import QuestionView, public_questions
from bot.features.questions.sheets import question_session, rules_of
from bot.features.questions.wording import all_supports, support_action, who_asks

SHOWN_ON_BOARD = 10
OPEN, OVER, CANCELLED = "open", "over", "cancelled"
"""What a board may say of its session."""


@dataclass(frozen=True)
class Board:
    """The questions of a session in its channel, one message that is edited as people vote."""

    name: ClassVar[str] = "questions.board"
    version: ClassVar[int] = 1
    event_id: str
    session_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        entry = entries_by_id(session, self.event_id, [self.session_id])[self.session_id]
        rules = rules_of(session, self.event_id, event, self.session_id)
        shown = popular(public_questions(session, self.event_id, self.session_id))
        shown.sort(key=lambda one: (one.state != ON_SCREEN, one.state == ANSWERED))
        title = reader.gettext("Questions · {session}").format(session=entry.title)
        note = ""
        if entry.cancelled:
            note = reader.gettext("Cancelled")
        elif rules.closed:
            note = reader.gettext("Questions are closed.")
        sheet = question_session(session, self.event_id, self.session_id)
        takes = not note and (sheet is None or sheet.board_state != OVER)
        left = len(shown) - SHOWN_ON_BOARD
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        return Card(
            summary=" · ".join(filter(None, (title, note))),
            title=title,
            sections=(
                *((Section("", (note,)),) if note else ()),
                *(_on_board(one, reader, takes) for one in shown[:SHOWN_ON_BOARD]),
            ),
            actions=(ask_action(reader, self.session_id),) if takes else (),
            footer=more.format(count=reader.number(left)) if left > 0 else "",
        )


def _on_board(view: QuestionView, reader: Reader, takes: bool) -> Section:
    state = reader.gettext(STATE_LABELS[view.state]) if view.state != PUBLISHED else ""
    facts = filter(None, (state, all_supports(view, reader), who_asks(view, reader)))
    supported = reader.gettext("With the support of {names}")
    names = supported.format(names=", ".join(view.supported_by)) if view.supported_by else ""
    lines = tuple(filter(None, (view.other_language(reader.language), " · ".join(facts), names)))
    actions = (support_action(view, reader),) if takes and view.state in VOTABLE else ()
    return Section(view.in_language(reader.language), lines, actions)
