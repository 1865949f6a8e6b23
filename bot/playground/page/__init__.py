"""The workspace in a browser, where anybody tries the bot: `Playground(start, pages=page())`."""

from bot.playground.page.site import page

__all__ = ["page"]
