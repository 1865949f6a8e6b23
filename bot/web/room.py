"""The page of a room, for who has no account: what is on, what is next, ask, support."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import MaillonError
from bot.core.i18n import LANGUAGES, Reader
from bot.core.ids import ID_LENGTH, new_id
from bot.db.runtime import PERSON_S
from bot.features.programme.wording import door_line, passage_title, starts
from bot.features.questions.care import ADVERSE_EFFECT, DECLINE_REASONS
from bot.features.questions.guests import (
    RECEIVED,
    Device,
    GuestQuestion,
    guest_asks,
    guest_unvote,
    guest_vote,
    questions_of_guest,
    supported_by_guest,
)
from bot.features.questions.model import STATE_LABELS, CodeNeededError, Draft, WrongCodeError
from bot.features.questions.rooms import Room, RoomState, room_by_page, room_state
from bot.web.banners import banners
from bot.web.drawing import page, reader_for, render
from bot.web.live import Snapshot
from bot.web.pages import Site, fields
from bot.web.streams import live_response

T = TypeVar("T")

COOKIE = "maillon_guest"
COOKIE_DAYS = 30
AT_ONCE = 20
"""Questions on a page: the whole stays under 60 kB however many were asked."""
KEY_LENGTH = 64
SAID = {"received": RECEIVED, "effect": ADVERSE_EFFECT}
"""What stands in the address after something was sent, so that a reload sends nothing again."""


@dataclass(frozen=True)
class RoomTopic:
    """What all who have the page of a room open see of it."""

    page_id: str

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        state = room_state(session, self.page_id, now)
        return shared(session, state, now) if state else None


@dataclass(frozen=True)
class Own:
    """What one device sees differently from the others."""

    supported: frozenset[str] = frozenset()
    key: str = ""
    """Tells two questions from one that was sent twice; the script makes its own."""
    text: str = ""
    named: bool = False
    name: str = ""
    first: int = 0
    """The first question shown."""


@dataclass(frozen=True)
class _Told:
    """What became of the request that led to this page."""

    sentence: str = ""
    failed: bool = False
    code_for: str | None = None
    """The question whose support waits for the code."""
    typed: Own = field(default_factory=Own)
    asks: bool = False
    """Nothing is wrong: something is still to be said."""


def shared(session: Session, state: RoomState, now: datetime) -> Snapshot:
    room = state.room
    page = Snapshot.of({language: body(state, language, Own()) for language in LANGUAGES})
    return page.under(banners(session, room.event_id, now, room.name))


def body(state: RoomState, language: str, own: Own) -> str:
    reader = Reader.of(language, state.room.event.zone)
    shown = state.questions[own.first : own.first + AT_ONCE]
    return render(
        "room_body.html",
        reader,
        state=state,
        own=own,
        shown=shown,
        following=own.first + AT_ONCE if len(state.questions) > own.first + AT_ONCE else None,
        starts=starts,
        door_line=door_line,
        turn_title=passage_title,
        action=f"/r/{state.room.page_id}",
    )


def became(one: GuestQuestion, reader: Reader) -> str:
    """What became of a guest's question, with the courteous reason where it was not kept."""
    said = reader.gettext(STATE_LABELS[one.state])
    reason = DECLINE_REASONS.get(one.declined or "")
    return f"{said}. {reader.gettext(reason.sentence)}" if reason else said


def routes(site: Site) -> Sequence[BaseRoute]:
    rooms = _Rooms(site)
    return [
        Route("/r/{page_id}", rooms.show),
        Route("/r/{page_id}", rooms.ask, methods=["POST"]),
        Route("/r/{page_id}/live", rooms.live),
        Route("/r/{page_id}/support", rooms.support, methods=["POST"]),
        Route("/r/{page_id}/withdraw", rooms.withdraw, methods=["POST"]),
    ]


class _Rooms:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        said = SAID.get(request.query_params.get("sent", ""), "")
        return await self._page(request, _Told(reader_for(request).gettext(said) if said else ""))

    async def live(self, request: Request) -> Response:
        topic = RoomTopic(request.path_params["page_id"])
        return await live_response(self._site.live, request, topic, reader_for(request).language)

    async def ask(self, request: Request) -> Response:
        form, device = await fields(request), _device(request)
        typed = Own(text=form.get("question", ""), named="named" in form, name=form.get("name", ""))
        key = form.get("key", "")[:KEY_LENGTH] or new_id()
        draft = Draft(
            form.get("session", ""),
            typed.text,
            device.language,
            named=typed.named,
            name=typed.name,
        )

        def use_case(session: Session, room: Room, now: datetime) -> str:
            return guest_asks(session, room.event_id, device, key, draft, now)

        try:
            said = await self._run(request, use_case)
        except MaillonError as error:
            return await self._page(request, _refusal(error, request, typed))
        sent = next(name for name, msgid in SAID.items() if msgid == said)
        return self._kept(_back(request, sent=sent), device)

    async def support(self, request: Request) -> Response:
        form, device = await fields(request), _device(request)
        question_id = form.get("question", "")

        def use_case(session: Session, room: Room, now: datetime) -> WrongCodeError | None:
            code = form.get("code", "")
            return guest_vote(session, room.event_id, device, question_id, code, now)

        try:
            wrong = await self._run(request, use_case)
        except MaillonError as error:
            return await self._page(request, _refusal(error, request))
        if wrong is None:
            return self._kept(_back(request, f"#q-{question_id}"), device)
        asks = isinstance(wrong, CodeNeededError)
        told = replace(_refusal(wrong, request), code_for=question_id, asks=asks)
        return self._kept(await self._page(request, told), device)

    async def withdraw(self, request: Request) -> Response:
        form, device = await fields(request), _device(request)
        question_id = form.get("question", "")

        def use_case(session: Session, room: Room, now: datetime) -> None:
            guest_unvote(session, room.event_id, device, question_id, now)

        try:
            await self._run(request, use_case)
        except MaillonError as error:
            return await self._page(request, _refusal(error, request))
        return _back(request, f"#q-{question_id}")

    async def _run(self, request: Request, use_case: Callable[[Session, Room, datetime], T]) -> T:
        page_id, now = request.path_params["page_id"], self._site.clock.now()

        def found(session: Session) -> T:
            room = room_by_page(session, page_id)
            if room is None:
                raise HTTPException(404)
            return use_case(session, room, now)

        return await self._site.runtime.run(found, patience=PERSON_S)

    async def _page(self, request: Request, told: _Told) -> Response:
        page_id, now = request.path_params["page_id"], self._site.clock.now()
        guest_id = _cookie(request)

        def read(
            session: Session,
        ) -> tuple[RoomState, Snapshot, frozenset[str], tuple[GuestQuestion, ...]]:
            state = room_state(session, page_id, now)
            if state is None:
                raise HTTPException(404)
            everybodys = shared(session, state, now)
            if state.about is None or guest_id is None:
                return state, everybodys, frozenset(), ()
            of = (session, state.room.event_id, state.about.session_id, guest_id)
            return state, everybodys, supported_by_guest(*of), questions_of_guest(*of)

        state, everybodys, supported, asked = await self._site.runtime.read(read)
        reader = reader_for(request, state.room.event.zone)
        own = replace(told.typed, supported=supported, key=new_id(), first=_first(request))
        return page(
            "room.html",
            reader,
            422 if told.failed else 200,
            {"Vary": "Accept-Language, Cookie"},
            live_url=f"/r/{page_id}/live?lang={reader.language}",
            live_version="" if own.first else everybodys.version,
            live_body=body(state, reader.language, own),
            # What follows the first page of questions stands still: nothing jumps while one reads.
            follows=not own.first,
            banners=everybodys.banners[reader.language],
            room=state.room,
            told=told,
            supported=supported,
            asked=[(one, became(one, reader)) for one in asked],
            languages=[each for each in LANGUAGES if each != reader.language],
        )

    def _kept(self, response: Response, device: Device) -> Response:
        """The device is known again; only who asked or supported something is."""
        response.set_cookie(
            COOKIE,
            device.guest_id,
            max_age=COOKIE_DAYS * 24 * 3600,
            path="/r/",
            secure=self._site.address.secure,
            httponly=True,
            samesite="lax",
        )
        return response


def _refusal(error: MaillonError, request: Request, typed: Own | None = None) -> _Told:
    return _Told(error.told_to(reader_for(request)), failed=True, typed=typed or Own())


def _device(request: Request) -> Device:
    return Device(_cookie(request) or new_id(), reader_for(request).language)


def _cookie(request: Request) -> str | None:
    """Only what could be ours: it becomes a key in the database."""
    value = request.cookies.get(COOKIE, "")
    return value if re.fullmatch(rf"[\w-]{{{ID_LENGTH}}}", value, re.ASCII) else None


def _first(request: Request) -> int:
    asked = request.query_params.get("from", "")
    return int(asked) if re.fullmatch(r"[0-9]{1,4}", asked) else 0


def _back(request: Request, anchor: str = "", **query: str) -> Response:
    """The page again, as a page to be read: a reload sends nothing a second time."""
    if language := request.query_params.get("lang"):
        query["lang"] = language
    url = request.url.replace(path=f"/r/{request.path_params['page_id']}", query="", fragment="")
    target = url.include_query_params(**query)
    return RedirectResponse(
        f"{target.path}{'?' + target.query if target.query else ''}{anchor}", 303
    )
