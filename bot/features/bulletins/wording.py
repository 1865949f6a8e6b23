"""How an announcement reads: the same in its preview as where it is published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Section
from bot.core.i18n import Reader
from bot.features.bulletins.model import (
    CHANNEL,
    EVERYWHERE,
    ROOM,
    SESSION,
    Content,
    Words,
)
from bot.features.bulletins.queries import channel_of
from bot.features.events.model import EventFile
from bot.features.programme.queries import ProgrammeEntry, entries_by_id


def session_of(session: Session, event_id: str, content: Content) -> ProgrammeEntry | None:
    if content.audience != SESSION:
        return None
    return entries_by_id(session, event_id, [content.target]).get(content.target)


def announced(session: Session, event_id: str, content: Content, reader: Reader) -> Section:
    """What its readers see, from whom it comes first."""
    title, about = reader.gettext("The organisers"), session_of(session, event_id, content)
    if content.audience == ROOM:
        title = f"{title} · {content.target}"
    if about is not None:
        title = f"{title} · {about.title}, {reader.time(about.starts_at)}"
    return Section(title, (content.words.read_in(reader.language)[1],))


def alerts(words: Words, reader: Reader) -> tuple[Section, ...]:
    """In every language it was given in: nobody may miss it for the language they read."""
    return tuple(Section(one.gettext("Alert"), (text,)) for one, text in words.all_for(reader))


def when(moment: datetime, reader: Reader) -> str:
    return reader.gettext("{day}, {time}").format(day=reader.day(moment), time=reader.time(moment))


def audience_told(
    session: Session, event_id: str, event: EventFile, content: Content, reader: Reader
) -> str:
    """To whom it goes, for the organiser who decides it."""
    t = reader.gettext
    if content.audience == EVERYWHERE:
        return t("Every channel, every page and every screen")
    if content.audience == CHANNEL:
        return f"#{content.target}"
    if content.audience == ROOM:
        return t("{room}: #{channel}, its page and its screen for an hour").format(
            room=content.target, channel=channel_of(event, content)
        )
    about = session_of(session, event_id, content)
    if about is None:
        return t("Those who chose a session that is no longer there")
    told = t("Those who chose {session}, {when}")
    return told.format(session=about.title, when=when(about.starts_at, reader))
