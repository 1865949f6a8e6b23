"""How a method says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818 -- the platform's refusal, not an error of ours
    """Answered as `{"ok": false, "error": code, …}`, with Slack's own code."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def invalid_blocks(problems: list[str]) -> Refusal:
    return Refusal("invalid_blocks", errors=problems, **_messages(problems))


def invalid_arguments(problems: list[str]) -> Refusal:
    return Refusal("invalid_arguments", **_messages(problems))


def _messages(problems: list[str]) -> dict[str, Any]:
    return {"response_metadata": {"messages": [f"[ERROR] {words}" for words in problems]}}
