"""From a personal link to a browser that is known for a day, and what each page asks of it.

The cookie is SameSite=Lax. Strict would serve for personal links, whose button is on a page of
ours, but not for the address of a page that a colleague puts into the chat: the first request
would come without the cookie. Lax leaves it out of what another site posts; such a post is
refused in any case, since its form cannot know the token of the browser's session, and again by
`guard`, which asks the browser where a request comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.i18n import Reader
from bot.core.ids import new_id
from bot.db.cause import because
from bot.db.runtime import PERSON_S
from bot.features.events.model import EventFile
from bot.features.events.queries import event_settings
from bot.features.people.queries import reader_of
from bot.features.people.tables import Participant
from bot.features.questions.access import (
    SESSION_LIVES_S,
    LinkUsedError,
    NoPageSessionError,
    follow,
    form_token,
    is_form_of,
    is_open,
    who,
)
from bot.web.drawing import page, reader_for
from bot.web.pages import Site, fields

log = structlog.get_logger(__name__)

T = TypeVar("T")
COOKIE = "maillon"


@dataclass(frozen=True)
class Visit:
    """Somebody whose browser is known, within one transaction."""

    session: Session
    person: Participant
    event: EventFile
    reader: Reader
    now: datetime
    form: str
    """The token that forms of this browser carry."""


async def read(site: Site, request: Request, view: Callable[[Visit], T]) -> T:
    cookie, now = request.cookies.get(COOKIE, ""), site.clock.now()
    return await site.runtime.read(lambda session: view(_visit(session, cookie, now)))


async def act(site: Site, request: Request, use_case: Callable[[Visit, Mapping[str, str]], T]) -> T:
    """A form of ours that was sent, in a transaction; of any other nothing is done."""
    cookie, now, key = request.cookies.get(COOKIE, ""), site.clock.now(), new_id()
    sent = await fields(request)

    def transaction(session: Session) -> T:
        visit = _visit(session, cookie, now)
        if not is_form_of(cookie, sent.get("form", "")):
            raise HTTPException(403)
        because(session, key)
        return use_case(visit, sent)

    done = await site.runtime.run(transaction, patience=PERSON_S)
    log.info("page.done", path=request.url.path, cause=key)
    return done


def _visit(session: Session, cookie: str, now: datetime) -> Visit:
    person = who(session, cookie)
    if person is None:
        raise NoPageSessionError
    event = event_settings(session, person.event_id)
    return Visit(session, person, event, reader_of(event, person), now, form_token(cookie))


def routes(site: Site) -> Sequence[BaseRoute]:
    async def show(request: Request) -> Response:
        """One button: chat clients look behind links, and must not use them up."""
        token = request.path_params["token"]
        if not await site.runtime.read(lambda session: is_open(session, token)):
            raise LinkUsedError
        return page("team_go.html", reader_for(request))

    async def go(request: Request) -> Response:
        token = request.path_params["token"]

        def transaction(session: Session) -> tuple[str, str]:
            cookie, _, path = follow(session, token)
            return cookie, path

        cookie, path = await site.runtime.run(transaction, patience=PERSON_S, wakes=False)
        response = RedirectResponse(path, 303)
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=SESSION_LIVES_S,
            path="/",
            secure=site.address.secure,
            httponly=True,
            samesite="lax",
        )
        return response

    return [
        Route("/go/{token}", show),
        Route("/go/{token}", go, methods=["POST"]),
    ]
