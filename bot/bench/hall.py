"""A congress in the middle of three sessions whose questions many people may support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from bot.db.engine import create_database_engine
from bot.db.migrations import migrate
from bot.features.events.actions import apply_event, join_workspace
from bot.features.events.model import parse_event
from bot.features.events.queries import event_settings, find_event
from bot.features.people.tables import Identity, Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.model import ProgrammeSession
from bot.features.programme.tables import SessionRow
from bot.features.questions.boards import show_board
from bot.features.questions.tables import Question, QuestionSession

SESSIONS, QUESTIONS = 3, 40
_EVENT = """
slug = "bench"
title = "Congrès"
zone = "Europe/Paris"
first_day = {first}
last_day = {last}
[channels]
general = "programme"
"""


@dataclass(frozen=True)
class Hall:
    event_id: str
    workspace_id: str
    round_tables: Sequence[str]
    talks: Sequence[str]
    questions: Sequence[str]


def fill_hall(
    url: str,
    team_id: str,
    users: Sequence[str],
    now: datetime,
    sessions: int = SESSIONS,
    talks: int = 0,
) -> Hall:
    """`users` are met and greeted already, `QUESTIONS` of each session are published.

    So many `talks` come later, without questions.
    """
    migrate(url)
    engine = create_database_engine(url)
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    file = _EVENT.format(first=today - timedelta(days=1), last=today + timedelta(days=1))
    with Session(engine) as session, session.begin():
        apply_event(session, parse_event(file), now)
        event_id = find_event(session)
        workspace_id = join_workspace(session, event_id, "slack", team_id)
        programme = [
            *(_round_table(number, now) for number in range(sessions)),
            *(_talk(number, now) for number in range(talks)),
        ]
        import_programme(session, event_id, programme, now)
        people(session, event_id, workspace_id, users)
        session.execute(update(Participant).values(welcomed_at=now))
        event = event_settings(session, event_id)
        questions, by_kind = [], _by_kind(session)
        for session_id in by_kind["round_table"]:
            questions += _questions(session, event_id, session_id, now)
            show_board(session, event_id, event, session_id, now)
        # As the database itself does before a congress is that far.
        session.execute(text("ANALYZE"))
    engine.dispose()
    return Hall(event_id, workspace_id, by_kind["round_table"], by_kind["talk"], questions)


def _by_kind(session: Session) -> Mapping[str, list[str]]:
    kinds: dict[str, list[str]] = {"round_table": [], "talk": []}
    for row in session.execute(select(SessionRow.session_id, SessionRow.kind)):
        kinds[row.kind].append(row.session_id)
    return kinds


def _round_table(number: int, now: datetime) -> ProgrammeSession:
    return ProgrammeSession(
        source_id=f"table-{number}",
        title=f"Table ronde {number}",
        kind="round_table",
        room=f"Salle {number}",
        track=None,
        language="fr",
        starts_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(hours=3),
    )


def _talk(number: int, now: datetime) -> ProgrammeSession:
    """Four at a time, from an hour on."""
    starts_at = now + timedelta(hours=1) + timedelta(minutes=20) * (number // 4)
    return ProgrammeSession(
        source_id=f"talk-{number}",
        title=f"Communication {number}",
        kind="talk",
        room=f"Salle {number % 4}",
        track=None,
        language="fr",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=20),
    )


def people(
    session: Session, event_id: str, workspace_id: str, users: Sequence[str]
) -> dict[str, str]:
    """`users` are met already: who they are here."""
    ids = {user: new_id() for user in users}
    session.execute(
        insert(Participant),
        [
            {"event_id": event_id, "participant_id": ids[user], "name": user, "locale": "fr-FR"}
            for user in users
        ],
    )
    session.execute(
        insert(Identity),
        [
            {
                "event_id": event_id,
                "workspace_id": workspace_id,
                "user_id": user,
                "participant_id": ids[user],
            }
            for user in users
        ],
    )
    return ids


def _questions(session: Session, event_id: str, session_id: str, now: datetime) -> list[str]:
    session.add(
        QuestionSession(
            event_id=event_id,
            session_id=session_id,
            opened_at=now,
            keys_until=now + timedelta(days=30),
            code="1234",
        )
    )
    ids = [new_id() for _ in range(QUESTIONS)]
    session.add_all(
        Question(
            event_id=event_id,
            question_id=one,
            session_id=session_id,
            root_id=one,
            text=f"Comment réduire de {number} % les pertes au remplissage aseptique ?",
            language="fr",
            state="published",
            anonymous=False,
            named=False,
            patients=False,
            spoken=False,
            asked_at=now,
            published_at=now,
        )
        for number, one in enumerate(ids)
    )
    session.flush()
    return ids
