"""The workspace in a browser, where anybody tries the bot: `Playground(start, pages=page())`."""

from bot.playground.page.site import page
from bot.playground.page.surroundings import Surroundings

__all__ = ["Surroundings", "page"]
