"""The pupitre, and the list of somebody on the panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.core.errors import MaillonError
from bot.core.i18n import Reader
from bot.features.programme.queries import entries_by_id
from bot.features.questions.model import STATE_LABELS
from bot.features.questions.panel import panel_view
from bot.features.questions.stage import (
    ANSWERED_PRESS,
    DARK,
    FIGURES,
    LATER,
    LIGHT,
    NO_FIGURES,
    SHOW,
    UNDO_FOR,
    Press,
    Pressed,
    StageView,
    press,
    stage_view,
    take_back,
)
from bot.features.questions.team import still_undoable
from bot.web.drawing import page, render
from bot.web.entry import Visit, act, read
from bot.web.errors import status_of
from bot.web.pages import Site
from bot.web.streams import live_response
from bot.web.watching import SessionChanges

JSON = "application/json"


def routes(site: Site) -> Sequence[BaseRoute]:
    stage, panel = _Stage(site), _Panel(site)
    return [
        Route("/stage/{session_id}", stage.show),
        Route("/stage/{session_id}/live", stage.live),
        Route("/stage/{session_id}/fragment", stage.fragment),
        Route("/stage/{session_id}/press", stage.press, methods=["POST"]),
        Route("/stage/{session_id}/undo", stage.undo, methods=["POST"]),
        Route("/panel/{session_id}", panel.show),
        Route("/panel/{session_id}/live", panel.live),
        Route("/panel/{session_id}/fragment", panel.fragment),
    ]


class _Own:
    """A page of one's own that follows a session."""

    name: str

    def __init__(self, site: Site) -> None:
        self._site = site

    def context(self, visit: Visit, request: Request) -> dict[str, Any]:
        raise NotImplementedError

    async def show(self, request: Request) -> Response:
        return await read(self._site, request, lambda visit: self._page(visit, request))

    async def fragment(self, request: Request) -> Response:
        def view(visit: Visit) -> HTMLResponse:
            context = self.context(visit, request)
            return HTMLResponse(render(f"{self.name}_body.html", visit.reader, **context))

        return await read(self._site, request, view)

    async def live(self, request: Request) -> Response:
        def watched(visit: Visit) -> tuple[SessionChanges, str]:
            self.context(visit, request)  # whoever may not see it need not know that it changes
            return _topic(visit, request), visit.reader.language

        topic, language = await read(self._site, request, watched)
        return await live_response(self._site.live, request, topic, language)

    def _page(
        self, visit: Visit, request: Request, status: int = 200, error: str = ""
    ) -> HTMLResponse:
        context = self.context(visit, request)
        snapshot = _topic(visit, request).load(visit.session, visit.now)
        assert snapshot is not None, "the page is of a session that is there"
        base = f"/{self.name}/{request.path_params['session_id']}"
        return page(
            f"{self.name}.html",
            visit.reader,
            status,
            **context,
            error=error,
            live_url=f"{base}/live",
            live_version=snapshot.version,
            banners=snapshot.banners[visit.reader.language],
            live_fragment=f"{base}/fragment",
            live_body=render(f"{self.name}_body.html", visit.reader, **context),
        )


def _topic(visit: Visit, request: Request) -> SessionChanges:
    return SessionChanges(visit.person.event_id, request.path_params["session_id"])


class _Stage(_Own):
    name = "stage"

    def context(self, visit: Visit, request: Request) -> dict[str, Any]:
        session_id = request.path_params["session_id"]
        view = stage_view(visit.session, visit.person, session_id, visit.now)
        undo = request.query_params.get("undo", "")
        return {
            "view": view,
            "base": f"/stage/{session_id}",
            "form_token": visit.form,
            "presses": _presses(view, visit.reader),
            "patients": _patients(view, visit.reader),
            "key": token_hex(16),
            "undo": undo if undo and _undoable(visit, undo) else "",
            "undo_seconds": int(UNDO_FOR.total_seconds()),
        }

    async def press(self, request: Request) -> Response:
        def use_case(visit: Visit, sent: Mapping[str, str]) -> Pressed:
            one = Press(*(sent.get(name, "") for name in ("what", "key", "seen", "next")))
            session_id = request.path_params["session_id"]
            return press(visit.session, visit.person, session_id, one, visit.now)

        return await self._pressed(request, use_case)

    async def undo(self, request: Request) -> Response:
        def use_case(visit: Visit, sent: Mapping[str, str]) -> Pressed:
            changes = sent.get("undo", "").split(",")[:2]
            take_back(visit.session, visit.person, changes, visit.now)
            return Pressed()

        return await self._pressed(request, use_case)

    async def _pressed(
        self, request: Request, use_case: Callable[[Visit, Mapping[str, str]], Pressed]
    ) -> Response:
        """To the script, what happened; to a browser without, the page again."""
        scripted = JSON in request.headers.get("accept", "")
        try:
            pressed = await act(self._site, request, use_case)
        except MaillonError as error:
            told = error

            def view(visit: Visit) -> Response:
                said, status = told.told_to(visit.reader), status_of(told)
                if scripted:
                    return JSONResponse({"error": said}, status)
                return self._page(visit, request, status, said)

            return await read(self._site, request, view)
        undo = ",".join(pressed.changes)
        if scripted:
            return JSONResponse({"undo": undo})
        query = f"?{urlencode({'undo': undo})}" if undo else ""
        return RedirectResponse(f"/stage/{request.path_params['session_id']}{query}", 303)


def _undoable(visit: Visit, undo: str) -> bool:
    changes = undo.split(",")
    return all(still_undoable(visit.session, visit.person, one, visit.now) for one in changes)


def _presses(view: StageView, reader: Reader) -> list[tuple[str, str, bool]]:
    """Three buttons that stay in their places, so that a thumb finds them, and a fourth in the
    closing session: what, label, whether it can be pressed now."""
    t = reader.gettext
    on_screen, coming = view.now is not None, bool(view.coming)
    first = (ANSWERED_PRESS, t("Answered"), True) if on_screen else (SHOW, t("On screen"), coming)
    lit = (LIGHT, t("On screen") if on_screen else t("Light the screen"), True)
    presses = [
        first,
        (LATER, t("Later"), on_screen),
        lit if view.black else (DARK, t("Dark screen"), True),
    ]
    if view.figures:
        presses.append((NO_FIGURES, t("Take the figures away"), True))
    elif view.closing:
        presses.append((FIGURES, t("Figures of the event on screen"), True))
    return presses


def _patients(view: StageView, reader: Reader) -> str:
    """« Parole des patients : 3 posées, 1 réponse apportée »"""
    asked = reader.ngettext("{count} asked", "{count} asked", view.patients_asked)
    answered = reader.ngettext("{count} answered", "{count} answered", view.patients_answered)
    return reader.gettext("Patients' voice: {asked}, {answered}").format(
        asked=asked.format(count=reader.number(view.patients_asked)),
        answered=answered.format(count=reader.number(view.patients_answered)),
    )


class _Panel(_Own):
    name = "panel"

    def context(self, visit: Visit, request: Request) -> dict[str, Any]:
        session_id = request.path_params["session_id"]
        questions = panel_view(visit.session, visit.person, session_id)
        reader = visit.reader
        return {
            "entry": entries_by_id(visit.session, visit.person.event_id, [session_id])[session_id],
            "questions": questions,
            "states": {state: reader.gettext(label) for state, label in STATE_LABELS.items()},
        }
