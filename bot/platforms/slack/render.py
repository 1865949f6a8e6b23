"""Cards as Slack messages: a pure function that holds every limit, whatever a card says.

Everything on a card is text that somebody wrote, and mrkdwn cannot escape its formatting
characters. So text is cleaned of what no reader sees, made inert, isolated if it is written
from right to left, cut, and escaped: in this order, so that a cut never splits an entity.
Lengths are those of the escaped text in UTF-16 units; no other way of counting gives more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader

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
ACTIONS_OF_BLOCK = 25
NOTICE_CHARACTERS = 100

ELLIPSIS = "…"
FSI = "\N{FIRST STRONG ISOLATE}"
PDI = "\N{POP DIRECTIONAL ISOLATE}"
SHY = "\N{SOFT HYPHEN}"
WJ = "\N{WORD JOINER}"
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True)
class Rendered:
    """`text` is what notifications show and screen readers say, `blocks` what the eye sees."""

    text: str
    blocks: list[Block]


def render(card: Card, event_id: str, reader: Reader) -> Rendered:
    summary = _clean(card.summary) or _clean(card.title) or ELLIPSIS
    title = _title(card.title)
    footer = _footer(card.footer)
    groups = [group for section in card.sections if (group := _section(section, event_id))]
    if not title and all(group[0]["type"] == "actions" for group in groups):
        groups = [[_text_section(_paragraph(summary, TEXT_CHARACTERS))], *groups]

    room = _Room()
    room.take([*title, *footer])
    rows = _buttons(card.actions, event_id)
    actions = list(takewhile(lambda row: room.take([row]), rows))
    blocks = [*title, *_fitting(groups, room, reader), *actions, *footer]
    _tell_buttons_apart(blocks)
    return Rendered(_escape(_cut(_isolate(summary), SUMMARY_BYTES, _utf8)), blocks)


# Parts of a card


def _title(text: str) -> list[Block]:
    title = _one_line(text)
    if not title:
        return []
    plain = _plain(title)
    if _utf16(_escape(plain)) > HEADER_CHARACTERS:
        return [_text_section(_bold(title, TEXT_CHARACTERS))]
    return [{"type": "header", "text": _plain_text(plain)}]


def _section(section: Section, event_id: str) -> list[Block]:
    text = _section_text(
        _one_line(section.title), "\n".join(filter(None, map(_clean, section.lines)))
    )
    actions = _buttons(section.actions, event_id)
    if not text:
        return actions
    block = _text_section(text)
    if len(section.actions) == 1:
        return [{**block, "accessory": actions[0]["elements"][0]}]
    return [block, *actions]


def _section_text(title: str, body: str) -> str:
    if not title:
        return _paragraph(body, TEXT_CHARACTERS)
    if not body:
        return _bold(title, TEXT_CHARACTERS)
    head = _bold(title, TEXT_CHARACTERS - len("\n" + ELLIPSIS)) + "\n"
    return head + _paragraph(body, TEXT_CHARACTERS - _utf16(head))


def _buttons(actions: tuple[Action, ...], event_id: str) -> list[Block]:
    buttons = [_button(action, event_id) for action in actions]
    return [
        {"type": "actions", "elements": buttons[start : start + ACTIONS_OF_BLOCK]}
        for start in range(0, len(buttons), ACTIONS_OF_BLOCK)
    ]


def _button(action: Action, event_id: str) -> Block:
    label = _cut(_plain(_one_line(action.label)), LABEL_CHARACTERS) or ELLIPSIS
    value = action.encode(event_id)
    button = {"type": "button", "text": _plain_text(label), "action_id": value, "value": value}
    return {**button, "style": "primary"} if action.primary else button


def _footer(text: str) -> list[Block]:
    footer = _paragraph(_clean(text), TEXT_CHARACTERS)
    return [{"type": "context", "elements": [_mrkdwn(footer)]}] if footer else []


def _tell_buttons_apart(blocks: list[Block]) -> None:
    """Slack refuses two buttons with one id, and a card may well offer an action twice."""
    used: set[str] = set()
    for button in chain.from_iterable(map(_buttons_in, blocks)):
        repeated = 1
        while button["action_id"] in used:
            repeated += 1
            button["action_id"] = f"{button['value']}#{repeated}"
        used.add(button["action_id"])


def _buttons_in(block: Block) -> list[Block]:
    if block["type"] == "actions":
        return list(block["elements"])
    return [block["accessory"]] if "accessory" in block else []


# What fits


@dataclass
class _Room:
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


def _fitting(groups: list[list[Block]], room: _Room, reader: Reader) -> list[Block]:
    """All sections; or those that fit, and how many more there are."""
    everything = list(chain.from_iterable(groups))
    if room.take(everything, kept_blocks=0):
        return everything
    shown = list(takewhile(room.take, groups))
    left = len(groups) - len(shown)
    more = reader.ngettext("… and {count} more", "… and {count} more", left)
    notice = _paragraph(more.format(count=reader.number(left)), NOTICE_CHARACTERS)
    return [*chain.from_iterable(shown), _text_section(notice)]


def _weight(block: Block) -> int:
    return BLOCK_OVERHEAD + sum(map(_utf16, _texts(block)))


def _texts(node: object) -> Iterator[str]:
    """Every string that `node` shows."""
    if isinstance(node, list):
        yield from chain.from_iterable(map(_texts, node))
    elif isinstance(node, dict):
        text = node.get("text")
        yield from [text] if isinstance(text, str) else _texts(list(node.values()))


# Text objects


def _text_section(mrkdwn: str) -> Block:
    return {"type": "section", "text": _mrkdwn(mrkdwn)}


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack would otherwise make links and mentions of what looks like one.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def _bold(line: str, limit: int) -> str:
    return f"*{_escape(_cut(_isolate(_inert(line)), limit - len('**')))}*"


def _paragraph(text: str, limit: int) -> str:
    return _escape(_cut(_isolate(_unquoted(_inert(text))), limit))


def _plain(line: str) -> str:
    """For a plain_text object, where entities would be seen.

    Nothing in it should be parsed; the joiner makes sure that `<!channel>` never is.
    """
    return _isolate(line.replace("<", f"<{WJ}"))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# Slack formats with the full-width forms too. A zero-width character beside the sign is not
# enough: Slack takes it for a word boundary. These look the same and mean nothing.
_LOOK_ALIKES = str.maketrans(
    {
        "*": "\N{ASTERISK OPERATOR}",
        "\N{FULLWIDTH ASTERISK}": "\N{SMALL ASTERISK}",
        "~": "\N{TILDE OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
        "\N{FULLWIDTH GRAVE ACCENT}": "\N{MODIFIER LETTER GRAVE ACCENT}",
    }
)
# Inside a word Slack leaves it alone, and an address must survive being copied.
_UNDERSCORE_AT_AN_EDGE = re.compile(r"(?<![^\W_])[_＿]|[_＿](?![^\W_])")


def _inert(text: str) -> str:
    text = text.translate(_LOOK_ALIKES)
    return _UNDERSCORE_AT_AN_EDGE.sub("\N{MODIFIER LETTER LOW MACRON}", text)


def _unquoted(text: str) -> str:
    """`>` quotes at the start of a line, even as an entity."""
    return re.sub(r"(?m)^([^\S\n]*)(?=[>＞])", rf"\1{SHY}", text)


def _isolate(text: str) -> str:
    """Keep right-to-left lines from reordering what stands around them."""
    return "\n".join(f"{FSI}{line}{PDI}" if _is_rtl(line) else line for line in text.split("\n"))


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


# Cleaning and cutting


_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Directions that somebody leaves open would turn the rest of the message around.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}  # not Cn: an emoji newer than this Python is one


def _clean(text: str) -> str:
    """`text` without what cannot be sent or seen; empty if nothing is left to see."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text).replace("\t", " "))
    if all(unicodedata.category(c) in _INVISIBLE for c in text):
        return ""
    return re.sub(r"\n{3,}", "\n\n", text.strip())


def _one_line(text: str) -> str:
    return re.sub("[ \n]+", " ", _clean(text))  # \s would take no-break spaces with it


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _utf8(text: str) -> int:
    return len(text.encode())


def _cut(text: str, limit: int, size: Callable[[str], int] = _utf16) -> str:
    """`text`, or as many of its characters as people count them as fit, escaped, and "…"."""
    if size(_escape(text)) <= limit:
        return text
    room = limit - size(ELLIPSIS + (PDI if FSI in text else ""))
    kept = []
    for grapheme in _graphemes(text):
        room -= size(_escape(grapheme))
        if room < 0:
            break
        kept.append(grapheme)
    cut = "".join(kept).rstrip() + ELLIPSIS
    return cut + PDI if cut.count(FSI) > cut.count(PDI) else cut


def _graphemes(text: str) -> Iterator[str]:
    """Extended grapheme clusters, near enough to UAX #29 never to cut a letter or an emoji."""
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    return (
        character in (ZWJ, ZWNJ)
        or cluster[-1] == ZWJ
        or unicodedata.category(character) in ("Mn", "Mc", "Me")  # accents, variation selectors
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= character <= "\U000e007f"  # tags: the flag of Scotland
        or "\u1160" <= character <= "\u11ff"  # vowels and finals of a Hangul syllable
        or (_is_regional(character) and len(cluster) == 1 and _is_regional(cluster))
    )


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"  # a flag is two of these
