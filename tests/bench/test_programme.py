"""The bench of a large programme reads and imports what it wrote; its figures are for people."""

from __future__ import annotations

import pytest

from bot.bench.programme import conference, measure


def test_the_file_of_a_thousand_sessions_has_megabytes() -> None:
    assert 3_500_000 < len(conference(1_000)) < 4_500_000


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_the_figures(database: str) -> None:
    figures = measure(database, 60)
    assert list(figures) == [
        *("database", "sessions", "mb", "read_s", "import_s", "again_s", "moved_s")
    ]
    assert (figures["database"], figures["sessions"]) == (database, 60)
