"""How fast something grows, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Slope:
    """Per unit of time, with its 95 % interval."""

    each: float
    low: float
    high: float


def slope(moments: Sequence[float], sizes: Sequence[float], block: int = 1) -> Slope:
    """The median of the slopes between all pairs of points, which no single jump moves.

    Each point is the mean of `block` samples: neighbours are alike, and taking each of them for
    news would make the interval too narrow. Source: Sen, "Estimates of the regression coefficient
    based on Kendall's tau", 1968.
    """
    from scipy.stats import theilslopes

    fitted = theilslopes(_means(sizes, block), _means(moments, block), alpha=0.95)
    return Slope(float(fitted.slope), float(fitted.low_slope), float(fitted.high_slope))


def _means(values: Sequence[float], block: int) -> list[float]:
    whole = range(0, len(values) - block + 1, block)
    return [fmean(values[start : start + block]) for start in whole]
