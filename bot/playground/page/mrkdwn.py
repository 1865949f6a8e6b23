"""Slack's mrkdwn as HTML.

Everything comes out escaped; only what this module writes is markup. The patterns never look
past the next sign of their kind, so that no text, however hostile, takes longer than its length.

https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

DEEPEST = 5  # bold in italic in …: beyond this, signs are signs
_PRE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_QUOTE = re.compile(r"(?:>|&gt;) ?")
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?=\S)(?P<bold>(?:<[^<>\n]*>|[^*<\n])+)(?<=\S)\*(?![\w*])"
    r"|(?<![\w_])_(?=\S)(?P<italic>(?:<[^<>\n]*>|[^_<\n])+)(?<=\S)_(?![\w_])"
    r"|(?<![\w~])~(?=\S)(?P<strike>(?:<[^<>\n]*>|[^~<\n])+)(?<=\S)~(?![\w~])"
)
_TAGS = {"bold": "strong", "italic": "em", "strike": "s"}
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """How its reader calls people and channels, and where a channel's name leads, if anywhere."""

    person: Callable[[str], str]
    channel: Callable[[str], tuple[str, str | None]]
    me: str


def mrkdwn(text: str, names: Names) -> Markup:
    parts = _PRE.split(text)  # plain, preformatted, plain, …
    return Markup().join(
        Markup("<pre>{}</pre>").format(unescaped(part)) if index % 2 else _lines(part, names)
        for index, part in enumerate(parts)
        if part
    )


def unescaped(text: str) -> str:
    """Slack escapes these three and no others."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, words: str) -> Markup:
    """Only what leads to a page or a mailbox is a link."""
    if not _LINK.match(url):
        return escape(words)
    outside = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
    return outside.format(url, words)


def mention_of_person(user_id: str, names: Names) -> Markup:
    mine = " mine" if user_id == names.me else ""
    return Markup('<span class="mention{}">@{}</span>').format(mine, names.person(user_id))


def mention_of_channel(channel_id: str, names: Names) -> Markup:
    label, url = names.channel(channel_id)
    if url is None:
        return Markup('<span class="mention">#{}</span>').format(label)
    return Markup('<a class="mention" href="{}">#{}</a>').format(url, label)


def mention_of_many(words: str) -> Markup:
    return Markup('<span class="mention mine">@{}</span>').format(words.removeprefix("@"))


def _lines(text: str, names: Names) -> Markup:
    """Consecutive lines that begin with > are one quotation."""
    made = []
    for quoted, group in groupby(text.split("\n"), lambda line: bool(_QUOTE.match(line))):
        lines = [_QUOTE.sub("", line, count=1) if quoted else line for line in group]
        inside = Markup("\n").join(_inline(line, names, DEEPEST) for line in lines)
        made.append(Markup("<blockquote>{}</blockquote>").format(inside) if quoted else inside)
    return Markup("\n").join(made)


def _inline(text: str, names: Names, depth: int) -> Markup:
    if depth == 0:
        return escape(unescaped(text))
    made, at = [], 0
    for match in _INLINE.finditer(text):
        made += [escape(unescaped(text[at : match.start()])), _piece(match, names, depth)]
        at = match.end()
    return Markup().join([*made, escape(unescaped(text[at:]))])


def _piece(match: re.Match[str], names: Names, depth: int) -> Markup:
    kind = match.lastgroup or ""
    inside = match[kind]
    if kind == "code":
        return Markup("<code>{}</code>").format(unescaped(inside))
    if kind == "angle":
        return _angle(inside, names)
    tag = Markup(_TAGS[kind])  # noqa: S704 -- one of three words of ours
    return Markup("<{0}>{1}</{0}>").format(tag, _inline(inside, names, depth - 1))


def _angle(inside: str, names: Names) -> Markup:
    target, _, label = inside.partition("|")
    target, label = unescaped(target), unescaped(label)
    match target[0:1]:
        case "@":
            return mention_of_person(target[1:], names)
        case "#":
            return mention_of_channel(target[1:], names)
        case "!":
            return _special(target[1:], label)
        case _:
            return link(target, label or target.removeprefix("mailto:"))


def _special(command: str, label: str) -> Markup:
    """<!here>, <!subteam^S1|@team>, <!date^…^…|what to read instead>."""
    if command.startswith("date^"):
        return escape(label)
    return mention_of_many(label or command.partition("^")[0])
