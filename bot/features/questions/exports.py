"""The questions of an event as files: a table, data, and a text to read.

Of what describes somebody's health, only the number leaves the event.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import groupby

from bot.core.cells import safe_cell
from bot.core.i18n import NBSP, NNBSP, Reader
from bot.features.questions.model import STATE_LABELS
from bot.features.questions.wording import supports


@dataclass(frozen=True)
class ExportedQuestion:
    session_title: str
    session_id: str
    state: str
    text: str
    original: str
    """As it was asked, where the équipe Questions changed it; empty like all that is not there."""
    translation: str
    language: str
    asked_at: datetime
    asker: str
    """A name that its owner lets be seen."""
    votes: int
    guest_votes: int
    answer: str
    answered_by: str
    deadline: datetime | None
    declined: str
    """Why, in the reader's words."""


def is_withheld(held: Collection[str], declined: str | None) -> bool:
    """Whether a question is only counted: its asker was promised that it is not exported."""
    return "adverse_effect" in held or declined == "individual_case"


def as_csv(questions: Sequence[ExportedQuestion], withheld: int) -> str:
    """A row a question; those that are withheld are one row, which says how many they are."""
    columns = [field.name for field in fields(ExportedQuestion)]
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, [*columns, "count"], restval="", quoting=csv.QUOTE_ALL)
    table.writeheader()
    for question in questions:
        table.writerow({name: _cell(value) for name, value in asdict(question).items()} | _ONE)
    if withheld:
        table.writerow({"state": "withheld", "count": withheld})
    return written.getvalue()


_ONE = {"count": 1}


def as_json(questions: Sequence[ExportedQuestion], withheld: int) -> str:
    data = {"questions": [asdict(question) for question in questions], "withheld": withheld}
    return json.dumps(data, ensure_ascii=False, indent=2, default=_moment) + "\n"


def as_markdown(questions: Sequence[ExportedQuestion], withheld: int, reader: Reader) -> str:
    """By session, in the order in which they come."""
    parts = [f"# {reader.gettext('Questions')}"]
    for (_, title), asked in groupby(
        questions, key=lambda one: (one.session_id, one.session_title)
    ):
        parts += [f"## {_escaped(title)}", "\n".join(_item(one, reader) for one in asked)]
    if withheld:
        parts.append(
            reader.ngettext(
                "{count} message about somebody's health is counted here and not exported.",
                "{count} messages about somebody's health are counted here and not exported.",
                withheld,
            ).format(count=reader.number(withheld))
        )
    return "\n\n".join(parts) + "\n"


def _item(question: ExportedQuestion, reader: Reader) -> str:
    lines = [f"- {_escaped(question.text)}"]
    lines += [f"    - {line}" for line in filter(None, _about(question, reader))]
    return "\n".join(lines)


def _about(question: ExportedQuestion, reader: Reader) -> Iterable[str]:
    yield " · ".join(filter(None, _state(question, reader)))
    for text, told in (
        (question.translation, reader.gettext("In the other language: {text}")),
        (question.original, reader.gettext("As it was asked: {text}")),
        (question.answer, reader.gettext("Answer: {text}")),
        (question.answered_by, reader.gettext("Answered by: {text}")),
    ):
        yield told.format(text=_escaped(text)) if text else ""
    if question.deadline and not question.answer:
        yield reader.gettext("Answer expected on {day}").format(day=reader.day(question.deadline))


def _state(question: ExportedQuestion, reader: Reader) -> Iterable[str]:
    yield reader.gettext(STATE_LABELS[question.state])
    yield _escaped(question.declined)
    yield supports(question.votes, reader) if question.votes else ""
    if question.guest_votes:
        votes = supports(question.guest_votes, reader)
        yield reader.gettext("{votes} without an account").format(votes=votes)
    yield _escaped(question.asker)


def _cell(value: str | int | datetime | None) -> str | int:
    if isinstance(value, str):
        return safe_cell(value)
    return _moment(value) if isinstance(value, datetime) else "" if value is None else value


def _moment(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()


_SPACES = re.compile(rf"[^\S{NBSP}{NNBSP}]+")
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&!@$]|:(?=//)|(?<=www)\.|\A[-+=:]|\A\d+[.)]")


def _escaped(text: str) -> str:
    """One line of Markdown that reads as `text`, links and mentions included."""
    return _SPECIAL.sub(_literal, _SPACES.sub(" ", text).strip())


def _literal(special: re.Match[str]) -> str:
    return f"{special[0][:-1]}\\{special[0][-1]}"
