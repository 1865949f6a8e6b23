"""From a place to its HTML: gathers what the templates say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.core.i18n import NBSP, Reader
from bot.playground.page.beside import MOST, Beside, panes
from bot.playground.page.controls import Rosters, control, states
from bot.playground.page.desk import SPEEDS, Desk
from bot.playground.page.faces import faces
from bot.playground.page.mrkdwn import Names, mrkdwn
from bot.playground.page.place import Place, Standing, people
from bot.playground.page.rich_text import rich_text
from bot.playground.page.scene import LATEST, conversations, initials, lines, title, tone
from bot.playground.page.timeline import days
from bot.playground.page.words import words
from bot.playground.workspace import Json, Message, User, View

_LOCALES = {"fr": "fr-FR", "en": "en-GB"}


class Drawing:
    def __init__(self, desk: Desk, templates: Path) -> None:
        self._desk = desk
        self._playground = desk.playground
        self._workspace = desk.playground.workspace
        self._templates = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "initials": initials,
            "tone": tone,
            "bot": self._workspace.bot,
            "shortcuts": self._playground.installed.shortcuts,
        }

    def page(self, standing: Standing | None, asked: Place) -> str:
        place = standing.place if standing else asked
        # Before anything is read: what changes meanwhile is then drawn once more, never missed.
        context: dict[str, Any] = {"revision": self._desk.revision, "place": place}
        context |= self._frame(place)
        context |= self._inside(standing) if standing else {"me": None}
        return self._templates.get_template("page.html").render(context)

    def beside(self, beside: Beside, host: str) -> str:
        around = self._desk.around
        context: dict[str, Any] = {"revision": self._desk.revision, "place": beside}
        context |= self._frame(beside)
        context |= {
            "me": None,
            "panes": panes(self._workspace, around, beside, host),
            "most": MOST,
            "screens": around.screens,
            "beside": True,
        }
        return self._templates.get_template("beside.html").render(context)

    def _frame(self, place: Place | Beside) -> dict[str, Any]:
        t, clock, around = words(place.lang), self._playground.clock, self._desk.around
        now, due, pace = clock.now(), clock.due, clock.speed or self._desk.pace
        reader = Reader.of(place.lang, str(self._desk.zone), _LOCALES[place.lang])
        notice = self._desk.notice(place.person)
        return {
            "t": t,
            "reader": reader,
            "zone": str(self._desk.zone),
            "now": now,
            "due": due if due and due > now else None,
            "over": self._desk.over,
            "same_day": lambda moment: reader.day(moment) == reader.day(now),
            "speed": clock.speed,
            "pace": pace,
            "speeds": sorted({*SPEEDS, pace}),
            "notice": t(notice[0]).format(**notice[1]) if notice else "",
            "refused": self._desk.refused(place.person),
            "people": people(self._workspace),
            "days": days(around.sessions, around.moments, due, self._desk.zone),
            "short": lambda moment: reader.time(moment).removesuffix(f"{NBSP}00"),
            "bound": self._desk.travel.bound,
            "cast": around.cast,
            "crowd": around.crowd,
            "beside": False,
            "address": lambda code: place.url(lang=code),
        }

    def _inside(self, standing: Standing) -> dict[str, Any]:
        me, place, channel = standing.me, standing.place, standing.channel
        home = self._workspace.home(me.id) if standing.with_app else None
        messages = self._workspace.visible(channel.id, me.id) if channel else []
        if channel and not (home and place.tab == "home"):
            self._desk.unread.read(me.id, channel.id, messages)
        shown = messages if place.older else messages[-LATEST:]
        thread = self._thread(standing)
        return {
            "me": me,
            "standing": standing,
            "title": title(self._workspace, channel, me),
            "conversations": conversations(self._workspace, standing, self._desk.unread),
            "lines": list(lines(self._workspace, shown, self._desk.zone)),
            "more": len(messages) > len(shown),
            "thread": list(lines(self._workspace, thread, self._desk.zone)),
            "faces": faces(people(self._workspace), place, me),
            "home": home,
            "modal": self._workspace.modal(me.id),
            **self._tools(standing),
        }

    def _thread(self, standing: Standing) -> list[Message]:
        if not standing.channel or not standing.place.thread:
            return []
        return self._workspace.thread(standing.channel.id, standing.place.thread, standing.me.id)

    def _tools(self, standing: Standing) -> dict[str, Any]:
        """How this reader reads what others wrote."""
        names, rosters = self._names(standing), self._rosters(standing)

        def source_states(source: Message | View) -> Json:
            return states(source.blocks, source.values if isinstance(source, View) else {})

        return {
            "mrkdwn": lambda text: mrkdwn(str(text), names),
            "rich_text": lambda block: rich_text(block, names),
            "states": source_states,
            "control": lambda block, element, known: control(block, element, known, rosters),
        }

    def _names(self, standing: Standing) -> Names:
        t, place, me = words(standing.place.lang), standing.place, standing.me

        def person(user_id: str) -> str:
            user = self._workspace.users.get(user_id)
            return user.real_name if user else t("somebody")

        def channel(channel_id: str) -> tuple[str, str | None]:
            known = self._workspace.channels.get(channel_id)
            if known is None or known.direct:
                return t("private channel"), None
            if known.kind == "private" and me.id not in known.members:
                return t("private channel"), None
            return known.name, place.to(known.id)

        return Names(person, channel, me.id)

    def _rosters(self, standing: Standing) -> Rosters:
        everybody: list[User] = people(self._workspace)
        mine = [c for c in self._workspace.conversations_of(standing.me.id) if not c.direct]
        known = [*mine, *self._workspace.joinable_by(standing.me.id)]
        return Rosters(
            [(user.id, user.real_name) for user in everybody],
            [(channel.id, f"#{channel.name}") for channel in known],
            self._desk.zone,
        )
