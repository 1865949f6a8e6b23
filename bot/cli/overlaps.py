"""Who is in two places at once: named after each import that may lead to it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

from bot.cli.common import out
from bot.core.i18n import Reader
from bot.features.programme.listed_twice import Overlap
from bot.features.programme.wording import hours


def show_overlaps(found: Sequence[Overlap], who: Reader) -> None:
    """Named, and nothing more: organisers know whether it is meant."""
    for one in found:
        first, second = (f"{hours(each, who)} {each.title}" for each in (one.first, one.second))
        told = who.gettext("{name} is in two places at once, {day}: {first} and {second}").format(
            name=one.name, day=who.day(one.first.starts_at), first=first, second=second
        )
        out.print(f"[yellow]{escape(told)}[/]")
