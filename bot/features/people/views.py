"""A person's own settings, as an answer."""

from __future__ import annotations

from bot.core.cards import Action, Card, Section
from bot.core.i18n import Reader
from bot.features.people.profile_views import profile_action
from bot.features.people.tables import Participant

OTHER_LANGUAGE = {"fr": ("English", "en"), "en": ("Français", "fr")}


def language_action(reader: Reader) -> Action:
    """Named in the language it leads to: whoever needs it cannot read the other."""
    label, code = OTHER_LANGUAGE[reader.language]
    return Action(label, "people.language", (code,))


def settings_view(person: Participant, reader: Reader, done: str = "") -> Card:
    """`done` says what the last press changed."""
    title = reader.gettext("Settings")
    if person.fewer_messages:
        state = reader.gettext("Only urgent changes reach you by direct message.")
        toggle = Action(reader.gettext("All messages"), "people.fewer", ("no",))
    else:
        state = reader.gettext(
            "Reminders and changes to what you chose reach you by direct message."
        )
        toggle = Action(reader.gettext("Fewer messages"), "people.fewer", ("yes",))
    lines = tuple(filter(None, (done, state)))
    return Card(
        summary=" ".join(lines),
        title=title,
        sections=(Section("", lines),),
        actions=(toggle, language_action(reader), profile_action(reader)),
    )
