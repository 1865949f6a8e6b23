"""From what a person types or picks to the state that Slack reports, and back to what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.playground.blocks import elements
from bot.playground.workspace import Json, View

# element type → (key of its state, key of its initial state)
_KEYS = {
    **dict.fromkeys(
        ("plain_text_input", "number_input", "email_text_input", "url_text_input"),
        ("value", "initial_value"),
    ),
    "rich_text_input": ("rich_text_value", "initial_value"),
    **dict.fromkeys(
        ("static_select", "external_select", "radio_buttons", "overflow"),
        ("selected_option", "initial_option"),
    ),
    **dict.fromkeys(
        ("multi_static_select", "multi_external_select", "checkboxes"),
        ("selected_options", "initial_options"),
    ),
    **{
        f"{many}{kind}s_select": (f"selected_{kind}{plural}", f"initial_{kind}{plural}")
        for many, plural in (("", ""), ("multi_", "s"))
        for kind in ("user", "conversation", "channel")
    },
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}

KEEPS_STATE = frozenset(_KEYS) - {"overflow"}


def fields(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """(block, element) of everything that keeps a state: all but buttons."""
    for block in blocks:
        for element in elements(block):
            if element["type"] in KEEPS_STATE:
                yield block, element


def find(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    for block in blocks:
        for element in elements(block):
            if element["action_id"] == action_id:
                return block, element
    raise LookupError(f"nothing here has the action_id {action_id!r}")


def pressed(element: Json, value: Any) -> Json:
    """What an action reports besides its ids."""
    if element["type"] != "button":
        return _state(element, value)
    return {"text": element["text"], **({"value": element["value"]} if "value" in element else {})}


def filled(view: View, typed: Mapping[str, Any]) -> Json:
    """The view's state once `typed` (by action_id or block_id) is in, the rest as it stood."""
    known = {name for block, element in fields(view.blocks) for name in _names(block, element)}
    if unknown := typed.keys() - known:
        raise LookupError(f"no such inputs: {', '.join(sorted(unknown))}")
    values: Json = {}
    for block, element in fields(view.blocks):
        state = view.values.get(block["block_id"], {}).get(element["action_id"])
        for name in _names(block, element):
            if name in typed:
                state = {"type": element["type"], **_state(element, typed[name])}
        state = state or _initial(element)
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def missing(view: View) -> dict[str, str]:
    """Required inputs left empty, in the words with which Slack's client holds them back."""
    empty = {}
    for block in view.blocks:
        if block["type"] == "input" and not block.get("optional"):
            element = block["element"]
            state = view.values[block["block_id"]][element["action_id"]]
            if state[_KEYS[element["type"]][0]] in (None, "", []):
                empty[block["block_id"]] = "Please complete this required field."
    return empty


def _names(block: Json, element: Json) -> tuple[str, str]:
    return block["block_id"], element["action_id"]


def _initial(element: Json) -> Json:
    key, initial = _KEYS[element["type"]]
    nothing: Any = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(initial, nothing)}


def _state(element: Json, value: Any) -> Json:
    key, _ = _KEYS[element["type"]]
    if key == "selected_option":
        return {key: _option(element, value) if value is not None else None}
    if key == "selected_options":
        return {key: [_option(element, each) for each in value or ()]}
    return {key: value}


def _option(element: Json, value: str) -> Json:
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    for group in groups:
        for option in group["options"]:
            if option["value"] == value:
                return dict(option)
    raise LookupError(f"{element['action_id']!r} has no option {value!r}")
