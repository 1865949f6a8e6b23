"""The state of a database's migrations, and bringing it up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from bot.core.errors import MaillonError
from bot.core.i18n import N_

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
    """Alembic's configuration; a wheel carries the scripts inside the package."""
    settings = Config()
    settings.set_main_option("script_location", str(_SHIPPED if _SHIPPED.is_dir() else _CHECKOUT))
    settings.attributes["url"] = url
    return settings


def migrate(url: str) -> None:
    command.upgrade(config(url), "head")


def check_migrated(engine: Engine, url: str) -> None:
    """Refuse to run on a database that this version would misread."""
    script = ScriptDirectory.from_config(config(url))
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = script.get_current_head()
    if found == wanted:
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseAheadError(found=found)
    raise DatabaseBehindError(found=found or "empty", wanted=wanted)
