"""Slack's rules on blocks, those that its Python models leave to the server included.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from bot.playground.workspace import Json

SELECTS = frozenset(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = frozenset({"radio_buttons", "checkboxes"})
TEXT_INPUTS = frozenset(
    {"plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"}
)
IN_ACTIONS = SELECTS | PICKERS | CHOICES | {"button", "overflow"}
IN_ACCESSORY = (IN_ACTIONS | {"image"}) - {"datetimepicker"}
IN_INPUT = SELECTS | PICKERS | CHOICES | TEXT_INPUTS

BLOCK_KEYS: dict[str, frozenset[str]] = {
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "divider": frozenset(),
    "header": frozenset({"text"}),
    "context": frozenset({"elements"}),
    "actions": frozenset({"elements"}),
    "image": frozenset({"image_url", "slack_file", "alt_text", "title"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "rich_text": frozenset({"elements"}),
    "markdown": frozenset({"text"}),
}
OPTIONS_ALLOWED = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}
BUTTON_KEYS = frozenset(
    {"type", "action_id", "text", "value", "url", "style", "confirm", "accessibility_label"}
)


def elements(block: Json) -> Iterator[Json]:
    """What a person can press or fill in, in one block."""
    if block["type"] == "section" and block.get("accessory", {}).get("type") in IN_ACTIONS:
        yield block["accessory"]
    if block["type"] == "actions":
        yield from block["elements"]
    if block["type"] == "input":
        yield block["element"]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and element has an id: Slack makes up the missing ones."""
    mine = copy.deepcopy(blocks)
    for block in mine:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return mine


class Problems:
    """What is wrong and where, in the words that Slack answers with."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, words: str, where: str) -> None:
        self.found.append(f"{words} [json-pointer:{where}]")

    def string(self, value: Any, where: str, most: int, least: int = 1) -> None:
        if not isinstance(value, str):
            self.add("must be a string", where)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", where)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", where)

    def optional(self, holder: Json, key: str, where: str, most: int) -> None:
        if key in holder:
            self.string(holder[key], f"{where}/{key}", most, least=0)

    def keys(self, holder: Json, allowed: frozenset[str], where: str) -> None:
        for key in sorted(holder.keys() - allowed):
            self.add(f"invalid additional property: {key}", where)

    def items(self, value: Any, where: str, most: int, least: int = 1) -> list[Any]:
        """The list itself when it is one, so that its members are looked at too."""
        if not isinstance(value, list):
            self.add("must be an array", where)
            return []
        if len(value) > most:
            self.add(f"no more than {most} items allowed", where)
        if len(value) < least:
            self.add(f"no fewer than {least} items allowed", where)
        return value

    def text(self, holder: Json, key: str, where: str, most: int, *, plain: bool = True) -> None:
        """A required text object; `plain` where Slack renders no formatting."""
        at, value = f"{where}/{key}", holder.get(key)
        if value is None:
            return self.add(f"missing required field: {key}", where)
        if not isinstance(value, dict):
            return self.add("must be an object", at)
        allowed = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if value.get("type") not in allowed:
            return self.add(f"unsupported type: {value.get('type')}", f"{at}/type")
        extra = "emoji" if value["type"] == "plain_text" else "verbatim"
        self.keys(value, frozenset({"type", "text", extra}), at)
        return self.string(value.get("text"), f"{at}/text", most)


def blocks_problems(blocks: Any, most: int) -> list[str]:
    """Every problem of the blocks of a message (`most` 50) or of a view (100)."""
    problems = Problems()
    seen: set[str] = set()
    for index, block in enumerate(problems.items(blocks, "/blocks", most, least=0)):
        where = f"/blocks/{index}"
        if not isinstance(block, dict) or block.get("type") not in BLOCK_KEYS:
            kind = block.get("type") if isinstance(block, dict) else block
            problems.add(f"unsupported type: {kind}", where)
            continue
        problems.keys(block, BLOCK_KEYS[block["type"]] | {"type", "block_id"}, where)
        problems.optional(block, "block_id", where, 255)
        _CHECKS[block["type"]](problems, block, where)
        if block.get("block_id") in seen:
            problems.add(f"block_id {block['block_id']} is not unique", where)
        seen |= {block["block_id"]} if block.get("block_id") else set()
    return problems.found


def _section(problems: Problems, block: Json, where: str) -> None:
    if "text" not in block and "fields" not in block:
        problems.add("must define either `text` or `fields`", where)
    if "text" in block:
        problems.text(block, "text", where, 3000, plain=False)
    if "fields" in block:
        for index, field in enumerate(problems.items(block["fields"], f"{where}/fields", 10)):
            problems.text({str(index): field}, str(index), f"{where}/fields", 2000, plain=False)
    if "accessory" in block:
        _element(problems, block["accessory"], f"{where}/accessory", IN_ACCESSORY)


def _context(problems: Problems, block: Json, where: str) -> None:
    where = f"{where}/elements"
    for index, element in enumerate(problems.items(block.get("elements"), where, 10)):
        if isinstance(element, dict) and element.get("type") == "image":
            _image(problems, element, f"{where}/{index}")
        else:
            # Slack documents no length here; 3000 is what it enforces on other texts.
            problems.text({str(index): element}, str(index), where, 3000, plain=False)


def _actions(problems: Problems, block: Json, where: str) -> None:
    where = f"{where}/elements"
    seen: set[str] = set()
    for index, element in enumerate(problems.items(block.get("elements"), where, 25)):
        _element(problems, element, f"{where}/{index}", IN_ACTIONS)
        name = element.get("action_id") if isinstance(element, dict) else None
        if name in seen:
            problems.add(f"action_id {name} is not unique in its block", f"{where}/{index}")
        seen |= {name} if name else set()


def _input(problems: Problems, block: Json, where: str) -> None:
    problems.text(block, "label", where, 2000)
    if "hint" in block:
        problems.text(block, "hint", where, 2000)
    if "element" not in block:
        return problems.add("missing required field: element", where)
    return _element(problems, block["element"], f"{where}/element", IN_INPUT)


def _image(problems: Problems, block: Json, where: str) -> None:
    if "slack_file" not in block:
        problems.string(block.get("image_url"), f"{where}/image_url", 3000)
    problems.string(block.get("alt_text"), f"{where}/alt_text", 2000)
    if "title" in block:
        problems.text(block, "title", where, 2000)


_CHECKS: dict[str, Callable[[Problems, Json, str], object]] = {
    "section": _section,
    "divider": lambda problems, block, where: None,
    "header": lambda problems, block, where: problems.text(block, "text", where, 150),
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": lambda problems, block, where: problems.items(
        block.get("elements"), f"{where}/elements", 1000
    ),
    "markdown": lambda problems, block, where: problems.string(
        block.get("text"), f"{where}/text", 12_000
    ),
}


def _element(problems: Problems, element: Any, where: str, allowed: frozenset[str]) -> None:
    kind = element.get("type") if isinstance(element, dict) else element
    if kind not in allowed:
        return problems.add(f"unsupported type: {kind}", f"{where}/type")
    if kind == "image":
        return _image(problems, element, where)
    problems.optional(element, "action_id", where, 255)
    if "placeholder" in element:
        problems.text(element, "placeholder", where, 150)
    if "confirm" in element:
        _confirm(problems, element["confirm"], f"{where}/confirm")
    if kind == "button":
        return _button(problems, element, where)
    if kind == "plain_text_input":
        return _text_input(problems, element, where)
    if kind in CHOICES or kind == "overflow" or kind.endswith("static_select"):
        return _options(problems, element, where)
    return None


def _text_input(problems: Problems, element: Json, where: str) -> None:
    most = element.get("max_length", 3000)
    if not isinstance(most, int) or not 1 <= most <= 3000:
        return problems.add("must be between 1 and 3000", f"{where}/max_length")
    return problems.optional(element, "initial_value", where, most)


def _button(problems: Problems, button: Json, where: str) -> None:
    problems.keys(button, BUTTON_KEYS, where)
    problems.text(button, "text", where, 75)
    problems.optional(button, "value", where, 2000)
    problems.optional(button, "url", where, 3000)
    problems.optional(button, "accessibility_label", where, 75)
    if button.get("style", "primary") not in ("primary", "danger"):
        problems.add("must be a valid enum value", f"{where}/style")


def _options(problems: Problems, element: Json, where: str) -> None:
    most = OPTIONS_ALLOWED.get(element["type"], 100)
    _chosen(problems, element, where)
    if "option_groups" in element and "options" not in element:
        groups = problems.items(element["option_groups"], f"{where}/option_groups", 100)
        for index, group in enumerate(groups):
            at = f"{where}/option_groups/{index}"
            problems.text(group, "label", at, 75)
            _option_list(problems, group.get("options"), f"{at}/options", most)
        return
    _option_list(problems, element.get("options"), f"{where}/options", most)


def _chosen(problems: Problems, element: Json, where: str) -> None:
    """What is chosen to begin with is one of the options, to the letter."""
    groups = element.get("option_groups") or [element]
    offered = [option for group in groups for option in group.get("options") or ()]
    first = [element["initial_option"]] if "initial_option" in element else []
    if any(option not in offered for option in [*first, *element.get("initial_options", ())]):
        problems.add("must match one of the options", where)


def _option_list(problems: Problems, options: Any, where: str, most: int) -> None:
    for index, option in enumerate(problems.items(options, where, most)):
        at = f"{where}/{index}"
        if not isinstance(option, dict):
            problems.add("must be an object", at)
            continue
        problems.text(option, "text", at, 75, plain=False)
        problems.string(option.get("value"), f"{at}/value", 150)
        if "description" in option:
            problems.text(option, "description", at, 75, plain=False)


def _confirm(problems: Problems, dialog: Json, where: str) -> None:
    problems.text(dialog, "title", where, 100)
    problems.text(dialog, "text", where, 300, plain=False)
    problems.text(dialog, "confirm", where, 30)
    problems.text(dialog, "deny", where, 30)
