"""The page of the équipe Questions: plain forms, each a use case, and what they led to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import MaillonError
from bot.features.programme.roles import moderates
from bot.features.questions import care
from bot.features.questions.asking import ask_aloud
from bot.features.questions.model import STATE_LABELS, NotModeratorError
from bot.features.questions.queries import QuestionView
from bot.features.questions.sessions import change_session
from bot.features.questions.team import (
    CLOSED,
    ORDERS,
    TeamView,
    last_change,
    still_undoable,
    team_sessions,
    team_view,
)
from bot.features.questions.undoing import undo
from bot.features.questions.wording import supports
from bot.web.banners import banners_for
from bot.web.drawing import page, render
from bot.web.entry import Visit, act, read
from bot.web.errors import status_of
from bot.web.pages import Site
from bot.web.streams import live_response
from bot.web.team_actions import ACTIONS, SETTINGS, WRITTEN, Sent
from bot.web.watching import SessionChanges

SHOWN, GROUPABLE = 50, 30
"""Published questions on the page; nobody looks further down, and every vote draws it anew."""

ADVISED = {
    "health": "individual_case",
    "adverse_effect": "individual_case",
    "accusation": "accusation",
    "competition": "competition",
}
"""The reason that most often fits what a question is held for: one press away."""


def routes(site: Site) -> Sequence[BaseRoute]:
    pages = _Team(site)
    own = "/team/{session_id}"
    return [
        Route("/team", pages.sessions),
        Route(own, pages.show),
        Route(f"{own}/live", pages.live),
        Route(f"{own}/fragment", pages.fragment),
        Route(f"{own}/aloud", pages.aloud, methods=["POST"]),
        Route(f"{own}/q/{{question_id}}", pages.one),
        Route(f"{own}/undo", pages.undo, methods=["POST"]),
        Route(f"{own}/set/{{setting}}", pages.set, methods=["POST"]),
        Route(f"{own}/{{question_id}}/{{action}}", pages.question, methods=["POST"]),
    ]


class _Team:
    def __init__(self, site: Site) -> None:
        self._site = site

    async def sessions(self, request: Request) -> Response:
        def view(visit: Visit) -> HTMLResponse:
            counted = team_sessions(visit.session, visit.person)
            return page(
                "team_sessions.html",
                visit.reader,
                ahead=[one for one in counted if one.entry.ends_at > visit.now],
                over=[one for one in counted if one.entry.ends_at <= visit.now],
                now=visit.now,
                banners=banners_for(visit),
            )

        return await read(self._site, request, view)

    async def show(self, request: Request) -> Response:
        return await read(self._site, request, lambda visit: _page(visit, request))

    async def fragment(self, request: Request) -> Response:
        def view(visit: Visit) -> HTMLResponse:
            context = _context(visit, request)
            return HTMLResponse(render("team_body.html", visit.reader, **context))

        return await read(self._site, request, view)

    async def one(self, request: Request) -> Response:
        return await read(self._site, request, lambda visit: _question_page(visit, request))

    async def live(self, request: Request) -> Response:
        def watched(visit: Visit) -> tuple[SessionChanges, str]:
            return _watched(visit, request), visit.reader.language

        topic, language = await read(self._site, request, watched)
        return await live_response(self._site.live, request, topic, language)

    async def question(self, request: Request) -> Response:
        action = ACTIONS.get(request.path_params["action"])
        question_id = request.path_params["question_id"]
        if action is None:
            raise HTTPException(404)

        def use_case(visit: Visit, sent: Sent) -> str | None:
            done = action(visit, question_id, _number(sent.get("seen", "")), sent)
            return done.change_id

        return await self._done(request, use_case)

    async def aloud(self, request: Request) -> Response:
        def use_case(visit: Visit, sent: Sent) -> str | None:
            text, language = sent.get("text", ""), visit.reader.language
            session_id = request.path_params["session_id"]
            done = ask_aloud(visit.session, visit.person, session_id, text, language, visit.now)
            return last_change(visit.session, visit.person.event_id, done.question_id)

        return await self._done(request, use_case)

    async def set(self, request: Request) -> Response:
        setting = SETTINGS.get(request.path_params["setting"])
        if setting is None:
            raise HTTPException(404)

        def use_case(visit: Visit, sent: Sent) -> str | None:
            values = setting(visit)
            session_id = request.path_params["session_id"]
            done = change_session(visit.session, visit.person, session_id, visit.now, **values)
            return done.change_id

        return await self._done(request, use_case)

    async def undo(self, request: Request) -> Response:
        def use_case(visit: Visit, sent: Sent) -> None:
            undo(visit.session, visit.person, sent.get("change", ""), visit.now)

        return await self._done(request, use_case)

    async def _done(
        self, request: Request, use_case: Callable[[Visit, Sent], str | None]
    ) -> Response:
        """Back to the page, with what was done; or the page with why it was not."""
        try:
            change_id = await act(self._site, request, use_case)
        except MaillonError as error:
            sentence, status = error, status_of(error)
            sent = await request.form()  # read before, and kept by the request

            def view(visit: Visit) -> HTMLResponse:
                said = sentence.told_to(visit.reader)
                if request.path_params.get("action") in WRITTEN:
                    typed = {request.path_params["action"]: str(sent.get("text", ""))}
                    return _question_page(visit, request, status, said, typed)
                return _page(visit, request, status, said, str(sent.get("text", "")))

            return await read(self._site, request, view)
        order = (await request.form()).get("order", "")
        said = {"order": str(order), "done": change_id or ""}
        query = urlencode({name: value for name, value in said.items() if value})
        return RedirectResponse(f"/team/{request.path_params['session_id']}?{query}", 303)


def _number(text: str) -> int:
    """A version that was seen; what is none was never seen, and changes nothing."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _watched(visit: Visit, request: Request) -> SessionChanges:
    session_id = request.path_params["session_id"]
    if not moderates(visit.session, visit.event, visit.person, session_id):
        raise NotModeratorError
    return SessionChanges(visit.person.event_id, session_id)


def _page(
    visit: Visit,
    request: Request,
    status: int = 200,
    error: str = "",
    aloud: str = "",
) -> HTMLResponse:
    """`aloud`: what somebody wrote for nothing comes back to them."""
    context = _context(visit, request) | {"aloud": aloud}
    base = f"/team/{request.path_params['session_id']}"
    topic = _watched(visit, request)
    snapshot = topic.load(visit.session, visit.now)
    assert snapshot is not None, "the page is of a session that is there"
    return page(
        "team.html",
        visit.reader,
        status,
        **context,
        error=error,
        live_url=f"{base}/live",
        live_version=snapshot.version,
        banners=snapshot.banners[visit.reader.language],
        live_fragment=f"{base}/fragment?{urlencode(_asked(request))}",
        live_body=render("team_body.html", visit.reader, **context),
    )


def _question_page(
    visit: Visit,
    request: Request,
    status: int = 200,
    error: str = "",
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """All that takes writing or choosing: away from the list, which moves as others work."""
    context = _context(visit, request)
    view: TeamView = context["view"]
    one = view.find(request.path_params["question_id"])
    return page(
        "team_question.html",
        visit.reader,
        status,
        **context,
        one=one,
        others=view.groupable(one)[:GROUPABLE],
        error=error,
        typed=typed or {},
        banners=banners_for(visit),
    )


def _advised(one: QuestionView) -> list[str]:
    fitting = (ADVISED.get(why) for why in one.held)
    return [why for why in dict.fromkeys(fitting) if why in care.DECLINE_REASONS]


def _asked(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "") for name in ("order", "done")}


def _context(visit: Visit, request: Request) -> dict[str, Any]:
    asked = _asked(request)
    order = asked["order"] if asked["order"] in ORDERS else next(iter(ORDERS))
    session_id = request.path_params["session_id"]
    reader, kinds = visit.reader, visit.event.profile_kinds
    return {
        "view": team_view(visit.session, visit.person, session_id, order),
        "base": f"/team/{session_id}",
        "form_token": visit.form,
        "order": order,
        "orders": {name: reader.gettext(label) for name, label in ORDERS.items()},
        "states": {state: reader.gettext(label) for state, label in STATE_LABELS.items()},
        "closed_states": CLOSED,
        "reasons": {one: reader.gettext(why[0]) for one, why in care.DECLINE_REASONS.items()},
        "held": {one: reader.gettext(why) for one, why in care.REASON_LABELS.items()},
        "advised": _advised,
        "supports": lambda one: supports(one.votes, reader),
        "kinds": {one.id: visit.event.kind_label(one.id, reader.language) for one in kinds},
        "changed": still_undoable(visit.session, visit.person, asked["done"], visit.now)
        if asked["done"]
        else None,
        "aloud": "",
        "shown": SHOWN,
    }
