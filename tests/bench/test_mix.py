"""What the crowd of the bench sends is what Slack sends."""

from __future__ import annotations

import pytest

from bot.bench.hall import Hall
from bot.bench.mix import SHARES, Mix
from bot.bench.wire import Wire
from bot.demo import INSTALLED
from bot.platforms.slack.incoming import of_request

USERS = ("U0000001", "U0000002")


@pytest.fixture
def mix() -> Mix:
    hall = Hall("event", "workspace", ("table",), ("talk",), ("question",))
    return Mix(Wire(INSTALLED, "T0000001", "http://127.0.0.1:1/response"), hall, USERS)


@pytest.mark.parametrize("kind", SHARES)
def test_every_kind_is_understood_at_the_border(mix: Mix, kind: str) -> None:
    click = mix.make(kind)
    assert of_request(click.body, click.content_type)
