"""What people write stays what they wrote: inert, isolated, and cut where Slack has a limit."""

from __future__ import annotations

import re

import pytest

from bot.core.cards import Action, Card, Section
from bot.platforms.slack.text import written
from tests.platforms.slack.rules import (
    FAMILY,
    FSI,
    HEBREW,
    PDI,
    SHY,
    WJ,
    buttons,
    rendered,
    section,
    utf16,
)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("p &lt; 0,05 &amp;amp; R&amp;D", "p < 0,05 &amp; R&D"),
        ("<@U1> et <@U2> et <@U3|marie>", "@Ada et @… et @marie"),
        ("<#C1|programme> <#C2|>", "#programme #…"),
        ("<!here> <!subteam^S1|@équipe>", "@here @équipe"),
        ("<https://x.fr/?a=1&amp;b=2> <https://x.fr|ici>", "https://x.fr/?a=1&b=2 ici"),
        ("<mailto:ada@x.fr|ada@x.fr>", "ada@x.fr"),
        ("a < b", "a < b"),
    ],
)
def test_a_message_of_somebody_is_read_as_people_see_it(sent: str, read: str) -> None:
    assert written(sent, {"U1": "Ada"}.get) == read


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("*gras* ~barré~ `code`", "∗gras∗ ∼barré∼ ˋcodeˋ"),
        ("_italique_ marie_dupont@x.fr", "ˍitaliqueˍ marie_dupont@x.fr"),
        ("> cité", f"{SHY}&gt; cité"),
        ("p < 0,05 > 0", "p &lt; 0,05 &gt; 0"),
        ("a\n>b\r\n  >c", f"a\n{SHY}&gt;b\n  {SHY}&gt;c"),
        ("&amp; &lt;!channel&gt;", "&amp;amp; &amp;lt;!channel&amp;gt;"),
        ("<http://evil|x> <@U1> @here", "&lt;http://evil|x&gt; &lt;@U1&gt; @here"),
        ("a\x00\tb\ud83dc\u202ed", "a b\ufffdcd"),
        ("9\u00a0h\u00a030 :\u00a0ok", "9\u00a0h\u00a030 :\u00a0ok"),
        ("\ud83d\ude00", "😀"),
    ],
)
def test_text_is_inert(line: str, shown: str) -> None:
    card = Card("s", sections=(Section(lines=(line,)),))
    assert rendered(card).blocks == [section(shown)]


def test_nothing_in_a_title_breaks_its_bold() -> None:
    title = "2 * 3\n> `x`*  ~\t_y_*"
    card = Card("s", sections=(Section(title, ("suite",)),))
    assert rendered(card).blocks == [section("*2 ∗ 3 &gt; ˋxˋ∗ ∼ ˍyˍ∗*\nsuite")]


def test_a_header_is_plain_and_cannot_mention() -> None:
    message = rendered(Card("s", title="R&D *2* <!channel>"))
    assert message.blocks[0]["text"]["text"] == f"R&D *2* <{WJ}!channel>"


def test_only_right_to_left_lines_are_isolated() -> None:
    card = Card(HEBREW, HEBREW, (Section(HEBREW, ("Salle Balzac", HEBREW)),))
    message = rendered(card)
    isolated = f"{FSI}{HEBREW}{PDI}"
    assert message.text == isolated
    assert message.blocks[0]["text"]["text"] == isolated
    assert message.blocks[1]["text"]["text"] == f"*{isolated}*\nSalle Balzac\n{isolated}"


# Limits, and one more


def test_a_header_of_150_characters_and_one_of_151() -> None:
    assert rendered(Card("s", "t" * 150)).blocks[0]["type"] == "header"
    assert rendered(Card("s", "t" * 151)).blocks == [section(f"*{'t' * 151}*")]


def test_a_title_of_3001_characters_is_cut_in_bold() -> None:
    assert rendered(Card("s", "t" * 3_001)).blocks == [section(f"*{'t' * 2_997}…*")]
    card = Card("s", sections=(Section("t" * 3_001, ("Salle Balzac",)),))
    assert rendered(card).blocks == [section(f"*{'t' * 2_995}…*\n…")]


def test_a_line_of_3000_characters_and_one_of_3001() -> None:
    def shown(line: str) -> str:
        message = rendered(Card("s", sections=(Section(lines=(line,)),)))
        return str(message.blocks[0]["text"]["text"])

    assert shown("x" * 3_000) == "x" * 3_000
    assert shown("x" * 3_001) == "x" * 2_999 + "…"


def test_300_speakers_in_a_line() -> None:
    speakers = ", ".join(f"Élodie Thierry {n}" for n in range(300))
    message = rendered(Card("s", sections=(Section("À la table ronde", (speakers,)),)))
    text = message.blocks[0]["text"]["text"]
    assert text.startswith("*À la table ronde*\nÉlodie Thierry 0, Élodie Thierry 1, ")
    assert text.endswith("…")
    assert len(text) == 3_000


@pytest.mark.parametrize(
    "grapheme",
    [
        "&",  # five characters as an entity
        FAMILY,
        "🇫🇷",
        "👍🏽",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "e\u0301\u0323",
        "क्",
        "\u1112\u1161\u11ab",
    ],
)
def test_a_cut_never_splits_what_people_see_as_one_character(grapheme: str) -> None:
    one = grapheme.replace("&", "&amp;")
    for padding in range(30):
        line = "x" * padding + grapheme * 3_000
        message = rendered(Card("s", sections=(Section(lines=(line,)),)))
        text = message.blocks[0]["text"]["text"]
        assert re.fullmatch(f"x{{{padding}}}({one})+…", text)
        assert utf16(text) > 3_000 - utf16(one) - 1


def test_one_endless_grapheme_is_only_an_ellipsis() -> None:
    assert rendered(Card("s", sections=(Section(lines=("Z" + "\u0335" * 3_000,)),))).blocks == [
        section("…")
    ]


def test_a_cut_right_to_left_line_is_closed() -> None:
    message = rendered(Card("s", sections=(Section(lines=("א" * 3_001,)),)))
    assert message.blocks == [section(f"{FSI}{'א' * 2_997}…{PDI}")]


def test_the_summary_is_cut_where_an_edit_would_be_refused() -> None:
    assert rendered(Card("x" * 4_000)).text == "x" * 4_000
    assert rendered(Card("x" * 4_001)).text == "x" * 3_997 + "…"
    assert rendered(Card("é" * 2_001)).text == "é" * 1_998 + "…"


def test_a_label_of_75_characters_and_one_of_76() -> None:
    card = Card("s", actions=(Action("l" * 75, "a"), Action("l" * 76, "b"), Action(" ", "c")))
    labels = [button["text"]["text"] for button in buttons(rendered(card))]
    assert labels == ["l" * 75, "l" * 74 + "…", "…"]
