"""What reading a programme file gives: its sessions, and what could not be understood.

A *refusal* means that a session lacks something it cannot be imported without, and then
nothing of the file is imported: a programme that is only half there misleads everybody.
A *warning* names what was understood in a way that its author may not have meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.programme.model import ProgrammeSession


class UnreadableProgrammeError(MaillonError):
    """The file as a whole is not a programme."""

    msgid = N_("This file is not a programme that can be read.")


@dataclass(frozen=True)
class Problem:
    msgid: str
    arguments: Mapping[str, str]
    session: str | None
    """Names the session for the organiser; None when it concerns the file."""
    fatal: bool

    def told_to(self, reader: Reader) -> str:
        problem = reader.gettext(self.msgid).format(**self.arguments)
        if self.session is None:
            return problem
        sentence = reader.gettext(N_("{session}: {problem}"))
        return sentence.format(session=self.session, problem=problem)


@dataclass(frozen=True)
class ParsedProgramme:
    title: str
    time_zone: str
    sessions: tuple[ProgrammeSession, ...]
    problems: tuple[Problem, ...]
    form: str
    """What the file was taken for: a key of `reading.FORMS`."""

    @property
    def refused(self) -> bool:
        return any(problem.fatal for problem in self.problems)


@dataclass(frozen=True)
class Notes:
    """Where a reader writes down problems as it meets them, about one session or the file."""

    session: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def about(self, session: str) -> Notes:
        return replace(self, session=session)

    def refuse(self, msgid: str, **arguments: str) -> None:
        self.problems.append(Problem(msgid, arguments, self.session, fatal=True))

    def warn(self, msgid: str, **arguments: str) -> None:
        self.problems.append(Problem(msgid, arguments, self.session, fatal=False))
