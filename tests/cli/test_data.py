"""Bringing an event in from the terminal: shown as a diff, applied, and refused in one piece."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.cli.conftest import Maillon


def _imported(maillon: Maillon, files: Path) -> None:
    assert maillon("event", "apply", files / "event.toml").code == 0
    assert maillon("people", "import", files / "participants.csv").code == 0
    assert maillon("programme", "import", files / "schedule.json").code == 0


def test_an_event_is_shown_then_applied(maillon: Maillon, files: Path) -> None:
    looked = maillon("event", "apply", files / "event.toml", "--dry-run")
    assert looked.code == 0
    assert "zone: None → Europe/Paris" in looked.out
    assert "Nothing was changed (--dry-run)." in looked.out

    assert "zone: None → Europe/Paris" in maillon("event", "apply", files / "event.toml").out
    again = maillon("event", "apply", files / "event.toml")
    assert again.out == "Done.\n"

    other = (
        (files / "event.toml").read_text().replace("announce_minutes = 15", "announce_minutes = 20")
    )
    (files / "event.toml").write_text(other)
    changed = maillon("event", "apply", files / "event.toml")
    assert changed.out == "timing.announce_minutes: 15 → 20\nDone.\n"


def test_people_are_imported_once(maillon: Maillon, files: Path) -> None:
    maillon("event", "apply", files / "event.toml")
    first = maillon("people", "import", files / "participants.csv")
    assert "240 new, 0 changed, 0 unchanged, 0 not in the file" in first.out
    second = maillon("people", "import", files / "participants.csv", LC_ALL="fr_FR.UTF-8")
    assert "nouvelles\N{NO-BREAK SPACE}: 0, modifiées\N{NO-BREAK SPACE}: 0" in second.out


def test_a_programme_is_imported_as_a_diff(maillon: Maillon, files: Path) -> None:
    _imported(maillon, files)
    looked = maillon("programme", "import", files / "schedule-v2.json", "--dry-run")
    assert looked.code == 0
    assert "1 moved" in looked.out
    assert "1 new" in looked.out
    assert "1 renamed" in looked.out
    assert "2 other room" in looked.out
    assert "23 unchanged" in looked.out
    assert "Thursday 12 December 16:15 → Thursday 12 December 16:45" in looked.out
    assert maillon("programme", "import", files / "schedule-v2.json").code == 0
    again = maillon("programme", "import", files / "schedule-v2.json", "--dry-run")
    assert "30 unchanged" in again.out


def test_many_moves_at_once_ask_for_yes(maillon: Maillon, files: Path) -> None:
    _imported(maillon, files)
    schedule = json.loads((files / "schedule.json").read_text())
    for day in schedule["schedule"]["conference"]["days"]:
        for sessions in day["rooms"].values():
            for session in sessions:
                session["date"] = session["date"].replace("2019-12", "2019-11")
    (files / "wrong.json").write_text(json.dumps(schedule))
    asked = maillon("programme", "import", files / "wrong.json")
    assert asked.code == 1
    assert "29 sessions move, disappear or return at once." in asked.err
    assert "29 unchanged" in maillon("programme", "import", files / "schedule.json").out
    assert maillon("programme", "import", files / "wrong.json", "--yes").code == 0


def test_what_cannot_be_read_changes_nothing(
    maillon: Maillon, files: Path, sqlite_url: str
) -> None:
    _imported(maillon, files)
    before = _dump(sqlite_url)
    (files / "broken.json").write_text('{"schedule": ')
    broken = maillon("programme", "import", files / "broken.json", LC_ALL="fr_FR.UTF-8")
    assert broken.code == 1
    assert "Ce fichier n'est pas du JSON valide" in broken.err

    schedule = json.loads((files / "schedule.json").read_text())
    room = schedule["schedule"]["conference"]["days"][0]["rooms"]["Auditorium Descartes"]
    room[0]["duration"] = "half an hour"
    (files / "half.json").write_text(json.dumps(schedule))
    half = maillon("programme", "import", files / "half.json", LC_ALL="en_GB.UTF-8")
    assert half.code == 1
    assert "Ouverture" in half.out
    assert "half an hour" in half.out

    missing = maillon("programme", "import", files / "nothing.json")
    assert (missing.code, missing.out) == (1, "")
    assert "nothing.json cannot be read: No such file or directory" in missing.err

    (files / "people.csv").write_text("email,name,profile\nx@example.org,X,wizard\n,Y,sme\n")
    people = maillon("people", "import", files / "people.csv")
    assert people.code == 1
    assert "Line 2: The profile kind “wizard” is unknown" in people.err
    assert "Line 3: There is no valid e-mail address." in people.err

    (files / "event.toml").write_text('slug = "x"\nname = "y"\n')
    event = maillon("event", "apply", files / "event.toml")
    assert event.code == 1
    assert "The event file cannot be used:" in event.err
    assert _dump(sqlite_url) == before


def test_a_programme_needs_an_event_first(maillon: Maillon, files: Path) -> None:
    refused = maillon("programme", "import", files / "schedule.json")
    assert refused.code == 1
    assert refused.err.strip() == (
        "There is no event yet. Start with: maillon event apply event.toml"
    )


def _dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ).scalars()
        tables = {
            name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
            for name in list(names)
        }
    engine.dispose()
    return tables
