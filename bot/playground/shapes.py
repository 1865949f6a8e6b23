"""Workspace objects in the shapes that Slack gives them on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.playground.installed import InstalledApp
from bot.playground.workspace import (
    Channel,
    File,
    Json,
    Message,
    User,
    UserGroup,
    View,
    Workspace,
)

_AVATAR = "https://playground.invalid/avatar_{size}.png"


class Shapes:
    def __init__(self, workspace: Workspace, app: InstalledApp) -> None:
        self._workspace = workspace
        self._app = app

    def group(self, group: UserGroup, *, users: bool = False) -> Json:
        team, bot = self._workspace.team.id, self._workspace.bot.id
        shape: Json = {
            "id": group.id, "team_id": team, "is_usergroup": True, "is_subteam": True,
            "name": group.name, "description": "", "handle": group.handle, "is_external": False,
            "date_create": group.updated, "date_update": group.updated,
            "date_delete": group.updated if group.disabled else 0,
            "auto_type": None, "auto_provision": False, "enterprise_subteam_id": "",
            "created_by": bot, "updated_by": bot, "deleted_by": bot if group.disabled else None,
            "prefs": {"channels": [], "groups": []}, "user_count": len(group.members),
        }  # fmt: skip
        return shape | ({"users": list(group.members)} if users else {})

    def user(self, user: User, *, locale: bool = True, email: bool = True) -> Json:
        """`email` needs a scope of its own, and `locale` must be asked for, as in Slack."""
        offset = datetime.now(UTC).astimezone(ZoneInfo(user.tz)).utcoffset()
        first, _, last = user.real_name.partition(" ")
        profile: Json = {
            "title": "", "phone": "", "skype": "",
            "real_name": user.real_name, "real_name_normalized": user.real_name,
            "display_name": user.name, "display_name_normalized": user.name,
            "status_text": "", "status_emoji": "", "status_expiration": 0,
            "avatar_hash": "playground", "first_name": first, "last_name": last,
            "team": self._workspace.team.id,
            **{f"image_{s}": _AVATAR.format(size=s) for s in (24, 32, 48, 72, 192, 512)},
        }  # fmt: skip
        if email and user.email:
            profile["email"] = user.email
        if user.is_bot:
            profile |= {"api_app_id": self._app.app_id, "bot_id": self._app.bot_id}
            profile["always_active"] = True
        return {
            "id": user.id, "team_id": self._workspace.team.id, "name": user.name,
            "deleted": user.deleted, "color": "9f69e7", "real_name": user.real_name,
            "tz": user.tz, "tz_label": user.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile, "is_admin": False, "is_owner": False,
            "is_primary_owner": False, "is_restricted": False, "is_ultra_restricted": False,
            "is_bot": user.is_bot, "is_app_user": False, "updated": user.updated,
            "is_email_confirmed": True, **({"locale": user.locale} if locale else {}),
        }  # fmt: skip

    def channel(self, channel: Channel, *, counted: bool = False) -> Json:
        """A conversation as the bot sees it; some methods say how many are in it."""
        bot = self._workspace.bot.id
        shape: Json = {
            "id": channel.id, "created": channel.created, "is_archived": channel.archived,
            "is_im": channel.kind == "im", "is_org_shared": False,
        }  # fmt: skip
        if channel.kind == "im":
            other = next((m for m in channel.members if m != bot), bot)
            return shape | {"user": other, "priority": 0}
        about = {"creator": channel.creator, "last_set": channel.created}
        return shape | {
            "name": channel.name, "name_normalized": channel.name,
            "is_channel": channel.kind != "mpim", "is_group": False,
            "is_mpim": channel.kind == "mpim", "is_private": channel.kind != "public",
            "is_general": False, "is_shared": False, "is_ext_shared": False,
            "is_pending_ext_shared": False, "pending_shared": [], "shared_team_ids": [],
            "pending_connected_team_ids": [], "previous_names": [], "unlinked": 0,
            "creator": channel.creator, "is_member": bot in channel.members,
            "topic": {"value": channel.topic, **about},
            "purpose": {"value": channel.purpose, **about},
            **({"num_members": len(channel.members)} if counted else {}),
        }  # fmt: skip

    def message(self, message: Message, *, metadata: bool = False) -> Json:
        shape: Json = {
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": self._workspace.team.id,
        }
        if message.subtype:
            shape["subtype"] = message.subtype
        if message.files:
            shape["files"] = [self.file(file) for file in message.files]
        if message.blocks:
            shape["blocks"] = message.blocks
        if message.user == self._workspace.bot.id:
            shape |= {"bot_id": self._app.bot_id, "app_id": self._app.app_id}
            shape["bot_profile"] = self._bot_profile()
        if message.edited_ts:
            shape["edited"] = {"user": message.user, "ts": message.edited_ts}
        if metadata and message.metadata:
            shape["metadata"] = message.metadata
        return shape | self._thread(message)

    def file(self, file: File) -> Json:
        public = [(c, ts) for c, ts in file.shares if self._kind(c) == "public"]
        private = [share for share in file.shares if share not in public]
        shares = {"public": public, "private": private}
        address = f"https://files.playground.invalid/{file.id}/{file.name}"
        moment = int(file.moment.timestamp())
        return {
            "id": file.id, "created": moment, "timestamp": moment,
            "name": file.name, "title": file.title, "mimetype": file.mimetype,
            "filetype": file.type, "pretty_type": file.type.upper(), "user": file.user,
            "user_team": self._workspace.team.id, "editable": False, "size": file.size,
            "mode": "hosted", "is_external": False, "external_type": "",
            "is_public": bool(public), "public_url_shared": False, "display_as_bot": False,
            "username": "", "url_private": address, "url_private_download": address,
            "permalink": address, "permalink_public": address, "comments_count": 0,
            "is_starred": False, "has_rich_preview": False, "file_access": "visible",
            "media_display_type": "unknown",
            "shares": {name: self._shares(those) for name, those in shares.items() if those},
            "channels": [c for c, _ in public],
            "groups": [c for c, _ in file.shares if self._kind(c) in ("private", "mpim")],
            "ims": [c for c, _ in file.shares if self._kind(c) == "im"],
        }  # fmt: skip

    def _shares(self, places: list[tuple[str, str]]) -> Json:
        return {
            channel: [
                {
                    "reply_users": [], "reply_users_count": 0, "reply_count": 0, "ts": ts,
                    "channel_name": self._workspace.channels[channel].name,
                    "team_id": self._workspace.team.id,
                    "share_user_id": self._workspace.bot.id, "is_silent_share": False,
                }
            ]
            for channel, ts in places
        }  # fmt: skip

    def _kind(self, channel: str) -> str:
        return self._workspace.channels[channel].kind

    def _thread(self, message: Message) -> Json:
        if message.is_reply:
            assert message.thread_ts
            first = self._workspace.message(message.channel, message.thread_ts)
            parent = {"parent_user_id": first.user} if first else {}
            return {"thread_ts": message.thread_ts, **parent}
        replies = self._workspace.replies(message.channel, message.ts)
        if not replies:
            return {}
        people = list(dict.fromkeys(reply.user for reply in replies))
        return {
            "thread_ts": message.ts, "reply_count": len(replies),
            "reply_users_count": len(people), "reply_users": people[:5],
            "latest_reply": replies[-1].ts, "subscribed": False,
        }  # fmt: skip

    def _bot_profile(self) -> Json:
        bot = self._workspace.bot
        icons = {f"image_{size}": _AVATAR.format(size=size) for size in (36, 48, 72)}
        return {
            "id": self._app.bot_id, "app_id": self._app.app_id, "name": bot.real_name,
            "icons": icons, "deleted": False, "updated": bot.updated,
            "team_id": self._workspace.team.id,
        }  # fmt: skip

    def view(self, view: View) -> Json:
        body = view.body
        return {
            "id": view.id, "team_id": self._workspace.team.id, "type": view.type,
            "blocks": view.blocks, "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "external_id": body.get("external_id", ""),
            "state": {"values": view.values}, "hash": view.hash,
            "title": body.get("title"), "submit": body.get("submit"), "close": body.get("close"),
            "clear_on_close": bool(body.get("clear_on_close", False)),
            "notify_on_close": bool(body.get("notify_on_close", False)),
            "submit_disabled": bool(body.get("submit_disabled", False)),
            "root_view_id": view.root_id, "previous_view_id": view.previous_id,
            "app_id": self._app.app_id, "bot_id": self._app.bot_id,
            "app_installed_team_id": self._workspace.team.id,
        }  # fmt: skip
