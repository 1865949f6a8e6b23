"""The addresses of the rooms: on paper for their doors, and those of their screens."""

from __future__ import annotations

from datetime import datetime

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import EventSlug
from bot.cli.printing import (
    Out,
    programme_command,
    questions_command,
    round_command,
    written,
)
from bot.core.address import NoPublicAddressError
from bot.core.errors import MaillonError
from bot.core.i18n import N_
from bot.features.events.queries import event_settings, find_event
from bot.features.questions.rooms import revoke_wall, room_pages
from bot.web.sheet import Door, sheet

print_app = typer.Typer(no_args_is_help=True, help="What is hung up.")
wall_app = typer.Typer(no_args_is_help=True, help="The screens of the rooms.")


class NoRoomsError(MaillonError):
    msgid = N_("There is no room yet. Start with: maillon programme import schedule.json")


@print_app.callback()
def prints() -> None:
    """What is hung up."""


@print_app.command("rooms")
def rooms_command(
    to: Out = None,
    event: EventSlug = None,
) -> None:
    """A page for the door of each room, with the QR code of its page: open it and print it."""
    settings, who = load_settings(), reader()
    public_url = _address(settings.maillon_public_url)

    def use_case(session: Session, now: datetime) -> str:
        event_id = find_event(session, event or settings.maillon_event)
        doors = [
            Door(page.room, f"{public_url}/r/{page.page_id}")
            for page in room_pages(session, event_id)
        ]
        if not doors:
            raise NoRoomsError
        return sheet(event_settings(session, event_id), doors)

    written(transact(settings, use_case), to, who)


print_app.command("programme")(programme_command)
print_app.command("questions")(questions_command)
print_app.command("round")(round_command)


@wall_app.command("list")
def list_command(event: EventSlug = None) -> None:
    """The address of the screen of each room. Whoever has it sees what the screen shows."""
    settings = load_settings()
    public_url = _address(settings.maillon_public_url)

    def use_case(session: Session, now: datetime) -> list[tuple[str, str]]:
        event_id = find_event(session, event or settings.maillon_event)
        return [(page.room, page.wall_id) for page in room_pages(session, event_id)]

    for room, wall_id in transact(settings, use_case):
        _show(room, f"{public_url}/wall/{wall_id}")


@wall_app.command("revoke")
def revoke_command(room: str, event: EventSlug = None) -> None:
    """Give the screen of a room another address; the one before leads nowhere."""
    settings = load_settings()
    public_url = _address(settings.maillon_public_url)

    def use_case(session: Session, now: datetime) -> str:
        event_id = find_event(session, event or settings.maillon_event)
        return revoke_wall(session, event_id, room, now).wall_id

    _show(room, f"{public_url}/wall/{transact(settings, use_case)}")


def _address(public_url: str | None) -> str:
    if public_url is None:
        raise NoPublicAddressError
    return public_url


def _show(room: str, address: str) -> None:
    out.print(f"{escape(room)}: {address}", highlight=False)
