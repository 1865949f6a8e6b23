"""rich_text blocks as HTML: what Slack's own composer makes, and some bots.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from bot.playground.page.mrkdwn import (
    Names,
    link,
    mention_of_channel,
    mention_of_many,
    mention_of_person,
)
from bot.playground.workspace import Json

_STYLES = {"code": "code", "bold": "strong", "italic": "em", "strike": "s"}


def rich_text(block: Json, names: Names) -> Markup:
    return Markup().join(_part(part, names) for part in _dicts(block.get("elements")))


def _part(part: Json, names: Names) -> Markup:
    kind, inside = part.get("type"), list(_dicts(part.get("elements")))
    if kind == "rich_text_list":
        items = Markup().join(
            Markup("<li>{}</li>").format(_texts(_dicts(item.get("elements")), names))
            for item in inside
        )
        if part.get("style") == "ordered":
            return Markup("<ol>{}</ol>").format(items)
        return Markup("<ul>{}</ul>").format(items)
    frame = {
        "rich_text_quote": "<blockquote>{}</blockquote>",
        "rich_text_preformatted": "<pre>{}</pre>",
    }
    around = Markup(frame.get(str(kind), '<p class="text">{}</p>'))  # noqa: S704 -- ours
    return around.format(_texts(inside, names))


def _texts(elements: Iterable[Json], names: Names) -> Markup:
    return Markup().join(_styled(element, names) for element in elements)


def _styled(element: Json, names: Names) -> Markup:
    made, style = _text(element, names), element.get("style")
    for name, tag in _STYLES.items():
        if isinstance(style, dict) and style.get(name):
            made = Markup(f"<{tag}>{{}}</{tag}>").format(made)  # noqa: S704 -- tags of ours
    return made


def _text(element: Json, names: Names) -> Markup:
    def field(name: str) -> str:
        return str(element.get(name, ""))

    match element.get("type"):
        case "link":
            return link(field("url"), field("text") or field("url"))
        case "user":
            return mention_of_person(field("user_id"), names)
        case "channel":
            return mention_of_channel(field("channel_id"), names)
        case "broadcast":
            return mention_of_many(field("range"))
        case "usergroup":
            return mention_of_many(field("usergroup_id"))
        case "emoji":
            return escape(_emoji(field("unicode")) or f":{field('name')}:")
        case "date":
            return escape(field("fallback"))
        case "color":
            return escape(field("value"))
        case _:
            return escape(field("text"))


def _emoji(code_points: str) -> str:
    """ "1f468-200d-1f393" as the character that it names; nothing where it names none."""
    try:
        return "".join(chr(int(point, 16)) for point in code_points.split("-"))
    except (ValueError, OverflowError):
        return ""


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
