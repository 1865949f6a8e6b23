"""What sessions carry, from the terminal: shown as a diff, refused in one piece, overlaps named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.demo import sample_bytes
from tests.cli.conftest import Maillon


@pytest.fixture
def prepared(maillon: Maillon, files: Path) -> Path:
    maillon("event", "apply", files / "event.toml")
    maillon("people", "import", files / "participants.csv")
    maillon("programme", "import", files / "schedule.json")
    for name in ("extras.csv", "slots.csv", "roles.csv"):
        (files / name).write_bytes(sample_bytes(name))
    return files


def test_lists_are_shown_then_applied(maillon: Maillon, prepared: Path) -> None:
    looked = maillon("programme", "extras", prepared / "extras.csv", "--dry-run")
    assert looked.out.startswith("+ S006, 24\n+ S007, 20\n")
    assert looked.out.endswith(
        "9 new, 0 changed, 0 unchanged, 0 no longer used\nNothing was changed (--dry-run).\n"
    )
    assert maillon("programme", "extras", prepared / "extras.csv").out.endswith(
        "9 new, 0 changed, 0 unchanged, 0 no longer used\nDone.\n"
    )
    assert "9 unchanged" in maillon("programme", "extras", prepared / "extras.csv").out
    slots = maillon("programme", "slots", prepared / "slots.csv")
    assert "+ S008, 3, 7 min, MerleCell, MerleCell : logiciel de données, raymond." in slots.out
    assert "20 new" in slots.out
    (prepared / "documents.csv").write_text("session,title,url\nS008,Pitchs,https://example.org/\n")
    documents = maillon("programme", "documents", prepared / "documents.csv")
    assert documents.out.startswith("+ S008, Pitchs, https://example.org/\n1 new")


def test_a_bad_line_refuses_the_list(maillon: Maillon, prepared: Path) -> None:
    (prepared / "extras.csv").write_text("session,capacity\nS006,24\nS007,many\n")
    refused = maillon("programme", "extras", prepared / "extras.csv")
    assert (refused.code, refused.err) == (
        1,
        "The list was not imported.\nLine 3: “many” is not a number of places.\n",
    )
    assert "1 new" in _extras(maillon, prepared, "session,capacity\nS006,24\n")


def _extras(maillon: Maillon, folder: Path, text: str) -> str:
    (folder / "extras.csv").write_text(text)
    return maillon("programme", "extras", folder / "extras.csv").out


def test_who_is_in_two_places_at_once_is_named(maillon: Maillon, prepared: Path) -> None:
    told = (
        "Sophie Weber is in two places at once, Thursday 12 December: "
        "11:00 – 11:45 Allogeneic cell therapy: from bench to a repeatable batch and "
        "11:00 – 11:45 Atelier : réduire les pertes au remplissage aseptique\n"
    )
    (prepared / "roles.csv").write_text(
        "email,role,scope\nsophie.weber@example.org,animation,S005\n"
    )
    assert told in maillon("roles", "import", prepared / "roles.csv", "--dry-run").out
    assert told in maillon("roles", "import", prepared / "roles.csv").out
    assert told in maillon("programme", "import", prepared / "schedule-v2.json", "--dry-run").out
    (prepared / "roles.csv").write_bytes(sample_bytes("roles.csv"))
    assert "two places" not in maillon("roles", "import", prepared / "roles.csv", "--yes").out
    (prepared / "slots.csv").write_text(
        "session,order,minutes,title,email\nS005,1,7,Vecteurs,sophie.weber@example.org\n"
    )
    assert told in maillon("programme", "slots", prepared / "slots.csv").out
