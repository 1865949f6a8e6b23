"""Which databases a drill or a measurement runs on."""

from __future__ import annotations

from enum import StrEnum


class Databases(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"

    def each(self) -> tuple[Databases, ...]:
        return (Databases.SQLITE, Databases.POSTGRESQL) if self is Databases.BOTH else (self,)
