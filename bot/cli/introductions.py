"""`maillon introductions`: who would meet whom, and why they do or do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.orm import Session

from bot.cli.common import load_settings, out, reader, transact
from bot.cli.data import EventSlug
from bot.core.errors import MaillonError
from bot.core.i18n import N_, Reader
from bot.features.events.queries import event_settings, find_event
from bot.features.introductions.explaining import Answer, explain_two
from bot.features.introductions.matching.explain import explain
from bot.features.introductions.matching.history import plan_rounds
from bot.features.introductions.matching.model import Candidate, Group, Plan
from bot.features.introductions.people_file import Listed, read_listed, taking_part
from bot.features.introductions.wording import (
    KINDS_IN_WORDS,
    RELAXED,
    explained,
    reasons_in_words,
    why_left_out,
)

introductions_app = typer.Typer(no_args_is_help=True, help="Introductions.")

People = Annotated[
    Path, typer.Option("--people", exists=True, dir_okay=False, help="The list, a CSV file.")
]
Rounds = Annotated[int, typer.Option("--rounds", min=1, max=100, help="How many rounds.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same plan.")]


class NotInTheListError(MaillonError):
    msgid = N_("{email} is not in the list.")


@introductions_app.callback()
def introductions() -> None:
    """Introductions."""


@introductions_app.command("plan")
def plan_command(
    people: People,
    rounds: Rounds = 1,
    seed: Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Who would meet whom in each round, and why. Needs no database."""
    listed = read_listed(people.read_bytes())
    plans = [plan for _, plan in _plans(listed, rounds, seed)]
    if as_json:
        told = [_as_data(plan, number, listed) for number, plan in enumerate(plans, 1)]
        typer.echo(json.dumps({"rounds": told}, ensure_ascii=False, indent=1))
        return
    for number, plan in enumerate(plans, 1):
        _show(plan, number, listed)


@introductions_app.command("explain")
def explain_command(
    one: Annotated[str, typer.Argument(metavar="A", help="An e-mail address.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    people: Annotated[
        Path | None,
        typer.Option("--people", exists=True, dir_okay=False, help="Of a list, not of the event."),
    ] = None,
    rounds: Rounds = 1,
    seed: Seed = 0,
    event: EventSlug = None,
) -> None:
    """Why two people were or were not introduced: in the latest round, or in those of a list."""
    emails = one.strip().lower(), other.strip().lower()
    if people is None:
        _explain_event(emails, event)
    else:
        _explain_list(read_listed(people.read_bytes()), emails, rounds, seed)


def _explain_event(emails: tuple[str, str], event: str | None) -> None:
    settings, who = load_settings(), reader()

    def use_case(session: Session, now: datetime) -> tuple[Answer, Reader]:
        event_id = find_event(session, event or settings.maillon_event)
        file = event_settings(session, event_id)
        read = Reader.of(who.language, file.zone)
        return explain_two(session, event_id, file, emails, now), read

    answer, read = transact(settings, use_case)
    latest = answer.latest
    if latest is None:
        out.print(who.gettext("No round has been matched yet."))
    else:
        title = who.gettext("Round of {day}, {time}")
        out.print(title.format(day=read.day(latest.at), time=read.time(latest.at)), style="bold")
        _say(explained(latest.code, who, *answer.names))
        if latest.worth:
            _say_worth(answer.names, latest.worth, latest.had)
    out.print(who.gettext("In a later round"), style="bold")
    _say(explained(answer.later, who, *answer.names))


def _explain_list(listed: list[Listed], emails: tuple[str, str], rounds: int, seed: int) -> None:
    who = reader()
    by_email = {person.candidate.key: person for person in listed}
    for email in emails:
        if email not in by_email:
            raise NotInTheListError(email=email)
    names = by_email[emails[0]].person.name, by_email[emails[1]].person.name
    for number, (present, plan) in enumerate(_plans(listed, rounds, seed), 1):
        out.print(who.gettext("Round {number}").format(number=number), style="bold")
        there = {candidate.key: candidate for candidate in present}
        if not all(email in there for email in emails):
            _say(explained("absent", who, *names))
            continue
        told = explain(there[emails[0]], there[emails[1]], present, plan)
        _say(explained(told.code, who, *names))
        _say_worth(names, told.worth, told.had)


def _say_worth(
    names: tuple[str, str], worth: tuple[float, float], had: tuple[float | None, float | None]
) -> None:
    who = reader()
    for name, worth_it, given in zip(names, worth, had, strict=True):
        line = who.gettext("{name}: this meeting is worth {worth}, the one in the plan {had}.")
        had_it = who.gettext("none") if given is None else f"{given:.2f}"
        _say(line.format(name=name, worth=f"{worth_it:.2f}", had=had_it))


def _say(line: str) -> None:
    out.print(line, markup=False, highlight=False)


def _plans(listed: list[Listed], rounds: int, seed: int) -> Iterator[tuple[list[Candidate], Plan]]:
    keys = [taking_part(listed, number) for number in range(1, rounds + 1)]
    return plan_rounds([one.candidate for one in listed], keys, seed)


def _reader_of(one: Listed) -> Reader:
    """People read the language they speak, French where they speak both."""
    return Reader.of("fr" if "fr" in one.candidate.languages else "en", "UTC")


def _as_data(plan: Plan, number: int, listed: list[Listed]) -> dict[str, object]:
    by_email = {one.candidate.key: one for one in listed}
    left = {
        **plan.left_out,
        **{
            one.candidate.key: "no_consent"
            for one in listed
            if not one.consents and (one.rounds is None or number in one.rounds)
        },
    }
    return {
        "round": number,
        "groups": [
            {
                "members": list(group.members),
                "reasons": {key: _why(group, key, by_email) for key in group.members},
                "relaxed": list(group.relaxed),
            }
            for group in plan.groups
        ],
        "left_out": [
            {"email": key, "why": why_left_out(code, _reader_of(by_email[key]))}
            for key, code in sorted(left.items())
        ],
    }


def _why(group: Group, key: str, by_email: dict[str, Listed]) -> str:
    who = _reader_of(by_email[key])

    def kind(name: str) -> str:
        return who.gettext(KINDS_IN_WORDS[name]) if name in KINDS_IN_WORDS else ""

    return reasons_in_words(
        group.reasons[key], who, lambda other: by_email[other].person.name, kind
    )


def _show(plan: Plan, number: int, listed: list[Listed]) -> None:
    who = reader()
    by_email = {one.candidate.key: one for one in listed}
    table = Table(title=who.gettext("Round {number}").format(number=number), show_lines=True)
    table.add_column(who.gettext("Who"))
    table.add_column(who.gettext("Why"))
    for group in plan.groups:
        for place, key in enumerate(group.members):
            gave_way = ", ".join(who.gettext(RELAXED[code]) for code in group.relaxed)
            why = _why(group, key, by_email)
            table.add_row(
                by_email[key].person.name,
                f"{why} ({gave_way})" if gave_way else why,
                end_section=place == len(group.members) - 1,
            )
    out.print(table)
    for key, code in plan.left_out.items():
        line = f"{by_email[key].person.name}: {why_left_out(code, who)}"
        out.print(line, markup=False, highlight=False)
