"""Questions on Slack: what everybody does with them, and what the équipe Questions does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.platforms.slack.handlers import Handlers, merged
from bot.platforms.slack.questions_asking import Asking
from bot.platforms.slack.questions_more import More
from bot.platforms.slack.questions_sorting import HANDLERS as SORTING

if TYPE_CHECKING:
    from bot.features.questions.near import NearQuestions


def handlers(near: NearQuestions) -> Handlers:
    return merged(Asking(near).handlers(), SORTING, More(near).handlers())
