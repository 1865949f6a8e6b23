"""The topic of personal pages: they are told that something changed, and ask for their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s

from sqlalchemy.orm import Session

from bot.features.programme.tables import SessionRow
from bot.features.questions.sheets import question_session
from bot.web.banners import banners
from bot.web.live import Snapshot


@dataclass(frozen=True)
class SessionChanges:
    """All that the pages of a session's questions show, the minutes that pass included."""

    event_id: str
    session_id: str

    def load(self, session: Session, now: datetime) -> Snapshot | None:
        row = session.get(SessionRow, (self.event_id, self.session_id))
        if row is None:
            return None
        sheet = question_session(session, self.event_id, self.session_id)
        minute = int((row.ends_at - now).total_seconds() // 60)
        facts = (row.title, row.room, row.starts_at, row.ends_at, row.cancelled)
        shown = blake2s(repr(facts).encode("utf-8", "replace"), digest_size=6).hexdigest()
        page = Snapshot(f"{sheet.version if sheet else 0}-{minute}-{shown}")
        return page.under(banners(session, self.event_id, now))
