"""files.*: an upload in three steps. The bytes go to an address of their own, see `uploads`.

https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

from __future__ import annotations

import secrets
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.methods.chat import LONGEST_TEXT, checked_content
from bot.playground.parts import Method, Parts, needs
from bot.playground.refusal import Refusal, invalid_arguments
from bot.playground.workspace import Channel, File, Json, Message

LARGEST = 1024**3  # bytes
LONGEST_ALT = 1_000


def get_upload_url(parts: Parts, args: Arguments) -> Json:
    name, length = args.required("filename"), args.required("length")
    if not length.isdecimal():
        raise invalid_arguments([f"[ERROR] must be a valid integer: {length}"])
    if int(length) == 0:
        raise Refusal("missing_argument")
    if int(length) > LARGEST:
        raise Refusal("file_upload_size_restricted")
    if len(args.text("alt_txt")) > LONGEST_ALT:
        raise Refusal("alt_txt_too_large")
    workspace = parts.workspace
    file = File(workspace.new_id("F"), name, int(length), workspace.bot.id, parts.clock.now())
    workspace.files[file.id] = file
    key = secrets.token_urlsafe(24)
    parts.uploads[key] = file
    return {"upload_url": f"{parts.address()}/upload/{key}", "file_id": file.id}


def complete_upload(parts: Parts, args: Arguments) -> Json:
    """Every file or none: shared where asked, each conversation with one message."""
    wanted = args.parsed("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments(["[ERROR] must provide an array [json-pointer:/files]"])
    files = [_uploaded(parts, each) for each in wanted]
    where = args.names("channels") or args.names("channel_id")
    channels = [_destination(parts, name) for name in where]
    comment = args.text("initial_comment")
    if len(comment) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    given = None if comment else args.parsed("blocks", "invalid_blocks_format")
    blocks = checked_content(comment, given) if given else []
    threads = [_thread(parts, args, channel) for channel in channels]
    for file, each in zip(files, wanted, strict=True):
        file.title, file.completed = str(each.get("title") or file.name), True
    for channel, thread in zip(channels, threads, strict=True):
        _share(parts, channel, files, Message(
            ts=parts.workspace.next_ts(), channel=channel.id, user=parts.workspace.bot.id,
            text=comment, moment=parts.clock.now(), blocks=blocks, thread_ts=thread,
        ))  # fmt: skip
    return {"files": [parts.shapes.file(file) for file in files]}


def _uploaded(parts: Parts, wanted: Any) -> File:
    file = parts.workspace.files.get(str(wanted.get("id"))) if isinstance(wanted, dict) else None
    if file is None or file.content is None or file.completed:
        raise Refusal("file_not_found")
    return file


def _destination(parts: Parts, name: str) -> Channel:
    if name in parts.workspace.users and name != parts.workspace.bot.id:
        return parts.workspace.direct([parts.workspace.bot.id, name])[0]
    channel = parts.workspace.channels.get(name)
    inside = channel is not None and parts.workspace.bot.id in channel.members
    if channel is None or (channel.kind != "public" and not inside):
        raise Refusal("invalid_channel")
    if not inside:
        raise Refusal("not_in_channel")
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


def _share(parts: Parts, channel: Channel, files: list[File], message: Message) -> None:
    message.files = files
    parts.workspace.add_message(message)
    for file in files:
        file.shares.append((channel.id, message.ts))
    parts.events.posted(message)


def delete(parts: Parts, args: Arguments) -> Json:
    """It is gone wherever it was shared; the words beside it stay."""
    file = parts.workspace.files.pop(args.required("file"), None)
    if file is None:
        raise Refusal("file_not_found")
    for channel, ts in file.shares:
        message = parts.workspace.message(channel, ts)
        if message:
            message.files.remove(file)
    parts.workspace.changes.advance()
    return {}


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, needs("files:write")),
    "files.completeUploadExternal": Method(complete_upload, needs("files:write")),
    "files.delete": Method(delete, needs("files:write")),
}
