"""The event: its name, zone and days, and the rules that are its own data.

`event.toml` has this shape. What is missing has a default; what is not known is refused, since a
misspelt key would silently be a rule that does not hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.core.quiet import QuietHours

ChannelName = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,80}$")]


class UnreadableEventError(MaillonError):
    msgid = N_("The event file cannot be used: {reason}")


_WHOLE = N_("a whole number is expected")
_YES_OR_NO = N_("true or false is expected")
_DATE = N_("a date such as {date} is expected, without quotes")
_TIME = N_("a time such as {time} is expected, without quotes")
_TABLE = N_("a table is expected")
_FLAWS = {
    "extra_forbidden": N_("unknown key"),
    "missing": N_("missing key"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "string_type": N_("a text in quotes is expected"),
    "string_too_short": N_("a text is expected, not nothing"),
    "string_too_long": N_("{max_length} characters at most"),
    "string_pattern_mismatch": N_("the form {pattern} is expected"),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "time_type": _TIME,
    "time_parsing": _TIME,
    "greater_than_equal": N_("at least {ge} is expected"),
    "less_than_equal": N_("at most {le} is expected"),
    "tuple_type": N_("a list is expected"),
    "too_short": N_("at least one entry is expected"),
    "too_long": N_("{max_length} entries at most"),
    "mapping_type": _TABLE,
    "dict_type": _TABLE,
    "literal_error": N_("one of these is expected: {expected}"),
    "model_type": _TABLE,
}
"""Pydantic's kinds of errors that people make, in words that are translated."""


class _RuleError(ValueError):
    """What pydantic cannot know of the file: told in the reader's language like its own errors."""

    def __init__(self, msgid: str, **about: object) -> None:
        self.msgid, self.about = msgid, about
        super().__init__(msgid.format(**about))


_EXAMPLES = {"date": "2019-12-12", "time": "20:00:00"}


def flaw_told(flaw: ErrorDetails, reader: Reader) -> str:
    """What pydantic, or a rule of ours, has against a value, in the reader's language."""
    about = flaw.get("ctx", {})
    rule = about.get("error")
    if isinstance(rule, _RuleError):
        return reader.gettext(rule.msgid).format(**rule.about)
    told = reader.gettext(_FLAWS.get(flaw["type"], "{message}"))
    return told.format(**{**_EXAMPLES, **about, "message": flaw["msg"]})


class FlawedEventError(UnreadableEventError):
    """A value or a key of the file that cannot be; the reason is told in the reader's language."""

    def __init__(self, flaw: ErrorDetails) -> None:
        self._place = ".".join(str(part) for part in flaw["loc"])
        self._flaw = flaw
        super().__init__(reason=f"{self._place}: {flaw['msg']}")

    def told_to(self, reader: Reader) -> str:
        flaw = flaw_told(self._flaw, reader)
        reason = reader.gettext("{place}: {flaw}").format(place=self._place, flaw=flaw)
        return reader.gettext(self.msgid).format(reason=reason)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Channels(_Part):
    """Where the sessions of a room or a track are told; the general channel has the others."""

    general: ChannelName = "general"
    organisers: ChannelName | None = None
    questions: ChannelName | None = None
    """The private channel of the équipe Questions."""
    rooms: Mapping[str, ChannelName] = {}
    tracks: Mapping[str, ChannelName] = {}

    def of(self, room: str, track: str | None) -> str:
        """The room's channel, else the track's, else the general one."""
        return self.rooms.get(room) or self.tracks.get(track or "") or self.general

    def private(self) -> tuple[str, ...]:
        """Those that the organisers open to a few, and invite Maillon to."""
        return tuple(name for name in (self.organisers, self.questions) if name)

    def all(self) -> tuple[str, ...]:
        named = [self.general, *self.rooms.values(), *self.tracks.values()]
        named += self.private()
        return tuple(dict.fromkeys(named))


class Timing(_Part):
    """Minutes before a start at which it is told in the channel, and to who chose it."""

    announce_minutes: int = Field(15, ge=1, le=240)
    remind_minutes: int = Field(5, ge=1, le=60)
    urgent_minutes: int = Field(60, ge=1, le=240)
    notice_hours: int = Field(24, ge=1, le=72)

    @property
    def announce(self) -> timedelta:
        return timedelta(minutes=self.announce_minutes)

    @property
    def remind(self) -> timedelta:
        return timedelta(minutes=self.remind_minutes)

    @property
    def urgent(self) -> timedelta:
        return timedelta(minutes=self.urgent_minutes)

    @property
    def notice(self) -> timedelta:
        """Changes further ahead than this are left to the programme itself."""
        return timedelta(hours=self.notice_hours)


class Budget(_Part):
    """How much Maillon may say."""

    posts_a_day: int = Field(16, ge=1)
    messages_a_day: int = Field(8, ge=1)
    gap_minutes: int = Field(10, ge=0)
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 30)

    @property
    def gap(self) -> timedelta:
        return timedelta(minutes=self.gap_minutes)

    @property
    def quiet_hours(self) -> QuietHours:
        """Of everybody who chose no others."""
        return QuietHours(self.quiet_from, self.quiet_until)


class QuestionRules(_Part):
    """How the sessions of the event take questions; the équipe Questions changes it for one."""

    kinds: tuple[str, ...] = ("plenary", "round_table", "pitch", "company", "workshop")
    """Kinds of sessions that take questions at all."""
    opens_days: int = Field(7, ge=0, le=60)
    moderation: Literal["before", "after"] = "before"
    """Whether a question is read by a person before or after it is published."""
    anonymous: bool = True
    guests: bool = True
    """Whether people without an account ask from the page of the room."""
    guest_votes: bool = True
    key_days: int = Field(30, ge=1, le=30)
    """Days after its session opened at which who asked anonymously can no longer be told."""
    answer_days: int = Field(7, ge=1, le=60)
    """Days within which what was left open is answered in writing."""

    @property
    def opens(self) -> timedelta:
        return timedelta(days=self.opens_days)


class IntroductionRules(_Part):
    """Rounds in the breaks of the programme."""

    enabled: bool = True
    breaks: Mapping[str, Literal[0, 2, 3, 4]] = {}
    """By a break's code or id in the programme: how many meet at a time, 0 for no round."""
    reports_to: tuple[str, ...] = ()
    """Two people, by their address: whom a problem is reported to."""

    @field_validator("reports_to")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(address.strip().lower() for address in addresses)


class ProgrammeRules(_Part):
    """Where the programme is fetched from, besides what is imported by hand."""

    address: str | None = Field(None, pattern=r"^https?://\S+$", max_length=2000)
    every_minutes: int = Field(15, ge=1, le=1440)


class GroupRole(_Part):
    """What the members of a user group may do."""

    role: Literal["animation", "questions", "organisation", "regie"]
    scope: str = "event"
    """`event`, or a session by its code or id in the programme."""


class RoleRules(_Part):
    groups: Mapping[str, GroupRole] = {}
    """By the handle of a user group of the workspace, without its `@`."""

    def of_groups(self) -> list[tuple[str, GroupRole]]:
        return [(handle.lstrip("@"), given) for handle, given in self.groups.items()]


class ProfileKind(_Part):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    fr: str = Field(min_length=1, max_length=75)
    en: str = Field(min_length=1, max_length=75)


class EventFile(_Part):
    slug: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    title: str = Field(min_length=1, max_length=150)
    zone: str
    language: str = Field("fr", pattern="^(fr|en)$")
    first_day: date
    last_day: date
    organisers: tuple[str, ...] = ()
    welcome_to: Mapping[str, str] = {}
    """The title as a greeting needs it, by language: "au 4e Congrès", "à la Journée"."""
    search_engines: bool = True
    """Whether they may list the public page of the event."""
    large_change: int = Field(5, ge=1)
    """An import that moves, cancels or returns more sessions than this asks for `--yes`."""
    channels: Channels = Channels()
    timing: Timing = Timing()
    budget: Budget = Budget()
    questions: QuestionRules = QuestionRules()
    introductions: IntroductionRules = IntroductionRules()
    programme: ProgrammeRules = ProgrammeRules()
    roles: RoleRules = RoleRules()
    session_kinds: Mapping[str, str] = {}
    profile_kinds: tuple[ProfileKind, ...] = ()

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)  # kept by zoneinfo; a list of all zones would be read from disk
        except (KeyError, ValueError, OSError) as error:
            raise _RuleError(
                N_("{zone} is not a time zone; Europe/Paris is one"), zone=repr(zone)
            ) from error
        return zone

    @field_validator("organisers")
    @classmethod
    def _addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(address.strip().lower() for address in addresses)

    @field_validator("profile_kinds")
    @classmethod
    def _kinds_are_told_apart(cls, kinds: tuple[ProfileKind, ...]) -> tuple[ProfileKind, ...]:
        ids = [kind.id for kind in kinds]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise _RuleError(N_("{kinds} stands twice"), kinds=", ".join(sorted(twice)))
        return kinds

    @field_validator("last_day")
    @classmethod
    def _ends_after_it_begins(cls, last_day: date, info: ValidationInfo) -> date:
        first_day = info.data.get("first_day")
        if first_day and last_day < first_day:
            raise _RuleError(N_("it is before the first day, {first_day}"), first_day=first_day)
        return last_day

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.last_day, time(23, 59, 59), self.tz)

    def welcomes_at(self, now: datetime) -> bool:
        """The days of the event and the day before: who joins is greeted at once."""
        today = now.astimezone(self.tz).date()
        return self.first_day - timedelta(days=1) <= today <= self.last_day

    def kind_label(self, kind: str | None, language: str) -> str:
        for known in self.profile_kinds:
            if known.id == kind:
                return known.fr if language == "fr" else known.en
        return ""


def parse_event(text: str) -> EventFile:
    """The event that `event.toml` describes; `UnreadableEventError` names the first flaw."""
    try:
        data = tomllib.loads(text)
        return EventFile.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableEventError(reason=str(error)) from error
    except ValidationError as error:
        raise FlawedEventError(error.errors()[0]) from error


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """`{"channels": {"general": "x"}}` as `{"channels.general": "x"}`, for a readable diff."""
    if not isinstance(value, dict) or not value:
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, inner in value.items():
        flat |= flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat


def settings_diff(before: EventFile | None, after: EventFile) -> list[tuple[str, Any, Any]]:
    """Each setting that differs: name, before, after; in the file's order."""
    old = flatten(before.model_dump(mode="json")) if before else {}
    new = flatten(after.model_dump(mode="json"))
    names = [*new, *(name for name in old if name not in new)]
    return [
        (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    ]
