"""The one app installed in the workspace: its tokens, its scopes, what its manifest declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SCOPES = frozenset(
    {
        "channels:history", "channels:join", "channels:read", "chat:write", "commands",
        "files:write", "groups:history", "groups:read", "im:history", "im:write",
        "mpim:history", "mpim:write", "usergroups:read", "users:read", "users:read.email",
    }
)  # fmt: skip

# As named where one subscribes to them; `message.im` and its like arrive as `message`.
EVENTS = frozenset(
    {
        "app_home_opened", "app_mention", "member_joined_channel", "member_left_channel",
        "message.channels", "message.groups", "message.im", "message.mpim",
        "subteam_members_changed", "subteam_updated", "team_join", "user_change",
    }
)  # fmt: skip


@dataclass(frozen=True)
class InstalledApp:
    """`request_url` chooses signed HTTP; without it everything goes over Socket Mode."""

    request_url: str | None = None
    app_id: str = "A0MAILLON01"
    bot_id: str = "B0MAILLON01"
    bot_token: str = "xoxb-playground"  # noqa: S105 -- opens nothing but this playground
    app_token: str = "xapp-playground"  # noqa: S105
    signing_secret: str = "playground"  # noqa: S105
    verification_token: str = "playground"  # noqa: S105 -- what Slack sent before signatures
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    commands: tuple[str, ...] = ("/maillon",)
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    """In the menu of every message: callback ids, and the names people read."""
