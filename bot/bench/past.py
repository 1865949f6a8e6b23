"""What an event leaves behind as it goes on: rows of what was said, asked, met and answered.

Written set-based, in the proportions of a congress whose people use everything, and all of it
dealt with: nothing of it is due, or waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.db.history import Change
from bot.db.inbox import SeenKey
from bot.delivery.tables import EDIT, POST, SENT, SKIPPED, Delivery
from bot.features.introductions.outcome_tables import EncounterAnswer, OutcomeTelling
from bot.features.introductions.tables import (
    OPENED,
    OVER,
    Introduction,
    IntroductionMember,
    Round,
)
from bot.features.people.tables import Identity, Participant
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SessionRow,
    Star,
)
from bot.features.questions import board_message
from bot.features.questions.model import ANSWERED
from bot.features.questions.tables import Question, QuestionSession, QuestionTelling
from bot.features.questions.vote_tables import QuestionVote

AT_ONCE = 10_000
LEAST_PEOPLE, LEAST_SESSIONS = 10, 5
Make = Callable[[int], dict[str, Any]]


class Past:
    """`rows` of it in all, of one event as of `now`, beside the people and sessions it is about.

    Two of one event need another `name` each: it begins all their keys.
    """

    def __init__(
        self, event_id: str, workspace_id: str, now: datetime, rows: int, name: str = "past"
    ) -> None:
        self._event_id, self._workspace_id, self._name = event_id, workspace_id, name
        self._now, self._rows = now, rows
        self._people = max(LEAST_PEOPLE, rows // 50)
        self._sessions = max(LEAST_SESSIONS, rows // 500)
        self._rounds = max(1, rows // 5_000)
        self._questions = max(1, rows // 50)

    def fill(self, session: Session) -> None:
        # In this order: the ones are about the others.
        around: Mapping[Any, tuple[int, Make]] = {
            Participant: (self._people, self._person),
            Identity: (self._people, self._identity),
            SessionRow: (self._sessions, self._session),
            QuestionSession: (self._sessions, self._sheet),
            Announcement: (self._sessions, self._announcement),
            AnnouncedSession: (self._sessions, self._announced),
            Round: (self._rounds, self._round),
            Question: (self._questions, self._question),
        }
        shares: Mapping[Any, tuple[float, Make]] = {
            Delivery: (0.40, self._delivery),
            SeenKey: (0.20, self._key),
            Change: (0.15, self._change),
            QuestionVote: (0.12, self._vote),
            QuestionTelling: (0.01, self._told),
            Star: (0.03, self._star),
            Reminder: (0.03, self._reminder),
            Notice: (0.01, self._notice),
            Introduction: (0.01, self._introduction),
            IntroductionMember: (0.02, self._member),
            EncounterAnswer: (0.01, self._encounter),
            OutcomeTelling: (0.01, self._outcome),
        }
        for table, (number, make) in around.items():
            self._write(session, table, number, make)
        for table, (share, make) in shares.items():
            self._write(session, table, max(1, round(share * self._rows)), make)

    def _write(self, session: Session, table: Any, number: int, make: Make) -> None:
        for start in range(0, number, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, number))
            rows = [{"event_id": self._event_id, **make(one)} for one in numbers]
            session.execute(insert(table), rows)

    def _at(self, number: int) -> datetime:
        """Sometime in the day that ended a day ago."""
        return self._now - timedelta(days=1, minutes=number % 1_440)

    def _who(self, number: int) -> str:
        return f"{self._name}{number % self._people}"

    def _where(self, number: int) -> str:
        return f"{self._name}{number % self._sessions}"

    def _chosen(self, number: int) -> dict[str, str]:
        """Another pair of a session and a person each time."""
        return {
            "session_id": self._where(number),
            "participant_id": self._who(number // self._sessions),
        }

    def _person(self, number: int) -> dict[str, Any]:
        return {"participant_id": self._who(number), "name": f"P{number}", "locale": "fr-FR"}

    def _identity(self, number: int) -> dict[str, Any]:
        return {
            "workspace_id": self._workspace_id,
            "user_id": f"U{self._name}{number}",
            "participant_id": self._who(number),
        }

    def _session(self, number: int) -> dict[str, Any]:
        starts = self._at(number)
        ends = starts + timedelta(minutes=30)
        return {
            "session_id": self._where(number),
            "source_id": self._where(number),
            "title": f"Session {number}",
            "kind": "round_table",
            "room": f"Salle {number % 10}",
            "language": "fr",
            "abstract": "",
            "planned_starts_at": starts,
            "planned_ends_at": ends,
            "starts_at": starts,
            "ends_at": ends,
            "announced_start": starts,
            "reminded_start": starts,
        }

    def _sheet(self, number: int) -> dict[str, Any]:
        at = self._at(number)
        return {
            "session_id": self._where(number),
            "opened_at": at,
            "keys_until": at + timedelta(days=30),
            "code": "1234",
            "closed_at": at,
            "board_told_at": at,
            "board_state": board_message.OVER,
            "wrap_told_at": at,
            "answers_told_at": at if self._answered(number) else None,
        }

    def _answered(self, number: int) -> bool:
        """In half of the sessions a question was answered in writing."""
        return number % self._sessions % 2 == 0

    def _announcement(self, number: int) -> dict[str, Any]:
        return {
            "announcement_id": self._where(number),
            "channel": "programme",
            "starts_at": self._at(number),
        }

    def _announced(self, number: int) -> dict[str, Any]:
        return {
            "session_id": self._where(number),
            "told_start": self._at(number),
            "announcement_id": self._where(number),
            "live": True,
        }

    def _round(self, number: int) -> dict[str, Any]:
        at = self._at(number)
        moments = dict.fromkeys(("calls_at", "closes_at", "opens_at", "window_at", "asked_at"), at)
        return {
            "round_id": f"{self._name}{number}",
            "session_id": self._where(number),
            "size": 2,
            "state": OVER,
            **moments,
        }

    def _delivery(self, number: int) -> dict[str, Any]:
        """One of ten edits the post before it; one of fifty came too late."""
        at, delivery_id = self._at(number), f"{self._name}{number}"
        edit = number % 10 == 1
        return {
            "delivery_id": delivery_id,
            "key": f"edit:{self._name}{number - 1}" if edit else f"{self._name}:{number}",
            "operation": EDIT if edit else POST,
            "edits": f"{self._name}{number - 1}" if edit else None,
            "workspace_id": self._workspace_id,
            "channel": "programme" if number % 10 == 0 else None,
            "participant_id": None if number % 10 < 2 else self._who(number),
            "message": "programme.reminder",
            "args": {"event_id": self._event_id, "reminder_id": delivery_id},
            "message_class": "useful",
            "priority": 2,
            "state": SKIPPED if number % 50 == 2 else SENT,
            "created_at": at,
            "due_at": at,
            "expires_at": at + timedelta(hours=1),
            "claimed_at": at.timestamp(),
            "lease_until": at.timestamp(),
            "sent_at": at.timestamp(),
            "lease": delivery_id,
            "attempts": 1,
            "platform_channel": f"D{number}",
            "platform_ts": f"{number}.0001",
        }

    def _key(self, number: int) -> dict[str, Any]:
        return {"key": f"{self._name}{number}", "received_at": self._at(number)}

    def _change(self, number: int) -> dict[str, Any]:
        return {
            "change_id": f"{self._name}{number}",
            "at": self._at(number),
            "actor": self._who(number),
            "what": ("question.asked", "question.published", "profile.changed")[number % 3],
            "subject": self._who(number // 3),
            "after": {"state": "published"},
        }

    def _question(self, number: int) -> dict[str, Any]:
        at, question_id = self._at(number), f"{self._name}{number}"
        return {
            "question_id": question_id,
            "session_id": self._where(number),
            "root_id": question_id,
            "text": f"Comment réduire de {number} % les pertes au remplissage aseptique ?",
            "language": "fr",
            "state": ANSWERED,
            "participant_id": self._who(number),
            "written_at": at if self._answered(number) else None,
            **dict.fromkeys(("anonymous", "named", "patients", "spoken"), False),
            **dict.fromkeys(("asked_at", "published_at", "staged_at", "answered_at"), at),
        }

    def _vote(self, number: int) -> dict[str, Any]:
        return {
            "question_id": f"{self._name}{number % self._questions}",
            "participant_id": self._who(number // self._questions),
        }

    def _told(self, number: int) -> dict[str, Any]:
        return {"about": "answers", **self._chosen(number)}

    def _star(self, number: int) -> dict[str, Any]:
        return {**self._chosen(number), "starred_at": self._at(number)}

    def _reminder(self, number: int) -> dict[str, Any]:
        return {
            **self._chosen(number),
            "told_start": self._at(number),
            "reminder_id": f"{self._name}{number}",
        }

    def _notice(self, number: int) -> dict[str, Any]:
        return {
            "notice_id": f"{self._name}{number}",
            **self._chosen(number),
            "kinds": ["moved"],
            "urgent": False,
            "telling_id": f"{self._name}{number}",
        }

    def _introduction(self, number: int) -> dict[str, Any]:
        return {
            "introduction_id": f"{self._name}{number}",
            "round_id": f"{self._name}{number % self._rounds}",
            "workspace_id": self._workspace_id,
            "table_number": 1,
            "icebreaker": 0,
            "state": OPENED,
            "made_at": self._at(number),
        }

    def _member(self, number: int) -> dict[str, Any]:
        return {
            "introduction_id": f"{self._name}{number // 2}",
            "participant_id": self._who(number),
        }

    def _encounter(self, number: int) -> dict[str, Any]:
        return {
            "introduction_id": f"{self._name}{number}",
            "participant_id": self._who(2 * number),
            "other_id": self._who(2 * number + 1),
            "answer": "yes",
            "at": self._at(number),
        }

    def _outcome(self, number: int) -> dict[str, Any]:
        return {
            "about": "encounter",
            "subject": f"{self._name}{number}",
            "participant_id": self._who(2 * number),
        }
