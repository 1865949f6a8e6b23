"""Modals: what a form asks, as a view that Slack accepts, whatever stands in it.

The name of an input is its `block_id` and its `action_id`: values come back under it, and a
sentence about it is put beside it. Slack keeps what was typed when a view is updated, as long
as the input keeps its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.core.cards import ActionRef, Section
from bot.core.i18n import Reader
from bot.platforms.slack.render import (
    Block,
    Room,
    label_of,
    more_section,
    plain_text,
    section_blocks,
    tell_buttons_apart,
)
from bot.platforms.slack.text import clean, cut

View = dict[str, Any]

VIEW_BLOCKS = 100
VIEW_CHARACTERS = 40_000
"""A view may have 250 kB of JSON, in which a character takes up to six bytes."""
TITLE_CHARACTERS = 24
PRIVATE_CHARACTERS = 3_000
TEXT_CHARACTERS = 3_000
LABEL_CHARACTERS = 2_000
PLACEHOLDER_CHARACTERS = 150
OPTION_CHARACTERS = 75
OPTIONS_OF_SELECT = 100
OPTIONS_OF_CHECKBOXES = 10


@dataclass(frozen=True)
class TextInput:
    """`most` characters are taken; Slack itself holds the person to it."""

    name: str
    label: str
    initial: str = ""
    most: int = TEXT_CHARACTERS
    placeholder: str = ""
    hint: str = ""
    multiline: bool = True
    required: bool = True


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    description: str = ""


@dataclass(frozen=True)
class Checkboxes:
    """The first ten options; ticking none is an answer too."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class Select:
    """One of the first hundred options."""

    name: str
    label: str
    options: tuple[Option, ...]
    chosen: str | None = None
    placeholder: str = ""
    hint: str = ""
    required: bool = True


@dataclass(frozen=True)
class Divider:
    pass


Input = TextInput | Checkboxes | Select
Part = Section | Divider | Input


@dataclass(frozen=True)
class Modal:
    """`ref` is the submission that it is sent to, and its arguments, which are ids.

    `private` comes back with it unseen by the person: what a form has to remember and is too
    long for an argument. Only a modal with a `submit` label can be sent.
    """

    title: str
    blocks: tuple[Part, ...]
    ref: tuple[str, tuple[str, ...]] | None = None
    submit: str | None = None
    close: str | None = None
    private: str = ""


def modal_view(modal: Modal, event_id: str, reader: Reader) -> View:
    if len(modal.private) > PRIVATE_CHARACTERS:
        raise ValueError(f"{len(modal.private)} characters are too many for a modal to remember")
    asks = any(isinstance(part, Input) for part in modal.blocks)
    if (asks or modal.submit) and not (modal.ref and modal.submit):
        raise ValueError("a modal that asks needs somewhere to send it and a label for that")
    title = plain_text(label_of(modal.title, TITLE_CHARACTERS))
    blocks = _blocks(modal.blocks, event_id, reader)
    view = framed(title, modal.close or reader.gettext("Close"), blocks)
    if modal.private:
        view["private_metadata"] = modal.private
    if modal.ref and modal.submit:
        name, args = modal.ref
        view["callback_id"] = ActionRef(event_id, name, args).encode()
        view["submit"] = plain_text(label_of(modal.submit, TITLE_CHARACTERS))
    return view


def framed(title: Block, close: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "title": title,
        "close": plain_text(label_of(close, TITLE_CHARACTERS)),
        "blocks": blocks,
    }


# Parts


def _blocks(parts: tuple[Part, ...], event_id: str, reader: Reader) -> list[Block]:
    """Every input; of the rest as much as fits, and how much more there is."""
    drawn = [(part, _drawn(part, event_id)) for part in parts]
    room = Room(VIEW_BLOCKS, VIEW_CHARACTERS)
    for part, blocks in drawn:
        if isinstance(part, Input) and not room.take(blocks):
            raise ValueError("a modal asks more than fits")
    shown: list[Block] = []
    left = 0
    for part, blocks in drawn:
        if isinstance(part, Input) or (not left and room.take(blocks)):
            shown += blocks
        else:
            left += isinstance(part, Section)
    if left:
        shown.append(more_section(left, reader))
    tell_buttons_apart(shown)
    return shown


def _drawn(part: Part, event_id: str) -> list[Block]:
    match part:
        case Section():
            return section_blocks(part, event_id)
        case Divider():
            return [{"type": "divider"}]
        case TextInput():
            return [_input(part, _text_element(part), optional=not part.required)]
        case Select():
            return [_input(part, _select_element(part), optional=not part.required)]
        case Checkboxes():
            return [_input(part, _checkboxes_element(part), optional=True)]


def _input(part: Input, element: Block, *, optional: bool) -> Block:
    block = {
        "type": "input",
        "block_id": part.name,
        "label": plain_text(label_of(part.label, LABEL_CHARACTERS)),
        "element": {**element, "action_id": part.name},
        "optional": optional,
    }
    if part.hint:
        block["hint"] = plain_text(label_of(part.hint, LABEL_CHARACTERS))
    return block


def _text_element(part: TextInput) -> Block:
    most = min(part.most, TEXT_CHARACTERS)
    element: Block = {
        "type": "plain_text_input",
        "multiline": part.multiline,
        "max_length": most,
        **_placeholder(part.placeholder),
    }
    initial = cut(clean(part.initial), most)
    return {**element, "initial_value": initial} if initial else element


def _select_element(part: Select) -> Block:
    options = _options(part.options[:OPTIONS_OF_SELECT])
    element: Block = {
        "type": "static_select",
        "options": options,
        **_placeholder(part.placeholder),
    }
    chosen = [option for option in options if option["value"] == part.chosen]
    return {**element, "initial_option": chosen[0]} if chosen else element


def _checkboxes_element(part: Checkboxes) -> Block:
    options = _options(part.options[:OPTIONS_OF_CHECKBOXES])
    element: Block = {"type": "checkboxes", "options": options}
    chosen = [option for option in options if option["value"] in part.chosen]
    return {**element, "initial_options": chosen} if chosen else element


def _options(options: tuple[Option, ...]) -> list[Block]:
    if not options:
        raise ValueError("there is nothing to choose from")
    return [_option(option) for option in options]


def _option(option: Option) -> Block:
    block: Block = {
        "text": plain_text(label_of(option.label, OPTION_CHARACTERS)),
        "value": option.value,
    }
    if option.description:
        block["description"] = plain_text(label_of(option.description, OPTION_CHARACTERS))
    return block


def _placeholder(text: str) -> Block:
    return {"placeholder": plain_text(label_of(text, PLACEHOLDER_CHARACTERS))} if text else {}
