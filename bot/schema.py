"""Every table there is: importing this module fills the metadata. Only the outermost ring may."""

import bot.db.history
import bot.db.inbox
import bot.delivery.tables
import bot.features.bulletins.tables
import bot.features.events.tables
import bot.features.home.tables
import bot.features.introductions.outcome_tables
import bot.features.introductions.tables
import bot.features.people.profile_tables
import bot.features.people.tables
import bot.features.programme.delay_tables
import bot.features.programme.roles
import bot.features.programme.source_tables
import bot.features.programme.tables
import bot.features.questions.access_tables
import bot.features.questions.tables
import bot.features.questions.vote_tables
import bot.features.speaking.tables  # noqa: F401
from bot.db.base import Base

__all__ = ["Base"]
