"""What the pictures of the scenes need: a congress that runs, people who look at it, a camera."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from playwright.async_api import Browser, Locator, Page, ViewportSize

from bot.app import Maillon
from bot.demo import PARIS
from bot.playground.server import Playground
from bot.playground.workspace import Channel, User
from scripts.congress import live_until

PHONE: ViewportSize = {"width": 390, "height": 780}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


@dataclass(frozen=True)
class Stage:
    browser: Browser
    playground: Playground
    maillon: Maillon

    async def until(self, clock: str) -> None:
        """Thursday at that time, by way of all that is due before it."""
        hour, minute = map(int, clock.split(":"))
        moment = datetime(2019, 12, 12, hour, minute, tzinfo=PARIS)
        await live_until(moment, self.playground, self.maillon)

    async def rest(self) -> None:
        await self.playground.settled()
        await self.maillon.slack.gestures.settled()
        await live_until(self.playground.clock.now(), self.playground, self.maillon)

    def user(self, email: str) -> User:
        user = self.playground.workspace.user_by_email(email)
        assert user is not None, email
        return user

    def channel(self, name: str) -> Channel:
        channel = self.playground.workspace.channel_named(name)
        assert channel is not None, name
        return channel

    async def page(
        self, url: str, size: ViewportSize = PHONE, theme: Theme = "light", scale: float = 2.0
    ) -> Page:
        context = await self.browser.new_context(
            viewport=size, locale="fr-FR", timezone_id=PARIS.key, color_scheme=theme,
            device_scale_factor=scale, reduced_motion="reduce",
        )  # fmt: skip
        await context.add_init_script("localStorage.setItem('welcomed', '1')")
        page = await context.new_page()
        # Not "networkidle": the page keeps a stream open to hear of changes.
        await page.goto(url, wait_until="load")
        return page

    async def look(
        self, email: str, channel: str, size: ViewportSize = PHONE, theme: Theme = "light"
    ) -> Page:
        """Somebody's view of a conversation, by its id."""
        query = {"as": self.user(email).id, "in": channel, "lang": "fr"}
        scale = 2.0 if size["width"] < DESKTOP["width"] else 1.0
        return await self.page(f"{self.playground.url}/?{urlencode(query)}", size, theme, scale)

    async def with_app(self, email: str, theme: Theme = "light") -> Page:
        return await self.look(email, self.playground.workspace.bot.id, theme=theme)


async def shown(locator: Locator) -> None:
    await locator.last.scroll_into_view_if_needed()
    await locator.last.wait_for()


async def closed(page: Page) -> None:
    """The modal: it would stand before its reader in the next scene, too."""
    await page.keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="detached")


async def shot(page: Page) -> bytes:
    return await page.screenshot()
