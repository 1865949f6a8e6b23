"""Events and the workspaces they live in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Lifecycle

_LIVES_WITH_EVENT = "the organisers' own data: lives as long as the event and names no attendee"


RETIRED = -1
"""The position of a profile kind that the event's file no longer has."""


class Event(Base):
    __tablename__ = "events"
    lifecycle = Lifecycle(_LIVES_WITH_EVENT)
    event_id: Mapped[str] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The event file as applied, without its profile kinds, which are rows."""
    applied_at: Mapped[datetime]


class ProfileKindRow(Base):
    __tablename__ = "profile_kinds"
    lifecycle = Lifecycle(_LIVES_WITH_EVENT)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    position: Mapped[int]
    label_fr: Mapped[str] = mapped_column(String(75))
    label_en: Mapped[str] = mapped_column(String(75))


class Workspace(Base):
    """A Slack team or a Discord guild in which the event takes place."""

    __tablename__ = "workspaces"
    __table_args__ = (Index("ix_workspaces_team_id", "team_id"),)
    lifecycle = Lifecycle(_LIVES_WITH_EVENT)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.event_id"), primary_key=True)
    workspace_id: Mapped[str] = mapped_column(Id, primary_key=True)
    platform: Mapped[str] = mapped_column(String(16))
    team_id: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool]
    """A workspace may have had several events; the gestures made in it belong to the active one."""
