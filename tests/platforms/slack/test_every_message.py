"""Every message that Maillon can say, with the worst that a programme may hold, fits into Slack.

The playground's validation is the judge: it was written from Slack's rules, not from ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.core.cards import Card
from bot.core.i18n import LANGUAGES, Reader
from bot.db.engine import create_database_engine
from bot.db.history import Change
from bot.delivery.messages import Message
from bot.features.bulletins.messages import BulletinPosted, BulletinsAnswered
from bot.features.bulletins.model import (
    ANNOUNCEMENT,
    CHANNEL,
    EMERGENCY,
    EVERYWHERE,
    ROOM,
    SENT,
    SESSION,
    TEXT_MOST,
)
from bot.features.bulletins.model import WITHDRAWN as BULLETIN_WITHDRAWN
from bot.features.bulletins.tables import Bulletin, PracticalInfo
from bot.features.bulletins.views import overview
from bot.features.events.actions import join_workspace
from bot.features.events.model import EventFile
from bot.features.events.tables import Event, ProfileKindRow
from bot.features.home.messages import MorningOfTheDay
from bot.features.home.tables import MorningMessage
from bot.features.home.views import home_view
from bot.features.introductions.crossing_messages import CrossingsReported
from bot.features.introductions.outcome_messages import (
    LISTED,
    EncountersAsked,
    FollowUpsAsked,
    MeetingsPaused,
    follow_ups,
)
from bot.features.introductions.outcome_tables import EncounterAnswer, FollowUpAnswer
from bot.features.introductions.tables import Introduction
from bot.features.people.consents import PURPOSES, agree
from bot.features.people.messages import KindToConfirm
from bot.features.people.profile_views import profile_view
from bot.features.people.tables import Participant
from bot.features.people.views import quiet_view, settings_view
from bot.features.people.wishes import block, profile_row
from bot.features.programme import views
from bot.features.programme.messages import (
    ProgrammeAnswer,
    ProgrammeChanged,
    SessionsStartSoon,
    SpeakersToConfirm,
)
from bot.features.programme.pending import stored
from bot.features.programme.queries import known_sessions
from bot.features.programme.source_messages import ProgrammeToApprove, SourceFails, SourceWorks
from bot.features.programme.source_tables import (
    APPLIED,
    OVERTAKEN,
    PendingProgramme,
    ProgrammeSource,
)
from bot.features.programme.tables import (
    AnnouncedSession,
    Announcement,
    Notice,
    Reminder,
    SessionRow,
    SpeakerRow,
    Star,
)
from bot.features.questions.board_message import Board
from bot.features.questions.doors import STAGE, TEAM, PagesOffered
from bot.features.questions.letters import (
    QuestionsEntrusted,
    QuestionsLeftOpen,
    StageOpens,
    WrittenAnswers,
)
from bot.features.questions.messages import ConsentAsked, QuestionNews, QuestionStatus
from bot.features.questions.model import (
    ANSWERED,
    DECLINED,
    MERGED,
    ON_SCREEN,
    PUBLISHED,
    REVIEW,
    STATE_LABELS,
    Done,
)
from bot.features.questions.tables import Question, QuestionSession
from bot.features.questions.team_messages import QuestionsAssigned, QuestionToSort
from bot.features.questions.views import done_view
from bot.features.speaking.messages import SpeakingOnDay, SpeakingSoon
from bot.features.speaking.tables import DAY, SpeakingTelling
from bot.features.welcome.messages import Welcome
from bot.platforms.slack.modals import VIEW_BLOCKS, VIEW_CHARACTERS
from bot.platforms.slack.render import Room, render
from bot.playground.blocks import blocks_problems
from bot.registry import MESSAGE_TYPES
from tests.platforms.slack.introduced import introduce, messages_of_rounds
from tests.support.introductions import add_introduction

NOW = datetime(2019, 12, 12, 9, 0, tzinfo=UTC)
TODAY, HOUR = NOW.date(), timedelta(hours=1)
EVENT = EventFile.model_validate(
    {
        "slug": "x",
        "title": "T" * 150,
        "zone": "Europe/Paris",
        "first_day": "2019-12-12",
        "last_day": "2019-12-13",
    }
)
HOSTILE = st.one_of(
    st.sampled_from(
        [
            "<!channel> <@U123> @here <http://evil.example|click>",
            "x" * 3_001,
            "&" * 3_000,
            "*bold* _it_ ~no~ `code` > quote",
            "ייצור ביולוגי عربى " * 60,
            "👩\u200d👩\u200d👧\u200d👦" * 400,
            "   ",
            "\n\n\t\x00\x1f",
            "a\u202eb",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)


@st.composite
def programmes(draw: st.DrawFn) -> list[SessionRow]:
    """One to sixty sessions; many share a start."""
    count = draw(st.sampled_from([1, 2, 3, 12, 60]))
    title, room, track = draw(HOSTILE), draw(HOSTILE), draw(HOSTILE)
    return [
        SessionRow(
            event_id="event",
            session_id=f"session{number:05d}",
            source_id=str(number),
            title=title,
            kind=draw(st.sampled_from(["plenary", "round_table", "networking", "unheard_of"])),
            room=room[:255],
            track=track[:255],
            language=draw(st.sampled_from([None, "fr", "en", "zz", "x" * 32])),
            abstract="",
            starts_at=NOW + timedelta(hours=number % 3),
            ends_at=NOW + timedelta(hours=number % 3 + 1),
            cancelled=draw(st.booleans()),
        )
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def empty(migrated_sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("messages") / "messages.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    engine = create_database_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(programmes(), HOSTILE, st.sampled_from([0, 1, 3, 300]), st.sampled_from(LANGUAGES))
def test_every_message_fits(
    empty: Engine, rows: list[SessionRow], name: str, speakers: int, language: str
) -> None:
    reader = Reader.of(language, EVENT.zone)
    with Session(empty) as session:
        person = _fill(session, rows, name, speakers)
        for card in _cards(session, rows, person, name, reader):
            message = render(card, "event", reader, "https://maillon.example.org")
            assert blocks_problems(message.blocks, 50) == []
            assert message.text.strip()
            assert len(message.text.encode()) <= 4_000
            assert "<!" not in message.text
        session.add_all(_chosen(rows))
        session.flush()
        home = home_view(session, EVENT, person, reader, NOW, done=name)
        shown = render(home, "event", reader, room=Room(VIEW_BLOCKS, VIEW_CHARACTERS)).blocks
        assert blocks_problems(shown, VIEW_BLOCKS) == []
        session.rollback()


def _chosen(rows: list[SessionRow]) -> list[Star]:
    """Everything that there is to choose: most of it at the same time."""
    return [
        Star(event_id="event", participant_id="person", session_id=row.session_id, starred_at=NOW)
        for row in rows
    ]


def _fill(session: Session, rows: list[SessionRow], name: str, speakers: int) -> Participant:
    """Everything of these sessions was announced, reminded of, and has changed."""
    session.add(Event(event_id="event", slug="x", settings=_settings(), applied_at=NOW))
    session.flush()
    labels = {"label_fr": name[:75], "label_en": name[:75]}
    session.add(ProfileKindRow(event_id="event", kind="investor", position=0, **labels))
    person = Participant(
        event_id="event", participant_id="person", name=name[:200], languages="", extra={}
    )
    announcement = Announcement(
        event_id="event", announcement_id="announced", channel="x", starts_at=NOW
    )
    session.add_all([person, announcement, *rows])
    session.flush()
    for row in rows:
        key = {"event_id": "event", "session_id": row.session_id}
        session.add_all(
            [
                AnnouncedSession(
                    **key, told_start=NOW, announcement_id="announced", live=row.cancelled
                ),
                Reminder(**key, participant_id="person", told_start=NOW, reminder_id="reminder"),
                Notice(
                    **key,
                    notice_id=row.session_id,
                    channel="x",
                    kinds=["room_moved", "speakers_changed", "start_moved"],
                    from_start=NOW,
                    from_room=name[:255],
                    urgent=True,
                    telling_id="telling",
                ),
            ]
        )
    session.add_all(
        SpeakerRow(
            event_id="event",
            session_id=rows[0].session_id,
            position=position,
            name=name[:255],
            organisation=name[:255],
        )
        for position in range(speakers)
    )
    session.flush()
    _ask(session, rows[0].session_id, name)
    _describe(session, person, name)
    introduce(session, rows[0].session_id, name, NOW)
    _meet(session, _break_like(session, rows[0]), person, name)
    session.add(MorningMessage(event_id="event", day=TODAY, since=NOW, told_at=NOW + HOUR))
    session.add_all(_moved(row, name, number) for number, row in enumerate(rows))
    session.flush()
    return person


def _moved(row: SessionRow, name: str, number: int) -> Change:
    return Change(
        event_id="event",
        change_id=f"change{number:05d}",
        at=NOW,
        actor="programme",
        what="programme.start_moved",
        subject=row.session_id,
        before={"starts_at": (NOW - HOUR).isoformat(), "room": name[:255]},
    )


def _describe(session: Session, person: Participant, text: str) -> None:
    """Everything that a profile may say, and whom the person blocked."""
    others = [
        Participant(
            event_id="event",
            participant_id=f"other{number}",
            name=text[:200],
            languages="",
            extra={},
        )
        for number in range(60)
    ]
    session.add_all(others)
    row = profile_row(session, "event", "person")
    row.job_title, row.claimed_kind, row.paused_until = text[:200], "investor", NOW
    row.topics = row.offers = row.seeks = [text[:75]] * 20
    for other in others:
        block(session, person, other.participant_id, NOW)
    for purpose in PURPOSES:
        agree(session, person, purpose, NOW)


def _break_like(session: Session, row: SessionRow) -> SessionRow:
    same = {column.key: getattr(row, column.key) for column in SessionRow.__table__.columns}
    made = SessionRow(**{**same, "session_id": "break", "source_id": "break"})
    session.add(made)
    session.flush()
    return made


def _meet(session: Session, row: SessionRow, person: Participant, text: str) -> None:
    """More meetings than a message lists, all of which took place, in one round."""
    others = [
        Participant(
            event_id="event",
            participant_id=f"met{number:02d}",
            name=text[:200],
            organisation=text[:200],
            languages="",
            extra={},
        )
        for number in range(LISTED + 5)
    ]
    session.add_all(others)
    session.flush()
    workspace_id = join_workspace(session, "event", "slack", "T")
    for at in range(0, len(others), 3):
        group = others[at : at + 3]
        made = add_introduction(session, "event", workspace_id, row, [person, *group])
        for other in group:
            for who, whom in (("person", other.participant_id), (other.participant_id, "person")):
                about = {"event_id": "event", "participant_id": who, "other_id": whom, "at": NOW}
                session.add(EncounterAnswer(**about, introduction_id=made, answer="yes"))
                if at % 2:
                    said = {"outcome": "pilot", "next_step": True, "told": "named"}
                    session.add(FollowUpAnswer(**about, wave=1, **said))
    session.flush()


def _of_introductions(session: Session) -> list[Message]:
    introduced = session.query(Introduction.introduction_id).filter_by(event_id="event")
    return [
        *(EncountersAsked("event", one, "person") for (one,) in introduced),
        FollowUpsAsked("event", "person", 1),
        FollowUpsAsked("event", "person", 30),
        MeetingsPaused("event", "person"),
        CrossingsReported("event", "picture"),
    ]


STATES = (*STATE_LABELS, PUBLISHED, PUBLISHED, ON_SCREEN, ANSWERED, REVIEW)
"""Of the questions of the first session: more than its board shows."""


def _ask(session: Session, session_id: str, text: str) -> None:
    """All that may become of a question whose words were never looked at."""
    key = {"event_id": "event", "session_id": session_id}
    until = NOW + timedelta(days=30)
    session.add(QuestionSession(**key, opened_at=NOW, keys_until=until, code="1234"))
    session.flush()
    session.add_all(
        Question(
            **key,
            question_id=f"question{number:04d}",
            root_id=f"question{number:04d}",
            merged_into="question0000" if state == MERGED else None,
            text=text,
            original=text if number % 2 else None,
            translation=text if number % 3 else None,
            answer=text if state == ANSWERED else None,
            answer_by="person",
            language="fr",
            state=state,
            held="health,adverse_effect" if number % 2 else "",
            declined="off_topic" if state == DECLINED else None,
            participant_id="person",
            anonymous=state == ANSWERED,
            named=number % 2 == 0,
            patients=False,
            spoken=False,
            assigned_to="person",
            owner_id="person",
            deadline=until,
            asked_at=NOW,
            published_at=NOW,
        )
        for number, state in enumerate(STATES)
    )
    session.flush()


def _of_questions(session_id: str) -> list[Message]:
    here = ("event", session_id, "person")
    about = [f"question{number:04d}" for number in range(len(STATES))]
    each = (QuestionStatus, QuestionNews, ConsentAsked, QuestionToSort)
    return [
        *(message("event", one) for one in about for message in each),
        QuestionsAssigned(*here),
        Board("event", session_id),
        QuestionsLeftOpen("event", session_id),
        QuestionsEntrusted(*here),
        WrittenAnswers(*here),
        StageOpens(*here),
        *(PagesOffered("event", "person", page, NOW.isoformat()) for page in (STAGE, TEAM)),
    ]


def _of_organisers(session: Session, row: SessionRow, words: str) -> list[Message]:
    """An announcement to people, one to a room, one that was withdrawn, and an alert."""
    said = {"text_fr": words[:TEXT_MOST] or "x", "text_en": words[:TEXT_MOST], "changed_at": NOW}
    rows = [
        ("people", ANNOUNCEMENT, SENT, SESSION, row.session_id),
        ("room", ANNOUNCEMENT, SENT, ROOM, row.room),
        ("gone", ANNOUNCEMENT, BULLETIN_WITHDRAWN, CHANNEL, "general"),
        ("lifted", EMERGENCY, BULLETIN_WITHDRAWN, EVERYWHERE, ""),
    ]
    for name, kind, state, audience, target in rows:
        where = {"audience": audience, "target": target, "version": 1}
        one = Bulletin(event_id="event", bulletin_id=name, kind=kind, state=state, **where, **said)
        session.add(one)
    info = {"title_fr": words[:75], "text_fr": words[:900], "title_en": "", "text_en": ""}
    session.add(PracticalInfo(event_id="event", entry="one", position=0, **info))
    session.flush()
    asked = ("infos", "announcements")
    return [
        *(BulletinPosted("event", name, personal=name == "people") for name, *_ in rows),
        *(BulletinsAnswered("event", "person", one) for one in asked),
    ]


def _of_the_address(session: Session, rows: list[SessionRow]) -> list[Message]:
    """Every session moved; what waits, what was decided, and an error that quotes a file."""
    address = f"https://congress.example/{'x' * 1500}"
    source = ProgrammeSource(event_id="event", address=address, every_minutes=5)
    session.add(source)
    known = [one.session for one in known_sessions(session, "event")]
    later = [replace(one, title=one.title + "!", room="Elsewhere") for one in known]
    for import_id, decision in (("waits", None), ("applied", APPLIED), ("overtaken", OVERTAKEN)):
        pending = PendingProgramme(event_id="event", import_id=import_id, version=1)
        pending.sessions, pending.found_at = stored(later[:-1]), NOW
        pending.decision, pending.decided_by = decision, "person" if decision else None
        pending.summary = {"cancelled": 1}
        session.add(pending)
    session.flush()
    return [
        *(ProgrammeToApprove("event", one) for one in ("waits", "applied", "overtaken")),
        SourceFails("event", "This {form} contains no session.", {"form": rows[0].title}),
        SourceWorks("event"),
    ]


def _of_people_on_stage(session: Session, rows: list[SessionRow]) -> list[Message]:
    """To somebody with a part in every session."""
    session.add_all(
        SpeakingTelling(
            event_id="event",
            participant_id="person",
            session_id=row.session_id,
            kind=DAY,
            telling_id="speaking",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room=row.room,
            cancelled=row.cancelled,
            full=row.full,
        )
        for row in rows
    )
    session.flush()
    return [SpeakingOnDay("event", "speaking"), SpeakingSoon("event", "speaking")]


def _settings() -> dict[str, Any]:
    return EVENT.model_dump(mode="json", exclude={"profile_kinds"})


def _cards(
    session: Session, rows: list[SessionRow], person: Participant, words: str, reader: Reader
) -> Iterator[Card]:
    messages: list[Message] = [
        SessionsStartSoon("event", "reminder"),
        ProgrammeChanged("event", "telling", personal=False),
        ProgrammeChanged("event", "telling", personal=True),
        SpeakersToConfirm("event", [[row.session_id, "0", "person"] for row in rows[:10]]),
        ProgrammeAnswer("event", "person", words[:200], NOW.isoformat()),
        *_of_the_address(session, rows),
        Welcome("event", NOW.isoformat()),
        MorningOfTheDay("event", TODAY.isoformat()),
        KindToConfirm("event", "person", "investor"),
        *_of_questions(rows[0].session_id),
        *messages_of_rounds(),
        *_of_introductions(session),
        *_of_organisers(session, rows[0], words),
        *_of_people_on_stage(session, rows),
    ]
    assert {type(message) for message in messages} == set(MESSAGE_TYPES)
    for message in messages:
        yield message.card(session, EVENT, reader)
    asker = views.Asker("event", EVENT, "person", reader, NOW)
    for view in views.VIEW_LABELS:
        yield views.programme_view(session, asker, view)
    yield views.star_changed(session, asker, rows[0], added=True)
    yield follow_ups(session, "event", "person", 1, reader, page=1)
    yield overview(session, EVENT, "event", reader)
    yield settings_view(EVENT, person, reader, done=words)
    yield quiet_view(EVENT, person, reader, done=words)
    yield profile_view(session, EVENT, person, reader, NOW, done=words)
    yield done_view(session, "event", Done("question0000", "", "change"), "publish", reader)
