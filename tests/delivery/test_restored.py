"""A backup is restored: what waited in it was said meanwhile, or was not."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery.settling import doubt_what_waited
from bot.delivery.tables import QUEUED, Delivery
from tests.delivery.support import House


def as_it_was_in_the_backup(session: Session, key: str) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.key == key)
        .values(
            state=QUEUED, attempts=0, claimed_at=None, lease=None, platform_ts=None, sent_at=None
        )
    )


def test_what_was_said_is_found_and_what_was_not_is_said(house: House) -> None:
    house.say("said")
    house.turn()
    house.write(as_it_was_in_the_backup, "said")
    house.say("waits")
    assert house.write(doubt_what_waited, house.event_id) == 2
    assert house.write(doubt_what_waited, house.event_id) == 0
    for _ in range(2):
        house.turn()
        house.age()
    house.turn()
    assert house.said == [("general", "said"), ("general", "waits")]
    assert house.states() == {"said": "sent", "waits": "sent"}
