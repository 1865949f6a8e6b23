"""What a drill counted; all that is wrong is 0 on a good day."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

LATE_BAR = 5.0
"""In units of `settle_after_s`, from which all waiting follows."""


@dataclass(frozen=True)
class DrillResult:
    database: str
    replicas: int
    expected: int
    sent: int
    missing: int
    duplicated: int
    unexpected: int
    skipped: int
    edits_wrong: int
    delays: int
    times_wrong: int
    questions: int
    questions_wrong: int
    votes_expected: int
    votes_counted: int
    question_messages_expected: int
    question_messages_sent: int
    askers_exposed: int
    rounds: int
    introductions: int
    introduced_twice: int
    forgotten: int
    uninvited: int
    pairs_twice: int
    group_wrong: int
    round_messages: int
    round_messages_wrong: int
    meetings_answered: int
    answers_wrong: int
    bulletins: int
    bulletins_wrong: int
    gestures_unanswered: int
    settle_after_s: float
    late_p99_s: float
    kills: int
    kills_in_send: int
    db_restarts: int
    failovers: int
    disk_full: int
    locked: int
    unreported: int
    """Times at which the file was locked or its disk full, and the bot's health did not say so."""
    drops_after_receipt: int
    unknown_settled: int
    seconds: float

    @property
    def clean(self) -> bool:
        said = self.missing + self.duplicated + self.unexpected + self.skipped + self.edits_wrong
        said += self.times_wrong
        asked = self.questions_wrong + abs(self.votes_counted - self.votes_expected)
        met = self.introduced_twice + self.forgotten + self.uninvited + self.pairs_twice
        met += self.group_wrong + self.round_messages_wrong + self.answers_wrong
        wrong = said + asked + self.askers_exposed + met + self.bulletins_wrong + self.unreported
        return wrong == 0 and self.late_p99_s <= LATE_BAR * self.settle_after_s

    def json_line(self) -> str:
        return json.dumps(asdict(self))
