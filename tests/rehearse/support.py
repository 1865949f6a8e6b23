"""People who do all that they are offered."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from bot.rehearse.rates import Rates


def rates(**changes: dict[str, float]) -> Rates:
    usual = tomllib.loads(files("bot.rehearse").joinpath("rates.toml").read_text(encoding="utf-8"))
    return Rates.model_validate({part: {**usual[part], **changes.get(part, {})} for part in usual})


KEEN = rates(
    joining={
        "before": 0,
        "evening_before": 0.4,
        "first_morning": 0.6,
        "first_day": 0,
        "second_day": 0,
    },
    reading={"greeting": 1, "direct": 1, "channel": 1, "minutes": 3},
    introductions={"wants": 1, "comes": 1, "follow_ups": 1, "no_show": 0.2, "cannot": 0.1},
    afterwards={"did_you_meet": 1, "follow_up": 1, "something": 1, "next_step": 1},
)
