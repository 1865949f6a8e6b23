"""To somebody whom the database must not know: everything arrives, and nothing is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.delivery import outbox
from bot.delivery.gateway import (
    NotSentError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
)
from bot.delivery.memory import LateError, LostError
from bot.delivery.outbox import Place
from bot.delivery.pace import Rate, Rates
from bot.delivery.sealed import ten_minutes
from bot.delivery.tables import Delivery, Pace
from tests.delivery.support import SEALED, START, House, Note

ADA, BO = "a" * 64, "b" * 64
LOST, ACCEPTED = LostError("reset"), OutcomeUnknownError("reset")
EMPTY: dict[str, Any] = {
    "sealed_to": None,
    "sealed_by": None,
    "participant_id": None,
    "args": {},
    "cause": None,
    "expires_at": None,
    "next_try_at": 0.0,
    "lease_until": None,
    "settle_at": None,
    "sent_at": None,
    "lease": None,
    "platform_channel": None,
    "platform_ts": None,
    "shown": None,
}


@pytest.fixture(autouse=True)
def sealed(house: House) -> None:
    SEALED.update({ADA: house.people[0], BO: house.people[1]})


def rest(house: House) -> None:
    for _ in range(8):
        house.turn()
        if not house.open():
            return
        house.age(61)


def kept(row: Delivery) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in EMPTY}
    return values | {"next_try_at": max(0.0, row.next_try_at)}  # `age` moves it on


def test_it_arrives_and_is_forgotten(house: House) -> None:
    house.later(61)
    house.say("a", ADA)
    waiting = house.row("a")
    assert (waiting.sealed_to, waiting.sealed_by, waiting.args) == (ADA, "session", {"key": "a"})
    house.turn()
    assert house.said == [(house.people[0], "a")]
    row = house.row("a")
    assert (row.state, row.error, kept(row)) == ("sent", None, EMPTY)
    assert row.created_at == row.due_at == START
    assert row.claimed_at is not None
    assert row.claimed_at % 600 == 0


@pytest.mark.parametrize(
    ("moment", "rounded"),
    [("08:00:00", "08:00"), ("08:09:59.999999", "08:00"), ("08:10:00.000001", "08:10")],
)
def test_moments_are_rounded_down(moment: str, rounded: str) -> None:
    at = datetime.fromisoformat(f"2026-11-24T{moment}").replace(tzinfo=UTC)
    assert ten_minutes(at) == datetime.fromisoformat(f"2026-11-24T{rounded}").replace(tzinfo=UTC)


def test_neither_cause_nor_pace_is_written_down(house: House) -> None:
    with house.session() as session, session.begin():
        to = Place(house.workspace_id, sealed_to=ADA, sealed_by="session")
        outbox.enqueue(
            session,
            house.event_id,
            to,
            Note("a"),
            "a",
            message_class="answer",
            now=house.now,
            cause="Ev1",
        )
    assert house.row("a").cause is None
    house.turn()
    with house.session() as session:
        scopes = {pace.scope for pace in session.query(Pace).filter_by(event_id=house.event_id)}
    assert scopes == {"", f"{house.workspace_id}:post"}


@pytest.mark.parametrize(
    "failure",
    [
        ThrottledError(30),
        NotSentError("no connection"),
        LOST,
        ACCEPTED,
        LateError("reset"),
        RuntimeError("a bug"),
    ],
)
def test_whatever_happens_it_is_said_once_and_forgotten(house: House, failure: Exception) -> None:
    house.say("a", ADA)
    house.gateway.failures = [failure]
    house.turn()
    assert house.row("a").sealed_to == ADA, "kept until it is settled"
    rest(house)
    assert house.said == [(house.people[0], "a")]
    assert (house.states(), kept(house.row("a"))) == ({"a": "sent"}, EMPTY)


def test_one_look_a_person(house: House) -> None:
    """Two people in doubt at once are two conversations."""
    for key, place in (("a", ADA), ("b", BO)):
        house.say(key, place)
    house.gateway.failures = [ACCEPTED, ACCEPTED]
    house.turn()
    assert house.states() == {"a": "unknown", "b": "unknown"}
    rest(house)
    assert sorted(house.said) == sorted([(house.people[0], "a"), (house.people[1], "b")])
    assert house.states() == {"a": "sent", "b": "sent"}


def test_a_dead_process_left_it(house: House) -> None:
    house.say("a", ADA)
    house.claim()
    rest(house)
    assert (house.said, kept(house.row("a"))) == ([(house.people[0], "a")], EMPTY)


def test_who_cannot_be_reached_is_forgotten_too(house: House) -> None:
    """And why is not said, since it may be true of one person only."""
    house.say("left", "a" * 64)
    del SEALED[ADA]
    house.say("refuses", BO)
    house.gateway.closed.add(house.people[1])
    house.turn()
    assert house.states() == {"left": "failed", "refuses": "failed"}
    for key in ("left", "refuses"):
        assert (house.row(key).error, kept(house.row(key))) == ("could not be reached", EMPTY)


def test_without_the_key_it_is_skipped(house: House) -> None:
    house.say("a", ADA)
    house.say("b", BO)
    house.gateway.failures = [LOST]
    house.turn()
    assert sorted(house.states().values()) == ["sent", "unknown"]
    house.say("c", ADA)
    SEALED.clear()
    rest(house)
    in_doubt = "a" if house.states()["a"] == "failed" else "b"
    assert (house.states()[in_doubt], house.states()["c"]) == ("failed", "skipped")
    for key in (in_doubt, "c"):
        assert (house.row(key).error, kept(house.row(key))) == ("its key was deleted", EMPTY)


def test_what_is_outdated_is_forgotten(house: House) -> None:
    house.gateway.failures = [NotSentError("no connection")]
    house.say("a", ADA, expires_in=60)
    house.turn()
    house.refresh_sealed("a", "changed", ADA)
    house.later(60)
    rest(house)
    assert house.states() == {"a": "skipped", "a*": "dropped"}
    assert house.row("a").error == "no longer worth saying"
    assert kept(house.row("a")) == kept(house.edit_row("a")) == EMPTY


def test_it_is_found_again_to_be_edited(house: House) -> None:
    house.say("a", ADA)
    house.say("other", house.people[0])
    house.turn()
    for words in ("moved", "moved again"):
        house.later(601)
        house.refresh_sealed("a", words, ADA)
        assert house.edit_row("a").sealed_to == ADA
        house.turn()
        assert dict(zip(["a", "other"], sorted(text for _, text in house.said), strict=True)) == {
            "a": words,
            "other": "other",
        }
        row = house.edit_row("a")
        assert (row.state, row.error, kept(row)) == ("sent", None, EMPTY)
        assert row.created_at == ten_minutes(house.now)
    assert kept(house.row("a")) == EMPTY


def test_many_changes_make_one_edit_of_the_newest(house: House) -> None:
    house.say("a", ADA)
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    house.refresh_sealed("a", "moved again", ADA)
    house.turn()
    assert (house.said, house.gateway.messages[0].edits) == ([(house.people[0], "moved again")], 1)


def test_an_edit_waits_until_its_post_is_settled(house: House) -> None:
    house.say("a", ADA)
    house.gateway.failures = [ACCEPTED]
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    house.turn()
    assert house.states() == {"a": "unknown", "a*": "queued"}
    rest(house)
    assert house.said == [(house.people[0], "moved")]
    assert house.states() == {"a": "sent", "a*": "sent"}


def test_a_change_during_the_edit_is_shown_too(house: House) -> None:
    from bot.delivery import outcomes

    house.say("a", ADA)
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    (claim,) = house.claim()
    house.refresh_sealed("a", "moved again", ADA)
    house.write(outcomes.edit_sent, claim, house.row("a").delivery_id, "digest")
    assert (house.edit_row("a").state, house.edit_row("a").sealed_to) == ("queued", ADA)
    house.turn()
    assert house.said == [(house.people[0], "moved again")]
    assert kept(house.edit_row("a")) == EMPTY


@pytest.mark.parametrize(
    "failure", [ThrottledError(30), NotSentError("no connection"), LOST, ACCEPTED, LateError("x")]
)
@pytest.mark.parametrize("step", ["find", "edit"])
def test_an_edit_converges(house: House, failure: Exception, step: str) -> None:
    house.say("a", ADA)
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    (house.gateway.blind if step == "find" else house.gateway.failures).append(failure)
    house.turn()
    assert house.states() == {"a": "sent", "a*": "queued"}
    rest(house)
    assert house.said == [(house.people[0], "moved")]
    assert (house.states(), kept(house.edit_row("a"))) == ({"a": "sent", "a*": "sent"}, EMPTY)


def test_a_post_that_its_reader_deleted_is_not_edited(house: House) -> None:
    house.say("a", ADA)
    house.turn()
    house.gateway.deleted.add(house.row("a").delivery_id)
    house.refresh_sealed("a", "moved", ADA)
    house.turn()
    row = house.edit_row("a")
    assert (row.state, row.error, kept(row)) == ("dropped", None, EMPTY)
    house.gateway.deleted.clear()
    house.refresh_sealed("a", "moved again", ADA)
    house.turn()
    assert house.said == [(house.people[0], "moved again")]


def test_an_edit_without_its_key_is_skipped(house: House) -> None:
    house.say("a", ADA)
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    SEALED.clear()
    house.turn()
    assert (house.states()["a*"], house.edit_row("a").error) == ("skipped", "its key was deleted")
    assert kept(house.edit_row("a")) == EMPTY


def test_looking_up_and_editing_both_have_their_pace(house: House) -> None:
    for key, place in (("a", ADA), ("b", BO)):
        house.say(key, place)
    house.turn()
    for key, place in (("a", ADA), ("b", BO)):
        house.refresh_sealed(key, "moved", place)
    assert len(house.claim(Rates(looks=Rate(1)))) == 1


def test_nothing_is_edited_that_was_never_said(house: House) -> None:
    house.refresh_sealed("a", "moved", ADA)
    assert house.states() == {}
    house.gateway.failures = [RefusedError("user_disabled")]
    house.say("a", ADA)
    house.turn()
    house.refresh_sealed("a", "moved", ADA)
    assert house.states() == {"a": "failed"}


def test_after_its_retention_nobody_is_meant(house: House) -> None:
    house.say("a", ADA)
    with house.session() as session, session.begin():
        mine = Delivery.event_id == house.event_id
        session.execute(update(Delivery).where(mine).values(created_at=START - timedelta(days=31)))
        expire = Delivery.lifecycle.expire
        assert expire is not None
        expire(session, house.event_id, START, START)
    assert (house.row("a").sealed_to, house.row("a").sealed_by) == (None, None)
    house.turn()
    assert house.states() == {"a": "failed"}


def test_logs_do_not_name_the_delivery(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A line has an exact moment, and the delivery has none."""
    with caplog.at_level("INFO"):
        house.say("a", ADA)
        house.gateway.failures = [NotSentError("x"), ACCEPTED]
        rest(house)
        house.refresh_sealed("a", "moved", ADA)
        rest(house)
    lines = " ".join(str(line.msg) for line in caplog.records)
    assert "delivery.settled" in lines
    names = {house.row("a").delivery_id, house.edit_row("a").delivery_id, *house.people, ADA}
    assert [name for name in names if name in lines] == []
