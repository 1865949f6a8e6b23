"""What channels show, for tests of announcements and of their changes."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.delivery.tables import EDIT, Delivery
from bot.features.programme.model import ProgrammeSession
from tests.support.factories import World, at, said, talk

A, B = talk("A", at("09:00")), talk("B", at("09:00"), room="Balzac")


def moved(programme: ProgrammeSession, start: str, day: int = 12) -> ProgrammeSession:
    return talk(programme.source_id, at(start, day), room=programme.room)


def shown(world: World, nth: int = 0, language: str = "fr") -> list[str]:
    return said(world.card(world.posts()[nth], language))


def edits(world: World) -> int:
    count = select(func.coalesce(func.sum(Delivery.version), 0)).where(Delivery.operation == EDIT)
    return world.session.scalar(count) or 0
