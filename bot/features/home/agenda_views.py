"""The calendar of a person, as an answer to them alone."""

from __future__ import annotations

from urllib.parse import quote

from bot.core.cards import Action, Card, Link, Section
from bot.core.i18n import Reader

_GOOGLE = "https://calendar.google.com/calendar/r?cid={address}"
_OUTLOOK = "https://outlook.office.com/calendar/0/addfromweb?url={address}"


def agenda_view(address: str, reader: Reader, *, changed: bool = False) -> Card:
    """`address` is a secret: it stands in a private answer, and nowhere else."""
    t = reader.gettext
    title = t("My calendar")
    about = t(
        "Your sessions and meetings in the calendar that you use; what moves, moves there too."
    )
    subscribe = t("For Apple and others, subscribe to this address: {address}")
    secret = t("It is yours alone: whoever has it can read your day.")
    done = t("The old address leads nowhere any more.") if changed else ""
    lines = tuple(filter(None, (done, about, subscribe.format(address=address), secret)))
    return Card(
        summary=" ".join(filter(None, (done, title))),
        title=title,
        sections=(Section("", lines),),
        actions=(
            Action(t("Change the address"), "agenda.change"),
            Action(t("My programme"), "programme.view", ("mine",)),
        ),
        links=(Link(t("Open the file"), address), *_subscriptions(address, reader)),
    )


def _subscriptions(address: str, reader: Reader) -> tuple[Link, ...]:
    """Where one press does it; these fetch from the internet, so not from a rehearsal."""
    if not address.startswith("https://"):
        return ()
    feed = quote(address.replace("https://", "webcal://", 1), safe="")
    return (
        Link(reader.gettext("Google Calendar"), _GOOGLE.format(address=feed)),
        Link("Outlook", _OUTLOOK.format(address=quote(address, safe=""))),
    )
