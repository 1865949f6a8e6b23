"""Slack's limits on blocks and views, each one step too far."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.blocks import blocks_problems, with_ids
from bot.playground.refusal import Refusal
from bot.playground.views import checked

from .support import Json, button, modal, plain, question


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def options(count: int, **more: Any) -> Json:
    each = [{"text": plain(str(n)), "value": str(n), **more} for n in range(count)]
    return {"type": "static_select", "action_id": "which", "options": each}


WRONG: list[tuple[list[Any], str]] = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([section("x" * 3001)], "must be less than 3001 characters"),
    ([{"type": "section"}], "must define either `text` or `fields`"),
    ([{"type": "section", "fields": [plain("x")] * 11}], "no more than 10 items allowed"),
    (
        [{"type": "section", "fields": [plain("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    ([section(accessory={"type": "plain_text_input"})], "unsupported type: plain_text_input"),
    ([section(colour="red")], "invalid additional property: colour"),
    ([section(block_id="x" * 256)], "must be less than 256 characters"),
    ([section(block_id="a"), section(block_id="a")], "block_id a is not unique"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
    ([{"type": "header", "text": section()["text"]}], "unsupported type: mrkdwn"),
    ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items allowed"),
    ([{"type": "context", "elements": []}], "no fewer than 1 items allowed"),
    (actions(*(button(str(n)) for n in range(26))), "no more than 25 items allowed"),
    (actions(button("a"), button("a")), "action_id a is not unique in its block"),
    (actions(button("x" * 256)), "must be less than 256 characters"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters"),
    (actions(button(style="loud")), "must be a valid enum value"),
    (actions(button(colour="red")), "invalid additional property: colour"),
    (actions({"type": "button"}), "missing required field: text"),
    (actions(options(101)), "no more than 100 items allowed"),
    (actions(options(0)), "no fewer than 1 items allowed"),
    (actions(options(1, text=plain("x" * 76))), "must be less than 76 characters"),
    (actions(options(1, value="x" * 151)), "must be less than 151 characters"),
    (actions({**options(11), "type": "checkboxes"}), "no more than 10 items allowed"),
    (actions({**options(6), "type": "overflow"}), "no more than 5 items allowed"),
    ([{"type": "image", "image_url": "https://x"}], "must be a string"),
    ([{"type": "carousel"}], "unsupported type: carousel"),
    (["text"], "unsupported type: text"),
    ([question(element=button())], "unsupported type: button"),
    ([{"type": "input", "label": plain("x")}], "missing required field: element"),
]


@pytest.mark.parametrize(("blocks", "words"), WRONG)
def test_what_slack_refuses(blocks: list[Any], words: str) -> None:
    problems = blocks_problems(blocks, 50)
    assert len(problems) == 1
    assert words in problems[0]


RIGHT: list[list[Json]] = [
    [section("x" * 3000, accessory=button(value="x" * 2000, text=plain("x" * 75)))] * 50,
    [section(), *actions(button("a")), *actions(button("a"))],  # one id in two blocks is fine
    actions(*(button(str(n)) for n in range(25))),
    actions(options(100)),
    [{"type": "section", "fields": [plain("x" * 2000)] * 10}, {"type": "divider"}],
    [{"type": "header", "text": plain("x" * 150)}],
    [{"type": "context", "elements": [{"type": "image", "image_url": "u", "alt_text": "a"}]}],
    [question(hint=plain("As you would say it"))],
    actions({"type": "users_select", "action_id": "who", "placeholder": plain("Who?")}),
    actions(
        button(
            confirm={
                "title": plain("Sure?"),
                "text": plain("It is sent to all"),
                "confirm": plain("Yes"),
                "deny": plain("No"),
            }
        )
    ),
    actions(
        {
            "type": "static_select",
            "action_id": "which",
            "option_groups": [{"label": plain("g"), "options": options(2)["options"]}],
        }
    ),
]


OTHER = {"text": plain("Other"), "value": "other"}


def asked(**more: Any) -> Json:
    return question() | {"element": {"type": "plain_text_input", "action_id": "a", **more}}


def chosen(kind: str = "static_select", **more: Any) -> Json:
    return question() | {"element": {"type": kind, "action_id": "a", **options(2), **more}}


@pytest.mark.parametrize("blocks", RIGHT)
def test_what_slack_accepts(blocks: list[Json]) -> None:
    assert blocks_problems(blocks, 50) == []


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(title=plain("x" * 25)), "must be less than 25 characters"),
        (modal(submit=plain("x" * 25)), "/view/submit/text"),
        (modal(close=plain("x" * 25)), "/view/close/text"),
        (modal(submit=None), "missing required field: submit"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(callback_id="x" * 256), "must be less than 256 characters"),
        (modal(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal(colour="red"), "invalid additional property: colour"),
        (modal(asked(max_length=3001)), "must be between 1 and 3000"),
        (modal(asked(max_length=5, initial_value="x" * 6)), "must be less than 6 characters"),
        (modal(chosen(initial_option=OTHER)), "must match one of the options"),
        (modal(chosen("checkboxes", initial_options=[OTHER])), "must match one of the options"),
        ({"type": "modal", "title": plain("x")}, "missing required field: blocks"),
        (
            {"type": "modal", "title": plain("x"), "blocks": [question()]},
            "a view with input blocks must define `submit`",
        ),
    ],
)
def test_views_that_slack_refuses(view: Json, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(view, "modal")
    assert refused.value.code == "invalid_arguments"
    assert words in refused.value.details["response_metadata"]["messages"][0]


def test_missing_ids_are_made_up_in_a_copy() -> None:
    mine = [section(accessory={"type": "button", "text": plain("x")})]
    named = with_ids(mine)
    assert named[0]["block_id"]
    assert named[0]["accessory"]["action_id"]
    assert "block_id" not in mine[0]
