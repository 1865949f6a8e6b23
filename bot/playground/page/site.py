"""The routes of the page: what is read, what is followed, and the acts of `acts`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.playground.page.acts import Acts
from bot.playground.page.beside import MOST, Beside, found, framed, usual
from bot.playground.page.desk import Desk
from bot.playground.page.drawing import Drawing
from bot.playground.page.place import Place, nearest, people
from bot.playground.page.scene import people_found
from bot.playground.page.surroundings import Surroundings
from bot.playground.server import Playground

HERE = Path(__file__).parent
PACE = 0.1  # seconds between two lines of a stream: a burst is drawn once
BREATH = 15.0  # seconds of silence after which a stream says that it lives
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",  # without a referrer, forms would send no origin either
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def page(
    *,
    zone: str = "Europe/Paris",
    language: str = "fr",
    rooms: Sequence[str] = (),
    around: Surroundings | None = None,
) -> Callable[[Playground], Sequence[BaseRoute]]:
    """The `pages` of a playground whose event is in `zone`.

    `rooms` are the names of the channels that a new person is put into, as Slack does with
    the channels that a workspace declares its default ones.
    """
    surroundings = around or Surroundings()

    def routes(playground: Playground) -> Sequence[BaseRoute]:
        desk = Desk(playground, zone, language, rooms, surroundings)
        return [*Site(desk).routes(), *Acts(desk).routes()]

    return routes


class Site:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._playground = desk.playground
        self._drawing = Drawing(desk, HERE / "templates")

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self.read, methods=["GET"]),
            Route("/side-by-side", self.beside, methods=["GET"]),
            Route("/page/people", self.find, methods=["GET"]),
            Route("/page/files/{file}", self.file, methods=["GET"]),
            Route("/page/changes", self.changes, methods=["GET"]),
            Mount("/page/static", Fresh(directory=HERE / "static")),
        ]

    async def read(self, request: Request) -> Response:
        """Always at the address that says where one stands, so that it can be kept and shared."""
        asked = Place.of(request.query_params, self._desk.language)
        standing = nearest(self._playground.workspace, asked)
        if standing and standing.place != asked:
            return RedirectResponse(standing.place.url(), 303)
        if "hx-request" not in request.headers:
            self._desk.visited(asked.person)
            if standing and standing.with_app and not asked.tab:
                await self._playground.open_messages(standing.me)
        html = self._drawing.page(standing, asked)
        # Somebody's text may hold half a surrogate pair, which no encoding has.
        return HTMLResponse(html.encode("utf-8", "replace"), headers=HEADERS)

    async def beside(self, request: Request) -> Response:
        query, workspace, around = (
            request.query_params,
            self._playground.workspace,
            self._desk.around,
        )
        lang = Place.of(query, self._desk.language).lang
        shows = query.getlist("show") or usual(workspace, around)
        beside = Beside(tuple(shows[:MOST]), lang)
        if "who" in query:
            chosen = found(workspace, around, query["who"])
            if chosen is None:
                self._desk.tell(beside.person, "Nobody of that name.")
            at = int(query["at"]) if query.get("at", "").isdecimal() else len(shows)
            return RedirectResponse((beside.put(at, chosen) if chosen else beside).url(), 303)
        if not query.getlist("show") and shows:
            return RedirectResponse(beside.url(), 303)
        if "hx-request" not in request.headers:
            self._desk.visited(beside.person)
        host = request.url.hostname or ""
        html = self._drawing.beside(beside, host)
        frames = "; ".join([POLICY, " ".join(["frame-src 'self'", *framed(around.screens, host)])])
        headers = HEADERS | {"Content-Security-Policy": frames}
        return HTMLResponse(html.encode("utf-8", "replace"), headers=headers)

    async def file(self, request: Request) -> Response:
        """As Slack does: for those who are in a conversation where it was shared."""
        workspace, who = self._playground.workspace, request.query_params.get("as", "")
        file = workspace.files.get(request.path_params["file"])
        mine = {channel.id for channel in workspace.conversations_of(who)}
        if file is None or file.content is None or not mine & {place for place, _ in file.shares}:
            raise HTTPException(404)
        kept = quote(file.name)
        disposition = {"Content-Disposition": f"attachment; filename*=utf-8''{kept}"}
        return Response(file.content, media_type=file.mimetype, headers=HEADERS | disposition)

    async def find(self, request: Request) -> Response:
        """The first person with these words in the name or address, for keyboards."""
        place = Place.of(request.query_params, self._desk.language)
        some = people_found(self._playground.workspace, request.query_params.get("who", ""))
        if not some:
            known = people(self._playground.workspace)
            self._desk.tell(place.person if known else "", "Nobody of that name.")
            return RedirectResponse(place.url(), 303)
        return RedirectResponse(place.url(person=some[0].id, thread=""), 303)

    async def changes(self, request: Request) -> Response:
        """One line whenever there is something new to see, from `after` on."""
        lines = self._changes(request.query_params.get("after", ""))
        return StreamingResponse(lines, media_type="text/event-stream", headers=HEADERS)

    async def _changes(self, seen: str) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        while not self._playground.stopping:
            now = self._desk.revision
            yield ": still here\n\n" if now == seen else f"data: {now}\n\n"
            seen = now
            await asyncio.sleep(PACE)
            await self._something_new(now)

    async def _something_new(self, seen: str) -> None:
        """Time moved or something happened, or a breath passed without either."""
        changed, moved = (int(number) for number in seen.split("."))
        waiting = [
            asyncio.ensure_future(self._playground.workspace.changes.beyond(changed, BREATH)),
            asyncio.ensure_future(self._playground.clock.revision.beyond(moved, BREATH)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()


class Fresh(StaticFiles):
    """Asked for again each time: the page changes under the same address when it is upgraded."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
