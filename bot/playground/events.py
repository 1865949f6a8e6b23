"""What happens in the workspace, told to the app where it subscribed and may see it.

https://docs.slack.dev/reference/events
"""

from __future__ import annotations

import time

from bot.playground.delivery import Delivery
from bot.playground.installed import InstalledApp
from bot.playground.shapes import Shapes
from bot.playground.workspace import Channel, Json, Message, User, UserGroup, Workspace

_TYPES = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_SUBSCRIPTIONS = {
    "public": "message.channels", "private": "message.groups",
    "im": "message.im", "mpim": "message.mpim",
}  # fmt: skip
_LETTERS = {"public": "C", "private": "G"}


class Events:
    def __init__(
        self, workspace: Workspace, app: InstalledApp, shapes: Shapes, delivery: Delivery
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._shapes = shapes
        self._delivery = delivery

    def posted(self, message: Message) -> None:
        """The app hears its own messages too, and is expected to tell them apart."""
        shape = self._shapes.message(message, metadata=True)
        self._in_channel(message.channel, shape | {"event_ts": message.ts})
        mention = f"<@{self._workspace.bot.id}>"
        channel = self._workspace.channels[message.channel]
        if mention in message.text and self._hears(channel) and not channel.direct:
            said = shape | {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            self._emit("app_mention", said)

    def edited(self, message: Message, before: Json) -> None:
        now = self._workspace.next_ts()
        self._in_channel(
            message.channel,
            {
                "type": "message", "subtype": "message_changed", "hidden": True, "ts": now,
                "message": self._shapes.message(message), "previous_message": before,
                "event_ts": now,
            },
        )  # fmt: skip

    def deleted(self, message: Message) -> None:
        now = self._workspace.next_ts()
        self._in_channel(
            message.channel,
            {
                "type": "message", "subtype": "message_deleted", "hidden": True, "ts": now,
                "deleted_ts": message.ts, "previous_message": self._shapes.message(message),
                "event_ts": now,
            },
        )  # fmt: skip

    def joined(self, channel: Channel, user: User, inviter: str | None = None) -> None:
        invited = {"inviter": inviter} if inviter else {}
        self._membership("member_joined_channel", channel, user, invited)

    def left(self, channel: Channel, user: User) -> None:
        self._membership("member_left_channel", channel, user, {})

    def user_joined(self, user: User) -> None:
        self._user("team_join", user, {})

    def user_changed(self, user: User) -> None:
        self._user("user_change", user, {"cache_ts": user.updated})

    def group_changed(self, group: UserGroup, added: list[str], removed: list[str]) -> None:
        """Slack tells both: the members that changed, and the group as it is."""
        now = self._workspace.next_ts()
        self._emit(
            "subteam_members_changed",
            {
                "type": "subteam_members_changed", "subteam_id": group.id,
                "team_id": self._workspace.team.id, "date_previous_update": group.updated,
                "date_update": int(time.time()),
                "added_users": added, "added_users_count": len(added),
                "removed_users": removed, "removed_users_count": len(removed), "event_ts": now,
            },
        )  # fmt: skip
        shape = self._shapes.group(group, users=True)
        self._emit(
            "subteam_updated", {"type": "subteam_updated", "subteam": shape, "event_ts": now}
        )

    def home_opened(self, user: User, channel: Channel, tab: str) -> None:
        event: Json = {
            "type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab,
            "event_ts": self._workspace.next_ts(),
        }  # fmt: skip
        home = self._workspace.home(user.id) if tab == "home" else None
        self._emit("app_home_opened", event | ({"view": self._shapes.view(home)} if home else {}))

    def _in_channel(self, channel_id: str, event: Json) -> None:
        channel = self._workspace.channels[channel_id]
        if self._hears(channel):
            where = {"channel": channel.id, "channel_type": _TYPES[channel.kind]}
            self._emit(_SUBSCRIPTIONS[channel.kind], event | where)

    def _membership(self, kind: str, channel: Channel, user: User, extra: Json) -> None:
        if user.id != self._workspace.bot.id and not self._hears(channel):
            return
        event = {
            "type": kind, "user": user.id, "channel": channel.id,
            "channel_type": _LETTERS[channel.kind], "team": self._workspace.team.id,
            "event_ts": self._workspace.next_ts(), **extra,
        }  # fmt: skip
        self._emit(kind, event)

    def _user(self, kind: str, user: User, extra: Json) -> None:
        email = "users:read.email" in self._app.scopes
        shape = self._shapes.user(user, email=email)
        event = {"type": kind, "user": shape, "event_ts": self._workspace.next_ts()}
        self._emit(kind, event | extra)

    def _hears(self, channel: Channel) -> bool:
        return self._workspace.bot.id in channel.members

    def _emit(self, subscription: str, event: Json) -> None:
        if subscription in self._app.events:
            self._delivery.emit(event)
