"""What is read of what Slack sends, and what is refused whoever signed it."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from bot.platforms.slack.incoming import FORM, JSON, MalformedError, of_envelope, of_request

MESSAGE = {"type": "message", "channel_type": "im", "user": "U1", "text": "a\0b", "more": {}}
EVENT = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": MESSAGE}


def changed(**more: object) -> bytes:
    return json.dumps(EVENT | more).encode()


def test_what_is_needed_is_read_and_the_rest_left() -> None:
    read = of_request(changed(token="x"), JSON)
    event = {"type": "message", "channel_type": "im", "user": "U1", "text": "ab"}
    assert read == EVENT | {"event": event}
    assert of_envelope("events_api", EVENT) == read


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON),
        (b"[" * 100_000, JSON),
        (b"null", JSON),
        (b"\xff", JSON),
        (changed(event_id=""), JSON),
        (changed(event_id="x" * 300), JSON),
        (changed(team_id=5), JSON),
        (changed(event=[]), JSON),
        (changed(event=MESSAGE | {"user": {"id": "U1"}}), JSON),
        (changed().replace(b"a\\u0000b", b"\\ud800"), JSON),
        (changed(), "text/plain"),
        (b"payload=%ff", FORM),
        (b"payload={}", FORM),
        (urlencode({"command": "/maillon"}).encode(), FORM),
        (b"&".join(b"a%d=" % n for n in range(60)), FORM),
    ],
)
def test_what_slack_does_not_send_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(MalformedError):
        of_request(body, kind)
