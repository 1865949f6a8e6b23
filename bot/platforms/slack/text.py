"""What people wrote, as text that Slack shows as it was written and does not act on.

Everything on a card is text that somebody wrote, and mrkdwn cannot escape its formatting
characters. So text is cleaned of what no reader sees, made inert, isolated if it is written
from right to left, cut, and escaped: in this order, so that a cut never splits an entity.
Lengths are those of the escaped text in UTF-16 units; no other way of counting gives more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

ELLIPSIS = "…"
FSI = "\N{FIRST STRONG ISOLATE}"
PDI = "\N{POP DIRECTIONAL ISOLATE}"
SHY = "\N{SOFT HYPHEN}"
WJ = "\N{WORD JOINER}"
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"


# Cleaning


_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Directions that somebody leaves open would turn the rest of the message around.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_INVISIBLE = {"Zs", "Zl", "Zp", "Cc", "Cf"}  # not Cn: an emoji newer than this Python is one


def clean(text: str) -> str:
    """`text` without what cannot be sent or seen; empty if nothing is left to see."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _UNSEEN.sub("", _LINE_BREAKS.sub("\n", text).replace("\t", " "))
    if all(unicodedata.category(c) in _INVISIBLE for c in text):
        return ""
    return re.sub(r"\n{3,}", "\n\n", text.strip())


def one_line(text: str) -> str:
    """`text` cleaned, its line breaks and runs of spaces made one space."""
    return re.sub("[ \n]+", " ", clean(text))  # \s would take no-break spaces with it


# Text for each place


def bold(line: str, limit: int) -> str:
    """`line` as bold mrkdwn of at most `limit` characters, whatever signs stand in it."""
    return f"*{escape(cut(_isolate(_inert(line)), limit - len('**')))}*"


def paragraph(text: str, limit: int) -> str:
    """`text` as mrkdwn of at most `limit` characters in which nothing formats or mentions."""
    return escape(cut(_isolate(_unquoted(_inert(text))), limit))


def plain(line: str) -> str:
    """`line` for a plain_text object, where entities would be seen.

    Nothing in it should be parsed; the joiner makes sure that `<!channel>` never is.
    """
    return _isolate(line.replace("<", f"<{WJ}"))


def spoken(text: str, limit: int) -> str:
    """`text` for notifications and screen readers, in at most `limit` bytes."""
    return escape(cut(_isolate(text), limit, _utf8))


# Making inert, and escaping


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
    """Without a sign that Slack formats by; what people read stays the same."""
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


def escape(text: str) -> str:
    """The three characters that mrkdwn has entities for."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# Reading what came from Slack


_REFERENCE = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def written(text: str, name_of: Callable[[str], str | None]) -> str:
    """A message as its readers see it: Slack sends links and mentions in angle brackets."""

    def seen(reference: re.Match[str]) -> str:
        target, label = reference[1], reference[2]
        if target.startswith("@"):
            return f"@{name_of(target[1:]) or label or ELLIPSIS}"
        if target.startswith("#"):
            return f"#{label or ELLIPSIS}"
        return label or (f"@{target[1:]}" if target.startswith("!") else target)

    return unescape(_REFERENCE.sub(seen, text))


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


# Measuring and cutting


def utf16(text: str) -> int:
    """Length as Slack counts it at most."""
    return len(text.encode("utf-16-le")) // 2


def _utf8(text: str) -> int:
    return len(text.encode())


def cut(text: str, limit: int, size: Callable[[str], int] = utf16) -> str:
    """`text`, or as many of its characters as people count them as fit, escaped, and "…"."""
    if size(escape(text)) <= limit:
        return text
    room = limit - size(ELLIPSIS + (PDI if FSI in text else ""))
    kept = []
    for grapheme in _graphemes(text):
        room -= size(escape(grapheme))
        if room < 0:
            break
        kept.append(grapheme)
    short = "".join(kept).rstrip() + ELLIPSIS
    return short + PDI if short.count(FSI) > short.count(PDI) else short


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
