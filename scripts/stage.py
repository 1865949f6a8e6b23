"""What the pictures of the scenes need: a congress that runs, people who look at it, a camera."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from PIL import Image
from playwright.async_api import Browser, Locator, Page, ViewportSize

from bot.app import Maillon
from bot.demo import PARIS
from bot.playground.server import Playground
from bot.playground.workspace import Channel, User
from scripts.screenshots import live_until

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PHONE: ViewportSize = {"width": 390, "height": 780}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
GAP = 24
GROUND = (127, 140, 136)
COLOURS = 256
LARGEST = 150_000  # bytes
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


def keep(name: str, pictures: Sequence[bytes], width: int = 0) -> None:
    """Side by side in one file, small enough to be read over a telephone."""
    images = [Image.open(io.BytesIO(each)).convert("RGB") for each in pictures]
    height = max(image.height for image in images)
    whole = sum(image.width for image in images) + GAP * (len(images) - 1)
    sheet = Image.new("RGB", (whole, height), GROUND if len(images) > 1 else (255, 255, 255))
    left = 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + GAP
    limit = width or min(whole, 1400)
    sheet = sheet.resize((limit, round(height * limit / whole)), Image.Resampling.LANCZOS)
    for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
        file = io.BytesIO()
        sheet.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            file, "PNG", optimize=True
        )
        if file.tell() <= LARGEST:
            break
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.png").write_bytes(file.getvalue())
