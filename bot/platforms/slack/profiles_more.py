"""What a profile is asked later, one thing at a time: a pause, choices, a sentence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.core.arguments import day, number
from bot.core.cards import Card, Section
from bot.core.errors import NoLongerThereError
from bot.features.events.model import EventFile
from bot.features.people.correcting import Correction, confirm_profile
from bot.features.people.kinds import PATIENT_ASSOCIATION
from bot.features.people.model import parse_tags
from bot.features.people.profile_views import profile_view
from bot.features.people.profiles import ProfileView, profile_of, vocabulary
from bot.features.people.tags import TagFinder
from bot.features.people.wishes import choose, pause
from bot.platforms.slack.handlers import Gesture, Handlers, Opening
from bot.platforms.slack.modals import Checkboxes, Modal, Option, Part, Select, TextInput
from bot.platforms.slack.profiles_form import NO_HEALTH, SEPARATORS
from bot.platforms.slack.views import Flaws, Values

UNTIL, CHOICES, AVOIDED, A_DAY, MEETS = "until", "choices", "avoided", "a_day", "meets"
ALWAYS, NO_SOLICITING, AT_STAND = "always", "no_soliciting", "at_stand"
SENTENCE, TAGS = "sentence", "tags"
MEETINGS = ("1", "2", "3", "4")
SENTENCE_CHARACTERS, AVOIDED_CHARACTERS = 300, 1_000


def _view(session: Session, opening: Opening) -> ProfileView:
    if opening.person is None:
        raise NoLongerThereError
    return profile_of(session, opening.event_id, opening.person.participant_id)


def _noted(session: Session, gesture: Gesture) -> Card:
    done = gesture.reader.gettext("Noted.")
    return profile_view(session, gesture.event, gesture.person, gesture.reader, gesture.now, done)


# ---------------------------------------------------------------- a pause


def pause_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    """*Suspendre jusqu'au …*: the mornings that are left, and the end of the event."""
    reader, event = opening.reader, opening.event
    days = _days_ahead(event, opening.now)
    options = [Option(day.isoformat(), reader.day(day)) for day in days]
    end = event.last_day + timedelta(days=1)
    options.append(Option(end.isoformat(), reader.gettext("the end of the congress")))
    label = reader.gettext("No introduction until")
    return Modal(
        title=reader.gettext("Pause introductions"),
        blocks=(Select(UNTIL, label, tuple(options), chosen=options[0].value),),
        ref=("people.pause", ()),
        submit=reader.gettext("Save"),
    )


def _days_ahead(event: EventFile, now: datetime) -> list[date]:
    """Days of the event that have not begun, but for the first: before it nobody is asked."""
    today = now.astimezone(event.tz).date()
    first = max(today, event.first_day) + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((event.last_day - first).days + 1)]


def save_pause(session: Session, gesture: Gesture, args: tuple[str, ...], values: Values) -> Card:
    until = datetime.combine(day(str(values[UNTIL])), time(0), gesture.event.tz)
    pause(session, gesture.person, until, gesture.now)
    return _noted(session, gesture)


# ---------------------------------------------------------------- choices


def choices_form(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
    reader, view = opening.reader, _view(session, opening)
    boxes = {
        ALWAYS: (view.always, reader.gettext("Ask me before each round")),
        NO_SOLICITING: (view.no_soliciting, reader.gettext("No sales pitches")),
    }
    if view.stand is not None:
        boxes[AT_STAND] = (view.meets_at_stand, reader.gettext("Meet people at my stand"))
    options = tuple(Option(name, label) for name, (_, label) in boxes.items())
    chosen = tuple(name for name, (ticked, _) in boxes.items() if ticked)
    avoided = TextInput(
        AVOIDED,
        reader.gettext("Organisations not to meet"),
        initial=", ".join(view.avoided),
        most=AVOIDED_CHARACTERS,
        hint=reader.gettext("Separated by commas. Nobody is told."),
        multiline=False,
        required=False,
    )
    asked: list[Part] = [Checkboxes(CHOICES, reader.gettext("As you wish"), options, chosen)]
    if view.kind == PATIENT_ASSOCIATION:
        asked += _of_associations(view, opening)
    return Modal(
        title=reader.gettext("My choices"),
        blocks=(*asked, avoided),
        ref=("people.choices", ()),
        submit=reader.gettext("Save"),
    )


def _of_associations(view: ProfileView, opening: Opening) -> list[Part]:
    """How many a day, and with whom: theirs to say, since everybody wants to meet them."""
    reader, event = opening.reader, opening.event
    counts = tuple(Option(count, count) for count in MEETINGS)
    a_day = reader.gettext("Meetings a day at most")
    kinds = tuple(
        Option(kind.id, event.kind_label(kind.id, reader.language)) for kind in event.profile_kinds
    )
    with_whom = reader.gettext("With whom")
    everybody = reader.gettext("None ticked: with everybody.")
    return [
        Select(A_DAY, a_day, counts, chosen=str(view.meetings_a_day)),
        Checkboxes(MEETS, with_whom, kinds, tuple(view.meets), hint=everybody),
    ]


def save_choices(session: Session, gesture: Gesture, args: tuple[str, ...], values: Values) -> Card:
    chosen = set(values.get(CHOICES) or ())
    view = profile_of(session, gesture.event_id, gesture.person.participant_id)
    a_day = values.get(A_DAY)
    choose(
        session,
        gesture.person,
        gesture.now,
        always=ALWAYS in chosen,
        no_soliciting=NO_SOLICITING in chosen,
        meets_at_stand=AT_STAND in chosen if view.stand is not None else None,
        avoided=parse_tags(str(values.get(AVOIDED) or ""), SEPARATORS),
        meetings_a_day=number(str(a_day)) if a_day else None,
        meets=list(values[MEETS] or ()) if MEETS in values else None,
    )
    return _noted(session, gesture)


# ---------------------------------------------------------------- a sentence


class Describing:
    """*Décrire ce que je cherche*: a sentence, three to five tags for it, and one's own yes."""

    def __init__(self, finder: TagFinder) -> None:
        self._finder = finder

    def handlers(self) -> Handlers:
        return Handlers(
            forms={"people.describe": self._form},
            submissions={"people.describe": self._propose, "people.tags": _add},
        )

    def _form(self, session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
        reader = opening.reader
        self._finder.prepare(vocabulary(session, opening.event_id))
        label = reader.gettext("Say in one sentence what you are looking for")
        text = TextInput(SENTENCE, label, most=SENTENCE_CHARACTERS)
        return Modal(
            title=reader.gettext("I am looking for"),
            blocks=(text, Section("", (reader.gettext(NO_HEALTH),))),
            ref=("people.describe", ()),
            submit=reader.gettext("Propose words"),
        )

    def _propose(
        self, session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
    ) -> Modal | Flaws:
        reader, event_id = gesture.reader, gesture.event_id
        mine = profile_of(session, event_id, gesture.person.participant_id).seeks
        known = {tag.casefold() for tag in mine}
        others = [tag for tag in vocabulary(session, event_id) if tag.casefold() not in known]
        found = self._finder.find(str(values.get(SENTENCE) or ""), others)
        if not found:
            nothing = reader.gettext(
                "No word of the congress is close to this. Please say it otherwise."
            )
            return Flaws({SENTENCE: nothing})
        options = tuple(Option(tag, tag) for tag in found)
        label = reader.gettext("Which of these should be added to what you are looking for?")
        return Modal(
            title=reader.gettext("I am looking for"),
            blocks=(Checkboxes(TAGS, label, options),),
            ref=("people.tags", ()),
            submit=reader.gettext("Save"),
        )


def _add(session: Session, gesture: Gesture, args: tuple[str, ...], values: Values) -> Card:
    mine = profile_of(session, gesture.event_id, gesture.person.participant_id).seeks
    seeks = (*mine, *(tag for tag in values.get(TAGS) or () if tag not in mine))
    confirm_profile(session, gesture.person, Correction(seeks=seeks), gesture.now)
    return _noted(session, gesture)
