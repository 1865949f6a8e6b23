"""Elements that people press and fill in: how each is drawn in HTML, and how its value comes back.

A control's name is `field(block, element)`, so two elements never share one in a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any, Literal

from bot.playground.inputs import filled
from bot.playground.workspace import Json, View

Kind = Literal["select", "choices", "line", "area", "unknown"]

_LINES = {
    "plain_text_input": "text", "number_input": "number", "email_text_input": "email",
    "url_text_input": "url", "datepicker": "date", "timepicker": "time",
    "datetimepicker": "datetime-local",
}  # fmt: skip
_SELECTS = ("static_select", "users_select", "conversations_select", "channels_select")
_MANY = frozenset(f"multi_{name}" for name in _SELECTS) | {"checkboxes"}


@dataclass(frozen=True)
class Choice:
    value: str
    text: Json  # a text object
    chosen: bool
    description: Json | None = None
    group: str = ""


@dataclass(frozen=True)
class Control:
    kind: Kind
    name: str
    many: bool = False
    type: str = "text"
    value: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """In the app's order; choices outside any group are in one without a name."""
        return [(name, list(group)) for name, group in groupby(self.choices, lambda c: c.group)]


@dataclass(frozen=True)
class Rosters:
    """What is offered where the app leaves the choice to Slack: (id, name)."""

    people: Sequence[tuple[str, str]]
    channels: Sequence[tuple[str, str]]
    zone: tzinfo


def field(block: Json, element: Json) -> str:
    return f"{block['block_id']} {element['action_id']}"


def states(blocks: list[Json], values: Json) -> Json:
    """block_id → action_id → state, of everything in the blocks that keeps one."""
    return filled(View("", "", {"type": "", "blocks": blocks}, "", "", values=values), {})


def control(block: Json, element: Json, states: Json, rosters: Rosters) -> Control:
    kind: str = element["type"]
    name = field(block, element)
    chosen = _chosen(states.get(block["block_id"], {}).get(element["action_id"], {}))
    if kind in ("radio_buttons", "checkboxes"):
        choices = tuple(_choices(element, chosen, rosters))
        return Control("choices", name, kind in _MANY, "checkbox" if kind in _MANY else "radio",
                       choices=choices)  # fmt: skip
    if kind == "overflow" or kind.removeprefix("multi_") in _SELECTS:
        return Control("select", name, kind in _MANY,
                       choices=tuple(_choices(element, chosen, rosters)))  # fmt: skip
    if kind in _LINES:
        value = chosen[0] if chosen else ""
        if kind == "datetimepicker" and value:
            value = f"{datetime.fromtimestamp(int(value), rosters.zone):%Y-%m-%dT%H:%M}"
        return Control("area" if element.get("multiline") else "line", name,
                       type=_LINES[kind], value=value)  # fmt: skip
    return Control("unknown", name)


def typed(element: Json, texts: list[str], zone: tzinfo) -> Any:
    """What a form says of the element, as the playground takes it."""
    kind, given = element["type"], [text for text in texts if text]
    if kind in _MANY:
        return given
    if not given:
        return None
    if kind == "datetimepicker":
        return int(datetime.fromisoformat(given[0]).replace(tzinfo=zone).timestamp())
    # A browser ends lines as forms do; Slack's client does not.
    return given[0].replace("\r\n", "\n")


def _chosen(state: Mapping[str, Any]) -> list[str]:
    value = next((value for key, value in state.items() if key != "type"), None)
    several = value if isinstance(value, list) else [value]
    plain = (each["value"] if isinstance(each, dict) and "value" in each else each
             for each in several)  # fmt: skip
    return [str(each) for each in plain if each is not None]


def _choices(element: Json, chosen: list[str], rosters: Rosters) -> Iterator[Choice]:
    kind = element["type"].removeprefix("multi_")
    if kind in ("users_select", "conversations_select", "channels_select"):
        roster = rosters.people if kind == "users_select" else rosters.channels
        for value, name in roster:
            yield Choice(value, {"type": "plain_text", "text": name}, value in chosen)
        return
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    for group in groups:
        label = group.get("label", {}).get("text", "")
        for option in group["options"]:
            value = option["value"]
            yield Choice(value, option["text"], value in chosen, option.get("description"), label)
