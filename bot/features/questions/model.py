"""The life of a question, and what keeps one from being asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import MaillonError, NoLongerThereError, NotAllowedError
from bot.core.i18n import N_, Reader

CONSENT, REVIEW, PUBLISHED, ON_SCREEN = "consent", "review", "published", "on_screen"
ANSWERED, DECLINED, MERGED, WITHDRAWN = "answered", "declined", "merged", "withdrawn"
VOTABLE = (PUBLISHED, ON_SCREEN)
PUBLIC = (PUBLISHED, ON_SCREEN, ANSWERED)
WAITING = (REVIEW, PUBLISHED, ON_SCREEN)
"""Where there is still something to do about it."""

STATE_LABELS = {
    CONSENT: N_("Waiting for its author's consent"),
    REVIEW: N_("In review"),
    PUBLISHED: N_("Published"),
    ON_SCREEN: N_("On screen"),
    ANSWERED: N_("Answered"),
    DECLINED: N_("Not kept"),
    MERGED: N_("Grouped with another"),
    WITHDRAWN: N_("Withdrawn"),
}

BEFORE, AFTER = "before", "after"
ANONYMOUS = "anonymous"
"""The actor that the history knows of what an anonymous asker does."""


class QuestionsNotOpenError(MaillonError):
    msgid = N_("Questions for this session open on {day} at {time}.")

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__(day=f"{opens_at:%d/%m}", time=f"{opens_at:%H:%M}")

    def told_to(self, reader: Reader) -> str:
        day, time = reader.day(self.opens_at), reader.time(self.opens_at)
        return reader.gettext(self.msgid).format(day=day, time=time)


class QuestionsClosedError(MaillonError):
    msgid = N_("Questions for this session are closed. Your text was not sent.")


class SessionCancelledError(MaillonError):
    msgid = N_("This session is cancelled: it takes no questions.")


class NoQuestionsError(MaillonError):
    msgid = N_("This session takes no questions.")


class NoAnonymityError(MaillonError):
    msgid = N_("This session takes no anonymous questions. Yours was not sent.")


class NoGuestsError(MaillonError):
    msgid = N_("This session takes questions from the congress workspace only.")


class WrongCodeError(MaillonError):
    msgid = N_("This is not the code on the screen. It changes with each session.")


class CodeNeededError(WrongCodeError):
    msgid = N_("To support a question, type the four digits that stand on the screen of the room.")


class TooManyCodesError(WrongCodeError):
    msgid = N_("Several wrong codes were typed. Please try again in {minutes} min.")


class NoGuestVotesError(MaillonError):
    msgid = N_("Questions of this session are supported in the congress workspace only.")


class NoNameError(MaillonError):
    msgid = N_("Type the name to show, or untick “Show my name”. Your question was not sent.")


class NoSuchQuestionError(NoLongerThereError):
    msgid = N_("This question is no longer there.")


class GoneQuestionError(MaillonError):
    """A vote or a change for a question that is not there to be voted for or changed."""

    msgid = N_("This question is no longer open: {state}.")

    def __init__(self, state: str) -> None:
        self._state = STATE_LABELS[state]
        super().__init__(state=self._state)

    def told_to(self, reader: Reader) -> str:
        state = reader.gettext(self._state)
        return reader.gettext(self.msgid).format(state=state[0].lower() + state[1:])


class ChangedMeanwhileError(MaillonError):
    msgid = N_("Another person has just changed this question. Nothing was done: look again.")


class ChangedByError(ChangedMeanwhileError):
    msgid = N_("{name} has just changed this question. Nothing was done: look again.")


class CannotUndoError(MaillonError):
    msgid = N_("This can no longer be undone: the question has changed since.")


class MergedInCircleError(MaillonError):
    msgid = N_("These two questions are already grouped together.")


class NotYourQuestionError(NotAllowedError):
    by_role = False
    msgid = N_("Only the person who asked can withdraw a question.")


class NotModeratorError(NotAllowedError):
    msgid = N_("Only the question team of this session can do this.")


@dataclass(frozen=True)
class SessionRules:
    """What holds for the questions of one session, its own rules before the event's."""

    session_id: str
    takes_questions: bool
    cancelled: bool
    opens_at: datetime
    closes_at: datetime
    closed: bool
    moderation: str
    anonymous: bool
    guests: bool
    guest_votes: bool
    code: str
    """Empty before the first question."""

    def open_at(self, now: datetime) -> bool:
        return (
            self.takes_questions
            and not (self.cancelled or self.closed)
            and self.opens_at <= now < self.closes_at
        )

    def check_open(self, now: datetime) -> None:
        """Raises what tells a person why a question or a vote is not taken now."""
        if not self.takes_questions:
            raise NoQuestionsError
        if self.cancelled:
            raise SessionCancelledError
        if now < self.opens_at:
            raise QuestionsNotOpenError(self.opens_at)
        if self.closed or now >= self.closes_at:
            raise QuestionsClosedError


@dataclass(frozen=True)
class Done:
    """What an action led to; `change_id` undoes it, None where there was nothing to do."""

    question_id: str
    session_id: str
    change_id: str | None


@dataclass(frozen=True)
class Draft:
    """A question as somebody wants to ask it."""

    session_id: str
    text: str
    language: str
    anonymous: bool = False
    named: bool = False
    patients: bool = False
    name: str = ""
    """What a guest wants to be called; people with an account have a name."""


def rounded(moment: datetime) -> datetime:
    """Down to ten minutes: what is stored of when an anonymous person did something."""
    return moment - timedelta(
        minutes=moment.minute % 10, seconds=moment.second, microseconds=moment.microsecond
    )


def roots(merged_into: dict[str, str]) -> dict[str, str]:
    """The end of each chain of merges."""
    return {one: _end(one, merged_into.get) for one in merged_into}


def _end(question_id: str, into: Callable[[str], str | None]) -> str:
    seen = {question_id}
    while (following := into(question_id)) is not None:
        if following in seen:
            raise MergedInCircleError
        seen.add(following)
        question_id = following
    return question_id


def joined(reasons: Collection[str]) -> str:
    return ",".join(reasons)
