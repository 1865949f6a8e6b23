"""Event time over HTTP: read, followed, set, and moved to what is due."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from .support import START, Json, Machine, World, run, world

LATER = START + timedelta(hours=1)


def get(here: World, query: str = "") -> Json:
    with urlopen(f"{here.playground.url}/clock{query}", timeout=5) as response:
        answer: Json = json.load(response)
    return answer


def post(here: World, where: str = "", **body: Any) -> Json:
    headers = {"Content-Type": "application/json"}
    url = f"{here.playground.url}/clock{where}"
    with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=5) as response:
        answer: Json = json.load(response)
    return answer


def test_set_and_read(here: World) -> None:
    first = get(here)
    assert first == {"revision": 0, "moment": START.isoformat(), "speed": 0.0, "due": None}
    assert get(here, "?after=7") == first  # not what we have: answered at once
    post(here, moment=LATER.isoformat())
    assert get(here)["moment"] == LATER.isoformat()
    assert get(here)["revision"] == 1


def test_it_runs_at_its_speed() -> None:
    machine = Machine()
    with world(monotonic=machine) as here:
        post(here, speed=60)
        machine.now += 2
        assert here.playground.clock.now() == START + timedelta(minutes=2)
        post(here, speed=0)
        machine.now += 2
        assert get(here)["moment"] == (START + timedelta(minutes=2)).isoformat()


def test_who_follows_is_told_of_a_change(here: World) -> None:
    async def scene() -> None:
        following = asyncio.create_task(asyncio.to_thread(get, here, "?after=0"))
        await asyncio.to_thread(post, here, moment=LATER.isoformat())
        assert (await following)["revision"] == 1

    run(scene())


def test_who_follows_is_let_go_at_the_end() -> None:
    with ThreadPoolExecutor() as pool:
        with world() as here:
            following = pool.submit(get, here, "?after=0")
            while not here.playground.clock.revision._waiting:
                wait([following], timeout=0.001)
        assert following.result()["moment"] == START.isoformat()


def test_next_jumps_to_what_is_due_and_never_back(here: World) -> None:
    assert post(here, "/next")["moment"] == START.isoformat()  # nothing is due
    seen = here.playground.workspace.changes.number
    reported = post(here, "/due", moment=LATER.isoformat())
    assert (reported["due"], reported["revision"]) == (LATER.isoformat(), 0)
    assert here.playground.workspace.changes.number > seen  # the page shows it
    assert post(here, "/next")["moment"] == LATER.isoformat()
    post(here, "/due", moment=START.isoformat())
    assert post(here, "/next")["moment"] == LATER.isoformat()
    assert post(here, "/due", moment=None)["due"] is None


@pytest.mark.parametrize(
    ("where", "body", "status"),
    [
        ("", {"moment": (START - timedelta(seconds=1)).isoformat()}, 409),
        ("", {"speed": -1}, 409),
        ("", {"moment": "soon"}, 400),
        ("", {"moment": "2026-11-24T09:00:00"}, 400),
        ("/due", {}, 400),
    ],
)
def test_what_is_no_moment(shared: World, where: str, body: Json, status: int) -> None:
    with pytest.raises(HTTPError) as refused:
        post(shared, where, **body)
    assert refused.value.code == status
    refused.value.close()


def test_messages_keep_both_times(here: World) -> None:
    post(here, moment=LATER.isoformat())
    message = run(here.playground.post_as(here.alice, here.general, "hello"))
    assert message.moment == LATER
    assert float(message.ts) != LATER.timestamp()
