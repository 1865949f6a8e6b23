"""The shared pace, in exact numbers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.delivery.pace import Paces, Rate, Rates, pause
from bot.delivery.tables import Pace
from tests.delivery.support import House

# Slow enough that the time a test takes does not count.
RATES = Rates(Rate(6, burst=2), Rate(1), Rate(1), Rate(1))
CROWD = Rates(posts=Rate(6_000, burst=1_000), channel=Rate(1))
SCOPE = {"w:post": Rate(1, burst=3)}


def test_a_burst_then_one_an_interval(house: House) -> None:
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        assert [paces.take(SCOPE) for _ in range(3)] == [None, None, None]
        # Who is turned away is told a turn of their own.
        assert [paces.take(SCOPE) for _ in range(3)] == pytest.approx(
            [paces.now + 60, paces.now + 120, paces.now + 180], abs=1e-3
        )
        paces.store()
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        assert paces.take(SCOPE) is not None
    house.age(60)
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        assert paces.take(SCOPE) is None
        assert paces.take(SCOPE) is not None


def test_all_scopes_or_none(house: House) -> None:
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        narrow, wide = {"narrow": Rate(1)}, {"wide": Rate(1)}
        assert paces.take(narrow) is None
        assert paces.take({**narrow, **wide}) == pytest.approx(paces.now + 60)
        assert paces.take(wide) is None  # not used up by who was turned away


def test_a_pause_holds_whatever_the_burst(house: House) -> None:
    with house.session() as session, session.begin():
        now = Paces(session, house.event_id).now
        pause(session, house.event_id, SCOPE, now + 300)
    house.age(240)
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        assert paces.take(SCOPE) == pytest.approx(now + 60, abs=1e-3)
    house.age(61)
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        assert paces.take(SCOPE) is None
        assert paces.take(SCOPE) is not None  # no burst right after it


def test_a_shorter_pause_or_a_claim_does_not_undo_a_longer_one(house: House) -> None:
    with house.session() as session, session.begin():
        paces = Paces(session, house.event_id)
        paces.take(SCOPE)
        pause(session, house.event_id, SCOPE, paces.now + 300)
        pause(session, house.event_id, SCOPE, paces.now + 5)
        paces.store()
        mine = (Pace.event_id == house.event_id, Pace.scope == "w:post")
        stored = session.scalar(select(Pace.free_at).where(*mine))
        assert stored == pytest.approx(paces.now + 300 + 120)


def test_rows_go_when_their_scope_is_long_free(house: House) -> None:
    house.say("a")
    house.claim(RATES)
    scopes = select(Pace.scope).where(Pace.event_id == house.event_id).order_by(Pace.scope)
    workspace = house.workspace_id
    with house.session() as session:
        assert list(session.scalars(scopes)) == [
            "",
            f"{workspace}:post",
            f"{workspace}:post:general",
        ]
    house.age(3_600)
    house.claim(RATES)
    with house.session() as session:
        assert list(session.scalars(scopes)) == [""]


def test_one_a_second_in_a_conversation_direct_messages_too(house: House) -> None:
    ines, martin = house.people
    for number in range(2):
        for place in ("general", ines, martin):
            house.say(f"{place}-{number}", place)
    first = house.claim(CROWD)
    assert len(first) == 3
    assert house.claim(CROWD) == []
    # The lease of what was claimed comes first.
    assert house.wait() == pytest.approx(15, abs=10)
    house.age(60)
    assert len(house.claim(CROWD)) == 3


def test_the_workspace_has_a_pace_and_answers_overtake(house: House) -> None:
    for number in range(5):
        house.say(f"fan-{number}", f"channel-{number}")
    assert len(house.claim(RATES)) == 2
    house.say("answer", house.people[0], message_class="answer")
    assert house.claim(RATES) == []
    house.age(10)
    (claim,) = house.claim(RATES)
    assert claim.delivery_id == house.row("answer").delivery_id


def test_a_full_channel_does_not_stand_in_the_way_of_others(house: House) -> None:
    for number in range(120):
        house.say(f"full-{number:03}", "full", message_class="urgent")
    house.say("free", "free")
    claimed = [claim.delivery_id for _ in range(2) for claim in house.claim(CROWD)]
    assert house.row("free").delivery_id in claimed
    assert len(claimed) == 2


def test_an_edit_has_the_pace_of_its_method(house: House) -> None:
    for key in ("a", "b"):
        house.say(key, key)
    house.turn()
    house.age(3_600)
    for key in ("a", "b"):
        house.refresh(key)
    assert [claim.operation for claim in house.claim(RATES)] == ["edit"]
    house.say("c", "c")
    assert [claim.operation for claim in house.claim(RATES)] == ["post"]
