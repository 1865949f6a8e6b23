"""What channels are told, moment by moment: announcements, and what an absence does to them."""

from __future__ import annotations

from datetime import timedelta

from bot.features.programme import jobs
from bot.features.programme.model import Speaker
from tests.support.channels import A, B, edits, moved, shown
from tests.support.factories import EARLY, World, at, event_file, talk


def test_sessions_that_start_together_share_a_post_that_becomes_under_way(world: World) -> None:
    people = (Speaker("Ada", organisation="Acme"), Speaker("Bo"))
    world.imports(
        talk("A", at("09:00"), language="en", speakers=people),
        talk("B", at("09:00"), room="Balzac", kind="networking"),
    )
    world.until(at("08:44"))
    assert world.told() == []
    world.until(at("08:59"))
    told = "À 9 h 00 · Session B, Balzac ; Session A, Descartes, en anglais"
    assert world.told() == [("12 08:45", "#programme", told)]
    assert shown(world) == [
        "À 9 h 00",
        "Session B",
        "Échanges · Balzac · jusqu'à 9 h 30",
        "[À suivre]",
        "Session A",
        "Conférence plénière · Descartes · en anglais · jusqu'à 9 h 30",
        "Avec Ada (Acme), Bo",
        "[Ajouter à mon programme]",
        "[Poser une question]",
    ]
    assert (world.posts()[0].message_class, world.posts()[0].expires_at) == ("useful", at("09:00"))
    world.until(at("10:00"))
    assert len(world.told()) == 1
    assert shown(world, language="en")[0] == "Under way"
    assert edits(world) == 1


def test_rooms_and_tracks_have_their_channels(world: World) -> None:
    channels = {"general": "all", "rooms": {"Balzac": "balzac"}, "tracks": {"IA": "ia"}}
    other = World(world.session, event_file(slug="routed", channels=channels))
    other.imports(
        talk("A", at("09:00")),
        talk("B", at("09:00"), room="Balzac", track="IA"),
        talk("C", at("09:00"), track="IA"),
    )
    other.until(at("09:00"))
    assert [place for _, place, _ in other.told()] == ["#all", "#balzac", "#ia"]


def test_a_job_may_run_again_and_in_no_workspace(world: World) -> None:
    world.imports(A)
    for _ in range(3):
        world.tick(at("08:45"))
    assert len(world.told()) == 1
    assert jobs.next_due(world.session, world.event_id) == at("08:55")


def test_a_session_that_becomes_known_within_its_lead_is_told_at_once(world: World) -> None:
    world.imports(A)
    world.until(at("08:50"))
    world.imports(A, B, now=at("08:50"))
    world.until(at("09:00"))
    assert [when for when, _, _ in world.told()] == ["12 08:45", "12 08:50"]
    world.imports(A, B, talk("C", at("09:00")), now=at("09:00"))
    world.until(at("12:00"))
    assert len(world.told()) == 2


def test_times_are_those_of_the_events_zone(world: World) -> None:
    far = World(world.session, event_file(slug="far", zone="America/Montreal"))
    far.imports(talk("A", at("15:00")))
    far.until(at("14:45"))
    assert far.told() == [("12 14:45", "#programme", "À 9 h 00 · Session A, Descartes")]


def test_the_day_on_which_clocks_change(world: World) -> None:
    """At 3:00 it is 2:00 again: what is an hour later on the wall is two hours later."""
    autumn = World(world.session, event_file(slug="dst"))
    before = at("00:00").replace(month=10, day=27, hour=1, minute=30)
    after = before + timedelta(hours=3)  # wall clock
    autumn.imports(talk("A", before), talk("B", after), now=before - timedelta(days=1))
    autumn.until(after)
    moments = [post.created_at for post in autumn.posts()]
    assert moments[1] - moments[0] == timedelta(hours=4)
    assert [text.split(" · ")[0] for _, _, text in autumn.told()] == ["En cours", "En cours"]
    assert autumn.row("A").starts_at + timedelta(hours=4) == autumn.row("B").starts_at


def test_away_over_a_start_what_is_over_is_skipped_visibly(world: World) -> None:
    """Twenty minutes without a bot."""
    world.imports(A, talk("B", at("09:10")))
    world.tick(at("09:02"))
    assert world.told() == [("12 09:02", "#programme", "À 9 h 10 · Session B, Descartes")]
    assert world.skipped() == [("#programme", "En cours · Session A, Descartes")]


def test_what_was_skipped_is_announced_if_it_moves_ahead(world: World) -> None:
    world.imports(A)
    world.tick(at("09:02"))
    assert world.told() == []
    world.imports(moved(A, "09:10"), now=at("09:03"))
    world.until(at("09:10"))
    assert world.told() == [("12 09:03", "#programme", "En cours · Session A, Descartes")]


def test_two_workspaces_are_each_told(world: World) -> None:
    from bot.features.events.actions import join_workspace

    join_workspace(world.session, world.event_id, "slack", "T2")
    world.imports(A)
    world.until(EARLY + timedelta(hours=1))
    assert len(world.told()) == 2
