"""The programme on Slack: buttons, the words of `/maillon`, and answers to a direct message."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import N_
from bot.features.programme import views
from bot.features.programme.actions import add_star, confirm_speaker, remove_star
from bot.features.programme.sources import decide
from bot.features.programme.views import Asker
from bot.platforms.slack.handlers import Gesture, Handler, Handlers


def _asker(gesture: Gesture) -> Asker:
    return Asker(
        gesture.event_id,
        gesture.event,
        gesture.person.participant_id,
        gesture.reader,
        gesture.now,
    )


def _view(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.programme_view(session, _asker(gesture), args[0] if args else "now")


def _room(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.room_view(session, _asker(gesture), args[0])


def _words(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return views.view_asked_for(session, _asker(gesture), " ".join(args))


def _menu(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """`/maillon` alone."""
    return views.menu_view(session, _asker(gesture))


def _star(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    person = gesture.person.participant_id
    row = add_star(session, gesture.event_id, person, args[0], gesture.now)
    return views.star_changed(session, _asker(gesture), row, added=True)


def _unstar(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = remove_star(session, gesture.event_id, gesture.person.participant_id, args[0])
    return views.star_changed(session, _asker(gesture), row, added=False)


def _link(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    session_id, position, participant_id = args
    speaker = confirm_speaker(
        session,
        gesture.event_id,
        gesture.person,
        session_id,
        int(position),
        participant_id,
        gesture.now,
    )
    text = gesture.reader.gettext("{name} is linked to the list of participants.")
    return Card(summary=text.format(name=speaker.name))


def _decide(*, apply: bool) -> Handler:
    def decided(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        """args: what waits, and the version that was on the screen."""
        import_id, version = args
        decide(
            session,
            gesture.event_id,
            gesture.person,
            import_id,
            int(version),
            gesture.now,
            apply=apply,
        )
        done = N_("The programme was applied.") if apply else N_("The programme stays as it is.")
        return Card(summary=gesture.reader.gettext(done))

    return decided


HANDLERS = Handlers(
    views={
        "programme.view": _view,
        "programme.room": _room,
        "programme.words": _words,
        "menu": _menu,
    },
    actions={
        "programme.star": _star,
        "programme.unstar": _unstar,
        "programme.link": _link,
        "programme.apply": _decide(apply=True),
        "programme.ignore": _decide(apply=False),
    },
)
