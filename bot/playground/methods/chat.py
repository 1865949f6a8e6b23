"""chat.postMessage, update, delete and postEphemeral."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.blocks import blocks_problems, with_ids
from bot.playground.parts import Method, Parts, needs
from bot.playground.receipts import Receipt
from bot.playground.refusal import Refusal, invalid_blocks
from bot.playground.workspace import Channel, Json, Message

LONGEST_TEXT = 40_000
MOST_BLOCKS = 50
LARGEST_METADATA = 16_000  # bytes
_TOLD_OF_AN_EDIT = frozenset(
    {
        "type", "user", "text", "team", "blocks", "metadata",
        "bot_id", "app_id", "bot_profile", "edited",
    }
)  # fmt: skip


def checked_content(text: str, blocks: Any) -> list[Json]:
    """The blocks to show, with ids; refuses what Slack refuses. Response URLs use it too."""
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    if blocks is not None and not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    if problems := blocks_problems(blocks or [], MOST_BLOCKS):
        raise invalid_blocks(problems)
    return with_ids(blocks or [])


def _metadata(args: Arguments) -> Json | None:
    metadata = args.parsed("metadata", "invalid_metadata_format")
    if not metadata:
        return None
    if not isinstance(metadata, dict) or metadata.keys() != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > LARGEST_METADATA:
        raise Refusal("metadata_too_large")
    return metadata


def _destination(parts: Parts, args: Arguments) -> Channel:
    """A conversation, or the direct messages of the person whose id was given."""
    where = args.required("channel")
    if where in parts.workspace.users and where != parts.workspace.bot.id:
        return parts.workspace.direct([parts.workspace.bot.id, where])[0]
    channel = parts.channel_joined(args)
    if channel.archived:
        raise Refusal("is_archived")
    return channel


def _thread(parts: Parts, args: Arguments, channel: Channel) -> str | None:
    if "thread_ts" not in args:
        return None
    first = parts.workspace.message(channel.id, args.text("thread_ts"))
    if first is None or first.is_reply or first.only_for:
        raise Refusal("thread_not_found")
    return first.ts


def _new(parts: Parts, args: Arguments, channel: Channel, only_for: str | None) -> Message:
    text = args.text("text")
    blocks = checked_content(text, args.parsed("blocks", "invalid_blocks_format"))
    return Message(
        ts=parts.workspace.next_ts(),
        channel=channel.id,
        user=parts.workspace.bot.id,
        text=text,
        moment=parts.clock.now(),
        blocks=blocks,
        thread_ts=_thread(parts, args, channel),
        metadata=_metadata(args),
        only_for=only_for,
    )


def _receipt(parts: Parts, message: Message, moment: datetime) -> Receipt:
    return Receipt(
        received=parts.monotonic(),
        moment=moment,
        channel=message.channel,
        ts=message.ts,
        text=message.text,
        blocks=message.blocks,
        thread_ts=message.thread_ts,
        metadata=message.metadata,
    )


def post_message(parts: Parts, args: Arguments) -> Json:
    channel = _destination(parts, args)
    message = parts.workspace.add_message(_new(parts, args, channel, None))
    parts.receipts.posts.append(_receipt(parts, message, message.moment))
    parts.events.posted(message)
    shape = parts.shapes.message(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def post_ephemeral(parts: Parts, args: Arguments) -> Json:
    channel = _destination(parts, args)
    if args.required("user") not in channel.members:
        raise Refusal("user_not_in_channel")
    message = parts.workspace.add_message(_new(parts, args, channel, args.text("user")))
    return {"message_ts": message.ts}


def _own(parts: Parts, args: Arguments, refusal: str) -> Message:
    channel = parts.channel(args)
    message = parts.workspace.message(channel.id, args.required("ts"))
    if message is None or message.only_for:
        raise Refusal("message_not_found")
    if message.user != parts.workspace.bot.id or message.subtype:
        raise Refusal(refusal)
    return message


def update(parts: Parts, args: Arguments) -> Json:
    """What is not given stays: text, blocks, metadata. `blocks=[]` takes the blocks away."""
    message = _own(parts, args, "cant_update_message")
    before = parts.shapes.message(message)
    text = args.text("text", message.text)
    given = args.parsed("blocks", "invalid_blocks_format")
    if "text" not in args and given is None:
        raise Refusal("no_text")
    blocks = checked_content(text, message.blocks if given is None else given)
    message.metadata = _metadata(args) or message.metadata
    message.text, message.blocks = text, blocks
    message.edited_ts = parts.workspace.next_ts()
    parts.receipts.edits.append(_receipt(parts, message, parts.clock.now()))
    parts.workspace.changes.advance()
    parts.events.edited(message, before)
    shape = parts.shapes.message(message, metadata=True)
    told = {key: value for key, value in shape.items() if key in _TOLD_OF_AN_EDIT}
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": told}


def delete(parts: Parts, args: Arguments) -> Json:
    message = _own(parts, args, "cant_delete_message")
    parts.workspace.remove_message(message)
    parts.events.deleted(message)
    return {"channel": message.channel, "ts": message.ts}


METHODS = {
    "chat.postMessage": Method(post_message, needs("chat:write")),
    "chat.postEphemeral": Method(post_ephemeral, needs("chat:write")),
    "chat.update": Method(update, needs("chat:write")),
    "chat.delete": Method(delete, needs("chat:write")),
}
