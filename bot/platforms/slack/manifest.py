"""What the Slack app may do and hears: the same as manifest.yaml, which a test enforces.

`maillon doctor` compares the scopes of a token with these.
"""

BOT_SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "mpim:history",
        "mpim:write",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)

BOT_EVENTS = frozenset(
    {
        "app_home_opened",
        "message.im",
        "subteam_members_changed",
        "subteam_updated",
        "team_join",
        "user_change",
    }
)

ASK_COMMAND = "/question"
COMMANDS = ("/maillon", ASK_COMMAND)

MESSAGE_SHORTCUTS = {"questions.from_message": "Poser cette question"}
"""In the menu of every message, in one language: the form that each opens, and its name."""
