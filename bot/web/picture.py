"""The organisers' report as a picture: a bar for each crossing, of introductions, meetings and
follow-ups. Figures stand beside their bars, so that no colour has to be told from another."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.crossing_report import WITHHELD, label
from bot.features.introductions.crossings import Report, Row

FONT = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
WIDTH, ROW, MARGIN = 1200, 64, 40
BARS_FROM, BARS_TO = 520, 1090
TOP = 150
MOST = 24
"""Crossings in one picture, those with the most introductions."""
INK, SOFT, PAPER = "#1b1f24", "#57606a", "#ffffff"
COLOURS = {"introductions": "#9fb8d9", "encounters": "#3f6fb0", "opportunities": "#173f73"}


def draw(report: Report, event: EventFile, reader: Reader) -> bytes:
    """A PNG."""
    made = [(crossing, row) for crossing, row in report.rows.items() if row.introductions != 0]
    shown = sorted(made, key=lambda each: -(each[1].introductions or 0))[:MOST]
    image = Image.new("RGB", (WIDTH, TOP + ROW * len(shown) + MARGIN), PAPER)
    pen = ImageDraw.Draw(image)
    title, body = ImageFont.truetype(FONT, 32), ImageFont.truetype(FONT, 20)
    pen.text((MARGIN, MARGIN), reader.gettext("What came of the introductions"), INK, title)
    _legend(pen, body, report.total, reader)
    most = max((row.introductions or 0 for _, row in shown), default=0)
    for at, (crossing, row) in enumerate(shown):
        top = TOP + at * ROW
        pen.text((MARGIN, top + 16), _fitting(label(crossing, event, reader), pen, body), INK, body)
        _bars(pen, body, row, top, most, reader)
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _legend(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, total: Row, reader: Reader
) -> None:
    names = {
        "introductions": reader.gettext("introductions"),
        "encounters": reader.gettext("meetings"),
        "opportunities": reader.gettext("follow-ups reported"),
    }
    left = float(MARGIN)
    for measure, colour in COLOURS.items():
        pen.rectangle((left, 102, left + 18, 120), fill=colour)
        words = f"{_number(getattr(total, measure), reader)} {names[measure]}"
        pen.text((left + 28, 98), words, SOFT, font)
        left += 28 + pen.textlength(words, font) + 36


def _bars(
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont,
    row: Row,
    top: int,
    most: int,
    reader: Reader,
) -> None:
    """One within the other; what is withheld has no bar."""
    for measure, colour in COLOURS.items():
        count = getattr(row, measure)
        if count:
            length = max(3, round((BARS_TO - BARS_FROM) * count / most))
            pen.rectangle((BARS_FROM, top + 8, BARS_FROM + length, top + 24), fill=colour)
    asked = ("introductions", "encounters", *(("opportunities",) if row.asked else ()))
    words = " · ".join(_number(getattr(row, measure), reader) for measure in asked)
    pen.text((BARS_FROM, top + 28), words, SOFT, font)


def _number(count: int | None, reader: Reader) -> str:
    return WITHHELD if count is None else reader.number(count)


def _fitting(text: str, pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont) -> str:
    """Cut to the room before the bars."""
    room = BARS_FROM - MARGIN - 16
    if pen.textlength(text, font) <= room:
        return text
    while text and pen.textlength(text + "…", font) > room:
        text = text[:-1]
    return text + "…"
