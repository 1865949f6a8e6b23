"""The message of a morning: once a day, what it stands for, and what it tells of."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.features.events.actions import apply_event
from bot.features.home import morning
from bot.features.home.tables import MorningMessage
from bot.features.programme import jobs
from bot.features.programme.model import ProgrammeSession
from tests.support.factories import World, at, event_file, said, talk

BEFORE = at("07:00")
MONDAY = at("09:00", 9)


class Mornings(World):
    """With the job of mornings, in the order of the application."""

    def tick(self, now: datetime) -> None:
        super().tick(now)
        morning.tick(self.session, self.event_id, now)
        super().tick(now)

    def until(self, moment: datetime) -> None:
        while (due := self._due()) and due <= moment:
            self.tick(max(due, self.now))

    def _due(self) -> datetime | None:
        both = (jobs.next_due, morning.next_due)
        found = [due for job in both if (due := job(self.session, self.event_id))]
        return min(found, default=None)

    def shows(self, number: int) -> list[str]:
        """What the morning message shows, the first or the second."""
        posts = [post for post in self.posts() if post.message == "home.morning"]
        return said(self.card(posts[number]))

    def programme(self, now: datetime, *sessions: ProgrammeSession) -> None:
        self.imports(*sessions, now=now)


def world_of(session: Session, **changes: Any) -> Mornings:
    world = Mornings(session, event_file(**changes))
    world.now = BEFORE
    return world


def coffee(start: str = "08:30", day: int = 12, name: str = "Café") -> ProgrammeSession:
    return talk(name, at(start, day), kind="networking", room="Village")


def test_a_day_at_a_glance_and_no_second_post_for_the_coffee(session: Session) -> None:
    world = world_of(session)
    world.programme(
        MONDAY, coffee(), talk("A", at("09:00")), talk("B", at("09:00"), room="Balzac"),
        talk("C", at("10:00")), talk("D", at("09:00", 13)),
    )  # fmt: skip
    world.until(at("08:50"))
    assert world.told() == [
        ("12 07:45", "#programme", "Le programme du jour · jeudi 12 décembre · "
         "À 8 h 30 · Session Café, Village"),
        ("12 08:45", "#programme", "À 9 h 00 · Session B, Balzac ; Session A, Descartes"),
    ]  # fmt: skip
    assert world.shows(0) == [
        "Le programme du jour · jeudi 12 décembre",
        "À 8 h 30",
        "Session Café · Échanges · Village",
        "9 h 00 · Session B ; Session A",
        "10 h 00 · Session C",
        "[Programme]",
        "[Mon programme]",
    ]
    world.until(at("12:00", 13))
    assert [one[0] for one in world.told()][3:] == ["13 07:45", "13 08:45"]


def test_what_was_announced_needs_a_choice_or_is_far_off_has_its_own_post(session: Session) -> None:
    world = world_of(session)
    world.programme(MONDAY, talk("A", at("08:30")), coffee("10:00"))
    world.until(at("10:00"))
    assert [one[0] for one in world.told()] == ["12 07:45", "12 08:15", "12 09:45"]


def test_the_message_follows_what_becomes_of_the_coffee(session: Session) -> None:
    world = world_of(session)
    later = talk("A", at("10:00"))
    world.programme(MONDAY, coffee(), later)
    world.until(at("07:50"))
    world.programme(at("07:50"), coffee("08:40"), later)
    world.until(at("08:40"))
    assert [one[0] for one in world.told()] == ["12 07:45", "12 07:50"]
    assert world.shows(0)[1:3] == ["À 8 h 40", "Session Café · Échanges · Village"]


def test_changes_that_waited_for_it(session: Session) -> None:
    world = world_of(session)
    kept = talk("A", at("09:00"))
    friday = [talk(name, at("14:00", 13)) for name in "BCDEF"]
    world.programme(MONDAY, kept, *friday)
    world.until(at("08:00"))
    moved = talk("B", at("15:00", 13))
    elsewhere = talk("C", at("14:00", 13), room="Balzac")
    back = talk("E", at("16:00", 13))
    new = talk("N", at("17:00", 13))
    world.programme(at("08:30"), kept, moved, elsewhere, back, friday[4], new)
    world.programme(at("20:30"), kept, moved, elsewhere, friday[3], friday[4], new)
    world.until(at("07:45", 13))
    shown = world.shows(1)
    told = shown[shown.index("Changements au programme") + 1 : shown.index("[Programme]")]
    # Session E is back where it was, and D is the one that is gone.
    assert sorted(told) == [
        "Session B · Déplacée à 15 h 00 (au lieu de 14 h 00)",
        "Session C · Nouveau lieu : Balzac (au lieu de Descartes)",
        "Session D · Annulée",
        "Session N · Ajoutée au programme",
    ]
    assert "Changements au programme" not in world.shows(0)


def test_once_a_day_whoever_runs_it_and_late_until_noon(session: Session) -> None:
    world = world_of(session)
    world.programme(MONDAY, talk("A", at("11:00")), talk("B", at("14:00", 13)))
    for _ in range(3):
        world.tick(at("10:30"))
    assert [one[0] for one in world.told()] == ["12 10:30"]
    assert morning.next_due(session, world.event_id) == at("07:45", 13)
    world.tick(at("12:00", 13))
    assert [post.message for post in world.posts()] == ["home.morning", "programme.announced"]
    assert morning.next_due(session, world.event_id) is None
    row = session.get_one(MorningMessage, (world.event_id, date(2024, 12, 13)))
    assert row.announcement_id is None


def test_a_day_without_sessions_has_none(session: Session) -> None:
    world = world_of(session)
    world.programme(MONDAY, talk("A", at("09:00", 13)))
    world.until(at("12:00"))
    assert world.told() == []


def test_it_waits_for_the_end_of_quiet_hours(session: Session) -> None:
    quiet = {**event_file().budget.model_dump(), "quiet_until": "08:00:00"}
    world = world_of(session, budget=quiet)
    assert morning.next_due(session, world.event_id) == at("08:00")
    apply_event(session, event_file(), BEFORE + timedelta(minutes=1))
    assert morning.next_due(session, world.event_id) == at("07:45")
