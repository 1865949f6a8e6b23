"""An alert takes two presses, reaches everything at once, and stands until it is lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot.delivery.claims import Patience, claim
from bot.delivery.pace import Paces, Rates
from bot.features.bulletins import actions
from bot.features.bulletins.model import (
    CONFIRM_WITHIN,
    EMERGENCY,
    ConfirmAgainError,
    Content,
    StandsAlreadyError,
    Words,
)
from bot.features.bulletins.queries import reach, standing_emergency
from bot.features.bulletins.views import confirmation, preview
from bot.features.events.actions import apply_event
from bot.features.programme.queries import rooms
from bot.platforms.slack.render import PING, render
from tests.features.bulletins.support import Organisers
from tests.platforms.slack.test_any_card import strings
from tests.support.factories import EARLY, at, event_file, legible, said, talk

NIGHT = at("23:40")
ALERT = "Alerte · Sortez par la porte nord."


@pytest.fixture
def world(session: Session) -> Organisers:
    channels = {"general": "programme", "organisers": "organisation", "rooms": {"Balzac": "balzac"}}
    return Organisers(session, event_file(channels=channels))


def test_it_reaches_every_channel_at_any_hour_and_pings(world: Organisers) -> None:
    row = world.alarms(now=NIGHT)
    assert sorted(world.told()) == [
        ("12 23:40", "#balzac", ALERT),
        ("12 23:40", "#organisation", ALERT),
        ("12 23:40", "#programme", ALERT),
    ]
    card = world.card(world.posts()[0])
    assert (card.alert, said(card)) == (
        True,
        ["Alerte", "Sortez par la porte nord.", "Alert", "Leave by the north door."],
    )
    standing = standing_emergency(world.session, world.event_id)
    assert standing is not None
    assert (standing.bulletin_id, standing.since) == (row.bulletin_id, NIGHT)
    assert world.history() == ["bulletin.published", "bulletin.written", "emergency.armed"]


def test_it_overtakes_everything_that_waits(world: Organisers) -> None:
    world.imports(talk("A", at("09:00")))
    for number in range(8):
        world.star(world.person(f"P{number}"), "A")
    world.until(at("08:55"))
    world.announces("Le déjeuner est servi.", now=at("08:55"))
    world.session.flush()
    world.alarms(now=at("08:56"))
    world.session.flush()
    workspaces = [world.workspace_id]
    paces = Paces(world.session, world.event_id)
    taken = claim(
        world.session,
        world.event_id,
        at("08:56"),
        workspaces,
        paces,
        Rates().times(0.01),
        Patience(),
    )
    classes = {one.delivery_id: one.message_class for one in world.posts()}
    assert [classes[one.delivery_id] for one in taken][:3] == ["emergency"] * 3


def test_the_second_press_says_how_far_it_goes(world: Organisers) -> None:
    world.imports(talk("A", at("09:00"), room="Balzac"), talk("B", at("09:00")))
    for name in ("Bo", "Cy"):
        world.person(name)
    row = world.drafts("Sortez.", kind=EMERGENCY)
    [first, facts] = preview(world.session, world.event, row, world.reader(), EARLY)
    assert (first.title, first.lines) == ("Alerte", ("Sortez.",))
    assert [one.label for one in facts.actions] == ["Lancer l'alerte", "Modifier", "Abandonner"]
    actions.arm(world.session, world.ada, row.bulletin_id, row.version, EARLY)
    [_, second] = confirmation(world.session, world.event, row, world.reader())
    assert [legible(one.label) for one in second.actions] == [
        "Confirmer : 3 canaux, 2 pages, 2 écrans, 3 personnes",
        "Abandonner",
    ]
    assert reach(world.session, world.event_id, world.event).rooms == len(
        rooms(world.session, world.event_id)
    )
    assert world.told() == []


def test_one_press_is_not_enough(world: Organisers) -> None:
    row = world.drafts("Sortez.", kind=EMERGENCY)
    with pytest.raises(ConfirmAgainError):
        actions.publish(world.session, world.ada, row.bulletin_id, row.version, EARLY)
    with pytest.raises(ConfirmAgainError):
        actions.launch(world.session, world.ada, row.bulletin_id, "", EARLY)
    armed = actions.arm(world.session, world.ada, row.bulletin_id, row.version, EARLY).armed or ""
    late = EARLY + CONFIRM_WITHIN + timedelta(seconds=1)
    with pytest.raises(ConfirmAgainError):
        actions.launch(world.session, world.ada, row.bulletin_id, armed, late)
    # Changed in between: what was read is not what would go out.
    other = Content(Words("Restez."), "everywhere")
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, other, EARLY)
    with pytest.raises(ConfirmAgainError):
        actions.launch(world.session, world.ada, row.bulletin_id, armed, EARLY)
    assert world.told() == []


def test_one_alert_at_a_time_and_a_second_press_twice_is_once(world: Organisers) -> None:
    first, second = (world.drafts("Sortez.", kind=EMERGENCY) for _ in range(2))
    armed = [
        actions.arm(world.session, world.ada, one.bulletin_id, one.version, EARLY).armed or ""
        for one in (first, second)
    ]
    for _ in range(2):
        actions.launch(world.session, world.ada, first.bulletin_id, armed[0], EARLY)
    with pytest.raises(StandsAlreadyError):
        actions.launch(world.session, world.ada, second.bulletin_id, armed[1], EARLY)
    assert len(world.told()) == 3


def test_lifting_edits_every_post_and_a_change_does_too(world: Organisers) -> None:
    row = world.alarms(now=at("10:31"))
    world.delivers(at("10:31"))
    content = Content(Words("Restez dans les salles."), "everywhere")
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, content, at("10:35"))
    world.publishes(row, at("10:35"))
    assert {text for *_, text in world.told()} == {"Alerte · Restez dans les salles."}
    standing = standing_emergency(world.session, world.event_id)
    assert standing is not None
    assert standing.words.fr == "Restez dans les salles."
    # Also where the event's channels are others by now.
    apply_event(world.session, event_file(), at("10:45"))
    for _ in range(2):
        actions.withdraw(world.session, world.ada, row.bulletin_id, at("10:50"))
    assert {text for *_, text in world.told()} == {"L'alerte de 10 h 31 est levée."}
    assert [world.card(one).alert for one in world.posts()] == [False] * 3
    assert world.edits() == sorted(one.key for one in world.posts())
    assert standing_emergency(world.session, world.event_id) is None
    assert "emergency.lifted" in world.history()
    world.alarms(now=at("11:00"))  # and another may be given


def storable(text: str) -> str:
    """As it comes from a form: no half characters, and none that PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=strings, english=strings, kind=st.sampled_from(["announcement", EMERGENCY]))
def test_what_somebody_writes_never_becomes_a_ping(
    world: Organisers, text: str, english: str, kind: str
) -> None:
    """Only the flag of an alert does, once in the blocks and once in the notification."""
    text, english = map(storable, (text, english))
    row = world.drafts(f"x{text}", english, kind=kind)
    if kind == EMERGENCY:
        armed = actions.arm(world.session, world.ada, row.bulletin_id, row.version, EARLY).armed
        actions.launch(world.session, world.ada, row.bulletin_id, armed or "", EARLY)
    else:
        world.publishes(row)
    post = next(one for one in world.posts() if one.args["bulletin_id"] == row.bulletin_id)
    message = render(world.card(post), world.event_id, world.reader())
    pinging = [block for block in message.blocks if "<" in str(block.get("text", ""))]
    if kind == EMERGENCY:
        assert [block["text"]["text"] for block in pinging] == [PING]
        assert message.text.startswith(f"{PING} ")
        assert "<" not in message.text.removeprefix(PING)
        actions.withdraw(world.session, world.ada, row.bulletin_id, EARLY)
        message = render(world.card(post), world.event_id, world.reader())
    assert "<" not in message.text
    assert not any("<" in str(block) for block in message.blocks)
