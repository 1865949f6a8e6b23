"""`maillon deliveries` at the terminal of an organiser."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import create_database_engine
from bot.delivery.tables import FAILED, POST, SENT, Delivery
from bot.demo import fill_database, sample_bytes
from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings, find_event
from bot.features.programme import jobs
from bot.features.programme.actions import import_programme
from bot.features.programme.formats.reading import read_programme
from tests.cli.conftest import Maillon
from tests.support.congress import at

MOVED = "S014"


@pytest.fixture
def morning(maillon: Maillon, sqlite_url: str) -> Maillon:
    """What began at 9 is announced, one channel refused it; then the second programme comes."""
    fill_database(sqlite_url, at("08:00"))
    engine = create_database_engine(sqlite_url)
    with Session(engine) as session, session.begin():
        event_id = find_event(session)
        event = event_settings(session, event_id)
        join_workspace(session, event_id, "slack", "T1")
        jobs.tick(session, event_id, at("08:46"))
        for post in session.scalars(select(Delivery)):
            refused = post.channel == "village-innovation" and post.operation == POST
            post.state, post.error = (FAILED, "is_archived") if refused else (SENT, None)
            post.expires_at = None  # the command runs by the real clock
        read = read_programme(
            sample_bytes("schedule-v2.json"), zone=event.zone, kinds=event.session_kinds
        )
        import_programme(session, event_id, read.sessions, at("09:00"))
        jobs.tick(session, event_id, at("09:10"))
    engine.dispose()
    return maillon


def test_what_is_not_done_and_why(morning: Maillon) -> None:
    done = morning("deliveries", "list")
    assert done.code == 0
    assert done.out.startswith("failed 1 · queued 1 · sent 2\n")
    assert "is_archived" in done.out
    waiting = json.loads(morning("deliveries", "list", "--state", "queued", "--json").out)
    assert (waiting["operation"], waiting["message"]) == ("edit", "programme.announced")
    assert (waiting["place"], waiting["why"]) == ("#programme", "waits for its turn")
    lines = morning("deliveries", "list", "--state", "failed", "--json").out.splitlines()
    (one,) = map(json.loads, lines)
    assert (one["message"], one["why"]) == ("programme.announced", "is_archived")
    assert one["due_at"] == "2019-12-12T07:46:00+00:00"


def test_one_is_sent_again_and_one_is_dropped(morning: Maillon, sqlite_url: str) -> None:
    failed = json.loads(morning("deliveries", "list", "--state", "failed", "--json").out)
    done = morning("deliveries", "retry", failed["delivery_id"], LC_ALL="fr_FR.UTF-8")
    assert (done.code, done.out) == (0, "C'est fait\u00a0: il part aussitôt.\n")
    again = morning("deliveries", "drop", failed["delivery_id"], LC_ALL="en_GB.UTF-8")
    assert (again.code, again.out) == (0, "Done: it is not sent.\n")
    twice = morning("deliveries", "drop", failed["delivery_id"])
    assert (twice.code, twice.err) == (1, "Nothing is left to do for this delivery.\n")
    unknown = morning("deliveries", "retry", "nothing")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("There is no delivery nothing")


def test_the_history_of_a_session(morning: Maillon) -> None:
    done = morning("deliveries", "explain", MOVED, LC_ALL="fr_FR.UTF-8")
    said = done.out.replace("\u00a0", " ").splitlines()
    assert said[0] == (
        "Présentations d'entreprises innovantes"
        " · jeudi 12 décembre 16 h 45 – 17 h 45 · Salle Rabelais"
    )
    assert said[1] == "jeudi 12 décembre 8 h 00  nouvelle"
    assert said[2].startswith("jeudi 12 décembre 9 h 00  autre heure de fin, déplacée · ")
    unknown = morning("deliveries", "explain", "S999", LC_ALL="en_GB.UTF-8")
    assert (unknown.code, unknown.err) == (1, "There is no session S999 in the programme.\n")
