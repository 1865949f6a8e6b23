"""Many rows in one parameter, so that a statement's text is the same however many they are.

Neither SQLAlchemy nor the database's driver then has anything to make anew: for the rows of a
batch that is most of what they cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import JSON, String, bindparam, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import GenericFunction

from bot.db.engine import insert_of


class _Rows(GenericFunction[Any]):
    name = "rows_of_json"
    inherit_cache = True


@compiles(_Rows, "sqlite")
def _sqlite(function: Any, compiler: Any, **more: Any) -> str:
    return f"json_each({compiler.process(function.clause_expr.element, **more)})"


@compiles(_Rows, "postgresql")
def _postgresql(function: Any, compiler: Any, **more: Any) -> str:
    return f"json_array_elements({compiler.process(function.clause_expr.element, **more)})"


def given(name: str) -> Any:
    """The rows, each a list of texts, that are handed to the statement as `name`."""
    return _Rows(bindparam(name, type_=JSON)).table_valued("value")


def text_of(rows: Any, position: int) -> Any:
    return rows.c.value.op("->>", return_type=String())(literal_column(str(position)))


def one_of(name: str) -> Any:
    """For `column.in_()`: the texts, each in a list, that are handed over as `name`."""
    return select(text_of(given(name), 0))


def insert_new(
    session: Session,
    table: Any,
    same: dict[str, Any],
    columns: tuple[str, ...],
    rows: Sequence[Any],
) -> list[Any]:
    """INSERT … ON CONFLICT DO NOTHING; those of `rows` (texts for `columns`) that were new.

    `same` holds what all rows have in common.
    """
    if not rows:
        return []
    session.flush()
    statement = _statement(session.get_bind().dialect.name, table, tuple(same), columns)
    return list(session.connection().execute(statement, {**same, "new_rows": rows}))


@cache
def _statement(dialect: str, table: Any, same: tuple[str, ...], columns: tuple[str, ...]) -> Any:
    made = table.__table__
    rows = given("new_rows")
    values = [
        *(bindparam(name, type_=made.c[name].type).label(name) for name in same),
        *(text_of(rows, number).label(name) for number, name in enumerate(columns)),
    ]
    # SQLite would otherwise take the ON of what follows for a join's.
    source = select(*values).select_from(rows).where(literal_column("1") == literal_column("1"))
    statement = insert_of(dialect, made).from_select([*same, *columns], source)
    return statement.on_conflict_do_nothing().returning(*(made.c[name] for name in columns))
