"""A person's calendar on Slack: its address, in a private answer alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.cards import Card
from bot.features.home.agenda import agenda_path, change_address
from bot.features.home.agenda_views import agenda_view
from bot.platforms.slack.handlers import Gesture, Handlers


def handlers(address: PublicAddress) -> Handlers:
    def show(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        address.link("")  # no address is made where none would lead anywhere
        path = agenda_path(session, gesture.person, gesture.now)
        return agenda_view(address.link(path), gesture.reader)

    def change(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        path = change_address(session, gesture.person, gesture.now)
        return agenda_view(address.link(path), gesture.reader, changed=True)

    return Handlers(actions={"agenda.show": show, "agenda.change": change})
