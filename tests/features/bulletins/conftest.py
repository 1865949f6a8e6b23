from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.features.bulletins.support import Organisers


@pytest.fixture
def world(session: Session) -> Organisers:
    return Organisers(session)
