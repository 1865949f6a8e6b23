"""usergroups.*: groups of people that have a handle."""

from __future__ import annotations

from bot.playground.arguments import Arguments
from bot.playground.parts import Method, Parts, needs
from bot.playground.refusal import Refusal
from bot.playground.workspace import Json


def list_groups(parts: Parts, args: Arguments) -> Json:
    users = args.flag("include_users")
    return {
        "usergroups": [
            parts.shapes.group(group, users=users)
            for group in list(parts.workspace.groups.values())
            if args.flag("include_disabled") or not group.disabled
        ]
    }


def list_users(parts: Parts, args: Arguments) -> Json:
    group = parts.workspace.groups.get(args.required("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    if group.disabled and not args.flag("include_disabled"):
        raise Refusal("subteam_disabled")
    return {"users": list(group.members)}


METHODS = {
    "usergroups.list": Method(list_groups, needs("usergroups:read")),
    "usergroups.users.list": Method(list_users, needs("usergroups:read")),
}
"""Usergroups are read-only here: people make them in Slack, tests and the demo in the workspace."""
