"""What each form of the équipe Questions does: one use case, by the name in its address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.features.questions import moderation
from bot.features.questions.model import AFTER, BEFORE, Done
from bot.web.entry import Visit

Sent = Mapping[str, str]
Action = Callable[[Visit, str, int, Sent], Done]


def _plain(use_case: Callable[..., Done]) -> Action:
    return lambda visit, question_id, seen, sent: use_case(
        visit.session, visit.person, question_id, seen, visit.now
    )


def _with(name: str, use_case: Callable[..., Done]) -> Action:
    """A use case that takes what stands in one field of the form."""
    return lambda visit, question_id, seen, sent: use_case(
        visit.session, visit.person, question_id, seen, sent.get(name, ""), visit.now
    )


ACTIONS: dict[str, Action] = {
    "publish": _plain(moderation.publish),
    "restore": _plain(moderation.restore),
    "screen": _plain(moderation.put_on_screen),
    "answered": _plain(moderation.answered),
    "later": _plain(moderation.later),
    "edit": _with("text", moderation.edit),
    "translate": _with("text", moderation.translate),
    "decline": _with("reason", moderation.decline),
    "merge": _with("into", moderation.merge),
    "assign": _with("to", moderation.assign),
}
WRITTEN = ("edit", "translate", "merge", "assign")
"""What is done on the page of one question."""
SETTINGS: dict[str, Callable[[Visit], dict[str, Any]]] = {
    "close": lambda visit: {"closed_at": visit.now},
    "reopen": lambda visit: {"closed_at": None},
    "before": lambda visit: {"moderation": BEFORE},
    "after": lambda visit: {"moderation": AFTER},
    "anonymous-on": lambda visit: {"anonymous": True},
    "anonymous-off": lambda visit: {"anonymous": False},
    "guests-on": lambda visit: {"guests": True},
    "guests-off": lambda visit: {"guests": False},
    "guest-votes-on": lambda visit: {"guest_votes": True},
    "guest-votes-off": lambda visit: {"guest_votes": False},
    "dark": lambda visit: {"black": True},
    "light": lambda visit: {"black": False},
}
