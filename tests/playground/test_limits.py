"""Who is told to wait, and for how long."""

from __future__ import annotations

import pytest

from bot.playground.limits import Limits

from .support import Machine


@pytest.mark.parametrize(
    ("method", "most"), [("users.list", 20), ("chat.update", 50), ("views.open", 100)]
)
def test_methods_have_a_minute(method: str, most: int) -> None:
    machine = Machine()
    limits = Limits(machine)
    for _ in range(most):
        assert limits.admit(method) == 0
    assert limits.admit(method) == 60
    machine.now += 59.5
    assert limits.admit(method) == 1
    machine.now += 0.5
    assert limits.admit(method) == 0


def test_one_method_does_not_hold_up_another() -> None:
    limits = Limits(Machine())
    while limits.admit("chat.update") == 0:
        pass
    assert limits.admit("chat.delete") == 0


def test_posts_are_counted_by_channel_and_all_together() -> None:
    machine = Machine()
    limits = Limits(machine)
    assert limits.admit("chat.postMessage", "C1") == 0
    assert limits.admit("chat.postMessage", "C1") == 1
    for number in range(299):
        assert limits.admit("chat.postMessage", f"D{number}") == 0
    assert limits.admit("chat.postMessage", "C2") == 60


def test_scale() -> None:
    machine = Machine()
    limits = Limits(machine)
    limits.scale = 10
    limits.admit("chat.postMessage", "C1")
    machine.now += 0.1
    assert limits.admit("chat.postMessage", "C1") == 0


def test_restricted_reads() -> None:
    machine = Machine()
    limits = Limits(machine)
    limits.restrict_reads = True
    assert limits.most_objects == 15
    assert limits.admit("conversations.history") == 0
    assert limits.admit("conversations.replies") == 0
    assert limits.admit("conversations.history") == 60
