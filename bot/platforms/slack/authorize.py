"""Who may send us events: the one workspace we are connected to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.authorization import AuthorizeResult


@dataclass(frozen=True)
class SlackTeam:
    """Who we are in the workspace, by `auth.test`."""

    team_id: str
    bot_id: str
    bot_user_id: str


def authorizing(
    team: SlackTeam, token: str | None
) -> Callable[[str | None, str | None], Awaitable[AuthorizeResult | None]]:
    """Ours, because Bolt's own asks auth.test for every event of a second team."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        if team_id != team.team_id:
            return None  # what Bolt expects of a stranger
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_id=team.bot_id,
            bot_user_id=team.bot_user_id,
            bot_token=token,
        )

    return authorize
