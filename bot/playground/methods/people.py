"""auth.test and users.*"""

from __future__ import annotations

import time

from bot.playground.arguments import Arguments
from bot.playground.parts import Method, Parts, needs
from bot.playground.refusal import Refusal
from bot.playground.workspace import Json, User


def auth_test(parts: Parts, args: Arguments) -> Json:
    team, bot = parts.workspace.team, parts.workspace.bot
    return {
        "url": f"https://{team.domain}.slack.com/", "team": team.name, "user": bot.name,
        "team_id": team.id, "user_id": bot.id, "bot_id": parts.app.bot_id,
        "is_enterprise_install": False,
    }  # fmt: skip


def _shape(parts: Parts, args: Arguments, user: User) -> Json:
    email = "users:read.email" in parts.app.scopes
    return parts.shapes.user(user, locale=args.flag("include_locale"), email=email)


def info(parts: Parts, args: Arguments) -> Json:
    return {"user": _shape(parts, args, parts.user(args.required("user")))}


def list_users(parts: Parts, args: Arguments) -> Json:
    """Without a limit everybody at once, as Slack tries to."""
    everybody = list(parts.workspace.users.values())
    page, cursor = args.page(everybody, args.limit(len(everybody)))
    return {
        "members": [_shape(parts, args, user) for user in page],
        "cache_ts": int(time.time()),
        "response_metadata": {"next_cursor": cursor},
    }


def lookup_by_email(parts: Parts, args: Arguments) -> Json:
    user = parts.workspace.user_by_email(args.required("email"))
    if user is None:
        raise Refusal("users_not_found")
    return {"user": _shape(parts, args, user)}


METHODS = {
    "auth.test": Method(auth_test, needs()),
    "users.info": Method(info, needs("users:read")),
    "users.list": Method(list_users, needs("users:read")),
    "users.lookupByEmail": Method(lookup_by_email, needs("users:read.email")),
}
