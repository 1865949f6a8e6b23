"""What a button carries comes back as it was written, or is refused before it is sent."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.cards import ACTION_LIMIT, Action, ActionRef

parts = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", max_size=13)
names = parts.filter(bool)


@given(event_id=names, name=names, args=st.lists(parts, max_size=5).map(tuple))
def test_what_is_encoded_is_decoded(event_id: str, name: str, args: tuple[str, ...]) -> None:
    reference = ActionRef(event_id, name, args)
    assume(len(":".join(("1", event_id, name, *args))) <= ACTION_LIMIT)
    text = reference.encode()
    assert len(text) <= ACTION_LIMIT
    assert ActionRef.decode(text) == reference


def test_the_form_that_old_messages_hold_is_kept() -> None:
    assert ActionRef("evt", "star", ("s1", "u2")).encode() == "1:evt:star:s1:u2"
    assert ActionRef.decode("1:evt:star:s1:u2") == ActionRef("evt", "star", ("s1", "u2"))
    assert ActionRef.decode("1:evt:agenda") == ActionRef("evt", "agenda")


def test_an_action_carries_its_event() -> None:
    action = Action("Ajouter à mon programme", "star", ("s1",))
    assert action.encode("evt") == ActionRef("evt", "star", ("s1",)).encode()


def test_the_longest_action_fits_and_one_more_character_is_refused() -> None:
    longest = ActionRef("e", "n", ("x" * (ACTION_LIMIT - len("1:e:n:")),))
    assert len(longest.encode()) == ACTION_LIMIT
    with pytest.raises(ValueError, match="action n is 101 characters long"):
        ActionRef("e", "n", (longest.args[0] + "x",)).encode()


@pytest.mark.parametrize(
    "text", ["", "1", "1:evt", "2:evt:star", ":evt:star", "11:evt:star", "évt"]
)
def test_what_another_version_wrote_is_nothing(text: str) -> None:
    assert ActionRef.decode(text) is None


@given(st.text())
def test_decoding_never_fails(text: str) -> None:
    reference = ActionRef.decode(text)
    assert reference is None or len(text) > ACTION_LIMIT or reference.encode() == text
