"""`maillon bench duplicates`: what it counts, and that its bars hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.bench.duplicates import QuestionsUnreadableError, measure, parse_questions
from bot.cli.main import app
from bot.features.questions.encoder import Encoder
from bot.features.questions.near import shared_encoder
from tests.support.machine import ROOT

DATA = ROOT / "tests" / "data"
OWN = DATA / "twins.csv"
HEADER = "id,session,profile,language,text,duplicate_of\n"


def bench(*arguments: str | Path) -> dict[str, float]:
    result = CliRunner().invoke(app, ["bench", "duplicates", "--json", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    model = shared_encoder()
    assert model.load()
    return model


def measured(name: str, encoder: Encoder) -> dict[str, float]:
    return measure(parse_questions((DATA / name).read_bytes()), encoder.encode)


def test_bars_hold_on_the_sample() -> None:
    figures = bench()
    assert figures["top3"] >= 0.90
    assert figures["suggested"] >= 0.75
    assert figures["false_alarms"] <= 0.10


def test_harder_pairs_are_found_as_measured(encoder: Encoder) -> None:
    """Of every other session: an encoding takes long, and there are two hundred."""
    rows = [row for row in parse_questions(OWN.read_bytes()) if int(row.session[1:]) % 2]
    figures = measure(rows, encoder.encode)
    assert figures["twins"] >= 30
    assert figures["cross_twins"] >= 15
    assert figures["top3"] >= 0.95
    assert figures["suggested"] >= 0.65
    assert figures["false_alarms"] <= 0.10
    assert figures["cross_top3"] >= 0.95
    assert figures["cross_suggested"] >= 0.85


@pytest.mark.parametrize(
    ("name", "suggested", "false_alarms"),
    [("twins-2", 0.70, 0.25), ("twins-3", 0.75, 0.10), ("twins-holdout", 0.75, 0.10)],
)
def test_lists_that_set_no_constant_are_found_as_measured(
    name: str, suggested: float, false_alarms: float, encoder: Encoder
) -> None:
    """The second list misses the bars: what is held here is what was measured, no more."""
    figures = measured(f"{name}.csv", encoder)
    assert figures["top3"] >= 0.95
    assert figures["suggested"] >= suggested
    assert figures["false_alarms"] <= false_alarms


def test_words_alone_keep_the_false_alarms_down() -> None:
    figures = bench(OWN, "--words-only")
    assert figures["encoder"] is False
    assert figures["top3"] >= 0.55
    assert figures["false_alarms"] <= 0.05


def test_own_pairs_are_not_the_sample() -> None:
    sample = parse_questions((ROOT / "bot" / "sample" / "questions.csv").read_bytes())
    lists = [parse_questions(path.read_bytes()) for path in sorted(DATA.glob("twins*.csv"))]
    texts = [row.text for rows in (sample, *lists) for row in rows]
    assert len(lists) == 4
    assert len(texts) == len(set(texts))


def test_what_is_counted() -> None:
    rows = parse_questions(
        (
            HEADER + "a,S1,,fr,Qui paie le transport ?,\n"
            "b,S1,,en,QUI PAIE LE TRANSPORT,a\n"
            "c,S1,,fr,Quel temps fera-t-il demain ?,\n"
            "d,S1,,fr,Qui paie le transport,\n"
            "e,S2,,fr,Qui paie le transport ?,\n"
        ).encode()
    )
    figures = measure(rows, lambda _: None)
    assert (figures["twins"], figures["top3"], figures["suggested"]) == (1, 1.0, 1.0)
    assert (figures["cross_twins"], figures["cross_suggested"]) == (1, 1.0)
    # c and e are alone; d has no twin by the file, and two candidates say the same: an alarm.
    assert (figures["without_twin"], figures["false_alarms"]) == (3, 0.333)


@pytest.mark.parametrize(
    "content",
    ["", "a,b\n1,2\n", HEADER + "a,S1,,fr,Text,b\n", HEADER + "a,S1,,fr,T,b\nb,S2,,fr,T,\n"],
    ids=["empty", "columns", "unknown twin", "twin of another session"],
)
def test_a_list_that_cannot_be_read_is_refused(content: str) -> None:
    with pytest.raises(QuestionsUnreadableError):
        parse_questions(content.encode())
