"""The screen of a room. Opened once, it follows the programme and needs nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

import segno
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.i18n import LANGUAGES, N_, Reader
from bot.features.programme.wording import starts
from bot.features.questions.rooms import WallState, wall_state
from bot.web.banners import screen_banners
from bot.web.closing import Figures, Recent, in_words
from bot.web.drawing import page, render
from bot.web.live import Snapshot
from bot.web.pages import Site
from bot.web.streams import live_response

STREAM_LANGUAGE = LANGUAGES[0]
"""A screen speaks both, so every language has the same."""


@dataclass(frozen=True)
class WallTopic:
    wall_id: str
    public_url: str | None
    recent: Recent = field(default_factory=Recent, compare=False)

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        state = wall_state(session, self.wall_id, now)
        if state is None:
            return None
        room, figures = state.room, None
        if state.kind == "figures":
            figures = self.recent.of(session, room.event_id, room.event)
        page = Snapshot.of(dict.fromkeys(LANGUAGES, body(state, self.public_url, figures)))
        return page.under(screen_banners(session, room.event_id, room.event, room.name, now))


def body(state: WallState, public_url: str | None, figures: Figures | None = None) -> str:
    event = state.room.event
    reader = Reader.of(event.language, event.zone)
    other = reader.speaking(next(each for each in LANGUAGES if each != event.language))
    address = f"{public_url}/r/{state.room.page_id}" if public_url else None

    def both(msgid: str) -> list[tuple[str, str]]:
        """The same in the event's language and the other one, each with its name."""
        return [(each.language, each.gettext(msgid)) for each in (reader, other)]

    words = {
        "now": both(N_("Now")),
        "next": both(N_("Next")),
        "ask": both(N_("Ask your question")),
        "programme": both(N_("The programme of this room")),
        "nothing": both(N_("Nothing else is planned in this room.")),
    }
    told = [(each.language, in_words(figures, each)) for each in (reader, other)] if figures else []
    kind = state.kind
    if kind == "figures" and not any(lines for _, lines in told):
        kind = "question" if state.question else "waiting"  # there is nothing to tell
    return render(
        "wall_body.html",
        reader,
        state=replace(state, kind=kind),
        figures=told,
        words=words,
        qr=qr(address) if address else None,
        versions=versions(state),
        starts=starts,
    )


def versions(state: WallState) -> list[tuple[str, str]]:
    """The question in its language, then in the other where there is that."""
    question = state.question
    if question is None:
        return []
    found = [(question.language, question.text)]
    if question.translation:
        other = next(each for each in LANGUAGES if each != question.language)
        found.append((other, question.translation))
    return found


@lru_cache(maxsize=128)
def qr(address: str) -> str:
    """As the source of an image; readable from the back where a lamp shines on it."""
    return segno.make(address, error="m").svg_data_uri(omitsize=True, border=3, light="white")


def routes(site: Site) -> Sequence[BaseRoute]:
    recent = Recent()

    def topic(request: Request) -> WallTopic:
        return WallTopic(request.path_params["wall_id"], site.address.url, recent)

    async def show(request: Request) -> Response:
        state = await site.live.snapshot(topic(request))
        if state is None:
            raise HTTPException(404)
        return page(
            "wall.html",
            Reader.of(STREAM_LANGUAGE, "UTC"),
            live_url=f"/wall/{request.path_params['wall_id']}/live",
            live_version=state.version,
            live_body=state.fragments[STREAM_LANGUAGE],
            banners=state.banners[STREAM_LANGUAGE],
        )

    async def live(request: Request) -> Response:
        return await live_response(site.live, request, topic(request), STREAM_LANGUAGE)

    return [Route("/wall/{wall_id}", show), Route("/wall/{wall_id}/live", live)]
