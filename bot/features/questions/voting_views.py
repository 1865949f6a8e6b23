"""What a person reads after *Soutenir* and *Retirer mon soutien*."""

from __future__ import annotations

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.questions.voting import Supported

SUPPORT, UNSUPPORT = "questions.support", "questions.unsupport"


def supported(question: Supported, reader: Reader) -> Card:
    noted = reader.gettext("Noted.")
    if question.merged:
        noted = reader.gettext(
            "Noted. The question is grouped with this one, and your support counts for it."
        )
    undo = Action(reader.gettext("Withdraw my support"), UNSUPPORT, (question.question_id,))
    return _card(question, reader, noted, undo)


def support_withdrawn(question: Supported, reader: Reader) -> Card:
    again = Action(reader.gettext("Support"), SUPPORT, (question.question_id,))
    return _card(question, reader, reader.gettext("Your support is withdrawn."), again)


def _card(question: Supported, reader: Reader, said: str, action: Action) -> Card:
    text = question.in_language(reader.language)
    return Card(summary=f"{said} {text}", sections=(Section(text, (said,), (action,)),))
