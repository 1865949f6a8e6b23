"""The page of the event, for everybody: no account, no script, no chat platform is needed.

It says what the published programme says, and nothing of anybody else. One page shows one day;
a day of more sessions than `AT_ONCE` goes on at the next page, so that each stays under 60 kB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2s
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.core.i18n import LANGUAGES, Reader
from bot.features.bulletins.queries import Info, practical_info
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings, find_event
from bot.features.events.tables import Event
from bot.features.programme.moves import in_words, moves
from bot.features.programme.queries import ProgrammeEntry, coming, of_day, running
from bot.features.programme.wording import hours, place_line, speaker_line, starts
from bot.web.banners import banners
from bot.web.drawing import page, reader_for, render
from bot.web.live import Snapshot
from bot.web.pages import Site
from bot.web.streams import live_response

AT_ONCE = 60
"""Sessions of the day on a page."""
BESIDE = 20
"""Sessions at the same time that are told above it; the others stand in the day."""
CHANGES = 12
"""The newest; what is older stands in the programme itself."""


@dataclass(frozen=True)
class NowTopic:
    """What changes while one reads: now, next, what moved."""

    event_id: str

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        event = event_settings(session, self.event_id)
        current = running(session, self.event_id, now)
        following = coming(session, self.event_id, now)
        moved = moves(session, self.event_id, now)[:CHANGES]
        fragments = {}
        for language in LANGUAGES:
            reader = Reader.of(language, event.zone)
            fragments[language] = render(
                "public_now.html",
                reader,
                now=[shown(entry, reader) for entry in current[:BESIDE]],
                next=[shown(entry, reader) for entry in following[:BESIDE]],
                now_more=max(len(current) - BESIDE, 0),
                next_more=max(len(following) - BESIDE, 0),
                next_at=starts(following[0].starts_at, _today(event, now), reader)
                if following
                else "",
                moved=[(one.entry.title, in_words(one, now, reader)) for one in moved],
            )
        return Snapshot.of(fragments).under(banners(session, self.event_id, now))


@dataclass(frozen=True)
class DayTopic:
    """A day of the programme, or the part of it that begins with the session number `first`; and
    the practical information."""

    event_id: str
    day: date
    first: int

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        event = event_settings(session, self.event_id)
        found = of_day(session, self.event_id, event, self.day)
        return Snapshot.of(
            {
                language: self._drawn(
                    event, found, practical_info(session, self.event_id, language), language
                )
                for language in LANGUAGES
            }
        )

    def _drawn(
        self,
        event: EventFile,
        found: Sequence[ProgrammeEntry],
        practical: Sequence[Info],
        language: str,
    ) -> str:
        reader = Reader.of(language, event.zone)
        part = found[self.first : self.first + AT_ONCE]
        return render(
            "public_day.html",
            reader,
            day=reader.day(self.day),
            practical=practical,
            hours=[
                (reader.time(start), anchor(start, event), _address(language, self.day, page_))
                for start, page_ in _starts(found)
            ],
            groups=[
                (
                    reader.time(start),
                    anchor(start, event),
                    [shown(one, reader) for one in part if one.starts_at == start],
                )
                for start in dict.fromkeys(one.starts_at for one in part)
            ],
            before=_address(language, self.day, max(self.first - AT_ONCE, 0)) if self.first else "",
            after=_address(language, self.day, self.first + AT_ONCE)
            if len(found) > self.first + AT_ONCE
            else "",
        )


@dataclass(frozen=True)
class Shown:
    """A session in words."""

    title: str
    language: str
    hours: str
    place: str
    people: str
    cancelled: bool


def shown(entry: ProgrammeEntry, reader: Reader) -> Shown:
    return Shown(
        entry.title,
        entry.language or "",
        hours(entry, reader),
        place_line(entry, reader),
        speaker_line(entry, reader),
        entry.cancelled,
    )


def anchor(start: datetime, event: EventFile) -> str:
    return f"{start.astimezone(event.tz):h%H%M}"


def _starts(found: Sequence[ProgrammeEntry]) -> list[tuple[datetime, int]]:
    """Each start, with the first session of the page on which its first stands."""
    pages: dict[datetime, int] = {}
    for number, one in enumerate(found):
        pages.setdefault(one.starts_at, number // AT_ONCE * AT_ONCE)
    return list(pages.items())


def _today(event: EventFile, now: datetime) -> date:
    return now.astimezone(event.tz).date()


def _address(language: str, day: date, first: int = 0) -> str:
    query = {"lang": language, "day": day.isoformat(), **({"from": str(first)} if first else {})}
    return f"?{urlencode(query)}"


def routes(site: Site) -> Sequence[BaseRoute]:
    public = _Public(site)
    return [
        Route("/", public.show),
        Route("/live", public.live),
        Route("/e/{slug}", public.show),
        Route("/e/{slug}/live", public.live),
    ]


class _Public:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        event_id, event = await self._event(request)
        reader = reader_for(request, event.zone)
        day = _asked_day(request, event, _today(event, self._site.clock.now()))
        first = _first(request)
        now = await self._site.live.snapshot(NowTopic(event_id))
        of_day = await self._site.live.snapshot(DayTopic(event_id, day, first))
        assert now is not None
        assert of_day is not None
        answer = page(
            "public.html",
            reader,
            event=event,
            live_url=f"{request.url.path.rstrip('/')}/live?lang={reader.language}",
            live_version=now.version,
            live_body=now.fragments[reader.language],
            day_body=of_day.fragments[reader.language],
            days=[
                (reader.day(one), _address(reader.language, one), one == day)
                for one in _days(event)
            ],
            banners=now.banners[reader.language],
            languages=[
                (one, _address(one, day, first)) for one in LANGUAGES if one != reader.language
            ],
        )
        return _kept(request, answer)

    async def live(self, request: Request) -> Response:
        event_id, _ = await self._event(request)
        language = reader_for(request).language
        return await live_response(self._site.live, request, NowTopic(event_id), language)

    async def _event(self, request: Request) -> tuple[str, EventFile]:
        slug = request.path_params.get("slug")

        def read(session: Session) -> tuple[str, EventFile] | None:
            if slug is None:
                event_id = find_event(session, self._site.event)
            else:
                known = session.scalar(select(Event.event_id).where(Event.slug == slug))
                if known is None:
                    return None
                event_id = known
            return event_id, event_settings(session, event_id)

        found = await self._site.runtime.read(read)
        if found is None:
            raise HTTPException(404)
        return found


def _days(event: EventFile) -> list[date]:
    count = (event.last_day - event.first_day).days + 1
    return [event.first_day + timedelta(days=number) for number in range(count)]


def _asked_day(request: Request, event: EventFile, today: date) -> date:
    """The one of the address, else today, else the nearest of the event."""
    try:
        asked = date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        asked = today
    return min(max(asked, event.first_day), event.last_day)


def _first(request: Request) -> int:
    asked = request.query_params.get("from", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0
    return number // AT_ONCE * AT_ONCE


def _kept(request: Request, answer: Response) -> Response:
    """The same for everybody: kept by whoever wants to, and asked for again before it is shown."""
    etag = f'"{blake2s(bytes(answer.body), digest_size=9).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer
