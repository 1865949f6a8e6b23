from __future__ import annotations

from collections.abc import Iterator

import pytest

from .support import ACK_WITHIN, World, furnished, run, world


@pytest.fixture(autouse=True, scope="session")
def no_proxy() -> Iterator[None]:
    """slack_sdk honours HTTP_PROXY and ignores NO_PROXY: the playground is next door."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """For tests that only ask and are refused: one server for all of them."""
    with world() as made:
        yield made


@pytest.fixture
def room(shared: World) -> Iterator[World]:
    """People and a channel of one's own on the shared server: a server takes a while to stop."""
    rooms = len(shared.playground.workspace.channels)
    yield furnished(shared.playground, f"room-{rooms}")
    run(shared.playground.settled())
    shared.playground.faults.clear()
    shared.playground.sockets.ack_within = ACK_WITHIN
