"""What one does on the page. Every act answers with the page as it then is."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.playground import inputs
from bot.playground.answer import Answer
from bot.playground.page.beside import Beside
from bot.playground.page.controls import field, typed
from bot.playground.page.desk import Desk, Refused
from bot.playground.page.place import Place, Standing, stand
from bot.playground.workspace import Channel, Message, View

GONE = "This is no longer there."
UNANSWERED = "Maillon did not answer in time. Is it running?"
UNKNOWN = "There is no command {command} here."
NEEDED = "A name and an e-mail address are needed."
INVALID = "This address is not valid."
TAKEN = "This address already belongs to {name}."
Act = Callable[[Standing, FormData], Awaitable[Place | None]]


class Acts:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._playground = desk.playground
        self._workspace = desk.playground.workspace

    def routes(self) -> list[Route]:
        acts: dict[str, Act] = {
            "post": self.post,
            "press": self.press,
            "shortcut": self.shortcut,
            "submit": self.submit,
            "dismiss": self.dismiss,
            "enter": self.enter,
            "home": self.home,
        }
        return [
            *(Route(f"/page/{name}", self._act(act), methods=["POST"])
              for name, act in acts.items()),
            Route("/page/join", self.join, methods=["POST"]),
            Route("/page/clock", self.clock, methods=["POST"]),
            Route("/page/crowd", self.crowd, methods=["POST"]),
        ]  # fmt: skip

    def _act(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def acted(request: Request) -> Response:
            refuse_strangers(request)
            form = await request.form()
            place = Place.of(form, self._desk.language)
            try:
                standing = stand(self._workspace, place)
            except LookupError as problem:
                raise HTTPException(404) from problem
            self._desk.forget(standing.me.id)
            try:
                place = await act(standing, form) or standing.place
            except (LookupError, ValueError):
                self._desk.tell(standing.me.id, GONE)
            if "hx-request" in request.headers:
                self._desk.followed(standing.me.id)
            return RedirectResponse(place.url(), 303)

        return acted

    # --- in a conversation

    async def post(self, standing: Standing, form: FormData) -> None:
        text = _text(form, "text").strip()
        if not text or not standing.member:
            return
        channel = await self._channel(standing)
        thread = standing.place.thread if "reply" in form else ""
        if not text.startswith("/"):
            said = self._as_typed(text)
            await self._playground.post_as(standing.me, channel, said, thread or None)
        elif thread:
            self._desk.tell(standing.me.id, "Commands do not work in threads.")
        else:
            command, *words = text.split(maxsplit=1)
            if command not in self._playground.installed.commands:
                self._desk.tell(standing.me.id, UNKNOWN, command=command)
                return
            answer = await self._playground.command(standing.me, channel, command, "".join(words))
            self._judge(standing, answer)

    async def enter(self, standing: Standing, form: FormData) -> None:
        if standing.channel and standing.channel.kind == "public":
            await self._playground.join_channel(standing.me, standing.channel)

    async def home(self, standing: Standing, form: FormData) -> Place:
        await self._playground.open_home(standing.me)
        here = standing.place
        bot = self._workspace.bot.id
        return Place(standing.me.id, bot, tab="home", pane=here.pane, lang=here.lang)

    # --- with what the bot shows

    async def press(self, standing: Standing, form: FormData) -> None:
        source, action_id = self._source(standing, form), _text(form, "press")
        block, element = inputs.find(source.blocks, action_id)
        if isinstance(source, View):
            self._keep(source, form)
        value = typed(element, _texts(form, field(block, element)), self._desk.zone)
        answer = await self._playground.press(standing.me, source, action_id, value)
        self._judge(standing, answer)

    async def shortcut(self, standing: Standing, form: FormData) -> None:
        message, name = self._message(standing, form), _text(form, "shortcut")
        self._judge(standing, await self._playground.shortcut(standing.me, message, name))

    async def submit(self, standing: Standing, form: FormData) -> None:
        """What went wrong is told in the modal itself."""
        view = self._view(standing, form)
        await self._playground.submit(standing.me, view, self._typed(view, form))

    async def dismiss(self, standing: Standing, form: FormData) -> None:
        await self._playground.dismiss(standing.me, self._view(standing, form))

    # --- at the edge of the workspace

    async def join(self, request: Request) -> Response:
        refuse_strangers(request)
        form = await request.form()
        place = Place.of(form, self._desk.language)
        self._desk.forget(place.person)
        name, email = _text(form, "name").strip(), _text(form, "email").strip()
        locale = _text(form, "locale") or "fr-FR"
        known = self._workspace.user_by_email(email)

        def refuse(field: str, words: str, known: str = "") -> None:
            self._desk.refuse(place.person, Refused(name, email, locale, field, words, known))

        if not name or not email:
            refuse("email" if name else "name", NEEDED)
        elif not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", email):
            refuse("email", INVALID)
        elif known:
            refuse("email", TAKEN, known.real_name)
        else:
            me = await self._playground.join(name, email, locale, str(self._desk.zone))
            for room in filter(None, map(self._workspace.channel_named, self._desk.rooms)):
                await self._playground.join_channel(me, room)
            place = Place(me.id, place.channel, pane=place.pane, lang=place.lang)
        return RedirectResponse(place.url(), 303)

    async def clock(self, request: Request) -> Response:
        refuse_strangers(request)
        form = await request.form()
        place = Place.of(form, self._desk.language)
        self._desk.forget(place.person)
        clock, wish = self._playground.clock, _text(form, "do")
        if wish or "to" in form:
            self._desk.travel.stop()
        if "to" in form:
            self._go(place, _text(form, "to"))
        elif wish == "next" and not clock.jump():
            self._desk.tell(place.person, "Nothing is planned yet.")
        elif wish == "pause":
            clock.set(speed=0.0)
        elif wish == "play":
            clock.set(speed=self._desk.pace)
        elif re.fullmatch(r"\d{1,4}(\.\d+)?", wish):
            self._desk.pace = float(wish) or self._desk.pace
            clock.set(speed=self._desk.pace)
        return self._back(form)

    def _go(self, place: Place, to: str) -> None:
        try:
            ahead = self._desk.travel.to(datetime.fromisoformat(to))
        except (ValueError, TypeError):
            ahead = False
        if not ahead:
            self._desk.tell(place.person, "The clock does not go back.")

    async def crowd(self, request: Request) -> Response:
        refuse_strangers(request)
        form = await request.form()
        if self._desk.around.crowd:
            self._desk.around.crowd.switch(_text(form, "do") == "on")
            self._workspace.changes.advance()
        return self._back(form)

    # ---

    def _back(self, form: FormData) -> Response:
        """To where it was asked: the page of one, or of several side by side."""
        place = Place.of(form, self._desk.language)
        if shows := _texts(form, "show"):
            return RedirectResponse(Beside(tuple(shows), place.lang).url(), 303)
        return RedirectResponse(place.url(), 303)

    async def _channel(self, standing: Standing) -> Channel:
        return standing.channel or await self._playground.direct(standing.me)

    def _source(self, standing: Standing, form: FormData) -> Message | View:
        return self._view(standing, form) if "view" in form else self._message(standing, form)

    def _message(self, standing: Standing, form: FormData) -> Message:
        channel = standing.channel.id if standing.channel else ""
        message = self._workspace.message(channel, _text(form, "message"))
        if message is None or message.only_for not in (None, standing.me.id):
            raise LookupError("no such message")
        return message

    def _view(self, standing: Standing, form: FormData) -> View:
        view = self._workspace.view(_text(form, "view"))
        if view is None or view.user != standing.me.id:
            raise LookupError("no such view")
        return view

    def _keep(self, view: View, form: FormData) -> None:
        """A press in a view reports what stands in its other fields, and must not lose it."""
        view.values = inputs.filled(view, self._typed(view, form))

    def _typed(self, view: View, form: FormData) -> dict[str, Any]:
        """By block, which is what tells two inputs with one action_id apart."""
        return {
            block["block_id"]: typed(element, _texts(form, field(block, element)), self._desk.zone)
            for block, element in inputs.fields(view.blocks)
            if block["type"] == "input"
        }

    def _judge(self, standing: Standing, answer: Answer) -> None:
        if answer.acked:
            return
        if answer.reason in ("timeout", "http_timeout", "connection_failed"):
            self._desk.tell(standing.me.id, UNANSWERED)
        else:
            self._desk.tell(standing.me.id, "The answer was refused ({code}).", code=answer.reason)

    def _as_typed(self, text: str) -> str:
        """As Slack's composer sends it: escaped, and @handle and #channel made mentions."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        handles = {user.name: user.id for user in list(self._workspace.users.values())}

        def mention(found: re.Match[str]) -> str:
            sign, name = found[1], found[2]
            channel = self._workspace.channel_named(name)
            if sign == "@" and name in handles:
                return f"<@{handles[name]}>"
            if sign == "#" and channel and channel.kind == "public":
                return f"<#{channel.id}>"
            return found[0]

        return re.sub(r"(?<!\S)([@#])([\w.-]*\w)", mention, escaped)


def refuse_strangers(request: Request) -> None:
    """Another site open in the same browser must not act here. What is no browser may."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if site not in ("same-origin", "none") or not own:
        raise HTTPException(403, "This page takes orders from itself alone.")


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _texts(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]
