"""The workspaces of the other tests, with the page served in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.playground.page import page

from ..support import World, world


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with world(pages=page()) as made:
        yield made


@pytest.fixture
def here() -> Iterator[World]:
    with world(pages=page(rooms=["general"]), ack_within=0.3) as made:
        yield made
