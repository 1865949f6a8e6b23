"""What a person reads after *Soutenir* and *Retirer mon soutien*."""

from __future__ import annotations

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.questions.pressed import Supported

SUPPORT, UNSUPPORT = "questions.support", "questions.unsupport"
BY_NAME = "questions.by_name"


def supported(question: Supported, reader: Reader, *, association: bool = False) -> Card:
    """`association`: the person may let the name of a patient association stand beside it."""
    noted = reader.gettext("Noted.")
    if question.merged:
        noted = reader.gettext(
            "Noted. The question is grouped with this one, and your support counts for it."
        )
    undo = Action(reader.gettext("Withdraw my support"), UNSUPPORT, (question.question_id,))
    name = Action(
        reader.gettext("Support in the name of the association"),
        BY_NAME,
        (question.question_id, "1"),
    )
    return _card(question, reader, noted, *((name,) if association else ()), undo)


def supported_by_name(question: Supported, reader: Reader, *, named: bool) -> Card:
    said = reader.gettext("The name of your association stands beside the question.")
    action = Action(reader.gettext("Take the name away"), BY_NAME, (question.question_id, "0"))
    if not named:
        said = reader.gettext("The name of your association no longer stands beside the question.")
        action = Action(reader.gettext("Put the name back"), BY_NAME, (question.question_id, "1"))
    return _card(question, reader, said, action)


def support_withdrawn(question: Supported, reader: Reader) -> Card:
    again = Action(reader.gettext("Support"), SUPPORT, (question.question_id,))
    return _card(question, reader, reader.gettext("Your support is withdrawn."), again)


def _card(question: Supported, reader: Reader, said: str, *actions: Action) -> Card:
    text = question.in_language(reader.language)
    return Card(summary=f"{said} {text}", sections=(Section(text, (said,), actions),))
