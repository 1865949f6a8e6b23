"""Cells of files that spreadsheets open."""

from __future__ import annotations

import re

_SIGNS = "=＝﹦⁼₌⩵⩶+＋﹢⁺₊﬩-－﹣−⁻₋@＠﹫"
"""What begins a formula in a spreadsheet, in every width and height."""
_FORMULA = re.compile(
    rf"(\A|[,;|\t\r\n])(?=[^\w{re.escape(_SIGNS)}]*[{re.escape(_SIGNS)}])|\A(?=[\t\r\n])"
)


def safe_cell(text: str) -> str:
    """`text` as a cell of a CSV file in which no spreadsheet finds a formula.

    Also after what a spreadsheet set to another country takes for the border of a cell.
    """
    return _FORMULA.sub(r"\1'", text)
