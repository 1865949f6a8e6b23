"""What people are told directly: reminders, changes to what they chose, and the budget."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select

from bot.core.ids import new_id
from bot.features.people.actions import choose_fewer_messages
from bot.features.people.tables import Participant
from bot.features.programme import jobs
from bot.features.programme.model import Speaker
from bot.features.programme.tables import Notice, Reminder, Star
from tests.support.factories import EARLY, World, at, event_file, said, talk

Told = list[tuple[str, str, str]]


def letters(world: World) -> Told:
    return [one for one in world.told() if not one[1].startswith("#")]


def withheld(world: World) -> list[tuple[datetime, str | None]]:
    rows = world.session.scalars(select(Reminder).order_by(Reminder.told_start))
    return [(row.told_start, row.withheld) for row in rows]


def test_a_reminder_follows_the_session(world: World) -> None:
    world.imports(talk("A", at("09:00")))
    ada = world.person("Ada")
    world.star(ada, "A")
    world.star(ada, "A")
    world.imports(talk("A", at("10:00")), now=at("08:10"))
    world.until(at("12:00"))
    assert letters(world) == [
        (
            "12 08:10",
            "Ada",
            "Un changement au programme · Session A, Déplacée à 10 h 00 (au lieu de 9 h 00)",
        ),
        ("12 09:55", "Ada", "À 10 h 00, Session A, Descartes"),
    ]
    assert [said(world.card(post))[-1] for post in world.posts() if not post.channel] == [
        "[Moins de messages]",
        "[Moins de messages]",
    ]


@pytest.mark.parametrize(
    ("start", "then"),
    [
        ("09:05", []),  # no more than the lead
        ("09:06", []),  # the gap after the first reminder withholds it
        ("09:20", [("12 09:15", "Ada", "À 9 h 20, Session A, Descartes")]),
    ],
)
def test_who_was_reminded_is_reminded_again_of_a_large_move_only(
    world: World, start: str, then: Told
) -> None:
    world.imports(talk("A", at("09:00")))
    world.star(world.person("Ada"), "A")
    world.until(at("08:56"))
    world.imports(talk("A", at(start)), now=at("08:56"))
    world.until(at("12:00"))
    assert [when for when, _, _ in letters(world)[:2]] == ["12 08:55", "12 08:56"]
    assert letters(world)[2:] == then


def test_reminders_that_lie_close_share_a_message(world: World) -> None:
    world.imports(talk("A", at("09:00")), talk("B", at("09:08")), talk("C", at("09:10")))
    world.star(world.person("Ada"), "A", "B", "C")
    world.until(at("12:00"))
    assert letters(world) == [
        ("12 08:55", "Ada", "À 9 h 00, Session A, Descartes · À 9 h 08, Session B, Descartes"),
        ("12 09:05", "Ada", "À 9 h 10, Session C, Descartes"),
    ]


def test_what_was_reminded_together_counts_as_reminded(world: World) -> None:
    world.imports(talk("A", at("09:00")), talk("B", at("09:08")))
    world.star(world.person("Ada"), "A", "B")
    world.until(at("08:56"))
    world.imports(talk("A", at("09:00")), talk("B", at("09:12")), now=at("08:56"))
    world.until(at("12:00"))
    assert [when for when, _, _ in letters(world)] == ["12 08:55", "12 08:56"]


def test_a_reminder_that_is_withheld_takes_no_other_with_it(world: World) -> None:
    """At 8:55 she is on stage; at 9:01 she is not."""
    speech = talk("S", at("08:30"), speakers=(Speaker("Ada", "ada@example.org"),))
    world.imports(speech, talk("A", at("09:00")), talk("B", at("09:06")))
    ada = world.person("Ada")
    world.star(ada, "A", "B")
    world.until(at("12:00"))
    assert letters(world) == [("12 09:01", "Ada", "À 9 h 06, Session B, Descartes")]
    assert withheld(world) == [(at("09:00"), "speaking"), (at("09:06"), None)]


def test_who_wants_fewer_messages_hears_urgent_changes_only(world: World) -> None:
    world.imports(talk("A", at("09:00")), talk("B", at("15:00")))
    ada = world.person("Ada")
    world.star(ada, "A", "B")
    choose_fewer_messages(world.session, ada, True, at("08:00"))
    world.imports(talk("A", at("09:30")), talk("B", at("16:00")), now=at("08:10"))
    world.until(at("20:00"))
    assert letters(world) == [
        (
            "12 08:10",
            "Ada",
            "Un changement au programme · Session A, Déplacée à 9 h 30 (au lieu de 9 h 00)",
        )
    ]
    assert withheld(world) == [(at("09:30"), "fewer"), (at("16:00"), "fewer")]


def test_nothing_at_night_and_in_the_morning_one_message(world: World) -> None:
    tomorrow = [talk("A", at("09:00", 13)), talk("B", at("11:00", 13))]
    world.imports(*tomorrow)
    world.star(world.person("Ada"), "A", "B")
    world.imports(talk("A", at("09:30", 13)), tomorrow[1], now=at("20:00"))
    world.until(at("20:30"))
    world.imports(talk("A", at("09:30", 13)), now=at("21:00"))
    world.until(at("08:00", 13))
    assert letters(world) == [
        (
            "13 07:30",
            "Ada",
            "Changements au programme · Session A, Déplacée à 9 h 30 (au lieu de 9 h 00) · "
            "Session B, Annulée",
        )
    ]


def test_speakers_hear_after_their_session(world: World) -> None:
    speech = talk("S", at("09:00"), speakers=(Speaker("Ada", "ada@example.org"),))
    world.imports(speech, talk("A", at("14:00")))
    world.star(world.person("Ada"), "A")
    world.imports(speech, talk("A", at("14:30")), now=at("09:10"))
    world.until(at("13:00"))
    assert [when for when, _, _ in letters(world)] == ["12 09:30"]


def test_a_change_further_than_a_day_ahead_is_left_to_the_programme(world: World) -> None:
    later = talk("A", at("09:00", 13))
    world.imports(later)
    world.star(world.person("Ada"), "A")
    world.imports(talk("A", at("10:00", 13)), now=at("08:59", 12))
    assert world.session.scalars(select(Notice)).all() == []


def test_other_speakers_are_told_to_who_chose_the_session(world: World) -> None:
    before = (Speaker("Ada"), Speaker("Bo"))
    world.imports(talk("A", at("14:00"), speakers=before), talk("B", at("15:00"), speakers=before))
    world.star(world.person("Cy"), "A", "B")
    world.imports(
        talk("A", at("14:00"), speakers=(Speaker("Bo"),)), talk("B", at("15:00")), now=at("08:10")
    )
    world.until(at("08:30"))
    assert letters(world) == [
        (
            "12 08:10",
            "Cy",
            "Changements au programme · Session A, Désormais avec Bo · Session B, Noms à venir",
        )
    ]


def test_the_ninth_message_of_a_day(world: World) -> None:
    """Eight reminders are the day's budget; the ninth is withheld, and visible."""
    starts = [at("09:00") + timedelta(minutes=20 * number) for number in range(9)]
    talks = [talk(f"T{number}", start) for number, start in enumerate(starts)]
    world.imports(*talks)
    world.star(world.person("Ada"), *(f"T{number}" for number in range(9)))
    world.until(at("20:00"))
    assert len(letters(world)) == 8
    assert withheld(world) == [*((start, None) for start in starts[:8]), (starts[8], "budget")]


def test_a_change_that_the_budget_would_hold_back_too_long_becomes_urgent(world: World) -> None:
    world = World(world.session, event_file(slug="poor", budget={"messages_a_day": 1}))
    programme = [talk("A", at("09:00")), talk("B", at("16:00"))]
    world.imports(*programme)
    world.star(world.person("Ada"), "A", "B")
    world.until(at("09:00"))
    world.imports(programme[0], talk("B", at("17:00")), now=at("12:00"))
    world.until(at("23:00"))
    assert letters(world)[1:] == [
        (
            "12 15:00",
            "Ada",
            "Un changement au programme · Session B, Déplacée à 17 h 00 (au lieu de 16 h 00)",
        )
    ]


def test_after_an_absence_only_what_is_ahead_is_told(world: World) -> None:
    """What was missed is skipped visibly, and does not use the budget."""
    world.imports(talk("A", at("09:00")), talk("B", at("09:12")))
    world.star(world.person("Ada"), "A", "B")
    world.tick(at("09:08"))
    assert letters(world) == [("12 09:08", "Ada", "À 9 h 12, Session B, Descartes")]
    assert ("Ada", "À 9 h 00, Session A, Descartes") in world.skipped()


def test_who_is_in_no_workspace_is_told_nothing(world: World) -> None:
    from bot.features.people.importing import import_people
    from bot.features.people.model import Person
    from bot.features.people.queries import participant_by_email

    world.imports(talk("A", at("09:00")))
    import_people(world.session, world.event_id, [Person("x@example.org", "X")], at("08:00"))
    ghost = participant_by_email(world.session, world.event_id, "x@example.org")
    assert ghost is not None
    world.star(ghost, "A")
    world.until(at("10:00"))
    assert letters(world) == []


def crowd(world: World, people: int, name: str) -> None:
    """So many who chose a session; the last of them by pressing, as everybody does."""
    ids = [new_id() for _ in range(people - 1)]
    who = [{"event_id": world.event_id, "participant_id": one, "name": one} for one in ids]
    stars = {"session_id": world.row(name).session_id, "starred_at": EARLY}
    world.session.execute(insert(Participant), who)
    world.session.execute(
        insert(Star),
        [
            {"event_id": one["event_id"], "participant_id": one["participant_id"], **stars}
            for one in who
        ],
    )
    world.star(world.person("Ada"), name)


@pytest.mark.parametrize("people", [870, 1_160, 1_450])
def test_a_crowd_is_reminded_early_enough(world: World, people: int) -> None:
    """Our pace is 290 a minute, and two minutes before it is too late."""
    world.imports(talk("A", at("09:00")), talk("B", at("09:00"), room="Balzac"))
    crowd(world, people, "A")
    assert (
        world.row("A").next_remind_at
        == world.row("B").next_remind_at
        == at("08:58") - people * timedelta(minutes=1) / 290
    )


def test_a_crowd_that_gathers_late_is_reminded_at_once(world: World) -> None:
    world.imports(talk("A", at("09:00")))
    world.tick(at("08:54"))
    crowd(world, 10, "A")
    world.star(world.person("Bob"), "A", now=at("08:54"))
    assert world.row("A").next_remind_at == at("08:55")
    world.session.execute(delete(Star))
    crowd(world, 1_450, "A")
    world.star(world.person("Bob"), "A", now=at("08:54"))
    assert jobs.next_due(world.session, world.event_id) in (at("08:53"), at("08:54"))


def test_a_moved_crowd_is_reminded_early_enough_again(world: World) -> None:
    world.imports(talk("A", at("09:00")))
    crowd(world, 1_450, "A")
    world.imports(talk("A", at("11:00")))
    assert world.row("A").next_remind_at == at("10:53")


def test_who_cannot_be_reminded_in_time_is_not(world: World) -> None:
    world.imports(talk("A", at("09:00")))
    world.star(world.person("Ada"), "A")
    world.tick(at("08:57:59"))
    assert [place for _, place, _ in letters(world)] == ["Ada"]
    world.imports(talk("A", at("09:00")), talk("B", at("09:30")))
    world.star(world.person("Ada"), "B")
    world.tick(at("09:28"))
    assert [place for _, place, _ in letters(world)] == ["Ada"]
    assert ("Ada", "À 9 h 30, Session B, Descartes") in world.skipped()
