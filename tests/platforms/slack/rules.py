"""A rendered card, checked against Slack's rules.

`check` is written from Slack's rules and shares nothing with the code it checks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block

from bot.core.cards import Card
from bot.core.i18n import Reader
from bot.platforms.slack.render import Rendered, render

FSI, PDI, SHY, WJ = "\u2068", "\u2069", "\u00ad", "\u2060"
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
HEBREW = "ייצור ביולוגי"


class Catalogueless(Reader):
    """Says the English msgids, whatever the catalogues hold."""

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return singular if n == 1 else plural


READER = Catalogueless.of("en", "Europe/Paris", "en-GB")


def rendered(card: Card) -> Rendered:
    message = render(card, "evt", READER)
    check(message)
    return message


# Slack's rules


def check(message: Rendered) -> None:
    check_inert(message.text)
    assert visible(message.text)
    assert len(message.text.encode()) <= 4_000
    assert 1 <= len(message.blocks) <= 50
    for block in message.blocks:
        CHECKS[block["type"]](block)
    ids = [button["action_id"] for button in buttons(message)]
    assert len(ids) == len(set(ids))
    assert sum(125 + sum(map(utf16, texts(block))) for block in message.blocks) <= 12_000
    parsed = Block.parse_all(message.blocks)
    assert [block.to_dict() for block in parsed] == message.blocks  # to_dict validates


def check_header(block: Any) -> None:
    assert block.keys() == {"type", "text"}
    check_plain(block["text"], 150)


def check_section(block: Any) -> None:
    assert block.keys() - {"accessory"} == {"type", "text"}
    check_mrkdwn(block["text"])
    if "accessory" in block:
        check_button(block["accessory"])


def check_actions(block: Any) -> None:
    assert block.keys() == {"type", "elements"}
    assert 1 <= len(block["elements"]) <= 25
    for button in block["elements"]:
        check_button(button)


def check_context(block: Any) -> None:
    assert block.keys() == {"type", "elements"}
    assert 1 <= len(block["elements"]) <= 10
    for element in block["elements"]:
        check_mrkdwn(element)


CHECKS = {
    "header": check_header,
    "section": check_section,
    "actions": check_actions,
    "context": check_context,
}


def check_button(button: Any) -> None:
    carried = "url" if "url" in button else "value"  # what comes back, or where it leads
    assert button.keys() - {"style"} == {"type", "text", "action_id", carried}
    assert button["type"] == "button"
    assert button.get("style", "primary") == "primary"
    check_plain(button["text"], 75)
    assert 1 <= len(button["action_id"]) <= 255
    assert 1 <= len(button[carried]) <= 2_000


def check_plain(text: Any, limit: int) -> None:
    assert text.keys() == {"type", "text", "emoji"}
    assert text["type"] == "plain_text"
    check_sendable(text["text"])
    assert visible(text["text"])
    assert "\n" not in text["text"]
    assert not re.search(r"<[^\u2060…]", text["text"])
    entities = {"&": 5, "<": 4, ">": 4}  # even if Slack counts what it escapes itself
    assert sum(entities.get(c, utf16(c)) for c in text["text"]) <= limit


def check_mrkdwn(text: Any) -> None:
    assert text.keys() == {"type", "text", "verbatim"}
    assert text["type"] == "mrkdwn"
    assert text["verbatim"] is True
    check_inert(text["text"])
    assert visible(text["text"])
    assert utf16(text["text"]) <= 3_000
    title, *body = text["text"].split("\n")
    if title.startswith("*"):  # the only formatting there is: one title, on one line
        assert title.endswith("*")
        assert title[1:-1] == title[1:-1].strip() != ""
        title = title[1:-1]
    for line in (title, *body):
        assert not re.search("[*~`＊｀]", line)
        assert not re.search(r"(?<![^\W_])[_＿]|[_＿](?![^\W_])", line)
    for line in body:
        assert not re.match(r"\s*(&gt;|＞)", line)


def check_inert(text: str) -> None:
    check_sendable(text)
    assert not re.search("[<>]|&(?!(amp|lt|gt);)", text)


def check_sendable(text: str) -> None:
    text.encode()  # no lone surrogate
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in text)
    assert not re.search("[\u202a-\u202e\u2066\u2067]", text)
    for line in text.split("\n"):
        outside = re.sub(f"{FSI}[^{FSI}{PDI}]*{PDI}", "", line)
        assert not re.search(f"[{FSI}{PDI}]", outside)
        assert not any(unicodedata.bidirectional(c) in ("R", "AL") for c in outside)


def visible(text: str) -> bool:
    return any(unicodedata.category(c) not in ("Zs", "Cc", "Cf") for c in text)


def utf16(text: str) -> int:
    return sum(2 if c > "\uffff" else 1 for c in text)


def texts(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(value, dict | list):
            yield from texts(value)
        elif key == "text":
            yield value


def buttons(message: Rendered) -> list[Any]:
    found = [b["accessory"] for b in message.blocks if "accessory" in b]
    rows = [b["elements"] for b in message.blocks if b["type"] == "actions"]
    return found + [button for row in rows for button in row]


# Blocks as they should be


def section(text: str, **more: Any) -> Any:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}, **more}


def button(label: str, value: str, action_id: str | None = None, **more: Any) -> Any:
    text = {"type": "plain_text", "text": label, "emoji": True}
    return {"type": "button", "text": text, "action_id": action_id or value, "value": value, **more}
