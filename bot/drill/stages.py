"""The oracle's hosts: each is offered the pupitre as their session is announced, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.drill.expected import Expected
from bot.drill.files import Rules, Session
from bot.drill.listeners import Listener
from bot.drill.timeline import Timeline

STAGE = "Vous animez à {hour}\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}{minute:02}"


def offers(
    rules: Rules, timeline: Timeline, hosts: Mapping[str, Sequence[str]]
) -> Iterator[Expected]:
    """`hosts` by session; they choose no sessions, so that nothing else counts in their budget."""
    theirs: dict[str, list[tuple[datetime, str]]] = {}
    for name, people in hosts.items():
        if (due := _due(rules, timeline, name)) is not None:
            for person in people:
                theirs.setdefault(person, []).append((due, name))
    for person, dues in theirs.items():
        listener = Listener(rules, timeline, person, ())
        for due, name in sorted(dues):
            moment = listener.first_free(due)
            session = timeline.at(moment).sessions[name]
            yield Expected(person, moment, (session.title,), _begins(rules, session))


def _due(rules: Rules, timeline: Timeline, name: str) -> datetime | None:
    for version in timeline.versions:
        session = version.sessions.get(name)
        if session is None or session.cancelled:
            continue
        due = max(session.start - rules.announce, version.at)
        if due <= version.until:
            return due if due < session.end else None
    return None


def _begins(rules: Rules, session: Session) -> str:
    start = session.start.astimezone(rules.zone)
    return STAGE.format(hour=start.hour, minute=start.minute)
