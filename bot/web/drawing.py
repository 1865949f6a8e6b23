"""From a template to a page in the language of who reads it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2s
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.core.i18n import LANGUAGES, Reader, known_language

HERE = Path(__file__).parent
FIRST_LANGUAGE = "fr"
"""For who asks for none."""


def reader_for(request: Request, zone: str = "UTC") -> Reader:
    """Who reads: as the address says (`?lang=en`), else as the browser prefers."""
    asked = request.query_params.get("lang")
    locale = asked if asked in LANGUAGES else _preferred(request.headers.get("accept-language", ""))
    return Reader.of(known_language(locale, FIRST_LANGUAGE), zone, locale)


def _preferred(header: str) -> str | None:
    """The first of our languages in an Accept-Language, else the first that it names."""
    weighed: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag.strip() not in ("", "*") and quality > 0:
            weighed.append((-quality, tag.strip()))
    tags = [tag for _, tag in sorted(weighed, key=lambda each: each[0])]
    ours = [tag for tag in tags if tag.split("-")[0].lower() in LANGUAGES]
    return next(iter(ours + tags), None)


def render(template: str, reader: Reader, **context: Any) -> str:
    """The HTML of a page or of a fragment.

    A template says `t("{count} questions", count=3)`, and `tn` where a number decides the form.
    """

    def t(msgid: str, **fields: object) -> str:
        return reader.gettext(msgid).format(**fields)

    def tn(singular: str, plural: str, n: int, **fields: object) -> str:
        return reader.ngettext(singular, plural, n).format(**fields)

    return _templates().get_template(template).render(context, reader=reader, t=t, tn=tn)


def page(
    template: str,
    reader: Reader,
    status: int = 200,
    headers: dict[str, str] | None = None,
    banners: Mapping[str, str] = MappingProxyType({}),
    **context: Any,
) -> HTMLResponse:
    """`banners` is what stands above it: the alert, and what the organisers tell the room."""
    # Somebody's text may hold half a surrogate pair, which no encoding has.
    html = render(template, reader, banners=banners, **context).encode("utf-8", "replace")
    return HTMLResponse(html, status, headers)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["static"] = static_url
    return templates


@dataclass(frozen=True)
class StaticFile:
    content: bytes
    media_type: str
    version: str


@cache
def static_files() -> dict[str, StaticFile]:
    files: dict[str, StaticFile] = {}
    for path in sorted((HERE / "static").iterdir()):
        content = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        version = blake2s(content, digest_size=6).hexdigest()
        files[path.name] = StaticFile(content, media_type, version)
    return files


def static_url(name: str) -> str:
    """The address under which browsers may keep it for good: it changes with the content."""
    return f"/static/{name}?v={static_files()[name].version}"
