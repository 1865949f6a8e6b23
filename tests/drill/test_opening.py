"""240 people say yes, and the bot is killed again and again while their conversations open."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.demo import sample_bytes
from bot.drill.breaks import Round, rounds_of
from bot.drill.comers import Comers
from bot.drill.deeds import Said, Say
from bot.drill.files import Person, read_people, read_rules, read_sessions
from bot.drill.introduced import RoundsJudge, RoundsVerdict
from bot.drill.script import BEFORE, OPENING
from bot.drill.sightings import Kind, Witness
from bot.drill.stage import Stage, agree_to_meet, set_stage
from bot.drill.timeline import Timeline
from bot.features.events.queries import workspace_ids
from bot.features.introductions.answering import come
from bot.features.introductions.places import TableLine, import_tables
from bot.features.people.actions import meet
from bot.features.people.model import Member

TABLES = 120
PATIENCE_S = 60.0
RULES = read_rules(sample_bytes("event.toml").decode())
SESSIONS = read_sessions(sample_bytes(BEFORE).decode())
PEOPLE = read_people(sample_bytes("participants.csv").decode())
MORNING = rounds_of(SESSIONS, RULES.zone)[0]


def test_a_kill_in_the_middle_of_opening_introduces_nobody_twice_and_forgets_nobody(
    database_url: str,
) -> None:
    with set_stage(1, database_url) as stage:
        stage.bot.start()
        stage.bot.wait_up()
        stage.rest(OPENING)
        everybody_comes(stage, PEOPLE, MORNING)
        closed = MORNING.closes - timedelta(minutes=1)  # so many conversations take longer to open
        stage.playground.clock.set(closed)
        stage.rest(closed)
        assert opened(stage) == 0
        stage.playground.clock.set(MORNING.opens)
        # Once with a conversation open and nothing said in it, once with something said in it
        # that the bot never heard of, once anywhere.
        kill_at(stage, 20, "conversations.open")
        kill_at(stage, 50, "chat.postMessage")
        kill_at(stage, 80)
        stage.rest(MORNING.opens)
        verdict = judged(stage, PEOPLE, MORNING)
    assert 110 <= verdict.introductions <= 120
    assert opened(stage) == verdict.introductions
    assert verdict.introduced_twice == verdict.forgotten == verdict.uninvited == []
    assert verdict.group_wrong == verdict.pairs_twice == []


def everybody_comes(stage: Stage, people: list[Person], row: Round) -> None:
    """As if they had written to Maillon, agreed, and pressed *J'y serai* this morning."""
    agree_to_meet(stage, [one.email for one in people], ())
    round_id = stage.ledger.round_id(row.session)
    with Session(stage.engine) as session, session.begin():
        lines = [TableLine(number, "Village", 2, False) for number in range(1, TABLES + 1)]
        import_tables(session, stage.event_id, lines, OPENING)
        [workspace_id] = workspace_ids(session, stage.event_id)
        for one in people:
            user = stage.playground.workspace.user_by_email(one.email)
            assert user is not None
            member = Member(user.id, user.real_name, user.email, "fr-FR")
            person = meet(session, stage.event_id, workspace_id, member, OPENING)
            assert come(session, person, round_id, OPENING) == "noted"


def opened(stage: Stage) -> int:
    witness = Witness(stage.playground.workspace)
    return sum(witness.kind(one) is Kind.MADE for one in stage.playground.receipts.posts)


def kill_at(stage: Stage, posts: int, method: str = "") -> None:
    """Once so many conversations have been written to; between a call of `method` and its answer,
    if one is named."""
    deadline = time.monotonic() + PATIENCE_S
    while opened(stage) < posts:
        assert time.monotonic() < deadline, stage.bot.last_words()
        time.sleep(0.01)
    hold = stage.playground.faults.hold_next(method) if method else None
    if hold:
        hold.wait(PATIENCE_S)
    stage.bot.kill()
    if hold:
        hold.release()
    assert opened(stage) < 110, "nothing was left to be opened"
    stage.bot.start()
    stage.bot.wait_up()


def judged(stage: Stage, people: list[Person], row: Round) -> RoundsVerdict:
    willing = [one.email for one in people]
    said = [Said(OPENING, who, Say.COME, row.session) for who in willing]
    judge = RoundsJudge(
        RULES,
        Timeline([(OPENING, SESSIONS)]),
        [row],
        Comers(willing, (), (), said),
        {one.email: one.name for one in people},
        stage.playground.workspace,
    )
    posts, ledger = stage.playground.receipts.posts, stage.ledger
    return judge.verdict(posts, {}, (), ledger.introduced(), ledger.withdrawn())
