"""Every modal becomes a view that Slack accepts, and its inputs keep their names."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cards import Action, Section
from bot.platforms.slack.modals import (
    Checkboxes,
    Divider,
    Modal,
    Option,
    Select,
    TextInput,
    View,
    modal_view,
)
from bot.platforms.slack.views import values_of
from bot.playground.views import checked
from tests.platforms.slack.rules import READER, check_mrkdwn, section
from tests.platforms.slack.test_any_card import few, ids, sections, strings

REF = ("questions.send", ("s1",))


def drawn(*parts: Any, **more: Any) -> View:
    """The view, once the playground has found in it nothing that Slack refuses."""
    view = modal_view(Modal("Poser", parts, REF, "Envoyer", **more), "evt", READER)
    checked(copy.deepcopy(view), "modal")
    return view


def plain(text: str) -> Any:
    return {"type": "plain_text", "text": text, "emoji": True}


def test_a_modal_in_full() -> None:
    view = drawn(
        Section(lines=("Table ronde <b>",), actions=(Action("Soutenir", "support", ("q1",)),)),
        Divider(),
        TextInput("words", "Votre question", "R&D ?", 300, "Une phrase", "En public", False),
        Checkboxes(
            "how", "Comment", (Option("a", "Anonyme", "Sans nom"), Option("n", "Nom")), ("n",)
        ),
        Select("to", "Table ronde", (Option("s1", "Une"), Option("s2", "Deux")), "s2", "Choisir"),
        Section(actions=(Action("Retirer", "withdraw"),)),
        private="memo",
    )
    blocks = view.pop("blocks")
    assert view == {
        "type": "modal",
        "title": plain("Poser"),
        "submit": plain("Envoyer"),
        "close": plain("Close"),
        "callback_id": "1:evt:questions.send:s1",
        "private_metadata": "memo",
    }
    support = {"type": "button", "text": plain("Soutenir")}
    names = {"action_id": "1:evt:support:q1", "value": "1:evt:support:q1"}
    assert blocks[0] == section("Table ronde &lt;b&gt;", accessory=support | names)
    assert blocks[1] == {"type": "divider"}
    assert blocks[2] == {
        "type": "input",
        "block_id": "words",
        "label": plain("Votre question"),
        "element": {
            "type": "plain_text_input",
            "action_id": "words",
            "multiline": False,
            "max_length": 300,
            "placeholder": plain("Une phrase"),
            "initial_value": "R&D ?",
        },
        "hint": plain("En public"),
        "optional": False,
    }
    name = {"text": plain("Nom"), "value": "n"}
    anonymous = {"text": plain("Anonyme"), "value": "a", "description": plain("Sans nom")}
    assert blocks[3]["optional"] is True
    assert blocks[3]["element"] == {
        "type": "checkboxes",
        "action_id": "how",
        "options": [anonymous, name],
        "initial_options": [name],
    }
    two = {"text": plain("Deux"), "value": "s2"}
    assert blocks[4]["element"] == {
        "type": "static_select",
        "action_id": "to",
        "options": [{"text": plain("Une"), "value": "s1"}, two],
        "initial_option": two,
        "placeholder": plain("Choisir"),
    }
    assert [block["type"] for block in blocks[5:]] == ["actions"]


def options(most: int) -> Any:
    some = st.lists(st.builds(Option, ids, strings, strings), min_size=1, max_size=3)
    return st.tuples(some, st.integers(1, most)).map(lambda pair: tuple(pair[0]) * pair[1])


inputs = st.one_of(
    st.builds(
        TextInput,
        name=ids,
        label=strings,
        initial=strings,
        most=st.integers(1, 3_000),
        placeholder=strings,
        hint=strings,
    ),
    st.builds(Checkboxes, name=ids, label=strings, options=options(8), hint=strings),
    st.builds(Select, name=ids, label=strings, options=options(80), placeholder=strings),
)
parts_ = few(st.one_of(sections, st.just(Divider())), 40)
asked_ = st.lists(inputs, unique_by=lambda one: one.name, max_size=3)


@settings(deadline=None, max_examples=50)
@given(parts_, asked_, strings)
def test_every_modal_is_a_view_that_slack_accepts(parts: Any, asked: Any, title: str) -> None:
    modal = Modal(title, (*parts, *asked), REF, f"Envoyer {title}", title)
    view = modal_view(modal, "evt", READER)
    checked(copy.deepcopy(view), "modal")
    for block in view["blocks"]:
        if block["type"] == "section":
            check_mrkdwn(block["text"])
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    assert names == [one.name for one in asked]


def test_what_does_not_fit_is_counted_and_inputs_stay() -> None:
    parts = [Section(lines=(f"Question {n}",)) for n in range(150)]
    blocks = drawn(*parts, TextInput("words", "Votre question"))["blocks"]
    assert len(blocks) == 100
    assert blocks[97] == section("Question 97")
    assert blocks[98]["block_id"] == "words"
    assert blocks[99] == section("… and 52 more")


def test_what_was_written_too_long_is_cut_to_what_may_be_sent() -> None:
    [block] = drawn(TextInput("words", "Votre question", "x" * 400, 300))["blocks"]
    assert block["element"]["initial_value"] == "x" * 299 + "…"


@pytest.mark.parametrize(
    ("modal", "match"),
    [
        (Modal("t", (TextInput("w", "l"),)), "somewhere to send it"),
        (Modal("t", (), None, "Envoyer"), "somewhere to send it"),
        (Modal("t", (), private="x" * 3_001), "too many for a modal"),
        (Modal("t", (Select("w", "l", ()),), REF, "Envoyer"), "nothing to choose from"),
        (Modal("t", (), ("x" * 100, ()), "Envoyer"), "characters long"),
        (Modal("t", tuple(TextInput(str(n), "l") for n in range(101)), REF, "s"), "more than fits"),
    ],
)
def test_what_no_form_can_be_is_a_defect(modal: Modal, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        modal_view(modal, "evt", READER)


def test_values_come_back_under_the_names_of_their_inputs() -> None:
    option = {"text": plain("Une"), "value": "s1"}
    states = {
        "words": {"words": {"type": "plain_text_input", "value": "Pourquoi ?"}},
        "more": {"more": {"type": "plain_text_input", "value": None}},
        "how": {"how": {"type": "checkboxes", "selected_options": [option]}},
        "to": {"to": {"type": "static_select", "selected_option": option}},
        "none": {"none": {"type": "static_select", "selected_option": None}},
    }
    assert values_of({"state": {"values": states}}) == {
        "words": "Pourquoi ?",
        "more": None,
        "how": ["s1"],
        "to": "s1",
        "none": None,
    }
