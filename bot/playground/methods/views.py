"""views.open, push, update and publish."""

from __future__ import annotations

from bot.playground.arguments import Arguments
from bot.playground.parts import Method, Parts, needs
from bot.playground.refusal import Refusal, invalid_arguments
from bot.playground.views import checked
from bot.playground.workspace import Json, View


def _body(args: Arguments, kind: str) -> Json:
    args.required("view")
    return checked(args.parsed("view", "invalid_arguments"), kind)


def _reply(parts: Parts, view: View) -> Json:
    return {"view": parts.shapes.view(view)}


def open_view(parts: Parts, args: Arguments) -> Json:
    """A view that is refused costs nothing: the trigger is exchanged last."""
    body = _body(args, "modal")
    user = parts.triggers.exchange(args.required("trigger_id"))
    return _reply(parts, parts.modals.open(user, body))


def push(parts: Parts, args: Arguments) -> Json:
    body = _body(args, "modal")
    user = parts.triggers.exchange(args.required("trigger_id"))
    return _reply(parts, parts.modals.push(user, body))


def update(parts: Parts, args: Arguments) -> Json:
    if "view_id" in args:
        view = parts.workspace.view(args.text("view_id"))
    elif "external_id" in args:
        view = parts.workspace.view_by_external_id(args.text("external_id"))
    else:
        raise invalid_arguments(["missing required field: view_id"])
    if view is None:
        raise Refusal("not_found")
    _same(args, view)
    return _reply(parts, parts.modals.replace(view, _body(args, view.type)))


def publish(parts: Parts, args: Arguments) -> Json:
    user = parts.user(args.required("user_id"))
    body = _body(args, "home")
    known = parts.workspace.home(user.id)
    if known:
        _same(args, known)
    return _reply(parts, parts.modals.publish(user.id, body))


def _same(args: Arguments, view: View) -> None:
    """With `hash` the caller changes the view only if nobody else did in between."""
    if "hash" in args and args.text("hash") != view.hash:
        raise Refusal("hash_conflict")


METHODS = {
    "views.open": Method(open_view, needs()),
    "views.push": Method(push, needs()),
    "views.update": Method(update, needs()),
    "views.publish": Method(publish, needs()),
}
