"""What a feature's file for Slack is made of: handlers by name, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.platforms.slack.modals import Modal
from bot.platforms.slack.views import Flaws, Values


@dataclass(frozen=True)
class Gesture:
    """What a handler needs to know of who did what, when.

    `private` is what the modal was given to remember, where the gesture came from one.
    """

    event_id: str
    event: EventFile
    workspace_id: str
    person: Participant
    reader: Reader
    now: datetime
    key: str
    private: str = ""


@dataclass(frozen=True)
class Message:
    """A message that somebody points at; `author` is the platform's id of who wrote it."""

    text: str
    author: str
    channel: str
    ts: str


@dataclass(frozen=True)
class Opening:
    """What a form needs to know of who opens it, and from where.

    `person` is None for somebody never met and on no list: nothing is written before a form
    stands.
    """

    event_id: str
    event: EventFile
    workspace_id: str
    person: Participant | None
    reader: Reader
    now: datetime
    typed: str = ""
    message: Message | None = None
    private: str = ""


Handler = Callable[[Session, Gesture, tuple[str, ...]], Card | Modal]
Form = Callable[[Session, Opening, tuple[str, ...]], Card | Modal]
Submission = Callable[[Session, Gesture, tuple[str, ...], Values], Card | Modal | Flaws | None]


@dataclass(frozen=True)
class Handlers:
    """By name.

    Views only read, so they never wait behind those who write; forms likewise, since a form has
    to stand within three seconds. Actions and submissions have a transaction. A view or an
    action may return a modal only where it is pressed in one. A form that returns a card
    explains why there is none; a submission that returns None closes its modal.
    """

    views: dict[str, Handler] = field(default_factory=dict)
    actions: dict[str, Handler] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    submissions: dict[str, Submission] = field(default_factory=dict)


def merged(*several: Handlers) -> Handlers:
    """All in one. Views, actions and forms are all pressed: no two may share a name."""
    pressed = [name for one in several for name in (*one.views, *one.actions, *one.forms)]
    sent = [name for one in several for name in one.submissions]
    for names in (pressed, sent):
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two handlers are called {', '.join(sorted(twice))}")
    kinds = [kind.name for kind in fields(Handlers)]
    return Handlers(
        **{kind: {k: v for one in several for k, v in getattr(one, kind).items()} for kind in kinds}
    )
