"""The programme on Slack: buttons, the words of `/maillon`, and answers to a direct message."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.arguments import exactly, number
from bot.core.cards import LINK_LIMIT, Card, Section
from bot.core.errors import NoLongerThereError
from bot.core.i18n import N_
from bot.features.programme import room_views, views
from bot.features.programme.actions import add_star, confirm_speaker, remove_star
from bot.features.programme.fullness import set_full
from bot.features.programme.materials import (
    TITLE_CHARACTERS,
    BadAddressError,
    NotOnStageError,
    TooManyMaterialsError,
    add_material,
    may_add,
    remove_material,
)
from bot.features.programme.sources import decide
from bot.features.programme.tables import SessionRow
from bot.features.programme.views import Asker
from bot.platforms.slack.handlers import Gesture, Handler, Handlers, Opening
from bot.platforms.slack.modals import Modal, TextInput
from bot.platforms.slack.views import Flaws, Values

URL, TITLE = "url", "title"


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
    session_id, position, participant_id = exactly(3, args)
    speaker = confirm_speaker(
        session,
        gesture.event_id,
        gesture.person,
        session_id,
        number(position),
        participant_id,
        gesture.now,
    )
    text = gesture.reader.gettext("{name} is linked to the list of participants.")
    return Card(summary=text.format(name=speaker.name))


def _full(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = set_full(session, gesture.person, args[0], args[1] == "1", gesture.now)
    return room_views.full_changed(row, gesture.reader)


def _full_words(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    """« complet »: done at once where only one session can be meant."""
    asker = _asker(gesture)
    meant = room_views.rooms_meant(session, asker, args[0])
    if len(meant) != 1:
        return room_views.full_view(session, asker, args[0])
    row = set_full(session, gesture.person, meant[0].session_id, not meant[0].full, gesture.now)
    return room_views.full_changed(row, gesture.reader)


def _materials(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    return room_views.materials_view(session, _asker(gesture))


def _material_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    reader, person = opening.reader, opening.person
    row = session.get(SessionRow, (opening.event_id, args[0]))
    if row is None:
        raise NoLongerThereError
    if person is None or not may_add(session, opening.event, person, args[0]):
        raise NotOnStageError
    return Modal(
        title=reader.gettext("Document"),
        blocks=(
            Section(row.title),
            TextInput(URL, reader.gettext("Address"), most=LINK_LIMIT, multiline=False),
            TextInput(
                TITLE,
                reader.gettext("Title"),
                most=TITLE_CHARACTERS,
                multiline=False,
                required=False,
            ),
        ),
        ref=("programme.material", args),
        submit=reader.gettext("Add"),
    )


def _material(
    session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
) -> Card | Flaws:
    url, title = str(values.get(URL) or ""), str(values.get(TITLE) or "")
    try:
        material = add_material(session, gesture.person, args[0], title, url, gesture.now)
    except (BadAddressError, TooManyMaterialsError) as error:
        return Flaws({URL: error.told_to(gesture.reader)})
    row = session.get_one(SessionRow, (gesture.event_id, args[0]))
    return room_views.material_added(material, row.title, gesture.reader)


def _material_off(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    row = remove_material(session, gesture.person, args[0], gesture.now)
    said = gesture.reader.gettext("The document is taken away.")
    return Card(summary=f"{said} {row.title}", sections=(Section(row.title, (said,)),))


def _decide(*, apply: bool) -> Handler:
    def decided(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        """args: what waits, and the version that was on the screen."""
        import_id, version = exactly(2, args)
        decide(
            session,
            gesture.event_id,
            gesture.person,
            import_id,
            number(version),
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
        "programme.materials": _materials,
        "menu": _menu,
    },
    actions={
        "programme.star": _star,
        "programme.unstar": _unstar,
        "programme.link": _link,
        "programme.full": _full,
        "programme.full_words": _full_words,
        "programme.material_off": _material_off,
        "programme.apply": _decide(apply=True),
        "programme.ignore": _decide(apply=False),
    },
    forms={"programme.material": _material_form},
    submissions={"programme.material": _material},
)
