"""Text as the page shows it: formatting, mentions, and no markup of its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.page.mrkdwn import Names, mrkdwn

from .support import Html

NAMES = Names(
    person=lambda user: {"U1": "Ada <L>"}.get(user, "quelqu'un"),
    channel=lambda channel: ("annonces", "/?in=C1") if channel == "C1" else ("canal privé", None),
    me="U1",
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*gras*, _italique_, ~barré~", "<strong>gras</strong>, <em>italique</em>, <s>barré</s>"),
        ("*_les deux_*", "<strong><em>les deux</em></strong>"),
        ("2*3*4 snake_case_name ~ * seul", "2*3*4 snake_case_name ~ * seul"),
        ("`*code*` &lt;b&gt; &amp;amp;", "<code>*code*</code> &lt;b&gt; &amp;amp;"),
        ("```\n<b>&amp;\n*x*\n```", "<pre>&lt;b&gt;&amp;\n*x*</pre>"),
        ("avant\n&gt; cité\n> *aussi*\naprès",
         "avant\n<blockquote>cité\n<strong>aussi</strong></blockquote>\naprès"),
        ("<@U1> <@U9|x>",
         '<span class="mention mine">@Ada &lt;L&gt;</span> '
         '<span class="mention">@quelqu&#39;un</span>'),
        ("<#C1|x> <#C9>",
         '<a class="mention" href="/?in=C1">#annonces</a> '
         '<span class="mention">#canal privé</span>'),
        ("<!channel>", '<span class="mention mine">@channel</span>'),
        ("<!date^1^{date}|jeudi>", "jeudi"),
        ("*<https://a.example/?x=1&amp;y=2|le *plan*>*",
         '<strong><a href="https://a.example/?x=1&amp;y=2" target="_blank" '
         'rel="noopener noreferrer">le *plan*</a></strong>'),
        ("<javascript:alert(1)|ici> <mailto:a@b.example>",
         'ici <a href="mailto:a@b.example" target="_blank" rel="noopener noreferrer">'
         "a@b.example</a>"),
        ("<b onclick=x>&lt;/script&gt;", "b onclick=x&lt;/script&gt;"),
    ],
)  # fmt: skip
def test_mrkdwn(text: str, html: str) -> None:
    assert mrkdwn(text, NAMES) == html


SIGNS = st.text("*_~`<>@#!|&;\n \"'/ab" + "\N{NO-BREAK SPACE}\ud800", max_size=60)


@given(SIGNS | st.text(max_size=60))
def test_no_text_makes_markup_of_its_own(text: str) -> None:
    html = Html(mrkdwn(text, NAMES))
    assert {tag for tag, _ in html.tags} <= {
        "strong", "em", "s", "code", "pre", "blockquote", "a", "span",
    }  # fmt: skip
    assert {name for _, attributes in html.tags for name in attributes} <= {
        "class", "href", "target", "rel",
    }  # fmt: skip
    links = [attributes["href"] for attributes in html.all("a")]
    assert all(re.match(r"(https?://|mailto:|/\?in=C1$)", link, re.IGNORECASE) for link in links)


@pytest.mark.parametrize("text", ["*_" * 20_000, "*a " * 20_000, "<" * 40_000, "*<a>" * 10_000])
def test_the_longest_text_takes_no_longer_than_its_length(text: str) -> None:
    assert Html(mrkdwn(text, NAMES)).words.count("a") == text.count("a")
