"""Errors that people meet.

`MaillonError` is told to the person in their words: the msgid is translated where it is
shown, and `arguments` fill it in. Every other exception is a defect: it is logged with a
reference code, and the person is shown that code.
"""

import secrets

from bot.core.i18n import N_, Reader


class MaillonError(Exception):
    """Something a person can understand and mend; `msgid` says what and how."""

    msgid = N_("This is not possible at the moment.")

    def __init__(self, msgid: str | None = None, **arguments: object) -> None:
        self.msgid = msgid or self.msgid
        self.arguments = arguments
        super().__init__(self.msgid.format(**arguments))

    def told_to(self, reader: Reader) -> str:
        return reader.gettext(self.msgid).format(**self.arguments)


class NotAllowedError(MaillonError):
    """Somebody else may; whoever shows it to a person adds whom to ask."""

    by_role = True
    """Whether an organiser could give the right to do it, and the sentence names nobody yet."""
    msgid = N_("Only the organisers of the event can do this.")


class NoLongerThereError(MaillonError):
    """A button, a session or an event that an old message still points to."""

    msgid = N_("This is no longer in the programme. /maillon shows what is coming up.")


class BusyError(MaillonError):
    """The transaction of a gesture could not begin in time; nothing was done."""

    msgid = N_("Many people are pressing at once. Nothing was recorded: please press again.")


class UnavailableError(MaillonError):
    """The database is away: nothing was done, or somebody has to look whether it was."""

    msgid = N_(
        "Maillon cannot reach its database at the moment. Please try again in a minute: what was "
        "recorded already counts once."
    )


def new_reference() -> str:
    """A code that a person can read out and that finds the traceback in the log."""
    return secrets.token_hex(3).upper()
