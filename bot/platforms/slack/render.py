"""Cards as Slack messages: a pure function that holds every limit, whatever a card says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from bot.core.cards import Action, Card, Link, Picture, Section
from bot.core.i18n import Reader
from bot.platforms.slack.text import (
    ELLIPSIS,
    bold,
    clean,
    cut,
    escape,
    one_line,
    paragraph,
    plain,
    spoken,
    utf16,
)

Block = dict[str, Any]

MESSAGE_BLOCKS = 50
MESSAGE_CHARACTERS = 12_000
"""All texts of the blocks together, or chat.postMessage answers `msg_blocks_too_long`. No
reference page has this limit: https://github.com/slackapi/bolt-js/issues/2509 does."""
BLOCK_OVERHEAD = 125
"""What each block takes of it besides its texts, by the same report."""
SUMMARY_BYTES = 4_000
"""chat.update answers `msg_too_long` beyond this, and counts bytes."""
TEXT_CHARACTERS = 3_000
HEADER_CHARACTERS = 150
LABEL_CHARACTERS = 75
ALT_CHARACTERS = 2_000
LINK_ID = "link"
"""What the action ids of links begin with; those of actions begin with their version."""
ACTIONS_OF_BLOCK = 25
NOTICE_CHARACTERS = 100
PING = "<!channel>"
"""Notifies everybody in the channel. A card's flag alone leads here: every text is escaped."""


@dataclass(frozen=True)
class Rendered:
    """`text` is what notifications show and screen readers say, `blocks` what the eye sees."""

    text: str
    blocks: list[Block]


def render(card: Card, event_id: str, reader: Reader, pages: str | None = None) -> Rendered:
    """`pages` is where Slack fetches pictures; without it there are none."""
    summary = clean(card.summary) or clean(card.title) or ELLIPSIS
    title = _title(card.title)
    footer = _footer(card.footer)
    groups = [group for each in card.sections if (group := section_blocks(each, event_id))]
    if not title and all(group[0]["type"] == "actions" for group in groups):
        groups = [[text_section(paragraph(summary, TEXT_CHARACTERS))], *groups]

    ping = [text_section(PING)] if card.alert else []
    room = Room()
    picture = _picture(card.picture, pages) if card.picture and pages else []
    room.take([*ping, *title, *picture, *footer])
    rows = _buttons(card, event_id)
    actions = list(takewhile(lambda row: room.take([row]), rows))
    blocks = [*ping, *title, *picture, *_fitting(groups, room, reader), *actions, *footer]
    tell_buttons_apart(blocks)
    said = f"{PING} " if card.alert else ""
    return Rendered(said + spoken(summary, SUMMARY_BYTES - len(said)), blocks)


# Parts of a card


def _title(text: str) -> list[Block]:
    title = one_line(text)
    if not title:
        return []
    header = plain(title)
    if utf16(escape(header)) > HEADER_CHARACTERS:
        return [text_section(bold(title, TEXT_CHARACTERS))]
    return [{"type": "header", "text": plain_text(header)}]


def section_blocks(section: Section, event_id: str) -> list[Block]:
    text = _section_text(
        one_line(section.title), "\n".join(filter(None, map(clean, section.lines)))
    )
    rows = _buttons(section, event_id)
    if not text:
        return rows
    block = text_section(text)
    if len(section.actions) + len(section.links) == 1:
        return [{**block, "accessory": rows[0]["elements"][0]}]
    return [block, *rows]


def _section_text(title: str, body: str) -> str:
    if not title:
        return paragraph(body, TEXT_CHARACTERS)
    if not body:
        return bold(title, TEXT_CHARACTERS)
    head = bold(title, TEXT_CHARACTERS - len("\n" + ELLIPSIS)) + "\n"
    return head + paragraph(body, TEXT_CHARACTERS - utf16(head))


def _buttons(of: Section | Card, event_id: str) -> list[Block]:
    buttons = [
        *(_button(action, event_id) for action in of.actions),
        *(_link(link) for link in of.links),
    ]
    return [
        {"type": "actions", "elements": buttons[start : start + ACTIONS_OF_BLOCK]}
        for start in range(0, len(buttons), ACTIONS_OF_BLOCK)
    ]


def _button(action: Action, event_id: str) -> Block:
    value = action.encode(event_id)
    button = {**_labelled(action.label), "action_id": value, "value": value}
    return {**button, "style": "primary"} if action.primary else button


def _link(link: Link) -> Block:
    return {**_labelled(link.label), "action_id": LINK_ID, "url": link.url}


def _labelled(label: str) -> Block:
    return {"type": "button", "text": plain_text(label_of(label, LABEL_CHARACTERS))}


def _picture(picture: Picture, pages: str) -> list[Block]:
    alt = cut(plain(clean(picture.alt)), ALT_CHARACTERS)
    return [{"type": "image", "image_url": f"{pages}{picture.path}", "alt_text": alt}]


def _footer(text: str) -> list[Block]:
    footer = paragraph(clean(text), TEXT_CHARACTERS)
    return [{"type": "context", "elements": [_mrkdwn(footer)]}] if footer else []


def tell_buttons_apart(blocks: list[Block]) -> None:
    """Slack refuses two buttons with one id, and a card may well offer an action twice."""
    used: set[str] = set()
    for button in chain.from_iterable(map(_buttons_in, blocks)):
        repeated, name = 1, button["action_id"]
        while button["action_id"] in used:
            repeated += 1
            button["action_id"] = f"{name}#{repeated}"
        used.add(button["action_id"])


def _buttons_in(block: Block) -> list[Block]:
    if block["type"] == "actions":
        return list(block["elements"])
    return [block["accessory"]] if "accessory" in block else []


# What fits


@dataclass
class Room:
    """What is left of a message. It keeps a place for the notice that there is more."""

    blocks: int = MESSAGE_BLOCKS
    characters: int = MESSAGE_CHARACTERS

    def take(self, group: list[Block], kept_blocks: int = 1) -> bool:
        blocks = self.blocks - len(group)
        characters = self.characters - sum(map(_weight, group))
        if blocks < kept_blocks or characters < kept_blocks * (BLOCK_OVERHEAD + NOTICE_CHARACTERS):
            return False
        self.blocks, self.characters = blocks, characters
        return True


def _fitting(groups: list[list[Block]], room: Room, reader: Reader) -> list[Block]:
    """All sections; or those that fit, and how many more there are."""
    everything = list(chain.from_iterable(groups))
    if room.take(everything, kept_blocks=0):
        return everything
    shown = list(takewhile(room.take, groups))
    return [*chain.from_iterable(shown), more_section(len(groups) - len(shown), reader)]


def more_section(left: int, reader: Reader) -> Block:
    more = reader.ngettext("… and {count} more", "… and {count} more", left)
    return text_section(paragraph(more.format(count=reader.number(left)), NOTICE_CHARACTERS))


def _weight(block: Block) -> int:
    return BLOCK_OVERHEAD + sum(map(utf16, _texts(block)))


def _texts(node: object) -> Iterator[str]:
    """Every string that `node` shows."""
    if isinstance(node, list):
        yield from chain.from_iterable(map(_texts, node))
    elif isinstance(node, dict):
        text = node.get("text")
        yield from [text] if isinstance(text, str) else _texts(list(node.values()))


# Text objects


def label_of(text: str, limit: int) -> str:
    """`text` for a plain_text object of one line, never empty."""
    return cut(plain(one_line(text)), limit) or ELLIPSIS


def text_section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack would otherwise make links and mentions of what looks like one.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}
