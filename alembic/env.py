"""Migrations for both databases; batch mode because SQLite cannot alter a constraint."""

from __future__ import annotations

from typing import Literal

from alembic import context

from bot.db.base import UtcDateTime
from bot.db.engine import create_database_engine
from bot.schema import Base

url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]


def plain_type(kind: str, item: object, _: object) -> str | Literal[False]:
    """A migration must not change when our own types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    engine = create_database_engine(url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
