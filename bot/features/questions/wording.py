"""Words for questions, in the reader's language and conventions."""

from __future__ import annotations

from bot.core.cards import Action
from bot.core.i18n import Reader
from bot.features.questions.queries import QuestionView


def quoted(text: str, reader: Reader) -> str:
    return reader.gettext("“{text}”").format(text=text)


def supports(votes: int, reader: Reader) -> str:
    """« 42 soutiens »"""
    count = reader.ngettext("{count} supporter", "{count} supporters", votes)
    return count.format(count=reader.number(votes))


def all_supports(view: QuestionView, reader: Reader) -> str:
    """« 42 soutiens · 3 sans compte »: devices without an account are counted apart."""
    if not view.guest_votes:
        return supports(view.votes, reader)
    guests = reader.gettext("{count} without an account")
    count = reader.number(view.guest_votes)
    return f"{supports(view.votes, reader)} · {guests.format(count=count)}"


def who_asks(view: QuestionView, reader: Reader) -> str:
    """A name only where its owner wants it; empty where there is nothing to say."""
    if view.anonymous:
        return reader.gettext("Anonymous question")
    if view.guest:
        return reader.gettext("From the page of the room")
    if view.spoken:
        return reader.gettext("Asked in the room")
    return view.asker


def support_action(view: QuestionView, reader: Reader) -> Action:
    return Action(reader.gettext("Support"), "questions.support", (view.question_id,))


def stage_action(session_id: str, reader: Reader, *, primary: bool = False) -> Action:
    return Action(
        reader.gettext("Open the stage page"), "pages.open", ("stage", session_id), primary
    )


def panel_action(session_id: str, reader: Reader) -> Action:
    return Action(reader.gettext("Open my list"), "pages.open", ("panel", session_id))
