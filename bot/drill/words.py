"""Texts as the workspace shows them."""

from __future__ import annotations

import html
import unicodedata


def plain(text: str) -> str:
    """As it was before it was made safe: no entities, no invisible characters."""
    visible = (char for char in html.unescape(text) if unicodedata.category(char) != "Cf")
    return "".join(visible)
