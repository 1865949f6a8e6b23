"""The pages together. A page module has a function `routes(site)`; `bot/registry.py` lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.address import PublicAddress
from bot.core.clock import EventClock
from bot.core.errors import MaillonError
from bot.db.runtime import Runtime
from bot.web.drawing import static_files
from bot.web.errors import refused, told
from bot.web.guard import MAX_BODY, Guard
from bot.web.live import Live

MAX_FIELDS = 50


@dataclass(frozen=True)
class Site:
    """What pages are made from."""

    runtime: Runtime
    clock: EventClock
    live: Live
    address: PublicAddress = field(default_factory=PublicAddress)
    event: str | None = None
    """The slug of the event that is run, where the database holds several."""


Pages = Callable[[Site], Sequence[BaseRoute]]


def pages_app(routes: Sequence[BaseRoute], framed_by: Sequence[str] = ()) -> Starlette:
    return Starlette(
        routes=[Route("/static/{name}", _static), *routes],
        middleware=[Middleware(Guard, framed_by=framed_by)],
        exception_handlers={HTTPException: refused, MaillonError: told},
    )


async def fields(request: Request) -> dict[str, str]:
    """What a form says, without files; of fields of the same name, the last."""
    form = await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_BODY)
    # PostgreSQL takes every character but this one.
    return {
        name: value.replace("\0", "")
        for name, value in form.multi_items()
        if isinstance(value, str)
    }


async def _static(request: Request) -> Response:
    found = static_files().get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    # While replicas are upgraded one may be asked for the other's version: not to be kept.
    asked = request.query_params.get("v") == found.version
    caching = "public, max-age=31536000, immutable" if asked else "no-cache"
    return Response(found.content, media_type=found.media_type, headers={"Cache-Control": caching})
