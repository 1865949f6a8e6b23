"""The practical information from the terminal: shown as a diff, applied, refused in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.demo import sample_bytes
from tests.cli.conftest import Maillon

ONE = """
[[infos]]
id = "wifi"
fr = { title = "Wi-Fi", text = "Sans mot de passe." }
"""


def test_it_is_shown_then_applied_in_the_order_of_the_file(
    maillon: Maillon, files: Path, sqlite_url: str
) -> None:
    maillon("event", "apply", files / "event.toml")
    file = files / "infos.toml"
    file.write_bytes(sample_bytes("infos.toml"))
    looked = maillon("infos", "import", file, "--dry-run").out
    assert looked.startswith("+ urgences: Urgences: Appelez le 15 ou le 112")
    assert looked.endswith(
        "8 new, 0 changed, 0 unchanged, 0 removed\nNothing was changed (--dry-run).\n"
    )
    assert maillon("infos", "import", file).out.endswith("0 removed\nDone.\n")
    again = maillon("infos", "import", file, LC_ALL="fr_FR.UTF-8").out
    assert again.startswith("0 nouvelles, 0 modifiées, 8 inchangées, 0 retirées\n")
    entries = file.read_text().split("\n[[infos]]\n")
    file.write_text("\n[[infos]]\n".join([entries[0], entries[2], entries[1]]))
    assert maillon("infos", "import", file, LC_ALL="en_GB.UTF-8").out.endswith(
        "Another order\n0 new, 0 changed, 2 unchanged, 6 removed\nDone.\n"
    )
    file.write_text(ONE)
    changed = maillon("infos", "import", file).out
    assert "wifi: Wi-Fi: Réseau : Bioproduction." in changed
    assert "→ wifi: Wi-Fi: Sans mot de passe.\n− urgences" in changed
    with create_engine(sqlite_url).connect() as connection:
        kept = connection.execute(text("select entry, text_en from practical_infos")).all()
        told = "select count(*) from history where what = 'infos.imported'"
        assert connection.execute(text(told)).scalar() == 3
    assert kept == [("wifi", "")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[[infos]\n", "(at line 1, column 8)"),
        (b"", "infos: missing key"),
        (b"infos = []", "infos: at least one entry is expected"),
        (b"[[infos]]\nid = 'a'\n", "infos.1.fr (a): missing key"),
        (
            ONE.encode() + b"[[infos]]\nid = 'bus'\nfr = { title = 'Bus', texte = 'x' }",
            "infos.2.fr.text (bus): missing key",
        ),
        (
            ONE.encode() + b"[[infos]]\nid = 'Bus !'\nfr = { title = 'Bus', text = 'x' }",
            "infos.2.id (Bus !): the form ^[a-z][a-z0-9_-]{0,31}$ is expected",
        ),
        (
            b"[[infos]]\nid = 'a'\nfr = { title = ' ', text = 'x' }",
            "infos.1.fr.title (a): a text is expected, not nothing",
        ),
        (
            f"[[infos]]\nid = 'a'\nfr = {{ title = 'x', text = '{'x' * 901}' }}".encode(),
            "infos.1.fr.text (a): 900 characters at most",
        ),
        (ONE.encode() * 2, "“wifi” stands twice."),
        ("\n# Déjeuner".encode("latin-1"), "line 2 is not UTF-8"),
        (b"infos = 3", "infos: a list is expected"),
    ],
)
def test_a_flaw_changes_nothing_and_says_where(
    maillon: Maillon, files: Path, sqlite_url: str, content: bytes, reason: str
) -> None:
    maillon("event", "apply", files / "event.toml")
    (files / "infos.toml").write_bytes(content)
    refused = maillon("infos", "import", files / "infos.toml")
    assert refused.code == 1
    assert refused.err.startswith("The practical information was not imported: ")
    assert refused.err.strip().endswith(reason)
    with create_engine(sqlite_url).connect() as connection:
        assert connection.execute(text("select count(*) from practical_infos")).scalar() == 0
