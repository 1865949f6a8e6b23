"""Bringing an event, its people and its programme in: shown as a diff, then applied."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.overlaps import show_overlaps
from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.actions import apply_event, close_event
from bot.features.events.model import EventFile, parse_event
from bot.features.events.queries import event_settings, find_event
from bot.features.people.importing import import_people
from bot.features.people.model import PeopleDiff, Person, parse_people
from bot.features.programme.actions import import_programme, link_known_speakers
from bot.features.programme.formats.parsed import ParsedProgramme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.leads import reschedule
from bot.features.programme.listed_twice import Overlap, with_overlaps
from bot.features.programme.model import Change, ProgrammeDiff, SessionChange

event_app = typer.Typer(no_args_is_help=True, help="The event itself.")
people_app = typer.Typer(no_args_is_help=True, help="The participants.")
programme_app = typer.Typer(no_args_is_help=True, help="The programme.")

MAX_BYTES = 64 * 1024 * 1024
FETCH_WITHIN_S = 30

SettingChange = tuple[str, Any, Any]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing.")]
EventSlug = Annotated[str | None, typer.Option("--event", help="Slug, where there are several.")]


class UnreadableSourceError(MaillonError):
    msgid = N_("{source} cannot be read: {reason}")


class ProgrammeRefusedError(MaillonError):
    msgid = N_("The programme was not imported. Sessions that cannot be understood: {count}.")


class ManyMovedError(MaillonError):
    msgid = N_(
        "{count} sessions move, disappear or return at once. If that is right, say so with --yes."
    )


@event_app.command("apply")
def apply_command(file: Path, dry_run: DryRun = False) -> None:
    """Create the event, or change what the file says differently."""
    parsed = parse_event(read_source(str(file)).decode("utf-8", errors="replace"))
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> list[SettingChange]:
        changes = apply_event(session, parsed, now, apply=not dry_run)
        if not dry_run and any(name.startswith("timing.") for name, _, _ in changes):
            reschedule(session, find_event(session, parsed.slug), now)
        return changes

    changes = transact(settings, use_case)
    for name, before, after in _by_kind(changes):
        _show_setting(name, _told(before), _told(after))
    conclude(dry_run, who)
    told_where = any(name.startswith("channels.") and after for name, _, after in changes)
    if told_where and not dry_run:
        out.print(who.gettext("Check the channels with: maillon doctor"))


def _by_kind(changes: Iterable[SettingChange]) -> Iterator[SettingChange]:
    """The list of profile kinds as a setting each."""
    for name, before, after in changes:
        if name != "profile_kinds":
            yield name, before, after
            continue
        old, new = ({kind["id"]: kind for kind in side or ()} for side in (before, after))
        yield from (
            (f"{name}.{kind}", old.get(kind), new.get(kind))
            for kind in {**new, **old}
            if old.get(kind) != new.get(kind)
        )
        if old.keys() == new.keys() and list(old) != list(new):
            yield name, list(old), list(new)


def _told(value: Any) -> str:
    """A value of the event file, empty where there is none."""
    if isinstance(value, dict):
        return f"{value['fr']} / {value['en']}" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _show_setting(name: str, before: str, after: str) -> None:
    if before and after:
        out.print(f"{escape(name)}: [red]{escape(before)}[/] → [green]{escape(after)}[/]")
    elif after:
        out.print(f"[green]+ {escape(name)}: {escape(after)}[/]")
    elif before:
        out.print(f"[red]− {escape(name)}: {escape(before)}[/]")


@event_app.command("close")
def close_command(event: EventSlug = None) -> None:
    """Leave the workspace to the next event; what was stored stays for its time."""
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> None:
        close_event(session, find_event(session, event or settings.maillon_event), now)

    transact(settings, use_case)
    conclude(False, who)


@people_app.command("import")
def people_command(file: Path, dry_run: DryRun = False, event: EventSlug = None) -> None:
    """Add and update the people of a CSV file; who is missing from it stays."""
    settings, who, data = load_settings(), reader(), read_source(str(file))

    def use_case(session: Session, now: datetime) -> PeopleDiff:
        event_id = find_event(session, event or settings.maillon_event)
        kinds = [kind.id for kind in event_settings(session, event_id).profile_kinds]
        diff = import_people(session, event_id, parse_people(data, kinds), now, apply=not dry_run)
        if not dry_run:
            link_known_speakers(session, event_id)
        return diff

    diff = transact(settings, use_case)
    for old, new in diff.changed:
        named = (
            one.name for one in fields(Person) if getattr(old, one.name) != getattr(new, one.name)
        )
        out.print(f"~ {escape(new.email)}: {', '.join(named)}")
    for person in diff.new[:20]:
        out.print(f"[green]+ {escape(person.email)}[/] {escape(person.name)}")
    if len(diff.new) > 20:
        out.print(
            who.ngettext("… and {count} more", "… and {count} more", len(diff.new) - 20).format(
                count=len(diff.new) - 20
            )
        )
    out.print(
        who.gettext(
            "{new} new, {changed} changed, {unchanged} unchanged, {missing} not in the file"
        ).format(
            new=len(diff.new),
            changed=len(diff.changed),
            unchanged=diff.unchanged,
            missing=diff.missing,
        )
    )
    if diff.corrected:
        out.print(
            who.ngettext(
                "{count} person in the file corrected their profile: what they said stays.",
                "{count} people in the file corrected their profiles: what they said stays.",
                diff.corrected,
            ).format(count=diff.corrected)
        )
    conclude(dry_run, who)


@programme_app.command("import")
def programme_command(
    source: Annotated[str, typer.Argument(metavar="FILE|URL")],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help="Many sessions may move at once.")] = False,
    event: EventSlug = None,
) -> None:
    """Import the programme, or what changed in it since the last time."""
    settings, data = load_settings(), read_source(source)
    wanted = event or settings.maillon_event

    def describe(session: Session, now: datetime) -> tuple[str, EventFile]:
        event_id = find_event(session, wanted)
        return event_id, event_settings(session, event_id)

    event_id, described = transact(settings, describe)
    who = replace(reader(), zone=described.tz)
    parsed = parse_schedule_json(data, zone=described.zone, kinds=described.session_kinds)
    _show_problems(parsed, who)
    if parsed.refused:
        raise ProgrammeRefusedError(count=sum(problem.fatal for problem in parsed.problems))

    def use_case(session: Session, now: datetime) -> ProgrammeDiff:
        looked = import_programme(session, event_id, parsed.sessions, now, apply=False)
        if dry_run or (looked.moved_many(described.large_change) and not yes):
            return looked
        return import_programme(session, event_id, parsed.sessions, now)

    diff = transact(settings, use_case)
    _show_diff(diff, who)

    def looked(session: Session, now: datetime) -> list[Overlap]:
        """Where the import leads, whether or not it was made."""
        trial = partial(import_programme, session, event_id, parsed.sessions, now)
        return with_overlaps(session, event_id, trial, apply=False)[1]

    show_overlaps(transact(settings, looked), who)
    if diff.moved_many(described.large_change) and not yes and not dry_run:
        uprooted = diff.having(Change.CANCELLED, Change.RETURNED)
        raise ManyMovedError(count=len({*diff.moved, *uprooted}))
    conclude(dry_run, who)


_CHANGE_LABELS = {
    Change.NEW: N_("new"),
    Change.START_MOVED: N_("moved"),
    Change.END_MOVED: N_("other end"),
    Change.ROOM_MOVED: N_("other room"),
    Change.RENAMED: N_("renamed"),
    Change.SPEAKERS_CHANGED: N_("other speakers"),
    Change.DETAILS_CHANGED: N_("details"),
    Change.CANCELLED: N_("cancelled"),
    Change.RETURNED: N_("returned"),
}


_TOTALS = {
    Change.NEW: N_("new: {count}"),
    Change.START_MOVED: N_("moved: {count}"),
    Change.END_MOVED: N_("other end: {count}"),
    Change.ROOM_MOVED: N_("other room: {count}"),
    Change.RENAMED: N_("renamed: {count}"),
    Change.SPEAKERS_CHANGED: N_("other speakers: {count}"),
    Change.DETAILS_CHANGED: N_("details: {count}"),
    Change.CANCELLED: N_("cancelled: {count}"),
    Change.RETURNED: N_("returned: {count}"),
}


def _show_problems(parsed: ParsedProgramme, who: Reader) -> None:
    for problem in parsed.problems:
        colour = "red" if problem.fatal else "yellow"
        out.print(f"[{colour}]{escape(problem.told_to(who))}[/]")


def _show_diff(diff: ProgrammeDiff, who: Reader) -> None:
    changed = [change for change in diff.changes if not change.unchanged]
    only_new = all(change.kinds == {Change.NEW} for change in changed)
    for change in changed[:20] if only_new else changed:
        labels = ", ".join(who.gettext(_CHANGE_LABELS[kind]) for kind in sorted(change.kinds))
        out.print(
            f"{escape(_when(change, who))} [bold]{escape(change.session.title)}[/] ({labels})"
        )
        for line in _differences(change, who):
            out.print(f"    {escape(line)}")
    parts = [
        who.gettext(_TOTALS[kind]).format(count=count)
        for kind, count in sorted(diff.counts.items())
        if count
    ]
    parts.append(who.gettext("unchanged: {count}").format(count=len(diff.unchanged)))
    out.print(", ".join(parts))


def _differences(change: SessionChange, who: Reader) -> Iterator[str]:
    """What was and what is instead, besides the start."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if change.kinds & {Change.START_MOVED, Change.END_MOVED} == {Change.END_MOVED}:
        ends = (who.time(side.ends_at) for side in (before, after))
        yield " → ".join(who.gettext("until {time}").format(time=end) for end in ends)
    if Change.ROOM_MOVED in change.kinds:
        yield f"{before.room} → {after.room}"
    if Change.RENAMED in change.kinds:
        yield f"{before.title} → {after.title}"
    if Change.SPEAKERS_CHANGED in change.kinds:
        old, new = ([speaker.name for speaker in side.speakers] for side in (before, after))
        gone = [f"− {name}" for name in old if name not in new]
        yield ", ".join([*gone, *(f"+ {name}" for name in new if name not in old)])


def _when(change: SessionChange, who: Reader) -> str:
    moments: Sequence[datetime] = [
        side.starts_at for side in (change.before, change.after) if side is not None
    ]
    return " → ".join(dict.fromkeys(f"{who.day(moment)} {who.time(moment)}" for moment in moments))


def conclude(dry_run: bool, who: Reader) -> None:
    out.print(who.gettext("Nothing was changed (--dry-run).") if dry_run else who.gettext("Done."))


def read_source(source: str) -> bytes:
    """The bytes of a file or of an http(s) address."""
    try:
        if source.startswith(("http://", "https://")):
            return asyncio.run(_fetch(source))
        return Path(source).read_bytes()
    except (OSError, aiohttp.ClientError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise UnreadableSourceError(source=source, reason=reason) from error


async def _fetch(url: str) -> bytes:
    timeout = aiohttp.ClientTimeout(total=FETCH_WITHIN_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as http,
        http.get(url) as answer,
    ):
        data = await answer.content.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise OSError(f"more than {MAX_BYTES // 1024 // 1024} MiB")
        return data
