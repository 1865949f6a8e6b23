"""Rooms and roles from the terminal: sheets to hang up, screens, who moderates."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import segno

from bot.demo import sample_bytes
from tests.cli.conftest import Maillon

URL = "https://questions.example.org"


@pytest.fixture
def imported(maillon: Maillon, files: Path) -> Maillon:
    for what, name in (
        (("event", "apply"), "event.toml"),
        (("people", "import"), "participants.csv"),
        (("programme", "import"), "schedule.json"),
    ):
        assert maillon(*what, files / name).code == 0
    return maillon


def test_a_sheet_a_room_that_names_no_session(imported: Maillon, files: Path) -> None:
    out = files / "rooms.html"
    done = imported("print", "rooms", "--out", out, MAILLON_PUBLIC_URL=f"{URL}/")
    assert done.code == 0
    html = out.read_text()
    rooms = re.findall(r"<h1>(.*?)</h1>", html)
    assert "Auditorium Descartes" in rooms
    assert len(rooms) == html.count("<section>") == html.count("<img ")
    assert html.count("Posez votre question") == html.count("Ask your question") == len(rooms)
    addresses = re.findall(rf'alt="({URL}/r/[\w-]{{12}})"', html)
    assert len(set(addresses)) == len(rooms)
    titles = re.findall(r'"title": "([^"]+)"', sample_bytes("schedule.json").decode())
    assert [one for one in titles[1:] if one in html and one not in rooms] == []
    assert re.findall(r'(?:src|href)="(?!data:)', html) == []  # it needs no server
    # Printed again it is the same: what hangs at the doors stays right.
    again = imported("print", "rooms", MAILLON_PUBLIC_URL=URL)
    assert re.findall(r'alt="([^"]+)"', again.out) == addresses


def test_the_code_leads_to_the_page(imported: Maillon) -> None:
    html = imported("print", "rooms", MAILLON_PUBLIC_URL=URL).out
    address, image = re.search(r'alt="([^"]+)"', html), re.search(r'<img src="([^"]+)"', html)
    assert address
    assert image
    drawn = unquote(image[1].partition(",")[2].replace("&#39;", "'"))
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert drawn == unquote(
        segno.make(address[1], error="m")
        .svg_data_uri(omitsize=True, border=3, light="white")
        .partition(",")[2]
    )


def test_without_a_public_address_nothing_is_printed(imported: Maillon) -> None:
    for command in (("print", "rooms"), ("wall", "list"), ("wall", "revoke", "Salle Balzac")):
        failed = imported(*command)
        assert failed.code == 1
        assert "MAILLON_PUBLIC_URL" in failed.err


def test_without_a_programme_there_is_no_room(maillon: Maillon, files: Path) -> None:
    maillon("event", "apply", files / "event.toml")
    failed = maillon("print", "rooms", MAILLON_PUBLIC_URL=URL)
    assert (failed.code, "maillon programme import" in failed.err) == (1, True)


def test_screens_are_listed_and_revoked(imported: Maillon) -> None:
    listed = imported("wall", "list", MAILLON_PUBLIC_URL=URL).out
    before = dict(line.split(": ", 1) for line in listed.splitlines())
    assert re.fullmatch(rf"{URL}/wall/[\w-]{{43}}", before["Auditorium Descartes"])
    revoked = imported("wall", "revoke", "Auditorium Descartes").out
    after = dict(line.split(": ", 1) for line in imported("wall", "list").out.splitlines())
    assert revoked == f"Auditorium Descartes: {after['Auditorium Descartes']}\n"
    assert {room for room in before if before[room] != after[room]} == {"Auditorium Descartes"}
    unknown = imported("wall", "revoke", "Salle Zola")
    assert unknown.code == 1
    assert "Salle Zola" in unknown.err
    assert "Auditorium Descartes" in unknown.err


def test_roles_are_shown_then_applied(imported: Maillon, files: Path) -> None:
    path = files / "roles.csv"
    path.write_bytes(sample_bytes("roles.csv"))
    looked = imported("roles", "import", path, "--dry-run")
    assert looked.out.endswith("Nothing was changed (--dry-run).\n")
    first = imported("roles", "import", path)
    assert first.code == 0
    assert "+ mathilde.torres@example.org animation S002\n" in first.out
    assert first.out.replace("Done.\n", "") in looked.out
    again = imported("roles", "import", path)
    assert again.out.startswith("0 new, 0 taken away, ")


def test_roles_go_only_when_it_is_meant(imported: Maillon, files: Path) -> None:
    path = files / "roles.csv"
    path.write_bytes(sample_bytes("roles.csv"))
    imported("roles", "import", path)
    header, first, *_ = path.read_text().splitlines()
    path.write_text(f"{header}\n{first}\n")
    refused = imported("roles", "import", path)
    assert refused.code == 1
    assert "--yes" in refused.err
    assert imported("roles", "import", path, "--yes").code == 0
    assert imported("roles", "import", path).out.startswith("0 new, 0 taken away, ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "email, role, scope"),
        ("name;role\nx;y\n", "email, role, scope"),
        ("email,role,scope\nnobody@example.org,questions,event\n", "nobody@example.org"),
        ("email,role,scope\nmathilde.torres@example.org,animation,S999\n", "S999"),
    ],
)
def test_a_list_of_roles_that_cannot_be_used(
    imported: Maillon, files: Path, content: str, sentence: str
) -> None:
    path = files / "roles.csv"
    path.write_text(content)
    failed = imported("roles", "import", path)
    assert failed.code == 1
    assert sentence in failed.err


def test_a_list_that_a_spreadsheet_wrote(imported: Maillon, files: Path) -> None:
    path = files / "roles.csv"
    rows = sample_bytes("roles.csv").decode().replace(",", ";")
    path.write_bytes(
        f"{rows};\r\n".replace("email;role;scope", "email;role;scope;Pr\u00e9nom").encode("cp1252")
    )
    assert "+ mathilde.torres@example.org animation S002\n" in imported("roles", "import", path).out
