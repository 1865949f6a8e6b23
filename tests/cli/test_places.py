"""Tables and stands from the terminal: shown as a diff, applied, refused in one piece."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from bot.demo import sample_bytes
from tests.cli.conftest import Maillon


def prepared(maillon: Maillon, files: Path) -> None:
    assert maillon("event", "apply", files / "event.toml").code == 0
    assert maillon("people", "import", files / "participants.csv").code == 0
    for name in ("tables.csv", "exhibitors.csv"):
        (files / name).write_bytes(sample_bytes(name))


def test_tables_are_shown_then_applied(maillon: Maillon, files: Path, sqlite_url: str) -> None:
    prepared(maillon, files)
    looked = maillon("tables", "import", files / "tables.csv", "--dry-run")
    assert looked.out.startswith("+ 1, Village de l'innovation, 2, seated\n")
    assert looked.out.endswith(
        "24 new, 0 changed, 0 unchanged, 0 no longer used\nNothing was changed (--dry-run).\n"
    )
    assert maillon("tables", "import", files / "tables.csv").code == 0
    (files / "tables.csv").write_text("number,place,seats,kind\n1,Foyer,2,seated\n")
    changed = maillon("tables", "import", files / "tables.csv").out
    assert (
        "1, Village de l'innovation, 2, seated → 1, Foyer, 2, seated\n"
        "− 2, Village de l'innovation, 2, standing\n"
    ) in changed
    assert changed.endswith("0 new, 1 changed, 0 unchanged, 23 no longer used\nDone.\n")
    with create_engine(sqlite_url).connect() as connection:
        kept = connection.execute(text("select count(*) from meeting_tables")).scalar()
    assert kept == 24


def test_stands_name_who_is_met_there(maillon: Maillon, files: Path, sqlite_url: str) -> None:
    prepared(maillon, files)
    done = maillon("stands", "import", files / "exhibitors.csv")
    assert (
        "+ E01, Guillou Biologics, Espace exposition, charlotte.buisson@example.org\n" in done.out
    )
    assert done.out.endswith("31 new, 0 changed, 0 unchanged, 0 no longer used\nDone.\n")
    again = maillon("stands", "import", files / "exhibitors.csv", LC_ALL="fr_FR.UTF-8")
    assert again.out.startswith("0 nouveaux, 0 modifiés, 31 inchangés, 0 retirés\n")
    with create_engine(sqlite_url).connect() as connection:
        met = "select count(*) from stands where participant_id is not null"
        assert connection.execute(text(met)).scalar() == 29


def test_a_list_with_one_bad_line_changes_nothing(maillon: Maillon, files: Path) -> None:
    prepared(maillon, files)
    (files / "tables.csv").write_text("Numéro;Lieu;Places\n1;Foyer;2\n2;Foyer;none\n;Foyer;2\n")
    refused = maillon("tables", "import", files / "tables.csv")
    assert refused.code == 1
    assert refused.err == (
        "The list was not imported.\n"
        "Line 3: “none” is not a number of seats.\n"
        "Line 4: “” is not the number of a table.\n"
    )
    again = maillon("tables", "import", files / "tables.csv", "--dry-run")
    assert again.code == 1
