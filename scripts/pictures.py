"""Where the pictures of the documentation are kept, and how large they may be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parent.parent / "docs" / "images"
GAP = 24
GROUND = (127, 140, 136)
COLOURS = 256
LARGEST = 150_000  # bytes


def keep(name: str, pictures: Sequence[bytes], width: int = 0) -> None:
    """Side by side in one file, small enough to be read over a telephone."""
    images = [Image.open(io.BytesIO(each)).convert("RGB") for each in pictures]
    height = max(image.height for image in images)
    whole = sum(image.width for image in images) + GAP * (len(images) - 1)
    sheet = Image.new("RGB", (whole, height), GROUND if len(images) > 1 else (255, 255, 255))
    left = 0
    for image in images:
        sheet.paste(image, (left, 0))
        left += image.width + GAP
    limit = width or min(whole, 1400)
    sheet = sheet.resize((limit, round(height * limit / whole)), Image.Resampling.LANCZOS)
    for colours in (COLOURS, COLOURS // 2, COLOURS // 4):
        file = io.BytesIO()
        sheet.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            file, "PNG", optimize=True
        )
        if file.tell() <= LARGEST:
            break
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.png").write_bytes(file.getvalue())
