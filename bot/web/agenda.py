"""A person's calendar, for the programs that fetch it again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.db.runtime import PERSON_S
from bot.features.home.agenda import Agenda, agenda_at, noted
from bot.web.pages import Site


def routes(site: Site) -> Sequence[BaseRoute]:
    async def agenda(request: Request) -> Response:
        secret, now = request.path_params["secret"], site.clock.now()
        found = await site.runtime.read(lambda session: agenda_at(session, secret))
        if found.changed_at is None:  # the first to fetch it since it changed
            found = await site.runtime.run(
                lambda session: noted(session, secret, now), patience=PERSON_S, wakes=False
            )
        return _answer(request, found)

    return [Route("/agenda/{secret}.ics", agenda)]


def _answer(request: Request, found: Agenda) -> Response:
    assert found.changed_at is not None, "it was noted"
    tag = f'"{found.digest[:32]}"'
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(found.changed_at, usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if _has_it(request, tag, found.changed_at):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{found.name}.ics"'
    return Response(found.content, media_type="text/calendar", headers=headers)


def _has_it(request: Request, tag: str, changed_at: datetime) -> bool:
    """By its tag; the date decides only where no tag was sent."""
    if known := request.headers.get("if-none-match"):
        return tag in (one.strip().removeprefix("W/") for one in known.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return changed_at.replace(microsecond=0) <= since
    except (TypeError, ValueError):  # no date, or one without a zone
        return False
