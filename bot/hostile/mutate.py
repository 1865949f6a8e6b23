"""From what was recorded to what nobody would send: by seed, so that a finding can be had again."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from bot.core.cards import ACTION_VERSION, ActionRef
from bot.hostile.record import Record, Shape
from bot.platforms.slack.incoming import FORM, JSON
from bot.playground.answer import Envelope
from bot.playground.workspace import Json

WORDS = (
    "", " ", "\0", "\n\n\n", "a" * 5_000, "é" * 3_001, "\N{PILE OF POO}" * 700,
    "\u202e<script>alert(1)</script>", "<!channel> <!here> @everyone <@U1>", "<https://e.org|oui>",
    "'; DROP TABLE questions; --", "' OR '1'='1", "{x.__class__}", "{0}", "{event.__init__}",
    "%s%n%d", "%(name)s", "{{7*7}}", "{% include 'page.html' %}", "${jndi:ldap://e.org/a}",
    "=1+1", "-1", "0", "1", "01", "1e309", "NaN", "-0", "9" * 40, "\u0661\u0662", "2019-12-12",
    "2019-13-45", "9999-12-31", "0001-01-01", "25:61", "yes", "no", "\ufeff", "\x1b[31m", "\x7f",
    "\u0000\u0001\u0002", "../../etc/passwd", "%2e%2e%2f", "\u2028", "*gras* _i_ `c` ~s~", ":" * 30,
    "e\u0301" * 40, "retard -5", "retard 99999", "programme 32 décembre", "complet salle",
    "null", "None", "undefined", "true", "[]", "{}", "a:b:c:d:e:f",
)  # fmt: skip
THINGS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, -(2**63), 2**70, 1.5, float("nan"), float("inf"), "", [],
    {}, [None], [[]], {"id": None}, {"id": []}, [{}], {"": ""}, "x", "U0", 10**400,
)  # fmt: skip
DEEP = 300
SHAPES_IN_A_HUNDRED, RAW_IN_A_HUNDRED = 22, 3
"""How many have another structure, and how many are broken as bytes; in the others, all of what
people and the bot put in is changed."""


@dataclass(frozen=True)
class Sent:
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Pool:
    """What is really there: ids of sessions, questions, people …, members of the workspace."""

    event_id: str
    ids: Sequence[str]
    users: Sequence[str]
    pressed: Sequence[str]
    """Names of views, actions and forms."""
    sent: Sequence[str]
    """Names of submissions."""


class Mutator:
    """`trigger` gives a trigger that is good for opening a view, for whom Slack knows."""

    def __init__(
        self,
        record: Record,
        pool: Pool,
        seed: int,
        response_url: str,
        trigger: Callable[[str], str],
    ) -> None:
        self._chance, self._pool = Random(seed), pool  # noqa: S311 (repeatable on purpose)
        self._shapes = [shape for shapes in record.by_kind.values() for shape in shapes]
        self._response_url, self._trigger = response_url, trigger
        self._made = 0

    def next(self) -> Sent:
        draw, shape = self._chance.randrange(100), self._shape()
        payload = self._fresh(shape)
        if draw < RAW_IN_A_HUNDRED:
            return self._broken(shape, payload)
        if draw < RAW_IN_A_HUNDRED + SHAPES_IN_A_HUNDRED:
            for _ in range(self._chance.randrange(1, 4)):
                self._bend(payload)
        else:
            self._fill(shape, payload)
        return encoded(shape.envelope, payload)

    def recorded(self) -> Sent:
        """As it was, but for its key."""
        shape = self._shape()
        return encoded(shape.envelope, self._fresh(shape))

    def _shape(self) -> Shape:
        return self._chance.choice(self._shapes)

    def _fresh(self, shape: Shape) -> Json:
        """As if it were done once more: its own key, an address that answers."""
        payload: Json = json.loads(shape.text)
        self._made += 1
        if shape.envelope is Envelope.EVENT:
            payload["event_id"] = f"Ev{self._made:010d}"
            return payload
        user = payload["user_id"] if "user_id" in payload else payload["user"]["id"]
        often = self._chance.random() < 0.9
        payload["trigger_id"] = f"{self._made}.1.a" if often else self._trigger(user)
        if "response_url" in payload:
            payload["response_url"] = self._response_url
        if isinstance(payload.get("view"), dict):
            payload["view"]["id"] = f"V{self._made}"
        return payload

    # What people and the bot put in

    def _fill(self, shape: Shape, payload: Json) -> None:
        if self._chance.random() < 0.3:
            self._somebody_else(payload)
        match shape.kind[0]:
            case "press":
                action = payload["actions"][0]
                action["value"] = self._value(str(action.get("value", "")), self._pool.pressed)
            case "submission":
                view = payload["view"]
                view["callback_id"] = self._value(str(view["callback_id"]), self._pool.sent)
                self._type_into(view)
            case "command":
                payload["text"] = self._words()
                if self._chance.random() < 0.2:
                    payload["channel_name"] = self._words()
            case "shortcut":
                payload["message"]["text"] = self._words()
                payload["message"]["user"] = self._chance.choice(self._pool.users)
            case _:
                self._say(payload["event"])

    def _somebody_else(self, payload: Json) -> None:
        user = self._chance.choice((*self._pool.users, "U0NOBODY", "W999999999"))
        if "user_id" in payload:
            payload["user_id"] = user
        elif isinstance(payload.get("user"), dict):
            payload["user"]["id"] = user
        elif isinstance(payload.get("event", {}).get("user"), str):
            payload["event"]["user"] = user

    def _value(self, value: str, names: Sequence[str]) -> str:
        """Of a button or of a form: other arguments, other names, other events, older versions."""
        ref = ActionRef.decode(value)
        draw = self._chance.randrange(100)
        if ref is None or draw < 35:
            name = self._chance.choice(names)
            return self._encoded(self._pool.event_id, name, self._arguments())
        if draw < 75:
            return self._encoded(ref.event_id, ref.name, self._changed(ref.args))
        if draw < 82:
            return self._encoded(self._words()[:13], ref.name, ref.args)
        if draw < 88:
            return value[: self._chance.randrange(len(value) + 1)]
        if draw < 92:
            return f"{self._chance.choice((0, 2, 99))}:{ref.event_id}:{ref.name}"
        return value if draw < 96 else self._words()

    def _encoded(self, event_id: str, name: str, args: Sequence[str]) -> str:
        return ":".join((ACTION_VERSION, event_id, name, *args))

    def _arguments(self) -> tuple[str, ...]:
        return tuple(self._argument() for _ in range(self._chance.choice((0, 1, 1, 2, 2, 3, 4))))

    def _changed(self, args: tuple[str, ...]) -> tuple[str, ...]:
        mine = list(args)
        draw = self._chance.randrange(4)
        if draw == 0 and mine:
            del mine[self._chance.randrange(len(mine))]
        elif draw == 1:
            mine.insert(self._chance.randrange(len(mine) + 1), self._argument())
        elif mine:
            mine[self._chance.randrange(len(mine))] = self._argument()
        return tuple(mine)

    def _argument(self) -> str:
        draw = self._chance.random()
        if draw < 0.6:
            return self._chance.choice(self._pool.ids)
        if draw < 0.75:
            return str(self._chance.randrange(-1, 12))
        return self._words()

    def _words(self) -> str:
        draw = self._chance.random()
        if draw < 0.8:
            return self._chance.choice(WORDS)
        if draw < 0.9:
            return "".join(self._chance.choices(WORDS, k=3))
        return "".join(chr(self._chance.randrange(0xD800)) for _ in range(20))

    def _type_into(self, view: Json) -> None:
        for inputs in view["state"]["values"].values():
            for name, state in list(inputs.items()):
                if self._chance.random() < 0.6:
                    inputs[name] = self._state(state)
        if self._chance.random() < 0.1:
            view["private_metadata"] = self._words()
        if self._chance.random() < 0.1 and view["state"]["values"]:
            del view["state"]["values"][self._chance.choice(list(view["state"]["values"]))]

    def _state(self, state: Json) -> Json:
        draw = self._chance.randrange(10)
        if draw == 0:
            return {"type": "plain_text_input", "value": self._words()}
        if draw == 1:
            return {"type": "static_select", "selected_option": {"value": self._argument()}}
        if draw == 2:
            ticked = [{"value": self._argument()} for _ in range(self._chance.randrange(4))]
            return {"type": "checkboxes", "selected_options": ticked}
        if draw == 3:
            return {"type": state["type"]}
        if "value" in state:
            return {**state, "value": self._words() if draw < 9 else None}
        if "selected_option" in state:
            return {**state, "selected_option": {"value": self._argument()} if draw < 9 else None}
        return {**state, "selected_options": [{"value": self._argument()}]}

    def _say(self, event: Json) -> None:
        for name in ("text", "tab", "channel_type", "subtype"):
            if name in event and self._chance.random() < 0.6:
                event[name] = self._words()
        if isinstance(event.get("user"), dict):
            member = event["user"]
            for name in ("real_name", "name", "locale"):
                member[name] = self._words()
            member["id"] = self._chance.choice((member["id"], *self._pool.users, "U0NOBODY"))
            member["profile"]["email"] = self._chance.choice((self._words(), "x@example.org"))
            member["profile"]["real_name"] = self._words()
            member["deleted"] = self._chance.random() < 0.1

    # The structure

    def _bend(self, payload: Json) -> None:
        """Somewhere in it: gone, of another type, more than there was."""
        place, key = self._somewhere(payload)
        if place is None:
            return
        match self._chance.randrange(6):
            case 0:
                del place[key]
            case 1 | 2:
                place[key] = copy.deepcopy(self._chance.choice(THINGS))
            case 3:
                place[key] = self._words()
            case 4:
                place[key] = [place[key]] if self._chance.random() < 0.5 else {"value": place[key]}
            case _:
                place[key] = nested(self._chance.randrange(5, 60))

    def _somewhere(self, payload: Json) -> tuple[Any, Any]:
        node: Any = payload
        place, key = None, None
        while isinstance(node, (dict, list)) and node:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            place, key = node, self._chance.choice(keys)
            node = node[key]
            if self._chance.random() < 0.35:
                break
        return place, key

    # The bytes

    def _broken(self, shape: Shape, payload: Json) -> Sent:
        """Signed all the same: only Slack could, and does not."""
        sent = encoded(shape.envelope, payload)
        body = sent.body
        match self._chance.randrange(10):
            case 0:
                return Sent(body[: self._chance.randrange(len(body))], sent.content_type)
            case 1:
                at = self._chance.randrange(len(body))
                return Sent(body[:at] + b"\xff\xfe" + body[at:], sent.content_type)
            case 2:
                return Sent(twice(shape.envelope, payload), sent.content_type)
            case 3:
                return Sent(json.dumps(nested(DEEP)).encode(), JSON)
            case 4:
                return Sent(b"[" * 50_000, JSON)
            case 5:
                return Sent(body, self._chance.choice(("text/plain", "", "application/xml", JSON)))
            case 6:
                return Sent(b"payload=%ff%fe&payload=%zz&x=%", FORM)
            case 7:
                return Sent(b"&".join(b"a%d=b" % number for number in range(3_000)), FORM)
            case 8:
                return Sent(body.replace(b"%22", b"%5Cud800").replace(b'":', b'\\ud800":'), FORM)
            case _:
                return Sent(self._chance.randbytes(200), sent.content_type)


def nested(depth: int) -> Any:
    node: Any = "x"
    for _ in range(depth):
        node = {"a": [node]}
    return node


def encoded(envelope: Envelope, payload: Any) -> Sent:
    """As Slack sends it."""
    if envelope is Envelope.EVENT:
        return Sent(json.dumps(payload).encode(), JSON)
    if envelope is Envelope.INTERACTION:
        return Sent(b"payload=" + _in_a_form(json.dumps(payload)), FORM)
    words = {name: v if isinstance(v, str) else json.dumps(v) for name, v in payload.items()}
    return Sent(urlencode(words).encode(), FORM)


def _in_a_form(text: str) -> bytes:
    """The least that is encoded: `urlencode` takes longer than the bot."""
    for sign, code in (("%", "%25"), ("&", "%26"), ("+", "%2B"), (" ", "+")):
        text = text.replace(sign, code)
    return text.encode()


def twice(envelope: Envelope, payload: Any) -> bytes:
    """Each of its fields a second time, as something else."""
    text = json.dumps(payload)
    doubled = text[:-1] + "," + ",".join(f'"{name}": [1]' for name in payload) + "}"
    if envelope is Envelope.INTERACTION:
        return b"payload=" + quote_from_bytes(doubled.encode()).encode()
    return doubled.encode()
