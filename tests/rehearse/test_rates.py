"""The file of rates: what it may say, and what is said of a flaw."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from bot.core.i18n import Reader
from bot.rehearse.rates import Rates, UnreadableRatesError, parse_rates, usual_rates

USUAL = files("bot.rehearse").joinpath("rates.toml").read_text(encoding="utf-8")


def test_the_usual_rates_are_those_that_were_promised() -> None:
    rates = usual_rates()
    assert rates.introductions.no_show == 0.20
    assert rates.afterwards.did_you_meet == 0.35
    assert sum(rates.joining.model_dump().values()) < 1, "some never join"


def test_each_rate_is_explained_where_it_stands() -> None:
    lines = USUAL.splitlines()
    told = [line for line in lines if "=" in line and not line.startswith("#")]
    named = [line.partition("=")[0].strip() for line in told]
    assert named == [name for part in Rates.model_fields for name in tomllib.loads(USUAL)[part]]
    outcomes = len(tomllib.loads(USUAL)["outcomes"])  # weights, explained together
    assert all(" # " in line for line in told[:-outcomes])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("no_show = 0.20", "no_show = 1.2", "introductions.no_show: a number"),
        ("no_show = 0.20", "no_show = true", "introductions.no_show: a number"),
        ("no_show = 0.20", 'no_show = "20 %"', "introductions.no_show: a number"),
        ("no_show = 0.20", "no_show = nan", "introductions.no_show: a number"),
        ("no_show = 0.20", "noshow = 0.20", "introductions.no_show: missing rate"),
        ("standing = ", "sitting = 0.1\nstanding = ", "introductions.sitting: unknown rate"),
        ("first_day = 0.10", "first_day = 0.60", "joining: these shares are more than 1"),
        ("cannot = 0.04", "cannot = 0.90", "introductions: these shares are more than 1"),
        ("minutes = 6", "minutes = 0", "reading.minutes: a number"),
        ("[outcomes]", "[outcomes", "cannot be used"),
    ],
)
def test_a_flaw_is_named(old: str, new: str, said: str) -> None:
    assert old in USUAL
    with pytest.raises(UnreadableRatesError) as flaw:
        parse_rates(USUAL.replace(old, new, 1).encode())
    assert said in flaw.value.told_to(Reader.of("en", "UTC"))


def test_something_comes_of_a_meeting_or_the_share_is_zero() -> None:
    nothing = (
        USUAL.partition("[outcomes]")[0]
        + "[outcomes]\n"
        + "\n".join(f"{name} = 0" for name in tomllib.loads(USUAL)["outcomes"])
    )
    with pytest.raises(UnreadableRatesError) as flaw:
        parse_rates(nothing.encode())
    assert "outcomes: at least one" in flaw.value.told_to(Reader.of("en", "UTC"))


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UnreadableRatesError):
        parse_rates(b"\xff\xfe\x00")
