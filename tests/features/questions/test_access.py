"""Personal links and what becomes of them: once, for a while, for one person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from bot.features.people.actions import erase, merge
from bot.features.people.tables import Participant
from bot.features.questions.access import (
    LINK_LIVES_S,
    SESSION_LIVES_S,
    LinkUsedError,
    follow,
    form_token,
    is_form_of,
    is_open,
    personal_link,
    revoke,
    who,
)
from bot.features.questions.access_tables import PageLink, PageSession
from tests.support.factories import EARLY, World, event_file


def token_of(session: Session, person: Participant, path: str = "/team") -> str:
    return personal_link(session, person, path).removeprefix("/go/")


def passes(session: Session, seconds: float) -> None:
    """What waits for machine time gets older."""
    for table in (PageLink, PageSession):
        session.execute(update(table).values(until=table.until - seconds))


def test_a_link_leads_to_its_page_for_its_person_once(world: World) -> None:
    session, ada = world.session, world.person("Ada")
    token = token_of(session, ada, "/stage/x")
    cookie, person, path = follow(session, token)
    assert (person, path) == (ada, "/stage/x")
    assert who(session, cookie) == ada
    with pytest.raises(LinkUsedError):
        follow(session, token)
    assert who(session, cookie) == ada


def test_looking_at_a_link_does_not_use_it_up(world: World) -> None:
    token = token_of(world.session, world.person("Ada"))
    assert is_open(world.session, token)
    assert is_open(world.session, token)
    follow(world.session, token)
    assert not is_open(world.session, token)
    assert not is_open(world.session, "never made")


def test_the_database_holds_neither_token_nor_cookie(world: World) -> None:
    token = token_of(world.session, world.person("Ada"))
    link = world.session.scalars(select(PageLink)).one()
    assert token not in repr(vars(link))
    cookie, _, _ = follow(world.session, token)
    page = world.session.scalars(select(PageSession)).one()
    assert cookie not in repr(vars(page))
    assert len(token) == len(cookie) == 43  # 32 bytes


def test_a_link_lives_15_minutes_and_a_session_12_hours(world: World) -> None:
    session, ada = world.session, world.person("Ada")
    assert timedelta(seconds=LINK_LIVES_S) == timedelta(minutes=15)
    assert timedelta(seconds=SESSION_LIVES_S) == timedelta(hours=12)
    late, in_time = token_of(session, ada), ""
    passes(session, LINK_LIVES_S)
    assert not is_open(session, late)
    with pytest.raises(LinkUsedError):
        follow(session, late)
    in_time = token_of(session, ada)
    passes(session, LINK_LIVES_S - 60)
    cookie, _, _ = follow(session, in_time)
    passes(session, SESSION_LIVES_S - 60)
    assert who(session, cookie) == ada
    passes(session, 60)
    assert who(session, cookie) is None


def test_revoked_are_all_pages_of_one_person(world: World) -> None:
    session, ada, bo = world.session, world.person("Ada"), world.person("Bo")
    cookies = [follow(session, token_of(session, ada))[0] for _ in range(2)]
    other, _, _ = follow(session, token_of(session, bo))
    unused = token_of(session, ada)
    revoke(session, world.event_id, ada.participant_id)
    assert [who(session, cookie) for cookie in cookies] == [None, None]
    with pytest.raises(LinkUsedError):
        follow(session, unused)
    assert who(session, other) == bo


def test_who_is_erased_has_no_pages(world: World) -> None:
    session, ada = world.session, world.person("Ada")
    cookie, _, _ = follow(session, token_of(session, ada))
    unused = token_of(session, ada)
    erase(session, world.event_id, ada.participant_id, EARLY)
    assert who(session, cookie) is None
    with pytest.raises(LinkUsedError):
        follow(session, unused)


def test_who_turns_out_to_be_somebody_opens_pages_anew(world: World) -> None:
    session, ada, twin = world.session, world.person("Ada"), world.person("Twin")
    cookie, _, _ = follow(session, token_of(session, twin))
    merge(session, world.event_id, ada.participant_id, twin.participant_id)
    assert who(session, cookie) is None


def test_a_session_is_of_the_event_of_its_link(session: Session) -> None:
    world, other = World(session), World(session, event_file(slug="another"))
    ada, same = world.person("Ada"), other.person("Ada")
    cookie, _, _ = follow(session, token_of(session, same))
    found = who(session, cookie)
    assert found == same
    assert found != ada
    revoke(session, world.event_id, same.participant_id)
    assert who(session, cookie) == same, "revoked in an event that it is not of"


def test_a_form_belongs_to_one_browser(world: World) -> None:
    session, ada = world.session, world.person("Ada")
    mine, theirs = (follow(session, token_of(session, ada))[0] for _ in range(2))
    assert is_form_of(mine, form_token(mine))
    assert not is_form_of(mine, form_token(theirs))
    assert not is_form_of(mine, "")
    assert not is_form_of(mine, "é")


@pytest.fixture
def committed(engine: Engine) -> str:
    with Session(engine) as session, session.begin():
        return token_of(session, World(session).person("Ada"))


def test_of_many_who_follow_a_link_at_once_one_gets_in(engine: Engine, committed: str) -> None:
    ready = Barrier(8)

    def attempt(_: int) -> bool:
        ready.wait()
        try:
            with Session(engine) as session, session.begin():
                follow(session, committed)
        except LinkUsedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [False] * 7 + [True]
    with Session(engine) as session:
        assert len(session.scalars(select(PageSession)).all()) == 1
