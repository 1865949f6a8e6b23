"""An anonymous asker as a hash, and back: only with the key of the session, and in memory.

The hash is the same for all that one person asks in one session, so that an answer finds them;
in another session, with another key, it is another.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable


def seal(key: bytes, participant_id: str) -> str:
    return hmac.digest(key, participant_id.encode(), "sha256").hex()


def opened(key: bytes, sealed: str, participant_ids: Iterable[str]) -> str | None:
    """Which of `participant_ids` was sealed; `participant_ids` are all there are."""
    for participant_id in participant_ids:
        if hmac.compare_digest(seal(key, participant_id), sealed):
            return participant_id
    return None
