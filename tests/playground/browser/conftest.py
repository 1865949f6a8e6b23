from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from bot.playground.installed import InstalledApp
from bot.playground.page import page as browser_page
from bot.playground.workspace import Channel
from tests.support.browser import chromium

from ..support import World, world
from .support import PATIENCE, Visit, bot


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def here() -> Iterator[World]:
    app = InstalledApp(shortcuts={"take": "Poser cette question"})
    with world(pages=browser_page(rooms=["general"]), app=app) as made, bot(made):
        yield made


@pytest.fixture
def visit(here: World, browser: Browser) -> Iterator[Visit]:
    """Open the page as Alice. A test in which the page complains in its console fails."""
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []

    def opened(channel: Channel | None = None, query: str = "", **viewport: int) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 800, **viewport})  # type: ignore[typeddict-item]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        where = (channel or here.general).id
        page.goto(f"{here.playground.url}/?as={here.alice.id}&in={where}{query}")
        return page

    yield opened
    context.close()
    assert complaints == []
