"""Errors as pages: what is wrong and what to do next, in the language of who reads."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.errors import (
    BusyError,
    MaillonError,
    NoLongerThereError,
    NotAllowedError,
    UnavailableError,
)
from bot.core.i18n import N_
from bot.features.delays.model import MovedMeanwhileError
from bot.features.home.agenda import NoAgendaError
from bot.features.questions.access import LinkUsedError, NoPageSessionError
from bot.features.questions.model import ChangedMeanwhileError
from bot.web.drawing import page, reader_for

_NOT_UNDERSTOOD = (
    N_("This was not understood"),
    N_("Nothing was recorded. Please open the page again."),
)
_PAGES = {
    404: (
        N_("There is no such page"),
        N_("Please check the address, or scan the code in the room once more."),
    ),
    410: (
        N_("This link is no longer valid"),
        N_("It was used before, was replaced, or its time is over. Please ask for a new one."),
    ),
    413: (
        N_("This is too long"),
        N_("Nothing was recorded. Please shorten it and send it again."),
    ),
}
_DEFECT = (
    N_("Something went wrong"),
    N_("This did not work. Please try again; if it happens again, tell the organisers: {code}"),
)
_STATUS = {
    NoLongerThereError: 410,
    LinkUsedError: 410,
    NoAgendaError: 410,
    NotAllowedError: 403,
    NoPageSessionError: 403,
    ChangedMeanwhileError: 409,
    MovedMeanwhileError: 409,
    BusyError: 503,
    UnavailableError: 503,
}


async def refused(request: Request, error: Exception) -> Response:
    """What the route or Starlette refused by a status."""
    assert isinstance(error, HTTPException)
    title, sentence = _PAGES.get(error.status_code, _NOT_UNDERSTOOD)
    return _error_page(request, error.status_code, title, sentence, error.headers)


async def told(request: Request, error: Exception) -> Response:
    """An error that is written for people."""
    assert isinstance(error, MaillonError)
    return page(
        "error.html",
        reader := reader_for(request),
        status_of(error),
        title=reader.gettext(N_("This is not possible")),
        sentence=error.told_to(reader),
    )


def status_of(error: MaillonError) -> int:
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)


def defect(request: Request, code: str) -> Response:
    """`code` finds the traceback in the log."""
    title, sentence = _DEFECT
    return _error_page(request, 500, title, sentence, None, code=code)


def _error_page(
    request: Request,
    status: int,
    title: str,
    sentence: str,
    headers: Mapping[str, str] | None,
    **fields: object,
) -> Response:
    reader = reader_for(request)
    return page(
        "error.html",
        reader,
        status,
        dict(headers or {}),  # which methods there are, where it was the wrong one
        title=reader.gettext(title),
        sentence=reader.gettext(sentence).format(**fields),
    )
