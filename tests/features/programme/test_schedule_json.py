"""Reading schedule.json: the sample congress, and programmes that others published."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

import bot
from bot.features.programme.model import ProgrammeSession, Speaker
from tests.support.programmes import parse, told, utc

SAMPLE = Path(bot.__file__).parent / "sample"
PUBLISHED = Path(
    os.environ.get("MAILLON_PROGRAMMES") or Path(__file__).parents[4] / "shared" / "programmes"
)


@pytest.mark.parametrize(
    ("name", "workshops"),
    [("schedule.json", 5), ("schedule-v2.json", 6), ("schedule-v3.json", 5)],
)
def test_the_sample_congress(name: str, workshops: int) -> None:
    parsed = parse((SAMPLE / name).read_bytes())
    assert (parsed.title, parsed.time_zone) == ("4e Congrès Bioproduction", "Europe/Paris")
    assert parsed.problems == ()
    assert Counter(session.kind for session in parsed.sessions) == {
        "networking": 8,
        "round_table": 7,
        "plenary": 5,
        "workshop": workshops,
        "pitch": 2,
        "company": 2,
    }


def test_a_session_of_the_sample_congress() -> None:
    parsed = parse((SAMPLE / "schedule.json").read_bytes())
    (opening,) = [session for session in parsed.sessions if "Ouverture" in session.title]
    assert opening == ProgrammeSession(
        source_id="3ea9a72f-8b6a-5b6d-948a-771c1c774c24",
        title="Ouverture : gagner la première marche en thérapies innovantes",
        kind="plenary",
        room="Auditorium Descartes",
        track="Accès des patients",
        language="fr",
        starts_at=utc(2019, 12, 12, 8, 0),
        ends_at=utc(2019, 12, 12, 8, 30),
        speakers=(
            Speaker("Margaud Pineau", "margaud.pineau@example.org", "Rossi Biologics", "942AC1"),
            Speaker(
                "Raymond Wagner", "raymond.wagner@example.org", "Université de Hubert", "5A1B20"
            ),
        ),
        abstract="Enjeux de la filière et fil rouge des deux jours : l'accès des patients aux "
        "produits innovants.",
        url="https://congress.example/s/2",
        code="S002",
    )


@pytest.mark.parametrize(
    ("name", "sessions", "kinds", "problems"),
    [
        (
            "pretalx-rc3.json",
            48,
            {"plenary": 45, "workshop": 2, "pitch": 1},
            ["The type “Other” is not known; it is imported as a plenary."],
        ),
        ("pretalx-democon.json", 36, {"plenary": 27, "workshop": 9}, []),
        (
            "frab-camp2019.json",
            79,
            {"plenary": 79},
            ["The type “performance” is not known; it is imported as a plenary."],
        ),
        ("invalid-example.json", 1, {"plenary": 1}, []),
        (
            "hub-schedule2.json",
            2,
            {"plenary": 2},
            ["The type “OTHER” is not known; it is imported as a plenary."],
        ),
    ],
)
def test_published_programmes(
    name: str, sessions: int, kinds: dict[str, int], problems: list[str]
) -> None:
    path = PUBLISHED / name
    if not path.exists():
        missing = f"NOT RUN: no {name} in {PUBLISHED} (MAILLON_PROGRAMMES says where)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    parsed = parse(path.read_bytes())
    assert not parsed.refused
    assert len(parsed.sessions) == sessions
    assert Counter(session.kind for session in parsed.sessions) == kinds
    assert told(parsed) == problems
