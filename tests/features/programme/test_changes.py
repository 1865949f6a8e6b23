"""What channels are told of changes: edits, one notice, and full days."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.programme import jobs
from bot.features.programme.model import Speaker
from tests.support.channels import A, B, edits, moved, shown
from tests.support.factories import World, at, event_file, talk


def test_a_small_move_edits_and_tells_once(world: World) -> None:
    world.imports(A, B)
    world.until(at("08:50"))
    world.imports(moved(A, "09:15"), B, now=at("08:50"))
    world.until(at("08:50"))
    notice = "Un changement au programme · Session A, Déplacée à 9 h 15 (au lieu de 9 h 00)"
    assert world.told()[1:] == [("12 08:50", "#programme", notice)]
    assert shown(world)[:4] == [
        "À 9 h 00",
        "Session B",
        "Conférence plénière · Balzac · jusqu'à 9 h 30",
        "[Ajouter à mon programme]",
    ]
    assert "Déplacée à 9 h 15" in shown(world)
    world.until(at("09:00"))
    assert shown(world)[0] == "En cours"
    assert "Déplacée à 9 h 15" in shown(world)
    world.until(at("12:00"))
    assert "Déplacée à 9 h 15" not in shown(world)
    assert len(world.told()) == 2


def test_a_large_move_is_announced_again(world: World) -> None:
    world.imports(A)
    world.until(at("08:50"))
    world.imports(moved(A, "09:16"), now=at("08:50"))
    world.until(at("12:00"))
    assert [(when, text.split(" · ")[0]) for when, _, text in world.told()] == [
        ("12 08:45", "À 9 h 00"),
        ("12 08:50", "Un changement au programme"),
        ("12 09:01", "En cours"),
    ]
    assert shown(world) == [
        "À 9 h 00",
        "Session A",
        "Déplacée à 9 h 16",
        "Conférence plénière · Descartes · jusqu'à 9 h 46",
        "[Ajouter à mon programme]",
        "[Poser une question]",
    ]


@pytest.mark.parametrize(
    ("start", "day", "note", "notice"),
    [
        ("23:50", 12, "Déplacée à 23 h 50", "Déplacée à 23 h 50 (au lieu de 23 h 00)"),
        (
            "00:30",
            13,
            "Déplacée au vendredi 13 décembre à 0 h 30",
            "Déplacée au vendredi 13 décembre à 0 h 30 (au lieu du jeudi 12 décembre à 23 h 00)",
        ),
    ],
)
def test_a_move_across_midnight(world: World, start: str, day: int, note: str, notice: str) -> None:
    late = talk("L", at("23:00"))
    world.imports(late)
    world.until(at("22:50"))
    world.imports(moved(late, start, day), now=at("22:50"))
    world.tick(at("22:50"))
    assert world.told()[1][2] == f"Un changement au programme · Session L, {notice}"
    assert shown(world)[2] == note


def test_a_session_that_had_begun_and_begins_later(world: World) -> None:
    world.imports(A)
    world.until(at("09:02"))
    assert shown(world)[0] == "En cours"
    world.imports(moved(A, "09:10"), now=at("09:02"))
    world.tick(at("09:02"))
    assert shown(world)[:3] == ["À 9 h 00", "Session A", "Déplacée à 9 h 10"]
    world.until(at("09:10"))
    assert shown(world)[0] == "En cours"


def test_cancelled_and_back(world: World) -> None:
    world.imports(A, B)
    world.until(at("08:50"))
    world.imports(B, now=at("08:50"))
    world.until(at("08:50"))
    assert world.told()[1][2] == "Un changement au programme · Session A, Annulée"
    assert shown(world)[5:] == [
        "Session A",
        "Annulée",
        "Conférence plénière · Descartes · jusqu'à 9 h 30",
    ]
    world.imports(A, B, now=at("08:52"))
    world.until(at("09:30"))
    assert world.told()[2:] == [
        ("12 08:52", "#programme", "Un changement au programme · Session A, Maintenue, à 9 h 00")
    ]
    assert shown(world)[0] == "En cours"
    assert "Annulée" not in shown(world)


def test_what_was_never_announced_changes_silently_in_channels(world: World) -> None:
    world.imports(A, B)
    world.imports(moved(A, "10:00"), now=at("08:10"))
    world.until(at("08:44"))
    assert world.told() == []
    world.until(at("12:00"))
    assert [when for when, _, _ in world.told()] == ["12 09:45"]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("Descartes", "Balzac", "Nouveau lieu : Balzac (au lieu de Descartes)"),
        ("", "Balzac", "Nouveau lieu : Balzac"),
        ("Descartes", "", "Salle à préciser (au lieu de Descartes)"),
    ],
)
def test_another_room(world: World, before: str, after: str, line: str) -> None:
    world.imports(talk("A", at("09:00"), room=before))
    world.until(at("08:50"))
    world.imports(talk("A", at("09:00"), room=after), now=at("08:50"))
    world.tick(at("08:50"))
    assert world.told()[1][2] == f"Un changement au programme · Session A, {line}"


def test_changes_made_together_are_one_notice(world: World) -> None:
    world.imports(A, B)
    world.until(at("08:50"))
    world.imports(talk("A", at("09:05"), room="Balzac"), now=at("08:50"))
    world.tick(at("08:50"))
    assert len(world.told()) == 2
    assert shown(world, 1, "en") == [
        "Changes in the programme",
        "Session B",
        "Cancelled",
        "Plenary · Balzac",
        "Session A",
        "Moved to 09:05 (was at 09:00)",
        "Now in Balzac (was in Descartes)",
        "Plenary · Balzac",
    ]


@pytest.mark.parametrize(
    "change",
    [{"title": "Sessiom A"}, {"abstract": "New"}, {"speakers": (Speaker("Ada"),)}, {"minutes": 45}],
)
def test_what_only_edits(world: World, change: dict[str, Any]) -> None:
    world.imports(A)
    world.until(at("08:50"))
    world.imports(talk("A", at("09:00"), **change), now=at("08:50"))
    world.until(at("08:50"))
    assert (len(world.told()), edits(world)) == (1, 1)


def test_past_sessions_change_silently(world: World) -> None:
    world.imports(A)
    world.until(at("09:30"))
    before = edits(world)
    world.imports(now=at("09:30"))
    world.tick(at("09:30"))
    assert (len(world.told()), edits(world)) == (1, before)


def full_day(world: World, posts: int) -> World:
    full = World(world.session, event_file(slug="full", budget={"posts_a_day": posts}))
    full.imports(A, B, talk("C", at("11:00")))
    full.until(at("08:46"))
    return full


def test_above_the_days_posts_changes_are_told_by_the_quarter(world: World) -> None:
    full = full_day(world, posts=1)
    full.imports(moved(A, "09:10"), B, talk("C", at("11:00")), now=at("08:46"))
    full.tick(at("08:46"))
    full.imports(moved(A, "09:12"), talk("C", at("11:00")), now=at("08:51"))
    full.tick(at("08:51"))
    assert len(full.told()) == 1
    assert jobs.next_due(full.session, full.event_id) == at("09:00")
    full.tick(at("09:00:02"))  # a real clock is never on the quarter itself
    assert full.told()[1:] == [
        (
            "12 09:00",
            "#programme",
            "Changements au programme · Session B, Annulée · "
            "Session A, Déplacée à 9 h 12 (au lieu de 9 h 00)",
        )
    ]


def test_a_change_taken_back_before_it_was_told_is_no_news(world: World) -> None:
    full = full_day(world, posts=1)
    full.imports(moved(A, "09:10"), talk("C", at("11:00")), now=at("08:46"))
    full.tick(at("08:46"))
    full.imports(A, B, talk("C", at("11:00")), now=at("08:50"))
    full.until(at("10:00"))
    assert len(full.told()) == 1
