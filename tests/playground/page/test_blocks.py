"""Blocks as the page shows them."""

from __future__ import annotations

from ..support import Json, World, button, plain
from .support import NBSP, Reader, option, room, run_there, section, shows


def test_a_message_of_text_blocks(shared: World) -> None:
    html = shows(
        shared,
        {"type": "header", "text": plain("À 11 h 00")},
        section("*Ouverture*\n_Auditorium_"),
        {"type": "section", "fields": [plain("Salle"), {"type": "mrkdwn", "text": "*Balzac*"}]},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U?>, en ~retard~"}]},
        {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "le plan"},
        {"type": "markdown", "text": "**tel quel** <b>"},
    )
    for words in ("À 11 h 00", "Ouverture", "Auditorium", "Salle", "Balzac", "retard"):
        assert words in html.text
    assert [len(html.all(tag)) for tag in ("h3", "hr", "em", "s", "img")] == [1, 1, 1, 1, 0]
    assert f"Image{NBSP}: le plan" in html.text
    assert "**tel quel** <b>" in html.text


def test_buttons_and_what_one_picks_from(shared: World) -> None:
    options = [option("un"), option("deux")]
    html = shows(
        shared,
        section("Voir", accessory=button("see", style="primary")),
        {
            "type": "actions",
            "block_id": "b",
            "elements": [
                button("go", style="danger", confirm={
                    "title": plain("Sûr ?"), "text": plain("Oui"),
                    "confirm": plain("Oui"), "deny": plain("Non"),
                }),
                button("link", url="https://a.example/"),
                button("trap", url="javascript:alert(1)"),
                {"type": "static_select", "action_id": "one", "options": options,
                 "initial_option": options[1], "placeholder": plain("Salle")},
                {"type": "overflow", "action_id": "more", "options": options},
                {"type": "users_select", "action_id": "who"},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-24"},
                {"type": "checkboxes", "action_id": "several", "options": options,
                 "initial_options": options[:1]},
            ],
        },
    )  # fmt: skip
    assert html.values("button", "press") == ["see", "go", "trap"]
    assert html.all("button", value="go")[0]["data-confirm"] == "Sûr ?\nOui"
    assert html.all("a", href="https://a.example/")[0]["class"] == "button "
    picked = html.all("span", **{"class": "picker"})
    assert [each["hx-vals"] for each in picked] == [
        f'{{"press": "{name}"}}' for name in ("one", "more", "who", "day", "several")
    ]
    assert [s["aria-label"] for s in html.all("select", name="b one")] == ["Salle"]
    assert [o["value"] for o in html.all("option", selected="")] == ["deux"]
    assert {shared.alice.id, shared.bob.id} <= {o.get("value") for o in html.all("option")}
    assert html.values("input", "b day") == ["2026-11-24"]
    assert [b["value"] for b in html.all("input", checked="")] == ["un"]


def test_rich_text(shared: World) -> None:
    def line(*elements: Json, kind: str = "rich_text_section") -> Json:
        return {"type": kind, "elements": list(elements)}

    html = shows(
        shared,
        {
            "type": "rich_text",
            "elements": [
                line(
                    {"type": "text", "text": "<i>", "style": {"bold": True, "code": True}},
                    {"type": "link", "url": "javascript:x", "text": "non"},
                    {"type": "user", "user_id": shared.alice.id},
                    {"type": "emoji", "name": "leaf", "unicode": "1f343"},
                    {"type": "emoji", "name": "half", "unicode": "d800"},
                ),
                {"type": "rich_text_list", "style": "ordered",
                 "elements": [line({"type": "text", "text": "un"})]},
                line({"type": "text", "text": "cité"}, kind="rich_text_quote"),
                "nonsense",
            ],
        },
    )  # fmt: skip
    assert "<i>non@Alice Martin\N{LEAF FLUTTERING IN WIND}" in html.text
    assert [len(html.all(tag)) for tag in ("i", "code", "blockquote")] == [0, 1, 1]


def test_hostile_words_stay_words_wherever_they_stand(shared: World) -> None:
    trap = "\"'><script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}"
    playground = shared.playground
    mallory = playground.workspace.add_user(trap, "m@example.org")
    channel = room(shared, shared.alice, mallory)
    channel.name = channel.topic = trap
    shared.client().chat_postMessage(
        channel=channel.id,
        text=trap,
        blocks=[
            {"type": "header", "text": plain(trap[:150])},
            section(trap),
            {"type": "actions", "elements": [
                {**button(trap), "text": plain(trap), "value": trap},
                {"type": "static_select", "action_id": "s", "options": [option(trap)]},
            ]},
        ],
    )  # fmt: skip
    run_there(shared, playground.post_as(mallory, channel, trap))
    html = Reader(shared, shared.alice, channel, lang=trap).read()
    assert all(script["src"].startswith("/page/static/") for script in html.all("script"))
    assert not html.all("img")
    handlers = [
        n for _, attrs in html.tags for n in attrs if n.startswith(("on", "hx-on", "style"))
    ]
    assert handlers == []
    assert html.text.count("<script>alert(1)</script>") >= 7
    assert "49" not in html.text
