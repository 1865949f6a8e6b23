"""Every card becomes a message that Slack accepts and that says what was written, no more.

`check` is written from Slack's rules and shares nothing with the code it checks.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.core.cards import Action, Card, Section
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
    assert button.keys() - {"style"} == {"type", "text", "action_id", "value"}
    assert button["type"] == "button"
    assert button.get("style", "primary") == "primary"
    check_plain(button["text"], 75)
    assert 1 <= len(button["action_id"]) <= 255
    assert 1 <= len(button["value"]) <= 2_000


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


# Whatever people write


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


def few(elements: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    """Mostly a handful, sometimes the same few over and over."""
    some = st.lists(elements, max_size=4).map(tuple)
    return st.one_of(some, st.tuples(some, st.integers(1, most // 4)).map(lambda p: p[0] * p[1]))


sections = st.builds(Section, title=strings, lines=few(strings, 40), actions=few(actions, 60))
cards = st.builds(
    Card,
    summary=strings,
    title=strings,
    sections=few(sections, 80),
    actions=few(actions, 240),
    footer=strings,
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


# Exactly


def section(text: str, **more: Any) -> Any:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}, **more}


def button(label: str, value: str, action_id: str | None = None, **more: Any) -> Any:
    text = {"type": "plain_text", "text": label, "emoji": True}
    return {"type": "button", "text": text, "action_id": action_id or value, "value": value, **more}


def test_a_card_in_full() -> None:
    star = Action("Ajouter", "star", ("s1",))
    card = Card(
        summary="À 11 h 00 : R&D, salle Balzac",
        title="À 11 h 00",
        sections=(
            Section("R&D <en continu>", ("Salle Balzac", "24 places"), (star,)),
            Section("Jumeau numérique", (), (star, Action("Poser une question", "ask", ("s2",)))),
            Section("", ("Sans titre",)),
        ),
        actions=(Action("Programme", "agenda", primary=True),),
        footer="Thématique : procédés",
    )
    message = rendered(card)
    assert message.text == "À 11 h 00 : R&amp;D, salle Balzac"
    assert message.blocks == [
        {"type": "header", "text": {"type": "plain_text", "text": "À 11 h 00", "emoji": True}},
        section(
            "*R&amp;D &lt;en continu&gt;*\nSalle Balzac\n24 places",
            accessory=button("Ajouter", "1:evt:star:s1"),
        ),
        section("*Jumeau numérique*"),
        {
            "type": "actions",
            "elements": [
                button("Ajouter", "1:evt:star:s1", "1:evt:star:s1#2"),
                button("Poser une question", "1:evt:ask:s2"),
            ],
        },
        section("Sans titre"),
        {"type": "actions", "elements": [button("Programme", "1:evt:agenda", style="primary")]},
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "Thématique : procédés", "verbatim": True}],
        },
    ]


def test_a_summary_alone_is_one_section() -> None:
    assert rendered(Card("Bonjour <!here>")) == Rendered(
        "Bonjour &lt;!here&gt;", [section("Bonjour &lt;!here&gt;")]
    )


def test_buttons_alone_stand_under_the_summary() -> None:
    message = rendered(Card("Où aller ?", actions=(Action("Programme", "agenda"),)))
    assert message.blocks[0] == section("Où aller ?")
    assert [block["type"] for block in message.blocks] == ["section", "actions"]


def test_empty_texts_leave_no_block() -> None:
    card = Card("Résumé", " \u200b ", (Section(" ", ("\n", "\x00"), ()),), footer="\u00a0")
    assert rendered(card).blocks == [section("Résumé")]


def test_a_card_that_says_nothing_is_still_a_message() -> None:
    assert rendered(Card("")) == Rendered("…", [section("…")])
    assert rendered(Card(" ", title="Titre")).text == "Titre"


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


def test_26_buttons_are_two_rows() -> None:
    card = Card("s", "t", actions=tuple(Action("Oui", "yes", (str(n),)) for n in range(26)))
    rows = [len(b["elements"]) for b in rendered(card).blocks if b["type"] == "actions"]
    assert rows == [25, 1]


def test_1300_buttons_leave_room_for_what_they_are_about() -> None:
    card = Card("Choisir", actions=tuple(Action("Oui", "yes", (str(n),)) for n in range(1_300)))
    blocks = rendered(card).blocks
    assert blocks[0] == section("Choisir")
    assert {block["type"] for block in blocks[1:]} == {"actions"}


def test_the_same_action_again_has_an_id_of_its_own_and_the_same_value() -> None:
    taken = Action("Oui", "yes", ("1#2",))
    again = Action("Oui", "yes", ("1",))
    found = buttons(rendered(Card("s", actions=(taken, again, again, again))))
    assert [b["action_id"] for b in found] == [
        "1:evt:yes:1#2",
        "1:evt:yes:1",
        "1:evt:yes:1#3",
        "1:evt:yes:1#4",
    ]
    assert [b["value"] for b in found] == ["1:evt:yes:1#2"] + ["1:evt:yes:1"] * 3


def many(count: int, **more: Any) -> Card:
    return Card("s", sections=tuple(Section(f"Atelier {n}") for n in range(count)), **more)


def test_50_sections_are_all_there() -> None:
    assert [b["text"]["text"] for b in rendered(many(50)).blocks] == [
        f"*Atelier {n}*" for n in range(50)
    ]


def test_of_51_sections_the_last_block_says_how_many_are_missing() -> None:
    blocks = rendered(many(51)).blocks
    assert len(blocks) == 50
    assert blocks[-2:] == [section("*Atelier 48*"), section("… and 2 more")]


def test_title_buttons_and_footer_stay_when_sections_do_not_fit() -> None:
    more = {"title": "Ateliers", "actions": (Action("Programme", "agenda"),), "footer": "Fin"}
    blocks = rendered(many(1_047, **more)).blocks
    assert len(blocks) == 50
    assert blocks[0]["type"] == "header"
    assert blocks[-3] == section("… and 1,001 more")
    assert [block["type"] for block in blocks[-2:]] == ["actions", "context"]


def test_sections_that_are_too_long_together_are_counted_too() -> None:
    card = Card("s", sections=tuple(Section(lines=("x" * 3_000,)) for _ in range(5)))
    assert rendered(card).blocks == [section("x" * 3_000)] * 3 + [section("… and 2 more")]


def test_an_action_too_long_to_come_back_is_a_defect() -> None:
    with pytest.raises(ValueError, match="characters long"):
        render(Card("s", actions=(Action("Oui", "yes", ("x" * 100,)),)), "evt", READER)
