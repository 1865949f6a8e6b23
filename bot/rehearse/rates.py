"""How people behave, from a file that says so: `rates.toml` explains each rate."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class UnreadableRatesError(MaillonError):
    msgid = N_("The file of rates cannot be used: {reason}")


_FLAWS = {
    "extra_forbidden": N_("unknown rate"),
    "missing": N_("missing rate"),
    "too_many": N_("these shares are more than 1 together"),
    "nothing": N_("at least one is more than 0"),
}
_NO_RATE = N_("a number is expected that can be such a rate")


class FlawedRatesError(UnreadableRatesError):
    """A rate that cannot be; the reason is told in the reader's language."""

    def __init__(self, place: str, flaw: str) -> None:
        self._place, self._flaw = place, flaw
        super().__init__(reason=f"{place}: {flaw}")

    def told_to(self, reader: Reader) -> str:
        place, flaw = self._place, reader.gettext(self._flaw)
        reason = reader.gettext("{place}: {flaw}").format(place=place, flaw=flaw)
        return reader.gettext(self.msgid).format(reason=reason)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Joining(_Part):
    before: Share
    evening_before: Share
    first_morning: Share
    first_day: Share
    second_day: Share

    @model_validator(mode="after")
    def _are_shares_of_all(self) -> Joining:
        if sum(self.model_dump().values()) > 1 + 1e-9:
            raise ValueError("too_many")
        return self


class Reading(_Part):
    greeting: Share
    direct: Share
    channel: Share
    minutes: Annotated[float, Field(gt=0, le=240)]


class Programme(_Part):
    looks: Share
    sessions: Share
    announced: Share
    fewer_messages: Share


class Introductions(_Part):
    wants: Share
    directory: Share
    follow_ups: Share
    standing: Share
    comes: Share
    cannot: Share
    no_show: Share
    late: Share
    here: Share

    @model_validator(mode="after")
    def _are_shares_of_all(self) -> Introductions:
        if max(self.cannot + self.no_show, self.late + self.here) > 1 + 1e-9:
            raise ValueError("too_many")
        return self


class Afterwards(_Part):
    did_you_meet: Share
    follow_up: Share
    something: Share
    next_step: Share


class Outcomes(_Part):
    partnership: Weight
    pilot: Weight
    funding: Weight
    hire: Weight
    other: Weight

    @model_validator(mode="after")
    def _is_something(self) -> Outcomes:
        if not any(self.model_dump().values()):
            raise ValueError("nothing")
        return self


class Rates(_Part):
    joining: Joining
    reading: Reading
    programme: Programme
    introductions: Introductions
    afterwards: Afterwards
    outcomes: Outcomes


def parse_rates(data: bytes) -> Rates:
    """`UnreadableRatesError` names the first flaw."""
    try:
        return Rates.model_validate(tomllib.loads(data.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableRatesError(reason=str(error)) from error
    except ValidationError as error:
        flaw = error.errors()[0]
        kind = str(flaw["ctx"]["error"]) if flaw["type"] == "value_error" else flaw["type"]
        place = ".".join(map(str, flaw["loc"]))
        raise FlawedRatesError(place, _FLAWS.get(kind, _NO_RATE)) from error


def usual_rates() -> Rates:
    return parse_rates(files("bot.rehearse").joinpath("rates.toml").read_bytes())
