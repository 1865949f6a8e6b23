"""The earliest moments that columns hold, as jobs ask for them at every wake.

Building a statement costs more than what a database does with it, so each is made once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

EVENT: BindParameter[str] = bindparam("event_id")


def earliest_of(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """The smallest value of a column among the rows of `EVENT`."""
    return select(func.min(column)).where(column.class_.event_id == EVENT).scalar_subquery()


def earliest(*columns: InstrumentedAttribute[Any]) -> Select[Any]:
    """One row: the smallest value of each column among the rows of `EVENT`."""
    return select(*map(earliest_of, columns))


def first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)
