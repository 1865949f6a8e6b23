"""`maillon rehearse`: what it prints, and what it says of a file that it cannot use."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.cli.conftest import Maillon

USUAL = files("bot.rehearse").joinpath("rates.toml").read_text(encoding="utf-8")


def test_a_flaw_in_the_rates_is_one_sentence(maillon: Maillon, tmp_path: Path) -> None:
    flawed = tmp_path / "rates.toml"
    flawed.write_text(USUAL.replace("no_show = 0.20", "no_show = 20"), encoding="utf-8")
    outcome = maillon("rehearse", "--json", "--rates", flawed)
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.strip() == (
        "The file of rates cannot be used: introductions.no_show: "
        "a number is expected that can be such a rate"
    )
    french = maillon("rehearse", "--json", "--rates", flawed, LC_ALL="fr_FR.UTF-8")
    assert french.err.startswith("Le fichier de taux est inutilisable")


def test_a_file_that_is_not_there(maillon: Maillon) -> None:
    outcome = maillon("rehearse", "--rates", "nowhere.toml")
    assert outcome.code == 2
    assert "nowhere.toml" in outcome.err


@pytest.mark.slow
def test_one_json_object_with_every_figure(maillon: Maillon, tmp_path: Path) -> None:
    """Of a few people who stay away, but for those who prepare the workspace."""
    absent = tmp_path / "rates.toml"
    joining = USUAL.partition("[joining]")[2].partition("[reading]")[0]
    zero = "".join(f"{line.partition('=')[0]}= 0\n" for line in joining.splitlines() if "=" in line)
    absent.write_text(USUAL.replace(joining, f"\n{zero}\n"), encoding="utf-8")
    outcome = maillon("rehearse", "--json", "--people", 3, "--seed", 5, "--rates", absent)
    assert outcome.code == 0, outcome.err
    [line] = outcome.out.splitlines()
    figures = json.loads(line)
    assert list(figures) == [
        *("people", "joined", "willing", "rounds", "coming", "introductions", "kept", "pairs"),
        *("encounters_confirmed", "opportunities", "confirmed", "left_out"),
        *("messages_a_person", "channel_posts", "budget_breaches", "introduced_unasked"),
        *("met_twice", "unanswered", "seconds", "seed"),
    ]
    assert set(figures["messages_a_person"]) == {"median", "p95", "max"}
    assert figures["willing"] == figures["introductions"] == 0
    assert (figures["people"], figures["seed"], figures["budget_breaches"]) == (3, 5, 0)
