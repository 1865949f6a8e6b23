"""Short-lived keys handed out with interactions: trigger ids and response URLs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.refusal import Refusal
from bot.playground.workspace import Message

TRIGGER_LIVES = 3.0
RESPONSE_URL_LIVES = 30 * 60.0
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    user: str
    at: float
    exchanged: bool = False


@dataclass
class ResponseUrl:
    user: str
    channel: str
    at: float
    original: Message | None = None
    used: int = 0


class Triggers:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new(self, user: str) -> str:
        self._forget_old()
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(user, self._monotonic())
        return name

    def exchange(self, name: str) -> str:
        """The user who may be shown something; once, and within 3 s."""
        trigger = self._triggers.get(name)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id")
        if self._monotonic() - trigger.at > TRIGGER_LIVES:
            raise Refusal("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user

    def new_response_url(self, user: str, channel: str, original: Message | None = None) -> str:
        """The key at the end of the URL."""
        key = secrets.token_urlsafe(18)
        self._urls[key] = ResponseUrl(user, channel, self._monotonic(), original)
        return key

    def use_response_url(self, key: str) -> ResponseUrl:
        url = self._urls.get(key)
        if url is None or self._monotonic() - url.at > RESPONSE_URL_LIVES:
            raise Refusal("expired_url")
        if url.used >= RESPONSE_URL_USES:
            raise Refusal("used_url")
        url.used += 1
        return url

    def _forget_old(self) -> None:
        """Long after their end, so that a late caller is still told which of the two it was."""
        now = self._monotonic()
        while self._triggers:
            name, trigger = next(iter(self._triggers.items()))
            if now - trigger.at < RESPONSE_URL_LIVES:
                break
            del self._triggers[name]
        while self._urls:
            key, url = next(iter(self._urls.items()))
            if now - url.at < 2 * RESPONSE_URL_LIVES:
                break
            del self._urls[key]
