"""Documentation cannot drift: its links, commands, keys, examples and metrics are the code's."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click
import pytest
import typer.main
from prometheus_client import REGISTRY
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.routing import Route

import bot.registry  # everything that declares metrics
from bot.cli.main import app
from bot.features.events.model import EventFile, parse_event
from bot.features.people.model import _COLUMNS
from bot.features.programme.formats.reading import FORMS, read_programme
from bot.features.programme.model import KINDS
from bot.web.pages import Site
from tests.support.machine import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
ALL_TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^(?: {4,}|\t).*$", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \|", re.MULTILINE)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_in(text: str) -> Iterator[str]:
    """Lines and spans of code."""
    for _, block in _FENCED.findall(text):
        yield from block.splitlines()
    rest = _FENCED.sub("", text)
    yield from (line.strip() for line in _INDENTED.findall(rest))
    yield from (span.replace("\\|", "|") for span in _SPAN.findall(rest))


def rows_of(name: str) -> dict[str, str]:
    """First cell → second cell, of the tables whose first cell is a name in code."""
    found = _ROW.findall(text_of(name))
    assert len(dict(found)) == len(found), "a name stands twice"
    return dict(found)


# ---------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert ROOT in (target, *target.parents), f"{link} leads out of the project"
        if anchor:
            assert anchor in anchors(target), link


PICTURES = {
    "": "public.png",
    "e": "public.png",
    "go": "go.png",
    "team": "team.png",
    "stage": "pupitre.png",
    "panel": "panel.png",
    "r": "room.png",
    "wall": "wall.png",
    "report": "report.png",
}
"""By the first word of its address, what each page of `bot/web` looks like."""
NOT_SEEN = {"live", "agenda"}
"""What only scripts and calendars ask for."""


def test_every_page_of_the_site_has_its_picture_in_the_docs() -> None:
    addresses = {
        route.path.split("/")[1]
        for routes in bot.registry.PAGES
        for route in routes(Site(*[None] * 3))  # type: ignore[arg-type]
        if isinstance(route, Route)
    }
    assert addresses - NOT_SEEN == PICTURES.keys()
    shown = {
        (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    }
    for name in PICTURES.values():
        assert DOCS / "images" / name in shown, name
    kept = set((DOCS / "images").iterdir())
    assert kept <= shown, "no page shows it"


def test_every_page_can_be_found() -> None:
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
    }
    for page in PAGES[1:]:
        assert page in linked or page.parent in linked, page


def test_pages_that_the_code_points_to_exist() -> None:
    for source in (ROOT / "bot").rglob("*.py"):
        for name in re.findall(r"docs/[\w/.-]+\.md", source.read_text(encoding="utf-8")):
            assert (ROOT / name).is_file(), f"{source} → {name}"


def test_files_that_the_pages_name_exist() -> None:
    named = {
        span for span in _SPAN.findall(ALL_TEXT) if re.fullmatch(r"(bot|tests)/[\w/]+\.py", span)
    }
    named -= {"bot/platforms/slack/questions.py"}  # the feature that one is about to write
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


# ---------------------------------------------------------------- commands


def commands() -> dict[str, click.Command]:
    """Every command by its words: "event apply"."""

    def below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield " ".join(words), command
            return
        for name, one in inner.items():
            yield from below(one, (*words, name))

    return dict(below(typer.main.get_command(app), ()))


COMMANDS = commands()
_CALL = re.compile(r"(?:^|/|\s)maillon ((?:[a-z]+ ?)+)([^#]*)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_told_exist(page: Path) -> None:
    for code in code_in(page.read_text(encoding="utf-8")):
        for words, rest in _CALL.findall(code):
            if code.startswith("/maillon"):
                continue  # the one in Slack
            name = next(
                (one for one in COMMANDS if f"{words.strip()} ".startswith(f"{one} ")), None
            )
            assert name, code
            options = {option for one in COMMANDS[name].params for option in one.opts}
            assert set(re.findall(r"--[a-z-]+", rest)) <= options, code


def test_every_command_has_its_line() -> None:
    told = {
        re.sub(r" (FILE|URL|ROOM|ROUND|SESSION|\\\||\|).*", "", row)
        for row in rows_of("docs/operating.md")
    }
    assert {f"maillon {name}" for name in COMMANDS} <= told


def test_make_targets_that_are_told_exist() -> None:
    makefile = text_of("Makefile")
    told = {name for code in code_in(ALL_TEXT) for name in re.findall(r"^make ([a-z]+)", code)}
    assert {"demo", "test", "run", "setup"} <= told
    for name in told:
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), name


# ---------------------------------------------------------------- data of an event


def event_keys() -> Iterator[tuple[str, FieldInfo]]:
    """Keys of the event file, those of its tables with a dot."""
    for name, field in EventFile.model_fields.items():
        inner = field.default if isinstance(field.default, BaseModel) else None
        if inner is not None:
            yield from ((f"{name}.{key}", one) for key, one in type(inner).model_fields.items())
            continue
        yield name, field
        if name == "profile_kinds":
            kind = field.annotation.__args__[0]  # type: ignore[union-attr]
            yield from ((f"{name}.{key}", one) for key, one in kind.model_fields.items())


def default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, (str, bool, tuple)):  # as TOML writes them, which is as JSON does
        return f"`{json.dumps(value)}`"
    return f"`{value.isoformat()}`" if isinstance(value, time) else f"`{value}`"


def test_every_key_of_the_event_file_is_told_with_its_default() -> None:
    assert rows_of("docs/event-file.md") == {key: default_of(field) for key, field in event_keys()}


def test_event_examples_are_event_files() -> None:
    blocks = [
        block for kind, block in _FENCED.findall(text_of("docs/event-file.md")) if kind == "toml"
    ]
    assert blocks
    for block in blocks:
        parse_event(block)
    sample = tomllib.loads(text_of("bot/sample/event.toml"))
    assert set(sample) <= set(EventFile.model_fields)


def test_programme_examples_are_read_as_they_say() -> None:
    blocks = [
        block
        for kind, block in _FENCED.findall(text_of("docs/programme-file.md"))
        if kind != "toml"
    ]
    read = [read_programme(one.encode(), zone="Europe/Paris", kinds={}) for one in blocks]
    assert {parsed.form for parsed in read} == {*FORMS} - {"xml"}
    for parsed in read:
        session = parsed.sessions[0]
        assert session.starts_at == datetime(2027, 5, 20, 7, 0, tzinfo=UTC)
        told = (session.title, session.room, session.kind, session.speakers[0].name)
        assert told == ("Ouverture", "Salle Balzac", "plenary", "Anne Roy")
        assert {problem.fatal for problem in parsed.problems} <= {False}
    assert [parsed.form for parsed in read if parsed.problems] == ["csv"]


def test_kinds_of_sessions_are_told() -> None:
    page = text_of("docs/programme-file.md")
    assert all(f"`{kind}`" in page for kind in KINDS)


def test_columns_of_the_list_of_people_are_told() -> None:
    page = text_of("docs/people-file.md")
    assert all(f"`{name}`" in page for names in _COLUMNS.values() for name in names)


# ---------------------------------------------------------------- metrics and logs


def test_logged_events_that_are_told_exist() -> None:
    section = text_of("docs/operating.md").partition("## Logs")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z]+\.[a-z_]+)`", section))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py")]
    assert told
    assert [name for name in sorted(told) if not any(f'"{name}"' in one for one in sources)] == []


def test_every_metric_is_told_and_no_other() -> None:
    ours = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name
        for metric in REGISTRY.collect()
        if metric.name.startswith("maillon_")
    }
    told = {name for name in rows_of("docs/operating.md") if name.startswith("maillon_")}
    assert told == ours
