"""The state of a database's migrations, and bringing it up to date.

Alembic is loaded to migrate only: a bot that runs would carry its 12 MiB for nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from bot.core.errors import MaillonError
from bot.core.i18n import N_

if TYPE_CHECKING:
    from alembic.config import Config

_SHIPPED = Path(__file__).parent.parent / "_alembic"
_CHECKOUT = Path(__file__).parent.parent.parent / "alembic"


class DatabaseBehindError(MaillonError):
    msgid = N_("The database is not up to date ({found}, wanted {wanted}). Run: maillon migrate")


class DatabaseAheadError(MaillonError):
    msgid = N_(
        "The database was migrated by a newer Maillon ({found}). "
        "Update Maillon, or restore a backup."
    )


def config(url: str) -> Config:
    """Alembic's configuration."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_scripts()))
    settings.attributes["url"] = url
    return settings


def _scripts() -> Path:
    """A wheel carries them inside the package."""
    return _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT


def migrate(url: str) -> None:
    from alembic import command

    command.upgrade(config(url), "head")


def revisions() -> list[str]:
    """All of this version, in their order: one chain, whose files begin with their number."""
    return sorted(path.name.partition("_")[0] for path in _scripts().glob("versions/[0-9]*.py"))


def check_migrated(engine: Engine) -> None:
    """Refuse to run on a database that this version would misread."""
    known, found = revisions(), _found(engine)
    if found == known[-1]:
        return
    if found is not None and found not in known:
        raise DatabaseAheadError(found=found)
    raise DatabaseBehindError(found=found or "empty", wanted=known[-1])


def _found(engine: Engine) -> str | None:
    """The revision of a database, None of one that was never migrated."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
