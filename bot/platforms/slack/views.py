"""What a person is shown for what they did, and what stands in a view that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.platforms.slack.modals import TEXT_CHARACTERS, VIEW_BLOCKS, Modal, View, framed, modal_view
from bot.platforms.slack.render import Rendered, render, text_section
from bot.platforms.slack.text import paragraph

Values = Mapping[str, str | list[str] | None]
"""What was filled in, by the names of the inputs: a text, a choice, or what was ticked."""
Reply = Rendered | View
NOTICE_ID = "notice"


@dataclass(frozen=True)
class Flaws:
    """What is wrong with which input, in the person's words; nothing was changed."""

    sentences: Mapping[str, str]


def shown(reply: Card | Modal, event_id: str, reader: Reader, inside: View | None) -> Reply:
    """A message, or what takes the place of the view `inside` which it was asked for."""
    if isinstance(reply, Modal):
        return modal_view(reply, event_id, reader)
    rendered = render(reply, event_id, reader)
    if inside is None:
        return rendered
    return framed(inside["title"], reader.gettext("Close"), rendered.blocks)


def with_notice(view: View, text: str) -> View:
    """The same view with a sentence above it; what was typed in it stays."""
    notice = text_section(paragraph(text, TEXT_CHARACTERS)) | {"block_id": NOTICE_ID}
    kept = [block for block in view["blocks"] if block.get("block_id") != NOTICE_ID]
    known = ("type", "title", "submit", "close", "callback_id", "private_metadata")
    same = {key: view[key] for key in known if view.get(key)}
    return same | {"blocks": [notice, *kept][:VIEW_BLOCKS]}


def first_input(view: View) -> str | None:
    """Where something about the whole form can be said without losing what was typed."""
    inputs = (block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return next(inputs, None)


def private_of(view: View | None) -> str:
    """What a modal was given to remember."""
    return str(view.get("private_metadata") or "") if view else ""


class _FilledIn(dict[str, str | list[str] | None]):
    def __missing__(self, name: str) -> None:
        """An input that is not there was not filled in."""


def values_of(view: View) -> Values:
    states = view["state"]["values"].values()
    return _FilledIn({name: _value(state) for inputs in states for name, state in inputs.items()})


def _value(state: Mapping[str, Any]) -> str | list[str] | None:
    match state["type"]:
        case "checkboxes":
            return [str(option["value"]) for option in state.get("selected_options") or ()]
        case "static_select":
            chosen = state.get("selected_option")
            return str(chosen["value"]) if chosen else None
        case _:
            typed = state.get("value")
            return None if typed is None else str(typed)
