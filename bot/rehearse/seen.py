"""What stands before a person: the buttons of a message, each with what is said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.cards import ActionRef
from bot.drill.words import plain
from bot.playground.workspace import Json, View


@dataclass(frozen=True)
class Button:
    action_id: str
    name: str
    args: tuple[str, ...]
    beside: str
    """The text that it stands under."""


def buttons(blocks: Sequence[Json]) -> Iterator[Button]:
    beside = ""
    for block in blocks:
        if block["type"] in ("section", "header"):
            beside = plain(str(block.get("text", {}).get("text", "")))
        for element in _elements(block):
            ref = ActionRef.decode(str(element.get("value") or ""))
            if ref is not None:
                yield Button(element["action_id"], ref.name, ref.args, beside)


def offered(blocks: Sequence[Json], name: str) -> list[Button]:
    return [button for button in buttons(blocks) if button.name == name]


def _elements(block: Json) -> list[Json]:
    inner = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
    return [element for element in inner if element.get("type") == "button"]


def ticked(form: View, name: str) -> list[str]:
    """What stands ticked already in the boxes called `name`."""
    boxes = [block["element"] for block in form.blocks if block.get("block_id") == name]
    return [option["value"] for box in boxes for option in box.get("initial_options", ())]
