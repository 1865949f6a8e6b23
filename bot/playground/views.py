"""Slack's rules on views, and the stack of modals that a person has open."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from bot.playground.blocks import Problems, blocks_problems, with_ids
from bot.playground.refusal import Refusal, invalid_arguments
from bot.playground.workspace import Json, View, Workspace

STACK = 3
LARGEST = 250_000  # bytes of JSON
_SHARED = frozenset({"type", "blocks", "private_metadata", "callback_id", "external_id"})
_MODAL = _SHARED | {
    "title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled",
}  # fmt: skip


def checked(view: Any, kind: str) -> Json:
    """The view that a method was given, with ids; refuses as Slack does."""
    if not isinstance(view, dict):
        raise invalid_arguments(["must be an object [json-pointer:/view]"])
    if len(json.dumps(view).encode()) > LARGEST:
        raise Refusal("view_too_large")
    problems = Problems()
    if view.get("type") != kind:
        problems.add("must be a valid enum value", "/view/type")
    problems.keys(view, _MODAL if kind == "modal" else _SHARED, "/view")
    problems.optional(view, "private_metadata", "/view", 3000)
    problems.optional(view, "callback_id", "/view", 255)
    problems.optional(view, "external_id", "/view", 255)
    if "blocks" not in view:
        problems.add("missing required field: blocks", "/view")
    inside = blocks_problems(view.get("blocks", []), 100)
    problems.found += [words.replace("json-pointer:/", "json-pointer:/view/") for words in inside]
    if kind == "modal":
        _modal(problems, view)
    if problems.found:
        raise invalid_arguments(problems.found)
    return {**view, "blocks": with_ids(view["blocks"])}


def _modal(problems: Problems, view: Json) -> None:
    problems.text(view, "title", "/view", 24)
    for name in ("submit", "close"):
        if name in view:
            problems.text(view, name, "/view", 24)
    blocks = view.get("blocks")
    asks = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks or ())
    if asks and not view.get("submit"):
        problems.add("a view with input blocks must define `submit`", "/view/submit")


def errors(view: View, given: Any) -> dict[str, str]:
    """What stands beside the inputs. Slack's client says no more than that something failed."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(given, dict) or not given or not inputs.issuperset(given):
        raise Refusal("invalid_arguments")
    return {name: str(words) for name, words in given.items()}


class Modals:
    """Opening, replacing and closing; the methods and the acknowledgements both do it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def open(self, user: str, body: Json) -> View:
        view = self._new(user, body)
        self._workspace.modals[user] = [view]
        self._workspace.changes.advance()
        return view

    def push(self, user: str, body: Json) -> View:
        stack = self._workspace.modals.get(user)
        if not stack:
            raise Refusal("not_found")
        if len(stack) >= STACK:
            raise Refusal("push_limit_reached")
        view = self._new(user, body)
        view.root_id, view.previous_id = stack[0].id, stack[-1].id
        stack.append(view)
        self._workspace.changes.advance()
        return view

    def replace(self, view: View, body: Json) -> View:
        """The same view with another content; what was typed stays where its block stays."""
        self._external_id_is_free(body, view)
        kept = {block["block_id"] for block in body["blocks"]}
        view.values = {block: state for block, state in view.values.items() if block in kept}
        view.body, view.hash = body, _hash()
        view.errors, view.notice = {}, ""
        self._workspace.changes.advance()
        return view

    def publish(self, user: str, body: Json) -> View:
        known = self._workspace.homes.get(user)
        if known:
            return self.replace(known, body)
        view = self._new(user, body)
        self._workspace.homes[user] = view
        self._workspace.changes.advance()
        return view

    def pop(self, view: View) -> None:
        """Closed: the view below it shows again."""
        stack = self._workspace.modals.get(view.user, [])
        if view in stack:
            stack.remove(view)
            self._workspace.changes.advance()

    def clear(self, user: str) -> None:
        self._workspace.modals.pop(user, None)
        self._workspace.changes.advance()

    def _new(self, user: str, body: Json) -> View:
        self._external_id_is_free(body, None)
        name = self._workspace.new_id("V")
        return View(name, user, body, _hash(), root_id=name)

    def _external_id_is_free(self, body: Json, mine: View | None) -> None:
        name = body.get("external_id")
        known = self._workspace.view_by_external_id(name) if name else None
        if known and known is not mine:
            raise Refusal("duplicate_external_id")


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"
