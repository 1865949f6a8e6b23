"""Every card becomes a message that Slack accepts and that says what was written, no more."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cards import Action, Card, Link, Section
from tests.platforms.slack.rules import FAMILY, FSI, HEBREW, PDI, SHY, rendered

hostile = st.sampled_from(
    [
        "<!channel>",
        "<!here|ici>",
        "@here",
        "@everyone",
        "<@U123>",
        "<#C123>",
        "<http://evil.example|cliquez>",
        "<!date^0^{date}|x>",
        "&amp;",
        "&",
        "&&&&&&&&",
        "<<<>>>",
        "*gras*",
        "_italique_",
        "~barré~",
        "`code`",
        "```",
        "＊＿｀＞",
        "\n> citation",
        ">>> ",
        "\n",
        "\r\n\u2028\x0b",
        " ",
        "\u00a0",
        "\u200b\u2060\ufeff",
        "\x00\x07\x1b[31m\x85",
        "\ud83d",
        "\ude00",
        "\u202e\u2066\u2067\u2068\u2069\u2069",
        FAMILY,
        "🇫🇷🇬🇧",
        "👍🏽",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "e\u0301\u0323",
        "क्षि",
        "각",
        "Z" + "\u0335" * 40,
        HEBREW,
        "الإنتاج الحيوي",
        "Réduire les pertes au remplissage aseptique : 9 h 30",
        "Dr Élodie Thierry, ",
        "x" * 500,
        "word " * 100,
    ]
)
strings = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=10),  # surrogates included
    st.lists(hostile, max_size=12).map("".join),
    st.tuples(hostile, st.integers(1, 3_100)).map(lambda pair: (pair[0] * pair[1])[:3_600]),
)
ids = st.text("abcdefghijklmnopqrstuvwxyz0123456789#-", min_size=1, max_size=13)
actions = st.builds(
    Action,
    label=strings,
    name=st.sampled_from(["star", "agenda"]),
    args=st.lists(ids, max_size=2).map(tuple),
    primary=st.booleans(),
)

links = st.builds(Link, label=strings, url=ids.map("https://example.org/{}".format))


def few(elements: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Mostly a handful, sometimes the same few over and over."""
    some = st.lists(elements, max_size=4).map(tuple)
    return st.one_of(some, st.tuples(some, st.integers(1, most // 4)).map(lambda p: p[0] * p[1]))


sections = st.builds(
    Section, title=strings, lines=few(strings, 40), actions=few(actions, 60), links=few(links, 20)
)
cards = st.builds(
    Card,
    summary=strings,
    title=strings,
    sections=few(sections, 80),
    actions=few(actions, 240),
    footer=strings,
    links=few(links, 60),
)


@settings(deadline=None)
@given(cards)
def test_every_card_is_a_message_that_slack_accepts(card: Card) -> None:
    rendered(card)


def read(text: str) -> str:
    """What a person reads of mrkdwn: look-alikes look alike, and nobody sees a joiner."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    text = re.sub(f"[{FSI}{PDI}{SHY}]", "", text)
    return text.translate(str.maketrans("∗﹡∼ˋˍ", "*＊~`_"))


@given(st.text("ab ×é*＊~`_<>&;:#@|!\u05d0\u05d1", max_size=60).filter(str.strip))
def test_what_is_read_is_what_was_written(text: str) -> None:
    message = rendered(Card("s", sections=(Section(lines=(text,)),)))
    assert read(message.blocks[0]["text"]["text"]) == text.strip()
    message = rendered(Card("s", sections=(Section(title=text),)))
    title = message.blocks[0]["text"]["text"]
    assert (title[0], title[-1]) == ("*", "*")
    assert read(title[1:-1]) == re.sub(" +", " ", text.strip())


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_summary_is_said_whole_and_escaped(before: str, after: str) -> None:
    message = rendered(Card(f"x{before}<!channel>{after}x"))
    assert "&lt;!channel&gt;" in message.text
