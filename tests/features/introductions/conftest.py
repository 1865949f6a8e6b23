from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.features.introductions.support import Rounds


@pytest.fixture
def rounds(session: Session) -> Rounds:
    return Rounds(session)
