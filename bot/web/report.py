"""The organisers' report where a message shows it: a picture and a table, at a secret address.

Both hold what the message holds, in which small figures are withheld. The address is known to
who reads the organisers' channel, and is forgotten with the contents of messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.introductions.crossing_messages import event_of_picture
from bot.features.introductions.crossing_report import as_csv
from bot.features.introductions.crossings import Report, crossings_report
from bot.web.pages import Site


def routes(site: Site) -> Sequence[BaseRoute]:
    async def found(request: Request) -> tuple[Report, EventFile, Reader]:
        picture_id = request.path_params["picture_id"]

        def read(session: Session) -> tuple[Report, EventFile, Reader] | None:
            event_id = event_of_picture(session, picture_id)
            if event_id is None:
                return None
            event = event_settings(session, event_id)
            report = crossings_report(session, event_id, event)
            return report, event, Reader.of(event.language, event.zone)

        shown = await site.runtime.read(read)
        if shown is None:
            raise HTTPException(404)
        return shown

    async def picture(request: Request) -> Response:
        # Here, since nothing else needs the library, and it takes its time to load.
        from bot.web.picture import draw

        return Response(
            await asyncio.to_thread(draw, *await found(request)), media_type="image/png"
        )

    async def table(request: Request) -> Response:
        # With a byte order mark, or a spreadsheet reads another encoding than the one it is in.
        text = as_csv(*await found(request)).encode("utf-8-sig")
        saved = {"Content-Disposition": 'attachment; filename="maillon.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=saved)

    return [
        Route("/report/{picture_id}.png", picture),
        Route("/report/{picture_id}.csv", table),
    ]
