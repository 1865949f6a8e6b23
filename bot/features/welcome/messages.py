"""The first minute: one message, no form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.people.profile_views import meet_action
from bot.features.people.views import language_action
from bot.features.programme.queries import ProgrammeEntry, coming
from bot.features.programme.wording import ask_action, same_day


@dataclass(frozen=True)
class Welcome:
    name: ClassVar[str] = "welcome"
    version: ClassVar[int] = 1
    event_id: str
    at: str
    """The moment of the welcome, ISO 8601: what comes next is said as of then."""

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        now = datetime.fromisoformat(self.at)
        ahead = coming(session, self.event_id, now)
        hello = _hello(event, reader)
        lines = [hello, *([_next_line(ahead[0], now, reader)] if ahead else [])]
        budget = event.budget.messages_a_day
        promise = reader.ngettext(
            "{count} message a day at most.", "{count} messages a day at most.", budget
        ).format(count=_in_words(budget, reader))
        return Card(
            summary=" ".join(lines),
            sections=(Section("", (" ".join(lines),)),),
            actions=(
                Action(reader.gettext("Programme"), "programme.view", ("now",)),
                ask_action(reader),
                meet_action(reader),
                Action(reader.gettext("Settings"), "people.settings"),
                language_action(reader),
            ),
            footer=promise,
        )


def _hello(event: EventFile, reader: Reader) -> str:
    if welcome_to := event.welcome_to.get(reader.language):
        return reader.gettext(
            "Welcome to {event}. I am Maillon, the assistant of the congress."
        ).format(event=welcome_to)
    # A title alone fits no sentence: "Bienvenue au", "à la", "aux".
    hello = reader.gettext("{event}: welcome. I am Maillon, the assistant of the congress.")
    return hello.format(event=event.title)


def _next_line(entry: ProgrammeEntry, now: datetime, reader: Reader) -> str:
    start = reader.time(entry.starts_at)
    if not same_day(entry.starts_at, now, reader):
        start = reader.gettext("{day}, {time}").format(day=reader.day(entry.starts_at), time=start)
    facts = ", ".join(filter(None, (entry.title, start, entry.room)))
    return reader.gettext("Next: {session}.").format(session=facts)


_COUNTS = {
    "fr": ("Un", "Deux", "Trois", "Quatre", "Cinq", "Six", "Sept", "Huit", "Neuf", "Dix"),
    "en": ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"),
}


def _in_words(count: int, reader: Reader) -> str:
    words = _COUNTS[reader.language]
    return words[count - 1] if count <= len(words) else reader.number(count)


MESSAGES = (Welcome,)
