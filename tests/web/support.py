"""A page of the smallest kind: the names of the events, live, and a form that adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import MaillonError, NoLongerThereError
from bot.core.i18n import LANGUAGES
from bot.features.events.tables import Event
from bot.web.drawing import page, reader_for
from bot.web.live import Snapshot
from bot.web.pages import Site, fields
from bot.web.streams import live_response
from tests.delivery.support import START

ROW = """<li id="{0}"><a href="#{0}">{0}</a>
<details id="d-{0}"><summary>Plus sur {0}</summary>{0}.</details></li>"""
BOARD = """<h1>{language}</h1><ul class="list">{rows}</ul>
<form id="add" method="post" action="/board"><label for="slug">Nom</label>
<input id="slug" name="slug" required><button>{count}</button></form>"""


def add(slug: str) -> Callable[[Session], None]:
    return lambda session: session.add(
        Event(event_id=slug, slug=slug, settings={}, applied_at=START)
    )


def take_away(slug: str) -> Callable[[Session], None]:
    def use_case(session: Session) -> None:
        session.execute(delete(Event).where(Event.slug == slug))

    return use_case


def slugs(session: Session) -> list[str]:
    return list(session.scalars(select(Event.slug).order_by(Event.slug)))


@dataclass(frozen=True)
class Board:
    """Gone once there is an event called `over`."""

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        found = slugs(session)
        if "over" in found:
            return None
        rows = "".join(ROW.format(slug) for slug in found)
        return Snapshot.of(
            {
                language: BOARD.format(language=language, rows=rows, count=len(found))
                for language in LANGUAGES
            }
        )


@dataclass(frozen=True)
class Count:
    """What pages of one's own follow: the version, and nothing else."""

    def load(self, session: Session, now: datetime) -> Snapshot:
        return Snapshot(str(len(slugs(session))))


def pages(site: Site) -> Sequence[BaseRoute]:
    async def board(request: Request) -> Response:
        if request.method == "POST":
            await site.runtime.run(add((await fields(request))["slug"]))
            return RedirectResponse("/board", 303)
        snapshot = await site.live.snapshot(Board())
        if snapshot is None:
            raise HTTPException(410)
        reader = reader_for(request)
        return page(
            "live.html",
            reader,
            live_url="/board/live",
            live_version=snapshot.version,
            live_body=snapshot.fragments[reader.language],
        )

    async def board_live(request: Request) -> Response:
        language = reader_for(request).language
        return await live_response(site.live, request, Board(), language)

    async def own(request: Request) -> Response:
        found = await site.runtime.read(slugs)
        return page(
            "live.html",
            reader_for(request),
            live_url="/own/live",
            live_fragment="/own/fragment",
            live_version=str(len(found)),
            live_body=", ".join(found),
        )

    async def own_live(request: Request) -> Response:
        return await live_response(site.live, request, Count(), "fr")

    async def own_fragment(request: Request) -> Response:
        return Response(", ".join(await site.runtime.read(slugs)), media_type="text/html")

    async def fails(request: Request) -> Response:
        raise {"told": NoLongerThereError, "told-more": MaillonError}.get(
            request.path_params["how"], ZeroDivisionError
        )

    return [
        Route("/board", board, methods=["GET", "POST"]),
        Route("/board/live", board_live),
        Route("/own", own),
        Route("/own/live", own_live),
        Route("/own/fragment", own_fragment),
        Route("/fails/{how}", fails),
    ]
