"""Pages over HTTP: headers, languages, limits, errors, static files, streams and polls."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse, ClientSession, FormData
from starlette.requests import Request
from structlog.testing import capture_logs

from bot.web.drawing import reader_for
from bot.web.guard import MAX_BODY
from tests.delivery.support import run
from tests.support.web import Served, served

from .support import add, pages, slugs

Scene = Callable[[ClientSession], Awaitable[None]]
ENGLISH = {"Accept-Language": "en-GB"}
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def here(sqlite_url: str) -> Iterator[Served]:
    with served(sqlite_url, pages, tick_s=3_600, pace_s=0, beat_s=3_600) as site:
        yield site


def visiting(here: Served, scene: Scene) -> None:
    async def visit() -> None:
        async with ClientSession(here.url) as http:
            await scene(http)

    run(visit())


async def told(answer: ClientResponse) -> str:
    """The title and the sentence of an error page."""
    text = await answer.text()
    found = re.search(r"<h1>(.*)</h1>\s*<p>(.*)</p>", text)
    assert found, text
    return " | ".join(found.groups())


def test_every_page_says_what_browsers_may_do_with_it(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        for address, status in [("/board", 200), ("/nowhere", 404), ("/fails/somehow", 500)]:
            async with http.get(address) as answer:
                assert answer.status == status
                assert answer.headers["Content-Security-Policy"] == (
                    "default-src 'none'; script-src 'self'; style-src 'self';"
                    " img-src 'self' data:; connect-src 'self'; form-action 'self';"
                    " base-uri 'none'; frame-ancestors 'none'"
                )
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["Cache-Control"] == "no-store"

    with capture_logs():
        visiting(here, scene)


def test_static_files_are_kept_for_good_under_an_address_of_their_content(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/board") as answer:
            addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', await answer.text())
        names = [address.split("?")[0] for address in addresses]
        assert names == ["/static/icon.svg", "/static/maillon.css", "/static/live.js"]
        types = []
        for address in addresses:
            async with http.get(address) as answer:
                types.append(answer.content_type)
                assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert types == ["image/svg+xml", "text/css", "text/javascript"]
        for address in (names[0], f"{names[0]}?v=another"):
            async with http.get(address) as answer:
                assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
        for name in ("none.css", "..%2fpages.py", "%2e%2e/pages.py"):
            async with http.get(f"/static/{name}") as answer:
                assert answer.status == 404

    visiting(here, scene)


@pytest.mark.parametrize(
    ("header", "query", "language"),
    [
        ("", "", "fr"),
        ("*", "", "fr"),
        ("fr-CA,en;q=0.5", "", "fr"),
        ("en-US,en;q=0.9,fr;q=0.8", "", "en"),
        ("de-DE,de;q=0.9,fr;q=0.5,en;q=0.3", "", "fr"),
        ("de,it;q=0.8", "", "en"),
        ("en;q=0,fr;q=0.1", "", "fr"),
        ("en;q=high, ;;, fr", "", "fr"),
        ("fr", "lang=en", "en"),
        ("fr", "lang=xx", "fr"),
    ],
)
def test_the_language_is_the_browsers_unless_one_is_asked_for(
    header: str, query: str, language: str
) -> None:
    headers = [(b"accept-language", header.encode())] if header else []
    scope = {"type": "http", "headers": headers, "query_string": query.encode()}
    assert reader_for(Request(scope)).language == language


def test_conventions_are_those_of_the_browsers_region() -> None:
    scope = {
        "type": "http",
        "headers": [(b"accept-language", b"en-US,fr;q=0.3")],
        "query_string": b"",
    }
    assert str(reader_for(Request(scope)).locale) == "en_US"


def test_errors_are_told_in_the_language_of_who_reads(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/nowhere") as answer:
            assert await told(answer) == (
                "Cette page n&#39;existe pas"
                " | Vérifiez l&#39;adresse, ou scannez à nouveau le code de la salle."
            )
        async with http.get("/nowhere", headers=ENGLISH) as answer:
            assert 'lang="en"' in await answer.text()
            assert (await told(answer)).startswith("There is no such page")
        async with http.get("/fails/told") as answer:
            assert answer.status == 410
            assert await told(answer) == (
                "Ce n&#39;est pas possible | Cela ne figure plus au programme."
                " /maillon montre la suite."
            )
        async with http.get("/fails/told-more") as answer:
            assert answer.status == 400
        async with http.delete("/board") as answer:
            assert (answer.status, (await told(answer)).split(" | ")[0]) == (
                405,
                "Demande incomprise",
            )

    visiting(here, scene)


def test_a_defect_shows_the_code_that_is_in_the_log(here: Served) -> None:
    shown = ""

    async def scene(http: ClientSession) -> None:
        nonlocal shown
        async with http.get("/fails/somehow", headers=ENGLISH) as answer:
            shown = await told(answer)

    with capture_logs() as logs:
        visiting(here, scene)
    [line] = logs
    assert line["event"] == "page.failed"
    assert "somehow" not in str({**line, "exc_info": None})
    assert shown == (
        "Something went wrong | This did not work. Please try again;"
        f" if it happens again, tell the organisers: {line['reference']}"
    )


async def endless() -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    for _ in range(MAX_BODY // 1_000 + 1):
        yield b"slug=" + b"x" * 995


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (lambda: {"slug": "x" * MAX_BODY}, 413),
        (endless, 413),
        (lambda: [("slug", str(number)) for number in range(51)], 400),
        (lambda: FormData({"slug": "x"}, default_to_multipart=True), 303),
        (lambda: _file(), 400),
    ],
    ids=["long", "endless", "many fields", "multipart", "a file"],
)
def test_nobody_may_send_too_much(here: Served, body: Callable[[], Any], status: int) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body is endless else {}

    async def scene(http: ClientSession) -> None:
        try:
            async with http.post(
                "/board", data=body(), headers=headers, allow_redirects=False
            ) as answer:
                assert answer.status == status
        except aiohttp.ClientConnectionError:
            assert body is endless  # the server need not hear the end of it

    visiting(here, scene)
    assert here.run(slugs) == (["x"] if status == 303 else [])


def _file() -> FormData:
    form = FormData()
    form.add_field("slug", b"x", filename="x.txt")
    return form


def test_a_form_of_another_site_is_refused(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        for origin, status in [("cross-site", 403), ("same-site", 403), ("same-origin", 303)]:
            async with http.post(
                "/board",
                data={"slug": "a\0b"},
                headers={"Sec-Fetch-Site": origin},
                allow_redirects=False,
            ) as answer:
                assert answer.status == status

    visiting(here, scene)
    assert here.run(slugs) == ["ab"]


async def event(answer: ClientResponse) -> Any:
    """The next event of a stream."""
    async with asyncio.timeout(10):
        lines = (await answer.content.readuntil(b"\n\n")).decode().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("data: {")
    return json.loads(lines[0].removeprefix("data: "))


def test_a_stream_tells_what_changes(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/board/live", headers=STREAM | ENGLISH) as stream:
            assert stream.content_type == "text/event-stream"
            assert stream.headers["Cache-Control"] == "no-store"
            first = await event(stream)
            assert "<h1>en</h1>" in first["html"]
            await asyncio.to_thread(here.run, add("a"))
            then = await event(stream)
            assert then["version"] != first["version"]
            assert '<li id="a">' in then["html"]

    visiting(here, scene)


def test_a_poll_says_the_same_and_nothing_when_nothing_changed(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/board/live", headers=STREAM) as stream:
            streamed = await event(stream)
        async with http.get("/board/live") as answer:
            assert await answer.json() == streamed
            etag = answer.headers["ETag"]
        async with http.get("/board/live", headers={"If-None-Match": etag}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        await asyncio.to_thread(here.run, add("a"))
        async with http.get("/board/live", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 200
            assert '<li id="a">' in (await answer.json())["html"]

    visiting(here, scene)


def test_a_page_of_ones_own_is_told_the_version_only(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/own/live", headers=STREAM) as stream:
            assert await event(stream) == {"version": "0"}

    visiting(here, scene)


def test_what_is_over_is_gone(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/board/live", headers=STREAM) as stream:
            await event(stream)
            await asyncio.to_thread(here.run, add("over"))
            async with asyncio.timeout(10):
                assert await stream.content.read() == b""
        for headers in (STREAM, {}):
            async with http.get("/board/live", headers=headers) as answer:
                assert answer.status == 410

    visiting(here, scene)


def test_a_silent_stream_shows_that_it_lives(sqlite_url: str) -> None:
    async def scene(http: ClientSession) -> None:
        async with http.get("/own/live", headers=STREAM) as stream:
            await event(stream)
            async with asyncio.timeout(10):
                assert (await stream.content.readuntil(b"\n\n")).startswith(b"event: beat\ndata:")

    with served(sqlite_url, pages, tick_s=0.01, beat_s=0.01) as site:
        visiting(site, scene)


def test_the_server_does_not_wait_for_streams(here: Served) -> None:
    async def scene(http: ClientSession) -> None:
        streams = [await http.get("/board/live", headers=STREAM) for _ in range(20)]
        for stream in streams:
            await event(stream)
        await asyncio.to_thread(here.stop)
        for stream in streams:
            assert await stream.content.read() == b""  # ended, not cut
            stream.close()

    with capture_logs() as logs:
        visiting(here, scene)
    assert logs == []
    here.start()
