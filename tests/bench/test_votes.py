"""The bench of votes counts right, however fast the machine is."""

from __future__ import annotations

import pytest

from bot.bench.votes import measure

DURABILITY = {
    "sqlite": "journal_mode=wal, synchronous=full",
    "postgresql": "fsync=on, synchronous_commit=on",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_every_vote_that_was_acknowledged_is_counted(database: str) -> None:
    figures = measure(database, pairs=1, seconds=0.3, people=100)
    assert figures["expected"] == figures["counted"] == figures["replied"]
    assert figures["counted"] != 0
    assert figures["refused"] == 0
    assert figures["durability"] == DURABILITY[database]
