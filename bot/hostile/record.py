"""What the bot was sent on a day: at least one of each kind of event, press, form and command."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

from bot.core.cards import ActionRef
from bot.platforms.slack.handlers import Handlers
from bot.platforms.slack.manifest import BOT_EVENTS, COMMANDS, MESSAGE_SHORTCUTS
from bot.playground.answer import Envelope
from bot.playground.workspace import Json

KEPT = 6
"""Of each kind: the first, which differ in who did it and to what."""
Kind = tuple[str, str]
"""("press", "programme.star"), ("event", "team_join") …"""


@dataclass(frozen=True)
class Shape:
    kind: Kind
    envelope: Envelope
    text: str
    """As JSON, from which it is quickly made anew."""


class Record:
    def __init__(self) -> None:
        self.by_kind: dict[Kind, list[Shape]] = defaultdict(list)

    def overhear(self, envelope: Envelope, payload: Json) -> None:
        kind = kind_of(envelope, payload)
        if len(self.by_kind[kind]) < KEPT:
            self.by_kind[kind].append(Shape(kind, envelope, json.dumps(payload)))

    def count(self, kind: Kind) -> int:
        return len(self.by_kind.get(kind, ()))

    def derive(self, handlers: Handlers) -> int:
        """What nobody did that day, from what somebody did: a button differs from another in what
        it says alone, and a form in whom it is for. How many kinds that was."""
        missing = sorted(self.missing(handlers))
        for what, name in missing:
            if what not in ("press", "submission"):
                continue  # of events and commands each is another
            like = self._like(what)
            payload = json.loads(like.text)
            if what == "press":
                action = payload["actions"][0]
                action["value"] = action["action_id"] = _renamed(action["value"], name)
            else:
                payload["view"]["callback_id"] = _renamed(payload["view"]["callback_id"], name)
            self.by_kind[what, name].append(Shape((what, name), like.envelope, json.dumps(payload)))
        return len(missing)

    def _like(self, what: str) -> Shape:
        """The shortest, which is a press in a message that only one person sees."""
        shapes = (
            one for kind, several in self.by_kind.items() for one in several if kind[0] == what
        )
        return min(shapes, key=lambda one: len(one.text))

    def missing(self, handlers: Handlers) -> set[Kind]:
        """What the bot listens to and was not sent."""
        return expected(handlers) - {kind for kind, shapes in self.by_kind.items() if shapes}


def expected(handlers: Handlers) -> set[Kind]:
    pressed = (*handlers.views, *handlers.actions, *handlers.forms)
    return {
        *(("press", name) for name in pressed),
        *(("submission", name) for name in handlers.submissions),
        *(("event", name.partition(".")[0]) for name in BOT_EVENTS),
        *(("command", name) for name in COMMANDS),
        *(("shortcut", name) for name in MESSAGE_SHORTCUTS),
    }


def kind_of(envelope: Envelope, payload: Json) -> Kind:
    if envelope is Envelope.EVENT:
        return "event", payload["event"]["type"]
    if envelope is Envelope.COMMAND:
        return "command", payload["command"]
    match payload["type"]:
        case "block_actions":
            return "press", _named(payload["actions"][0].get("value"))
        case "view_submission":
            return "submission", _named(payload["view"]["callback_id"])
        case "message_action":
            return "shortcut", payload["callback_id"]
    return "other", payload["type"]


def _renamed(value: str, name: str) -> str:
    ref = ActionRef.decode(value)
    assert ref is not None, "it was pressed"
    return ActionRef(ref.event_id, name, ref.args).encode()


def _named(value: str | None) -> str:
    ref = ActionRef.decode(value or "")
    return ref.name if ref else "-"
