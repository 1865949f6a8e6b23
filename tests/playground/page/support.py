"""A page as it is read, and somebody who reads it."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bot.playground.workspace import Channel, User

from ..support import Json, World, plain

NBSP = "\N{NO-BREAK SPACE}"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Html(HTMLParser):
    """A page as its reader has it: words, tags with attributes, form fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.text = re.sub(r"[ \n]+", " ", self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        found = (attributes for name, attributes in self.tags if name == tag)
        return [each for each in found if wanted.items() <= each.items()]

    def values(self, tag: str, name: str) -> list[str]:
        return [each["value"] for each in self.all(tag, name=name)]


class Reader:
    """A person at the page."""

    def __init__(self, here: World, me: User, channel: Channel | str, **more: str) -> None:
        self._here = here
        where = channel if isinstance(channel, str) else channel.id
        self.place = {"as": me.id, "in": where, **more}
        self.headers: dict[str, str] = {}
        self.address = ""

    def read(self, **more: str) -> Html:
        return self.get("/?" + urlencode(self.place | more))

    def does(self, act: str, **fields: Any) -> Html:
        body = urlencode(self.place | fields, doseq=True).encode()
        return self._open(Request(f"{self._here.playground.url}/page/{act}", body, self.headers))

    def get(self, path: str) -> Html:
        return self._open(Request(self._here.playground.url + path, headers=self.headers))

    def _open(self, request: Request) -> Html:
        with urlopen(request, timeout=10) as answer:
            self.address = answer.url
            return Html(answer.read().decode())


def room(here: World, *members: User, **more: Any) -> Channel:
    """A channel of its own for a test that shares its server."""
    workspace = here.playground.workspace
    ids = [user.id for user in members or (here.alice, here.bob)]
    name = f"room-{len(workspace.channels)}"
    return workspace.add_channel(name, members=[*ids, here.bot.id], **more)


def shows(here: World, *blocks: Json, text: str = "blocks", **more: Any) -> Html:
    channel = room(here)
    here.client().chat_postMessage(channel=channel.id, text=text, blocks=list(blocks), **more)
    return Reader(here, here.alice, channel).read()


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def option(value: str) -> Json:
    return {"text": plain(value.capitalize()), "value": value}


def run_there(here: World, work: Any) -> Any:
    """Whether or not this thread has an event loop of its own."""
    assert here.playground.loop
    return asyncio.run_coroutine_threadsafe(work, here.playground.loop).result(10)
