"""Cards as messages: which blocks, in which order, and how many."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.cards import Action, Card, Link, Section
from bot.platforms.slack.render import Rendered, render
from tests.platforms.slack.rules import READER, button, buttons, rendered, section


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


def test_links_stand_after_the_actions_and_carry_their_address() -> None:
    wall, desk = Link("Écran", "https://example.org/wall"), Link("Pupitre", "https://example.org/d")
    card = Card(
        "s",
        sections=(
            Section("Salle", (), (), (wall,)),
            Section("Table ronde", (), (Action("Publier", "publish"),), (wall,)),
        ),
        links=(desk,),
    )

    def link(label: str, url: str, action_id: str) -> Any:
        made = button(label, "-", action_id, url=url)
        del made["value"]
        return made

    assert rendered(card).blocks == [
        section("*Salle*", accessory=link("Écran", wall.url, "link")),
        section("*Table ronde*"),
        {
            "type": "actions",
            "elements": [
                button("Publier", "1:evt:publish"),
                link("Écran", wall.url, "link#2"),
            ],
        },
        {"type": "actions", "elements": [link("Pupitre", desk.url, "link#3")]},
    ]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "wall", "https://" + "x" * 505])
def test_a_link_that_cannot_be_opened_is_a_defect(url: str) -> None:
    with pytest.raises(ValueError, match="a link is"):
        Link("Écran", url)


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


# Limits, and one more


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
