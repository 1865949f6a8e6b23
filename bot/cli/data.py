"""Bringing an event, its people and its programme in: shown as a diff, then applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.overlaps import show_overlaps
from bot.cli.progress import progress
from bot.cli.reading import read_source
from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.actions import apply_event, close_event
from bot.features.events.model import EventFile, parse_event
from bot.features.events.queries import event_settings, find_event
from bot.features.people.importing import import_people
from bot.features.people.model import PeopleDiff, Person, parse_people
from bot.features.programme.actions import import_programme, link_known_speakers
from bot.features.programme.diff_wording import differences, labels, totals, when
from bot.features.programme.formats.parsed import ParsedProgramme, Problem
from bot.features.programme.formats.reading import FORMS, read_programme
from bot.features.programme.leads import reschedule
from bot.features.programme.listed_twice import Overlap, with_overlaps
from bot.features.programme.model import Change, ProgrammeDiff
from bot.features.programme.sources import keep_source

event_app = typer.Typer(no_args_is_help=True, help="The event itself.")
people_app = typer.Typer(no_args_is_help=True, help="The participants.")
programme_app = typer.Typer(no_args_is_help=True, help="The programme.")

ALIKE = 3
"""Sessions that are named where the same holds for many."""

SettingChange = tuple[str, Any, Any]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing.")]
EventSlug = Annotated[str | None, typer.Option("--event", help="Slug, where there are several.")]


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
        if dry_run:
            return changes
        event_id = find_event(session, parsed.slug)
        if any(name == "zone" or name.startswith("timing.") for name, _, _ in changes):
            reschedule(session, event_id, now)
        keep_source(session, event_id, parsed, now)
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
    with progress(who) as step:
        step(who.gettext("Reading the file"))
        parsed = read_programme(data, zone=described.zone, kinds=described.session_kinds)
    read_as = who.gettext("Read as {form}. Sessions: {sessions}, rooms: {rooms}.").format(
        form=who.gettext(FORMS[parsed.form]),
        sessions=len(parsed.sessions),
        rooms=len({session.room for session in parsed.sessions}),
    )
    out.print(escape(read_as))
    _show_problems(parsed, who)
    if parsed.refused:
        raise ProgrammeRefusedError(count=sum(problem.fatal for problem in parsed.problems))

    def use_case(session: Session, now: datetime) -> ProgrammeDiff:
        looked = import_programme(session, event_id, parsed.sessions, now, apply=False)
        if dry_run or (looked.moved_many(described.large_change) and not yes):
            return looked
        with progress(who) as step:
            return import_programme(session, event_id, parsed.sessions, now, step=step)

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


def _show_problems(parsed: ParsedProgramme, who: Reader) -> None:
    """What is the same for many sessions is said once, with the first of them."""
    alike: dict[tuple[bool, str], list[Problem]] = {}
    for problem in parsed.problems:
        said = who.gettext(problem.msgid).format(**problem.arguments)
        alike.setdefault((problem.fatal, said), []).append(problem)
    for (fatal, said), problems in alike.items():
        colour = "red" if fatal else "yellow"
        if len(problems) <= ALIKE:
            for problem in problems:
                out.print(f"[{colour}]{escape(problem.told_to(who))}[/]")
            continue
        names = ", ".join(problem.session or "" for problem in problems[:ALIKE])
        more = who.ngettext(
            "{problem} {names} and {count} more.",
            "{problem} {names} and {count} more.",
            len(problems) - ALIKE,
        ).format(problem=said, names=names, count=len(problems) - ALIKE)
        out.print(f"[{colour}]{escape(more)}[/]")


def _show_diff(diff: ProgrammeDiff, who: Reader) -> None:
    changed = [change for change in diff.changes if not change.unchanged]
    only_new = all(change.kinds == {Change.NEW} for change in changed)
    for change in changed[:20] if only_new else changed:
        out.print(
            f"{escape(when(change, who))} [bold]{escape(change.session.title)}[/] "
            f"({labels(change, who)})"
        )
        for line in differences(change, who):
            out.print(f"    {escape(line)}")
    out.print(totals(diff, who))


def conclude(dry_run: bool, who: Reader) -> None:
    out.print(who.gettext("Nothing was changed (--dry-run).") if dry_run else who.gettext("Done."))
