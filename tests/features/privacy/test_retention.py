"""Retention: applied once a night, each table at its own time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.history import Change
from bot.db.inbox import SeenKey, first_time
from bot.delivery.tables import Delivery
from bot.features.people.importing import import_people
from bot.features.people.model import Person
from bot.features.people.tables import Identity, Participant
from bot.features.privacy.retention import APPLIED, apply_retention, next_due, tick
from bot.features.programme.model import Speaker
from bot.features.programme.tables import Reminder, SpeakerRow, Star
from bot.features.questions.afterwards import entrust
from bot.features.questions.moderation import edit, merge
from bot.features.questions.queries import questions_of
from bot.features.questions.vote_tables import QuestionVote
from tests.support.factories import EARLY, World, at, talk
from tests.support.questions import QuestionWorld

END = at("23:59:59", 13)


def count(world: World, table: type, *criteria: object) -> int:
    query = select(func.count()).where(table.event_id == world.event_id, *criteria)  # type: ignore[attr-defined, arg-type]
    return world.session.scalar(query) or 0


def after(world: World, moment: datetime) -> World:
    assert apply_retention(world.session, world.event_id, moment)
    world.session.flush()
    return world


@pytest.fixture
def lived(world: World) -> World:
    """A congress that took place: one seen, one never seen, what they chose and were told."""
    import_people(world.session, world.event_id, [Person("x@example.org", "Unseen")], EARLY)
    speaker = Speaker("Ada", "ada@example.org")
    ada = world.person("Ada")
    world.imports(talk("A", at("09:00"), speakers=(speaker,)), talk("B", at("10:00")))
    world.star(ada, "B")
    world.until(at("12:00"))
    first_time(world.session, world.event_id, "key", EARLY)
    return world


def test_once_a_night_however_often(world: World) -> None:
    assert next_due(world.session, world.event_id) == at("04:00", 13)
    for moment in (at("03:59", 13), at("04:00", 13), at("12:00", 13), at("04:01", 14)):
        tick(world.session, world.event_id, moment)
    rows = world.session.scalars(select(Change).where(Change.what == APPLIED).order_by(Change.at))
    assert [(row.at, row.actor) for row in rows] == [
        (at("04:00", 13), "clock"),
        (at("04:01", 14), "clock"),
    ]
    assert next_due(world.session, world.event_id) == at("04:00", 15)


def test_keys_are_forgotten_after_a_week(lived: World) -> None:
    after(lived, EARLY + timedelta(days=7))
    assert count(lived, SeenKey) == 1
    after(lived, EARLY + timedelta(days=8))
    assert count(lived, SeenKey) == 0


def test_contents_of_messages_are_forgotten_after_thirty_days(lived: World) -> None:
    told = count(lived, Delivery)
    after(lived, EARLY + timedelta(days=29))
    assert count(lived, Delivery, Delivery.participant_id.is_not(None)) == 1
    after(lived, at("12:01") + timedelta(days=30))
    rows = lived.session.scalars(select(Delivery).where(Delivery.event_id == lived.event_id))
    assert {(row.participant_id, str(row.args)) for row in rows} == {(None, "{}")}
    assert count(lived, Delivery) == told


def kept(world: World) -> dict[str, int]:
    return {
        "names": count(world, Participant, Participant.name.is_not(None)),
        "identities": count(world, Identity),
        "stars": count(world, Star),
        "reminders": count(world, Reminder),
        "addresses": count(world, SpeakerRow, SpeakerRow.email.is_not(None)),
        "speakers": count(world, SpeakerRow),
        "history": count(world, Change, Change.what != APPLIED),
    }


def test_people_and_what_they_chose(lived: World) -> None:
    before = kept(lived)
    assert before == {
        "names": 2,
        "identities": 1,
        "stars": 1,
        "reminders": 1,
        "addresses": 1,
        "speakers": 1,
        "history": before["history"],
    }
    assert kept(after(lived, END + timedelta(days=29))) == before
    assert kept(after(lived, END + timedelta(days=30))) == before | {
        "names": 1,
        "stars": 0,
        "reminders": 0,
        "addresses": 0,
    }
    month = kept(after(lived, END + timedelta(days=119)))
    assert (month["names"], month["identities"]) == (1, 1)
    assert kept(after(lived, END + timedelta(days=120))) == {
        "names": 0,
        "identities": 0,
        "stars": 0,
        "reminders": 0,
        "addresses": 0,
        "speakers": 1,
        "history": 0,
    }
    assert next_due(lived.session, lived.event_id) > END + timedelta(days=120)


def test_votes_become_totals_and_questions_lose_their_authors(session: Session) -> None:
    world = QuestionWorld(session, moderation="after")
    bo, cleo, zed = (world.person(name) for name in ("Bo", "Cleo", "Zed"))
    kept, gone = world.asks(bo, "Quand ?", named=True), world.asks(cleo, "Quand donc ?")
    hidden = world.asks(zed, "Où ?", anonymous=True)
    for person, one in ((bo, gone), (zed, gone), (zed, kept), (zed, hidden)):
        world.supports(person, one)
    merge(session, world.team, gone.question_id, 1, kept.question_id, EARLY)
    edit(session, world.team, kept.question_id, 1, "À quelle heure ?", EARLY)
    entrust(session, world.team, kept.question_id, 2, zed.participant_id, EARLY)
    totals = {kept.question_id: 3, gone.question_id: 3, hidden.question_id: 1}

    def figures() -> dict[str, int]:
        session.expire_all()
        of = questions_of(session, world.event_id, kept.session_id)
        return {one.question_id: one.votes for one in of}

    assert figures() == totals
    after(world, END + timedelta(days=29))
    assert count(world, QuestionVote) == 4
    after(world, END + timedelta(days=30))
    assert (count(world, QuestionVote), figures()) == (0, totals)
    assert (kept.participant_id, hidden.asker_hash) != (None, None)
    after(world, END + timedelta(days=120))
    session.expire_all()
    people = ("participant_id", "asker_hash", "original", "assigned_to", "owner_id", "answer_by")
    for one in (kept, gone, hidden):
        assert {getattr(one, name) for name in (*people, "sent_in_by")} == {None}
    assert (kept.text, figures()) == ("À quelle heure ?", totals)
