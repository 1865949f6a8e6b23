"""conversations.*: finding, opening, joining and reading them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import dropwhile, islice

from bot.playground.arguments import Arguments, cursor_to
from bot.playground.parts import FAMILY, Method, Parts, needs, needs_in_channel
from bot.playground.refusal import Refusal, invalid_arguments
from bot.playground.workspace import Channel, Json, Kind, Message, User

MOST_USERS = 8
NEXT_TS = "next_ts"
_KINDS = {
    "public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim",
}  # fmt: skip
_NAME = re.compile(r"[\w-]+")


def _kinds(args: Arguments) -> list[str]:
    types = args.names("types") or ["public_channel"]
    if any(name not in _KINDS for name in types):
        raise Refusal("invalid_types")
    return [_KINDS[name] for name in types]


def list_conversations(parts: Parts, args: Arguments) -> Json:
    kinds, bot = _kinds(args), parts.workspace.bot.id
    known = [
        channel
        for channel in list(parts.workspace.channels.values())
        if channel.kind in kinds
        and (channel.kind == "public" or bot in channel.members)
        and not (channel.archived and args.flag("exclude_archived"))
    ]
    page, cursor = args.page(known, args.limit(100))
    shapes = [parts.shapes.channel(channel, counted=True) for channel in page]
    return {"channels": shapes, "response_metadata": {"next_cursor": cursor}}


def info(parts: Parts, args: Arguments) -> Json:
    counted = args.flag("include_num_members")
    return {"channel": parts.shapes.channel(parts.channel(args), counted=counted)}


def members(parts: Parts, args: Arguments) -> Json:
    page, cursor = args.page(parts.channel(args).members, args.limit(100))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(parts: Parts, args: Arguments) -> Json:
    channel, bot = parts.channel(args), parts.workspace.bot
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if bot.id in channel.members:
        warning = {"warnings": ["already_in_channel"]}
        reply = {"channel": parts.shapes.channel(channel), "warning": "already_in_channel"}
        return reply | {"response_metadata": warning}
    enter(parts, channel, bot)
    return {"channel": parts.shapes.channel(channel)}


def enter(parts: Parts, channel: Channel, user: User, inviter: str | None = None) -> None:
    """Become a member, which the channel is told in a message of its own."""
    channel.members.append(user.id)
    parts.say(user, channel, f"<@{user.id}> has joined the channel", subtype="channel_join")
    parts.events.joined(channel, user, inviter)


def create(parts: Parts, args: Arguments) -> Json:
    name = args.text("name")
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > 80:
        raise Refusal("invalid_name_maxlength")
    if name != name.lower() or not _NAME.fullmatch(name):
        raise Refusal("invalid_name_specials")
    if parts.workspace.channel_named(name):
        raise Refusal("name_taken")
    private = args.flag("is_private")
    bot = parts.workspace.bot.id
    kind: Kind = "private" if private else "public"
    channel = parts.workspace.add_channel(name, kind=kind, members=[bot])
    return {"channel": parts.shapes.channel(channel)}


def open_direct(parts: Parts, args: Arguments) -> Json:
    if "channel" in args:
        channel, known = parts.channel(args), True
        if not channel.direct:
            raise Refusal("method_not_supported_for_channel_type")
    else:
        channel, known = parts.workspace.direct(_people(parts, args))
    shape = parts.shapes.channel(channel)
    reply: Json = {"channel": shape if args.flag("return_im") else {"id": channel.id}}
    return reply | ({"no_op": True, "already_open": True} if known else {})


def _people(parts: Parts, args: Arguments) -> list[str]:
    """The bot and those named; it counts itself, and may not be named."""
    bot = parts.workspace.bot.id
    names = args.names("users")
    if not names:
        raise Refusal("users_list_not_supplied")
    users = [parts.user(name) for name in dict.fromkeys(names)]
    if len(users) > MOST_USERS:
        raise Refusal("too_many_users")
    if any(user.deleted for user in users):
        raise Refusal("user_disabled")
    if any(user.is_bot for user in users):
        raise Refusal("cannot_dm_bot")
    return [bot, *(user.id for user in users)]


def _within(args: Arguments, message: Message) -> bool:
    """`inclusive` counts the ends in."""
    oldest, latest, inclusive = args.text("oldest"), args.text("latest"), args.flag("inclusive")
    at = float(message.ts)
    if oldest and (at < float(oldest) or (at == float(oldest) and not inclusive)):
        return False
    return not (latest and (at > float(latest) or (at == float(latest) and not inclusive)))


def _read(parts: Parts, args: Arguments, found: Iterable[Message]) -> Json:
    """A page of them. The cursor names the message to go on from: what is posted meanwhile
    moves nothing."""
    for name in ("oldest", "latest"):
        if not re.fullmatch(r"\d*(\.\d+)?", args.text(name)):
            raise invalid_arguments([f"must be a valid timestamp [json-pointer:/{name}]"])
    size = min(args.limit(100), parts.limits.most_objects)
    following = args.cursor(NEXT_TS)
    wanted = (m for m in found if _within(args, m))
    rest = dropwhile(lambda m: following not in ("", m.ts), wanted)
    page = list(islice(rest, size + 1))
    beyond = page[size:]
    metadata = args.flag("include_all_metadata")
    shapes = [parts.shapes.message(message, metadata=metadata) for message in page[:size]]
    reply: Json = {"messages": shapes, "has_more": bool(beyond)}
    if beyond:
        reply["response_metadata"] = {"next_cursor": cursor_to(NEXT_TS, beyond[0].ts)}
    return reply


def history(parts: Parts, args: Arguments) -> Json:
    """Newest first; replies are read with `replies`."""
    channel = parts.channel_joined(args)
    reply = _read(parts, args, parts.workspace.newest_first(channel.id))
    return reply | {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}


def replies(parts: Parts, args: Arguments) -> Json:
    """Oldest first, the message that opened the thread at the head of every page."""
    channel = parts.channel_joined(args)
    first = parts.workspace.message(channel.id, args.required("ts"))
    if first is None or first.only_for:
        raise Refusal("thread_not_found")
    if first.is_reply:
        return _read(parts, args, [first])
    reply = _read(parts, args, parts.workspace.replies(channel.id, first.ts))
    metadata = args.flag("include_all_metadata")
    reply["messages"].insert(0, parts.shapes.message(first, metadata=metadata))
    return reply


def _listing(parts: Parts, args: Arguments) -> list[str]:
    return [f"{FAMILY[kind]}:read" for kind in _kinds(args)]


def _opening(parts: Parts, args: Arguments) -> list[str]:
    if "channel" in args:
        kind: str = parts.channel(args).kind
    else:
        kind = "mpim" if len(args.names("users")) > 1 else "im"
    return [f"{kind}:write"] if kind in ("im", "mpim") else []


def _creating(parts: Parts, args: Arguments) -> list[str]:
    return ["groups:write"] if args.flag("is_private") else ["channels:manage"]


METHODS = {
    "conversations.list": Method(list_conversations, _listing),
    "conversations.info": Method(info, needs_in_channel("read")),
    "conversations.members": Method(members, needs_in_channel("read")),
    "conversations.join": Method(join, needs("channels:join")),
    "conversations.create": Method(create, _creating),
    "conversations.open": Method(open_direct, _opening),
    "conversations.history": Method(history, needs_in_channel("history")),
    "conversations.replies": Method(replies, needs_in_channel("history")),
}
