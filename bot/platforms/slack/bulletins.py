"""The organisers' announcements on Slack: the form, its preview, and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.arguments import day, exactly, number
from bot.core.cards import Card, Section
from bot.core.i18n import Reader
from bot.features.bulletins import actions, views
from bot.features.bulletins.model import (
    ALERT_MOST,
    ANNOUNCEMENT,
    CHANNEL,
    EMERGENCY,
    ROOM,
    SENT,
    SESSION,
    TEXT_MOST,
    Content,
    ContentError,
    NoBulletinError,
    Words,
    moment_of,
)
from bot.features.bulletins.queries import choosable_sessions, content_of
from bot.features.bulletins.rights import check
from bot.features.bulletins.tables import Bulletin
from bot.features.bulletins.wording import when
from bot.features.events.model import EventFile
from bot.features.programme.queries import rooms
from bot.features.programme.views import room_ref
from bot.platforms.slack.handlers import Form, Gesture, Handlers, Opening
from bot.platforms.slack.modals import Divider, Input, Modal, Option, Part, Select, TextInput
from bot.platforms.slack.views import Flaws, Values

NOW, NEW = "now", "-"
DAYS_AFTER, DAYS_MOST = 7, 60
ON_A_SCREEN = 160


# Writing


def _form(kind: str) -> Form:
    def form(session: Session, opening: Opening, args: tuple[str, ...]) -> Card | Modal:
        """args: nothing for a new one, the id of one that is edited."""
        check(session, opening.event_id, opening.event, opening.person)
        row = None
        if args:
            assert opening.person is not None, "whoever passed the check is somebody"
            row = actions.find(session, opening.event, opening.person, args[0])
        return _modal(session, opening, kind, row)

    return form


def _modal(session: Session, opening: Opening, kind: str, row: Bulletin | None) -> Modal:
    t, content = opening.reader.gettext, content_of(row) if row else None
    inputs: list[Input] = list(
        _texts(kind, content.words if content else Words(""), opening.reader)
    )
    if kind == ANNOUNCEMENT and (row is None or row.state != SENT):
        inputs.append(_audience(session, opening, content))
        inputs += _moment(opening, content)
    version = str(row.version) if row else "0"
    return Modal(
        title=t("Alert") if kind == EMERGENCY else t("Announcement"),
        blocks=tuple(inputs),
        ref=("bulletins.save", (kind, row.bulletin_id if row else NEW, version)),
        submit=t("Preview"),
    )


def _texts(kind: str, words: Words, reader: Reader) -> tuple[TextInput, TextInput]:
    t, most = reader.gettext, ALERT_MOST if kind == EMERGENCY else TEXT_MOST
    hint = t("A room's screen shows about {count} characters.").format(count=ON_A_SCREEN)
    return (
        TextInput("fr", t("In French"), words.fr, most, hint="" if kind == EMERGENCY else hint),
        TextInput(
            "en",
            t("In English"),
            words.en,
            most,
            required=False,
            hint=t("Readers of English get the French text where this is empty."),
        ),
    )


def _audience(session: Session, opening: Opening, content: Content | None) -> Select:
    reader = opening.reader
    t = reader.gettext
    channels = [Option(f"{CHANNEL}:{name}", f"#{name}") for name in opening.event.channels.all()]
    places = [
        Option(f"{ROOM}:{room_ref(room)}", t("{room}: channel, page, screen").format(room=room))
        for room in rooms(session, opening.event_id)
    ]
    chosen = t("Chose {when}: {session} ({count})")
    groups = [
        Option(
            f"{SESSION}:{one.session_id}",
            chosen.format(
                when=when(one.starts_at, reader), session=one.title, count=reader.number(count)
            ),
        )
        for one, count in choosable_sessions(session, opening.event_id, opening.now)
    ]
    return Select(
        "audience",
        t("To"),
        (*channels, *places, *groups),
        _audience_value(content) if content else f"{CHANNEL}:{opening.event.channels.general}",
    )


def _audience_value(content: Content) -> str:
    target = room_ref(content.target) if content.audience == ROOM else content.target
    return f"{content.audience}:{target}"


def _moment(opening: Opening, content: Content | None) -> list[Input]:
    t, event, reader = opening.reader.gettext, opening.event, opening.reader
    local = content.send_at.astimezone(event.tz) if content and content.send_at else None
    days = [Option(day.isoformat(), reader.day(day)) for day in _days(event, opening.now)]
    return [
        Select(
            "day",
            t("Day"),
            (Option(NOW, t("At once")), *days),
            local.date().isoformat() if local else NOW,
        ),
        TextInput(
            "time",
            t("Time, by the clocks of the congress ({zone})").format(zone=event.zone),
            f"{local:%H:%M}" if local else "",
            8,
            placeholder="14:30",
            multiline=False,
            required=False,
        ),
    ]


def _days(event: EventFile, now: datetime) -> list[date]:
    """From today to a week after the event."""
    today = now.astimezone(event.tz).date()
    left = (event.last_day - today).days + DAYS_AFTER
    return [today + timedelta(days=ahead) for ahead in range(min(max(left, 0), DAYS_MOST) + 1)]


# Taking what was written


def _save(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Modal | Flaws:
    kind, bulletin_id, version = exactly(3, args)
    try:
        content = _content(session, gesture, values)
        if bulletin_id == NEW:
            row = actions.draft(session, gesture.person, kind, content, gesture.now)
        else:
            row = actions.rewrite(
                session, gesture.person, bulletin_id, number(version), content, gesture.now
            )
    except ContentError as flaw:
        return Flaws({_shown(flaw.field, values): flaw.told_to(gesture.reader)})
    return _preview_modal(session, gesture.event, row, gesture.reader, gesture.now)


def _shown(field: str, values: Values) -> str:
    """Beside its input, where the form has that: of what was published, only texts are asked."""
    return field if field in values else "fr"


def _content(session: Session, gesture: Gesture, values: Values) -> Content:
    audience, _, target = str(values.get("audience") or "").partition(":")
    if audience == ROOM:
        known = {room_ref(room): room for room in rooms(session, gesture.event_id)}
        target = known.get(target, "")
    words = Words(str(values.get("fr") or ""), str(values.get("en") or ""))
    return Content(words, audience, target, _send_at(gesture.event, values))


def _send_at(event: EventFile, values: Values) -> datetime | None:
    chosen = str(values.get("day") or NOW)
    if chosen == NOW:
        return None
    return moment_of(day(chosen), str(values.get("time") or ""), event.tz)


# Showing it


def _preview(session: Session, opening: Opening, args: tuple[str, ...]) -> Card | Modal:
    check(session, opening.event_id, opening.event, opening.person)
    assert opening.person is not None, "whoever passed the check is somebody"
    row = actions.find(session, opening.event, opening.person, args[0])
    if row.draft is None:
        raise NoBulletinError
    return _preview_modal(session, opening.event, row, opening.reader, opening.now)


def _preview_modal(
    session: Session, event: EventFile, row: Bulletin, reader: Reader, now: datetime
) -> Modal:
    return _decision(views.preview(session, event, row, reader, now), reader)


def _decision(sections: tuple[Section, ...], reader: Reader) -> Modal:
    """What will be read, and under it what to press."""
    parts: tuple[Part, ...] = (*sections[:-1], Divider(), sections[-1])
    return Modal(title=reader.gettext("Preview"), blocks=parts)


# Pressing


def _publish(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = actions.publish(session, gesture.person, args[0], number(args[1]), gesture.now)
    return views.done_view(row, gesture.reader)


def _abandon(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = actions.abandon(session, gesture.person, args[0], gesture.now)
    return views.dropped_view(row, gesture.reader)


def _withdraw(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = actions.withdraw(session, gesture.person, args[0], gesture.now)
    return views.done_view(row, gesture.reader)


def _arm(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Modal:
    row = actions.arm(session, gesture.person, args[0], number(args[1]), gesture.now)
    return _decision(
        views.confirmation(session, gesture.event, row, gesture.reader), gesture.reader
    )


def _launch(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = actions.launch(session, gesture.person, args[0], args[1], gesture.now)
    return views.done_view(row, gesture.reader)


def _overview(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    check(session, gesture.event_id, gesture.event, gesture.person)
    return views.overview(session, gesture.event, gesture.event_id, gesture.reader)


def _infos(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.infos_view(session, gesture.event_id, gesture.reader)


HANDLERS = Handlers(
    views={"bulletins.overview": _overview, "infos.view": _infos},
    actions={
        "bulletins.publish": _publish,
        "bulletins.abandon": _abandon,
        "bulletins.withdraw": _withdraw,
        "bulletins.arm": _arm,
        "bulletins.launch": _launch,
    },
    forms={
        "bulletins.write": _form(ANNOUNCEMENT),
        "bulletins.alert": _form(EMERGENCY),
        "bulletins.preview": _preview,
    },
    submissions={"bulletins.save": _save},
)
