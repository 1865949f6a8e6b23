"""Running late as a use case: who may, what is told to whom, and how it is taken back."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError
from bot.db.history import Change
from bot.features.delays.actions import Undone, announce_delay, undo_delay
from bot.features.delays.model import (
    LaterDelayError,
    MovedMeanwhileError,
    NobodysToDelayError,
    NotYoursToDelayError,
    OverError,
    TooLateToUndoError,
    UnknownDelayError,
    seen_end,
)
from bot.features.delays.previewing import preview
from bot.features.delays.queries import meant
from bot.features.delays.wording import sentences
from bot.features.people.tables import Participant
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.roles import HOST, ORGANISER, STAGE_HAND, TEAM, WHOLE_EVENT, Role
from tests.support.factories import World, at, legible, said, talk

TABLE = talk("table", at("09:30"), 60, kind="round_table")
BREAK = talk("break", at("10:30"), 30, kind="networking", room="Village")
TALK = talk("talk", at("11:00"), 45)
BALZAC = talk("balzac", at("11:00"), 45, room="Balzac")
PITCHES = talk("pitches", at("11:45"), 45)
MORNING = (TABLE, BREAK, TALK, BALZAC, PITCHES)
NOW = at("09:45")


class Hall(World):
    """A morning with a host, and people who chose from it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.imports(*MORNING)
        self.host = self.person("Hana")
        self.role(self.host, HOST, "table")
        self.until(NOW)

    def role(self, person: Participant, role: str, name: str = "") -> None:
        session_id = self.row(name).session_id if name else WHOLE_EVENT
        self.session.add(
            Role(
                event_id=self.event_id,
                participant_id=person.participant_id,
                role=role,
                session_id=session_id,
            )
        )
        self.session.flush()

    def previews(
        self, minutes: int, name: str = "table", now: datetime = NOW, *, whole: bool = False
    ) -> str:
        found = preview(
            self.session, self.host, self.row(name).session_id, minutes, now, whole=whole
        )
        return legible(" ".join(sentences(found, self.reader())))

    def late(
        self,
        minutes: int,
        name: str = "table",
        now: datetime = NOW,
        *,
        who: Participant | None = None,
        whole: bool = False,
    ) -> str:
        row = self.row(name)
        delay_id = announce_delay(
            self.session,
            who or self.host,
            row.session_id,
            minutes,
            seen_end(row.ends_at),
            now,
            whole=whole,
        )
        self.tick(now)
        return delay_id

    def back(self, delay_id: str, now: datetime, who: Participant | None = None) -> Undone:
        done = undo_delay(self.session, who or self.host, delay_id, now)
        self.tick(now)
        return done

    def times(self) -> dict[str, str]:
        rows = {one.source_id: self.row(one.source_id) for one in MORNING}
        return {name: f"{local(row.starts_at)}–{local(row.ends_at)}" for name, row in rows.items()}

    def announced(self, name: str) -> list[str]:
        """What the announcement of a session says now."""
        title = f"Session {name}"
        for post in self.posts():
            shown = said(self.card(post))
            if post.message == "programme.announced" and title in shown:
                return shown
        raise AssertionError(f"{name} was not announced")


def local(moment: datetime) -> str:
    return f"{moment.astimezone(at('00:00').tzinfo):%H:%M}"


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


def test_the_preview_says_what_moves_and_changes_nothing(hall: Hall) -> None:
    before = hall.times()
    hall.star(hall.person("Ada"), "break", "talk")
    assert hall.previews(10) == (
        "Fin à 10 h 40. La pause absorbe le retard : rien ne bouge à 11 h 00. 1 personne prévenue."
    )
    assert hall.previews(20) == (
        "Fin à 10 h 50. Plus tard aussi : Session break à 10 h 50 ; Session balzac à 11 h 05 ; "
        "Session talk à 11 h 05 ; 1 autre. 1 personne prévenue."
    )
    assert hall.previews(10, whole=True) == (
        "Fin à 10 h 40. Toute la suite commence 10 min plus tard : 4 sessions. 1 personne prévenue."
    )
    assert hall.times() == before


def test_in_a_room_beside_others_the_break_is_on_time_for_them(hall: Hall) -> None:
    hall.role(hall.host, HOST, "balzac")
    after = talk("late break", at("11:45"), 30, kind="networking", room="Village")
    hall.imports(*MORNING, after, now=NOW)
    assert hall.previews(5, "balzac") == (
        "Début à 11 h 05, fin à 11 h 50. Rien d'autre ne bouge. "
        "La pause commence à l'heure pour les autres, à 11 h 45. Aucun message à envoyer."
    )
    assert hall.previews(5, "balzac", whole=True).startswith(
        "Début à 11 h 05, fin à 11 h 50. Rien ne suit."
    )


def test_the_post_says_until_when_and_says_it_back(hall: Hall) -> None:
    assert hall.announced("table")[0] == "En cours"
    delay = hall.late(10)
    assert hall.announced("table")[0] == "En cours, fin prévue à 10 h 40 (+10 min)"
    assert hall.times()["break"] == "10:40–11:00"
    hall.back(delay, at("09:50"))
    assert hall.announced("table")[0] == "En cours"
    assert hall.times() == {
        "table": "09:30–10:30",
        "break": "10:30–11:00",
        "talk": "11:00–11:45",
        "balzac": "11:00–11:45",
        "pitches": "11:45–12:30",
    }
    assert hall.told()[-1] == (
        "12 09:50",
        "#programme",
        "Retour à l'heure prévue · Session table, Fin à 10 h 30, comme prévu",
    )


def test_who_chose_what_moves_is_told_once_and_told_back_once(hall: Hall) -> None:
    ada, bea = hall.person("Ada"), hall.person("Bea")
    hall.star(ada, "break", "talk", "table")
    hall.star(bea, "pitches")
    before = len(hall.told())
    delay = hall.late(20)
    assert sorted(hall.told()[before:]) == [
        (
            "12 09:45",
            "Ada",
            "Du retard · Session break, Retard de 20 min : à 10 h 50 (au lieu de 10 h 30) · "
            "Session talk, Retard de 5 min : à 11 h 05 (au lieu de 11 h 00)",
        ),
        (
            "12 09:45",
            "Bea",
            "Du retard · Session pitches, Retard de 5 min : à 11 h 50 (au lieu de 11 h 45)",
        ),
    ]
    assert {post.message_class for post in hall.posts() if hall.place(post) == "Ada"} == {"urgent"}
    assert hall.back(delay, at("09:50")).people == 2
    assert hall.back(delay, at("09:50")).people == 0
    hall.until(at("10:05"))
    back = [(who, what) for _, who, what in hall.told()[before + 2 :] if who != "#programme"]
    assert sorted(back) == [
        (
            "Ada",
            "Retour à l'heure prévue · Session break, À 10 h 30, comme prévu · "
            "Session talk, À 11 h 00, comme prévu",
        ),
        ("Bea", "Retour à l'heure prévue · Session pitches, À 11 h 45, comme prévu"),
    ]


def test_announcements_and_reminders_follow(hall: Hall) -> None:
    hall.star(hall.person("Ada"), "break")
    hall.late(10)
    hall.until(at("10:35"))
    assert hall.told()[-2:] == [
        ("12 10:25", "#programme", "À 10 h 40 · Session break, Village"),
        ("12 10:35", "Ada", "À 10 h 40, Session break, Village"),
    ]
    hall.until(at("10:40"))
    assert hall.announced("break")[0] == "En cours"


def test_a_session_that_was_announced_is_late_in_its_post_and_in_one_notice(hall: Hall) -> None:
    hall.until(at("10:50"))
    hall.role(hall.host, HOST, "talk")
    hall.star(hall.person("Ada"), "talk")
    hall.late(5, "talk", at("10:50"))
    assert "Retard de 5 min, à 11 h 05" in hall.announced("talk")
    assert sorted(hall.told()[-2:]) == [
        (
            "12 10:50",
            "#programme",
            "Du retard · Session talk, Retard de 5 min : à 11 h 05 (au lieu de 11 h 00)",
        ),
        (
            "12 10:50",
            "Ada",
            "Du retard · Session talk, Retard de 5 min : à 11 h 05 (au lieu de 11 h 00)",
        ),
    ]
    hall.until(at("11:05"))
    assert "Conférence plénière · Descartes · fin prévue à 11 h 50 (+5 min)" in hall.announced(
        "talk"
    )


def test_host_organisers_and_stage_hands_may_and_the_others_read_who_can(hall: Hall) -> None:
    hand, boss, team, nobody = (hall.person(name) for name in ("Rita", "Olga", "Timo", "Noa"))
    hall.role(hand, STAGE_HAND)
    hall.role(boss, ORGANISER)
    hall.role(team, TEAM)
    for who in (hand, boss, hall.person("Ada")):  # Ada stands under `organisers`
        hall.back(hall.late(5, who=who), NOW)
    for who in (team, nobody):
        with pytest.raises(NotYoursToDelayError) as refused:
            hall.late(5, who=who)
        assert legible(refused.value.told_to(hall.reader())) == (
            "Un retard est annoncé par l'animation de la session, la régie ou l'équipe "
            "d'organisation. Ici : Hana, Rita, Olga."
        )
    hall.session.query(Role).delete()
    with pytest.raises(NobodysToDelayError):
        hall.late(5)


def test_it_is_written_down(hall: Hall) -> None:
    delay = hall.late(10)
    hall.back(delay, at("09:50"))
    rows = hall.session.execute(
        select(Change.what, Change.actor, Change.after).where(
            Change.subject == hall.row("table").session_id, Change.what.like("programme.delay%")
        )
    ).all()
    moved = sorted((hall.row("table").session_id, hall.row("break").session_id))
    after = {"delay": delay, "minutes": 10, "whole": False, "moved": moved}
    assert sorted(row.what for row in rows) == ["programme.delay_undone", "programme.delayed"]
    assert [(row.actor, row.after) for row in rows] == [(hall.host.participant_id, after)] * 2


def test_two_who_press_at_once_are_late_once(hall: Hall) -> None:
    row, boss = hall.row("table"), hall.person("Ada")
    seen = seen_end(row.ends_at)
    first = announce_delay(hall.session, hall.host, row.session_id, 10, seen, NOW)
    again = announce_delay(hall.session, hall.host, row.session_id, 10, seen, NOW)
    assert first == again
    with pytest.raises(MovedMeanwhileError):
        announce_delay(hall.session, boss, row.session_id, 10, seen, NOW)
    assert hall.times()["table"] == "09:30–10:40"


def test_the_later_of_two_delays_is_taken_back_first(hall: Hall) -> None:
    before = hall.times()
    first = hall.late(10)
    once = hall.times()
    second = hall.late(10, now=at("09:50"))
    assert hall.times()["break"] == "10:50–11:05"
    with pytest.raises(LaterDelayError):
        hall.back(first, at("09:55"))
    hall.back(second, at("09:55"))
    assert hall.times() == once
    hall.back(first, at("09:55"))
    assert hall.times() == before


def test_what_has_passed_is_not_brought_back(hall: Hall) -> None:
    delay = hall.late(10)
    with pytest.raises(TooLateToUndoError):
        hall.back(delay, at("10:30"))
    assert hall.times()["break"] == "10:40–11:00"


@pytest.mark.parametrize("minutes", [0, -5, 61])
def test_a_delay_is_between_one_minute_and_an_hour(hall: Hall, minutes: int) -> None:
    with pytest.raises(UnknownDelayError):
        hall.late(minutes)


def test_what_is_over_or_cancelled_is_not_late(hall: Hall) -> None:
    with pytest.raises(OverError):
        hall.late(5, now=at("10:45"))
    assert hall.late(5, now=at("10:31"))  # it runs on all the same, and its room is free
    hall.imports(*MORNING[1:], now=at("10:32"))
    with pytest.raises(OverError):
        hall.late(5, now=at("10:33"))


def test_an_import_leaves_delays_alone_and_undo_restores_what_it_says(hall: Hall) -> None:
    hall.star(hall.person("Ada"), "break")
    delay = hall.late(10)
    told = len(hall.told())
    assert [one for one in hall.imports(*MORNING, now=NOW).changes if not one.unchanged] == []
    hall.tick(NOW)
    assert hall.times()["break"] == "10:40–11:00"
    assert len(hall.told()) == told
    moved = (TABLE, shifted(BREAK, "10:35", "11:00"), shifted(TALK, "11:30", "12:15"), *MORNING[3:])
    hall.imports(*moved, now=NOW)
    hall.tick(NOW)
    assert hall.times()["table"] == "09:30–10:40"
    assert hall.times()["break"] == "10:45–11:00"
    assert hall.times()["talk"] == "11:30–12:15"
    hall.back(delay, at("09:55"))
    assert hall.times()["table"] == "09:30–10:30"
    assert hall.times()["break"] == "10:35–11:00"


def shifted(one: ProgrammeSession, start: str, end: str) -> ProgrammeSession:
    return talk(
        one.source_id,
        at(start),
        int((at(end) - at(start)).total_seconds()) // 60,
        kind=one.kind,
        room=one.room,
    )


def test_the_words_mean_what_runs_in_the_room_s_channel(hall: Hall) -> None:
    def names(who: Participant, channel: str, now: datetime) -> list[str]:
        mine, _ = meant(hall.session, hall.event, who, channel, now)
        return [one.title for one in mine]

    boss = hall.person("Ada")
    assert names(boss, "programme", NOW) == ["Session table"]
    assert names(hall.host, "anywhere", NOW) == ["Session table"]
    assert names(boss, "programme", at("10:31")) == ["Session table"]
    assert names(boss, "programme", at("10:45")) == ["Session break"]
    assert names(boss, "programme", at("11:10")) == ["Session balzac", "Session talk"]
    assert names(hall.host, "programme", at("11:10")) == []


def test_whoever_is_refused_changes_nothing(hall: Hall) -> None:
    before = hall.times()
    with pytest.raises(MaillonError):
        hall.late(5, who=hall.person("Noa"))
    assert hall.times() == before
