"""Bringing an event in from the terminal: shown as a diff, applied, and refused in one piece."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.cli.conftest import Maillon


def _imported(maillon: Maillon, files: Path) -> None:
    assert maillon("event", "apply", files / "event.toml").code == 0
    assert maillon("people", "import", files / "participants.csv").code == 0
    assert maillon("programme", "import", files / "schedule.json").code == 0


def test_an_event_is_shown_then_applied(maillon: Maillon, files: Path) -> None:
    looked = maillon("event", "apply", files / "event.toml", "--dry-run")
    assert looked.code == 0
    assert "+ zone: Europe/Paris\n" in looked.out
    assert "doctor" not in looked.out
    assert "Nothing was changed (--dry-run)." in looked.out

    first = maillon("event", "apply", files / "event.toml").out
    assert "+ zone: Europe/Paris\n" in first
    assert "+ organisers: susan.aubert@example.org, georges.rousset@example.org, " in first
    assert "+ profile_kinds.sme: PME / Small and medium-sized companies\n" in first
    assert not re.search(r"None|→|[{}\[\]]", first)
    assert first.endswith("Done.\nCheck the channels with: maillon doctor\n")
    again = maillon("event", "apply", files / "event.toml")
    assert again.out == "Done.\n"

    other = (
        (files / "event.toml").read_text().replace("announce_minutes = 15", "announce_minutes = 20")
    )
    (files / "event.toml").write_text(other)
    changed = maillon("event", "apply", files / "event.toml")
    assert changed.out == "timing.announce_minutes: 15 → 20\nDone.\n"


def test_what_differs_is_shown_by_setting(maillon: Maillon, files: Path) -> None:
    maillon("event", "apply", files / "event.toml")
    text = (files / "event.toml").read_text()
    for old, new in (
        ('general = "programme"', 'general = "news"'),
        ('organisers = "organisation"\n', ""),
        ('fr = "PME"', 'fr = "PME et ETI"'),
        ('id = "student"', 'id = "learner"'),
    ):
        assert old in text
        text = text.replace(old, new)
    (files / "event.toml").write_text(text)
    changed = maillon("event", "apply", files / "event.toml", LC_ALL="fr_FR.UTF-8")
    assert changed.out.splitlines() == [
        "channels.general: programme → news",
        "− channels.organisers: organisation",
        "profile_kinds.sme: PME / Small and medium-sized companies"
        " → PME et ETI / Small and medium-sized companies",
        "+ profile_kinds.learner: Études / Studies",
        "− profile_kinds.student: Études / Studies",
        "C'est fait.",
        "Vérifiez les canaux avec\N{NO-BREAK SPACE}: maillon doctor",
    ]


@pytest.mark.parametrize(
    ("old", "new", "english", "french"),
    [
        ("general =", "generall =", "channels.generall: unknown key", "clé inconnue"),
        ('zone = "Europe/Paris"', "", "zone: missing key", "clé absente"),
        ("announce_minutes = 15", 'announce_minutes = "x"', "a whole number", "nombre entier"),
        ("announce_minutes = 15", "announce_minutes = 0", "at least 1", "1 au moins"),
        ("first_day = 2019-12-12", "first_day = 12", "a date such as 2019-12-12", "une date"),
        ("20:00:00", '"soon"', "a time such as 20:00:00", "une heure comme 20:00:00"),
        ('general = "programme"', "general = 3", "a text in quotes", "un texte entre guillemets"),
        ('general = "programme"', 'general = "#P"', "the form ^[a-z0-9_-]{1,80}$", "la forme ^["),
        ("Europe/Paris", "Mars", "'Mars' is not a time zone", "n'est pas un fuseau horaire"),
        ('id = "sme"', 'id = "startup"', "startup stands twice", "figure deux fois"),
        ("last_day = 2019-12-13", "last_day = 2019-12-11", "before the first", "premier jour"),
    ],
)
def test_a_flaw_of_the_event_file_is_told_in_the_readers_language(
    old: str, new: str, english: str, french: str, maillon: Maillon, files: Path
) -> None:
    text = (files / "event.toml").read_text()
    assert old in text
    (files / "event.toml").write_text(text.replace(old, new))
    told = maillon("event", "apply", files / "event.toml")
    assert told.code == 1
    assert english in told.err
    assert french in maillon("event", "apply", files / "event.toml", LC_ALL="fr_FR.UTF-8").err


def test_lines_are_not_broken(maillon: Maillon, files: Path) -> None:
    _imported(maillon, files)
    looked = maillon("programme", "import", files / "schedule-v2.json", "--dry-run", COLUMNS="30")
    assert "(other room)\n    Salle Balzac → Salle Rabelais\n" in looked.out
    assert "\nNothing was changed (--dry-run).\n" in looked.out
    missing = maillon("programme", "import", files / "nothing-of-that-name.json")
    assert missing.err.count("\n") == 1
    assert f"{files / 'nothing-of-that-name.json'} cannot be read: " in missing.err


def test_people_are_imported_once(maillon: Maillon, files: Path) -> None:
    maillon("event", "apply", files / "event.toml")
    first = maillon("people", "import", files / "participants.csv")
    assert "240 new, 0 changed, 0 unchanged, 0 not in the file" in first.out
    second = maillon("people", "import", files / "participants.csv", LC_ALL="fr_FR.UTF-8")
    assert "nouvelles\N{NO-BREAK SPACE}: 0, modifiées\N{NO-BREAK SPACE}: 0" in second.out


def test_profiles_are_shown_as_the_other_columns(
    maillon: Maillon, files: Path, sqlite_url: str
) -> None:
    maillon("event", "apply", files / "event.toml")
    people = files / "participants.csv"
    maillon("people", "import", people)
    text_of = people.read_text()
    before = "financement;jumeau numérique;formation,preuve de concept;technologie de rupture,"
    assert text_of.count(before) == 1
    people.write_text(text_of.replace(before, "financement,,"))
    changed = maillon("people", "import", people, "--dry-run").out.splitlines()
    assert changed == [
        "~ laetitia.charpentier@example.org: topics, offers",
        "0 new, 1 changed, 239 unchanged, 0 not in the file",
        "Nothing was changed (--dry-run).",
    ]
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE profiles SET confirmed_at = '2019-12-12 08:00:00'"))
    engine.dispose()
    again = maillon("people", "import", people, LC_ALL="fr_FR.UTF-8").out.splitlines()
    assert again[1:] == [
        "240 personnes du fichier ont corrigé leur profil\N{NO-BREAK SPACE}: "
        "ce qu'elles ont indiqué reste.",
        "C'est fait.",
    ]


def test_a_programme_is_imported_as_a_diff(
    maillon: Maillon, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _imported(maillon, files)
    looked = maillon("programme", "import", files / "schedule-v2.json", "--dry-run")
    assert looked.code == 0
    assert (
        "details: 1, other end: 1, new: 1, renamed: 1, other room: 2, other speakers: 1, moved: 1, "
        "unchanged: 23\n"
    ) in looked.out
    title = "Ce que la bioproduction peut apprendre d'un champion de la donnée"
    assert "\n    Salle Balzac → Salle Rabelais\n" in looked.out
    assert f"\n    {title} → {title.replace('champion', 'champion mondial')}\n" in looked.out
    assert "\n    − Astrid Auger\n" in looked.out
    french = maillon(
        "programme", "import", files / "schedule-v2.json", "--dry-run", LC_ALL="fr_FR.UTF-8"
    )
    assert "autre salle : 2, ".replace(" :", "\N{NO-BREAK SPACE}:") in french.out
    assert "déplacées : 1, ".replace(" :", "\N{NO-BREAK SPACE}:") in french.out
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert "Thursday 12 December 16:15 → Thursday 12 December 16:45" in looked.out
    assert maillon("programme", "import", files / "schedule-v2.json").code == 0
    again = maillon("programme", "import", files / "schedule-v2.json", "--dry-run")
    assert "unchanged: 30" in again.out


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
    assert "unchanged: 29" in maillon("programme", "import", files / "schedule.json").out
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
    assert half.err.strip().endswith("Sessions that cannot be understood: 1.")

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
