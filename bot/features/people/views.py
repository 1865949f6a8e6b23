"""A person's own settings, as an answer."""

from __future__ import annotations

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.core.quiet import QuietHours
from bot.features.events.model import EventFile
from bot.features.people.profile_views import profile_action
from bot.features.people.quiet import CHOICES, OF_THE_EVENT, own_hours
from bot.features.people.tables import Participant

OTHER_LANGUAGE = {"fr": ("English", "en"), "en": ("Français", "fr")}


def language_action(reader: Reader) -> Action:
    """Named in the language it leads to: whoever needs it cannot read the other."""
    label, code = OTHER_LANGUAGE[reader.language]
    return Action(label, "people.language", (code,))


def fewer_toggle(person: Participant, reader: Reader) -> Action:
    if person.fewer_messages:
        return Action(reader.gettext("All messages"), "people.fewer", ("no",))
    return Action(reader.gettext("Fewer messages"), "people.fewer", ("yes",))


def quiet_action(reader: Reader) -> Action:
    return Action(reader.gettext("Quiet hours"), "people.quiet_hours")


def settings_lines(event: EventFile, person: Participant, reader: Reader) -> tuple[str, ...]:
    """What reaches the person, and when."""
    if person.fewer_messages:
        state = reader.gettext("Only urgent changes reach you by direct message.")
    else:
        state = reader.gettext(
            "Reminders and changes to what you chose reach you by direct message."
        )
    quiet = reader.gettext("Quiet hours: {hours}. Only urgent changes pass.")
    hours = own_hours(person) or event.budget.quiet_hours
    return state, quiet.format(hours=hours_in_words(hours, reader))


def settings_view(event: EventFile, person: Participant, reader: Reader, done: str = "") -> Card:
    """`done` says what the last press changed."""
    title = reader.gettext("Settings")
    lines = tuple(filter(None, (done, *settings_lines(event, person, reader))))
    return Card(
        summary=" ".join(lines),
        title=title,
        sections=(Section("", lines),),
        actions=(
            fewer_toggle(person, reader),
            quiet_action(reader),
            language_action(reader),
            profile_action(reader),
        ),
    )


def quiet_view(event: EventFile, person: Participant, reader: Reader, done: str = "") -> Card:
    """Which hours to choose from; those that hold are said, not offered."""
    title = reader.gettext("Quiet hours")
    of_event = event.budget.quiet_hours
    mine = own_hours(person) or of_event
    own = {name: hours for name, hours in CHOICES.items() if hours != of_event}
    offered = {OF_THE_EVENT: of_event, **own}
    lines = tuple(filter(None, (done, settings_lines(event, person, reader)[1])))
    return Card(
        summary=" ".join(lines),
        title=title,
        sections=(Section("", lines),),
        actions=tuple(
            Action(hours_in_words(hours, reader), "people.quiet", (name,))
            for name, hours in sorted(offered.items(), key=lambda one: one[1].begins)
            if hours != mine
        ),
    )


def hours_in_words(hours: QuietHours, reader: Reader) -> str:
    """ "20 h 00 – 7 h 30", in the event's zone."""
    return f"{reader.clock(hours.begins)} – {reader.clock(hours.ends)}"
