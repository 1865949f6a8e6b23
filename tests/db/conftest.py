from __future__ import annotations

import pytest

from bot.db.runtime import Runtime


@pytest.fixture
def runtime(kept_runtime: Runtime) -> Runtime:
    return kept_runtime
