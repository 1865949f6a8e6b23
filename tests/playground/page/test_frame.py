"""What surrounds the messages: the feed of changes, the files, the words."""

from __future__ import annotations

import re
from typing import Any
from urllib.request import urlopen

from bot.playground.page.site import HERE
from bot.playground.page.words import FRENCH

from ..support import World
from .support import Html, run_there


def test_changes_are_told_as_they_happen(here: World) -> None:
    url = f"{here.playground.url}/page/changes?after=stale"

    def told(feed: Any) -> str:
        return next(str(line) for line in feed if line.startswith(b"data:"))

    with urlopen(url, timeout=10) as feed:
        first = told(feed)
        run_there(here, here.playground.post_as(here.alice, here.general, "bonjour"))
        second = told(feed)
        here.playground.clock.set(speed=60)
        third = told(feed)
    assert len({first, second, third}) == 3


def test_only_the_pages_own_files_run(shared: World) -> None:
    with urlopen(shared.playground.url, timeout=10) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = Html(answer.read().decode())
    assert policy.startswith("default-src 'self';")
    assert all(script["src"].startswith("/page/static/") for script in html.all("script"))
    assert not html.all("style")
    for name in ("page.css", "page.js", "htmx.min.js", "htmx.LICENSE.txt", "icon.svg"):
        with urlopen(f"{shared.playground.url}/page/static/{name}", timeout=10) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


def test_every_word_of_the_page_is_french_too() -> None:
    sources = [*(HERE / "templates").glob("*.html"), *HERE.glob("*.py")]
    said = {
        words
        for source in sources
        for words in re.findall(r'\b(?:t|tell)\([^"()]*"([^"]+)"', source.read_text())
    }
    assert len(said) > 30
    assert said - FRENCH.keys() == set()


def test_the_french_of_the_page_keeps_the_rules() -> None:
    for words in FRENCH.values():
        assert not re.search(r"!|·e|\(e\)| [:;?»]|« ", words), words
