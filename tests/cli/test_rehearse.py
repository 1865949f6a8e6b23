"""`maillon rehearse`: what it prints, and what it says of a file that it cannot use."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.cli.conftest import Maillon
from tests.rehearse.support import KEEN

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
    """The two days and the months after, of a few who do all that they are offered."""
    keen = tmp_path / "rates.toml"
    sections = KEEN.model_dump().items()
    keen.write_text(
        "".join(
            f"[{name}]\n" + "".join(f"{rate} = {value}\n" for rate, value in part.items())
            for name, part in sections
        ),
        encoding="utf-8",
    )
    outcome = maillon("rehearse", "--json", "--people", 8, "--rates", keen)
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
    assert (figures["people"], figures["budget_breaches"]) == (8, 0)
    assert figures["rounds"] >= 3
    assert 0 < figures["confirmed"] <= figures["opportunities"] <= figures["pairs"]
    assert figures["channel_posts"] <= 26
