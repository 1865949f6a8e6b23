"""What belongs to a deployment: tokens, addresses, the database. What belongs to an event is data
of that event and lives in `event.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.db.address import database_address

DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


class Settings(BaseSettings):
    """Read from the environment, then from `.env` beside it; names are case-insensitive."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    slack_bot_token: SecretStr | None = Field(None, description="Bot token, xoxb-…")
    slack_app_token: SecretStr | None = Field(
        None, description="App-level token, xapp-…, for Socket Mode; without it events come by HTTP"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret, for events over HTTP (POST /slack/events)"
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Slack's API, or the address of a stand-in"
    )
    database_url: str = Field(
        "sqlite:///maillon.db", description="SQLAlchemy address of SQLite or PostgreSQL"
    )
    maillon_listen_url: str | None = Field(
        None,
        description="Address at which PostgreSQL itself is reached, where the other is a PgBouncer",
    )
    maillon_keys_url: str | None = Field(
        None, description="Address of the keys of anonymous questions, in another database"
    )
    maillon_event: str | None = Field(
        None, description="Slug of the event to run, where the database holds several"
    )
    maillon_http_host: str = Field("127.0.0.1", description="Where /health and /metrics listen")
    maillon_http_port: int = Field(8080, ge=0, le=65535, description="Its port; 0 takes a free one")
    maillon_public_url: str | None = Field(
        None, description="Address at which browsers reach the pages; links and QR codes need it"
    )
    maillon_log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is logged"
    )
    maillon_log_format: Literal["json", "console"] = Field(
        "json", description="json for machines, console for people"
    )
    maillon_settle_after: float = Field(
        15.0,
        gt=0,
        description="Seconds after which a send without an answer is looked up in the channel",
    )
    maillon_pace_scale: float = Field(
        1.0, gt=0, description="Multiplies the sending pace; for rehearsals against a stand-in only"
    )
    maillon_clock_url: str | None = Field(
        None, description="The playground whose simulated event time holds; empty for real time"
    )

    @property
    def keys_url(self) -> str:
        """Beside a SQLite file, unless it is set; with PostgreSQL a file of this directory."""
        if self.maillon_keys_url is not None:
            return self.maillon_keys_url
        url = make_url(self.database_url)
        if url.get_backend_name() != "sqlite" or not url.database:
            return "sqlite:///maillon-keys.db"
        file = Path(url.database)
        return f"sqlite:///{file.with_name(f'{file.stem}-keys.db')}"

    @field_validator("database_url", "maillon_listen_url", "maillon_keys_url")
    @classmethod
    def _database_is_one_of_ours(cls, url: str | None) -> str | None:
        if url is None:
            return None
        try:
            address = database_address(url)
        except (ArgumentError, ValueError):
            address = None
        if address is None or address.drivername not in DATABASES:
            # Not the address itself: it may hold a password.
            raise PydanticCustomError("database_url", "neither sqlite:// nor postgresql://")
        return address.render_as_string(hide_password=False)

    @field_validator("maillon_public_url")
    @classmethod
    def _public_url_is_an_address(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise PydanticCustomError("public_url", "neither https:// nor http://")
        if parts.path.strip("/") or parts.query or parts.fragment:
            # Cookies and links count on the whole address being Maillon's.
            raise PydanticCustomError("public_url", "neither https:// nor http://, or with a path")
        return url.rstrip("/")
