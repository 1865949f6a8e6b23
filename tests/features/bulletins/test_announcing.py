"""What organisers write is told when they publish it, as it is now, until they take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.core.errors import NotAllowedError
from bot.delivery.tables import DROPPED, EDIT, SKIPPED, Delivery
from bot.features.bulletins import actions, jobs
from bot.features.bulletins.infos import import_infos, parse_infos
from bot.features.bulletins.model import (
    CHANNEL,
    MISSED,
    ROOM,
    SCHEDULED,
    SENT,
    SESSION,
    WITHDRAWN,
    ChangedMeanwhileError,
    Content,
    NoAudienceError,
    NoTextError,
    NotOrganiserNamedError,
    OverMeanwhileError,
    PastMomentError,
    SkippedTimeError,
    UnreadableTimeError,
    Words,
    moment_of,
)
from bot.features.bulletins.queries import practical_info, shown_at
from bot.features.bulletins.views import overview, preview
from bot.features.people.actions import choose_fewer_messages, meet, merge
from bot.features.people.model import Member
from bot.features.programme.roles import ORGANISER, WHOLE_EVENT, Role
from tests.features.bulletins.support import Organisers
from tests.support.factories import EARLY, PARIS, at, legible, said, talk

LUNCH = "L'équipe d'organisation · Le déjeuner est servi."


def test_a_draft_says_nothing_and_is_published_once(world: Organisers) -> None:
    row = world.drafts()
    world.ticks(EARLY)
    assert world.told() == []
    version = row.version
    for _ in range(2):  # pressed twice: the second finds nothing left to publish
        actions.publish(world.session, world.ada, row.bulletin_id, row.version, EARLY)
    world.ticks(EARLY)
    assert world.told() == [("12 08:00", "#programme", LUNCH)]
    with pytest.raises(ChangedMeanwhileError):
        actions.publish(world.session, world.ada, row.bulletin_id, version, EARLY)
    assert world.history() == ["bulletin.published", "bulletin.written"]


def test_it_goes_out_at_its_moment_and_once(world: Organisers) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    assert (row.state, jobs.next_due(world.session, world.event_id)) == (SCHEDULED, at("12:30"))
    world.ticks(at("12:29:59"))
    assert world.told() == []
    for _ in range(3):
        world.ticks(at("12:30"))
    assert world.told() == [("12 12:30", "#programme", LUNCH)]
    assert jobs.next_due(world.session, world.event_id) is None


@pytest.mark.parametrize(("woken", "state"), [("12:45", SENT), ("12:45:01", MISSED)])
def test_what_comes_a_quarter_of_an_hour_late_is_not_said(
    world: Organisers, woken: str, state: str
) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    world.ticks(at(woken))
    assert (row.state, len(world.told())) == (state, state == SENT)
    listed = "\n".join(said(overview(world.session, world.event, world.event_id, world.reader())))
    missed = "Non envoyée : Maillon était à l'arrêt à ce moment-là · #programme"
    assert (missed in listed) == (state == MISSED)


def test_readers_of_english_get_english_where_it_is_given(world: Organisers) -> None:
    both = world.announces("Le déjeuner est servi.", en="Lunch is served.")
    french = world.announces("Le bus part.")
    posts = {one.args["bulletin_id"]: one for one in world.posts()}
    english = [world.card(posts[one.bulletin_id], "en").summary for one in (both, french)]
    assert english == ["The organisers · Lunch is served.", "The organisers · Le bus part."]


def test_a_change_edits_what_was_posted_and_posts_nothing(world: Organisers) -> None:
    row = world.announces("Le déjeuner est servi.")
    world.delivers(EARLY)
    content = Content(Words("Le déjeuner attend."), ROOM, "elsewhere", at("17:00"))
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, content, at("08:10"))
    assert [text for *_, text in world.told()] == [LUNCH]
    world.publishes(row, at("08:11"))
    assert [text for *_, text in world.told()] == ["L'équipe d'organisation · Le déjeuner attend."]
    assert world.edits() == [one.key for one in world.posts()]
    assert (row.audience, row.target, row.state) == (CHANNEL, "programme", SENT)


def test_what_was_decided_goes_out_while_somebody_writes(world: Organisers) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    later = Content(Words("Le déjeuner attend."), CHANNEL, "programme", at("12:45"))
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, later, at("12:29"))
    world.ticks(at("12:30"))
    assert [text for *_, text in world.told()] == [LUNCH]
    world.publishes(row, at("12:31"))
    assert [text for *_, text in world.told()] == ["L'équipe d'organisation · Le déjeuner attend."]


def test_a_change_of_what_is_scheduled_moves_it(world: Organisers) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    later = Content(Words("Le déjeuner attend."), CHANNEL, "organisation", at("12:45"))
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, later, EARLY)
    world.publishes(row, EARLY)
    world.ticks(at("12:30"))
    assert world.told() == []
    world.ticks(at("12:45"))
    assert world.told() == [
        ("12 12:45", "#organisation", "L'équipe d'organisation · Le déjeuner attend.")
    ]


def test_withdrawn_before_its_moment_it_is_never_sent(world: Organisers) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    actions.withdraw(world.session, world.ada, row.bulletin_id, at("12:00"))
    world.ticks(at("12:30"))
    assert (world.told(), row.state) == ([], WITHDRAWN)
    assert world.history() == ["bulletin.published", "bulletin.withdrawn", "bulletin.written"]


def test_withdrawn_while_it_waits_for_slack_it_is_not_sent(world: Organisers) -> None:
    row = world.announces("Le déjeuner est servi.")
    for _ in range(2):
        actions.withdraw(world.session, world.ada, row.bulletin_id, EARLY)
    world.delivers(EARLY)
    assert [one.state for one in world.posts()] == [SKIPPED]
    edit = select(Delivery.state).where(Delivery.operation == EDIT)
    assert world.session.scalars(edit.where(Delivery.event_id == world.event_id)).all() == [DROPPED]


def test_withdrawn_after_it_was_read_it_says_so(world: Organisers) -> None:
    row = world.announces("Le déjeuner est servi.")
    world.delivers(EARLY)
    actions.withdraw(world.session, world.ada, row.bulletin_id, at("08:05"))
    assert [text for *_, text in world.told()] == [
        "Cette annonce a été retirée par l'équipe d'organisation."
    ]
    assert world.edits() == [one.key for one in world.posts()]
    again = Content(Words("Encore"), CHANNEL, "programme")
    with pytest.raises(OverMeanwhileError):
        actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, again, EARLY)


def test_dropping_a_change_keeps_what_was_decided(world: Organisers) -> None:
    row = world.publishes(world.drafts(send_at=at("12:30")))
    other = Content(Words("Autre chose"), CHANNEL, "programme", at("12:45"))
    actions.rewrite(world.session, world.ada, row.bulletin_id, row.version, other, EARLY)
    actions.abandon(world.session, world.ada, row.bulletin_id, EARLY)
    fresh = world.drafts("Brouillon")
    actions.abandon(world.session, world.ada, fresh.bulletin_id, EARLY)
    world.ticks(at("12:30"))
    assert [text for *_, text in world.told()] == [LUNCH]
    assert "Brouillon" not in str(
        overview(world.session, world.event, world.event_id, world.reader())
    )


# ---------------------------------------------------------------- to those who chose a session


def test_those_who_chose_a_session_are_told_within_their_budget(world: Organisers) -> None:
    world.imports(talk("A", at("11:00")))
    bo, cy, dee = (world.person(name) for name in ("Bo", "Cy", "Dee"))
    for person in (bo, cy):
        world.star(person, "A")
    choose_fewer_messages(world.session, cy, True, EARLY)
    about = (SESSION, world.row("A").session_id)
    told = "L'équipe d'organisation · Session A, 11 h 00 · Apportez vos badges."
    world.announces("Apportez vos badges.", now=at("08:00"), to=about)
    assert world.told() == [("12 08:00", "Bo", told)]
    # Ten minutes have to lie between two messages; then the next goes out by itself.
    world.announces("Entrée par le foyer.", now=at("08:03"), to=about)
    assert len(world.told()) == 1
    assert jobs.next_due(world.session, world.event_id) == at("08:10")
    world.ticks(at("08:10"))
    assert [when for when, *_ in world.told()] == ["12 08:00", "12 08:10"]
    assert dee.name not in [who for _, who, _ in world.told()]
    # Within the hour it is urgent: at once, and to those with fewer messages too.
    world.announces("Salle changée.", now=at("10:15"), to=about)
    assert sorted(who for when, who, _ in world.told() if when == "12 10:15") == ["Bo", "Cy"]


def test_letters_that_wait_go_with_a_withdrawal_and_those_sent_are_edited(
    world: Organisers,
) -> None:
    world.imports(talk("A", at("11:00")))
    for name in ("Bo", "Cy"):
        world.star(world.person(name), "A")
    about = (SESSION, world.row("A").session_id)
    world.announces("Un.", now=at("08:00"), to=about)
    world.delivers(at("08:00"))
    second = world.announces("Deux.", now=at("08:05"), to=about)
    actions.withdraw(world.session, world.ada, second.bulletin_id, at("08:06"))
    world.ticks(at("08:10"))
    assert len(world.told()) == 2
    first = world.posts()[0].args["bulletin_id"]
    actions.withdraw(world.session, world.ada, first, at("08:20"))
    assert {text for *_, text in world.told()} == {
        "Cette annonce a été retirée par l'équipe d'organisation."
    }
    assert len(world.edits()) == 2


def test_a_letter_in_the_evening_waits_for_the_morning_but_not_beyond_its_session(
    world: Organisers,
) -> None:
    world.imports(talk("A", at("09:00", day=13)), talk("B", at("20:15"), minutes=30))
    world.star(world.person("Bo"), "A")
    world.star(world.person("Cy"), "B")
    world.announces("Demain.", now=at("20:05"), to=(SESSION, world.row("A").session_id))
    world.announces("Ce soir.", now=at("20:05"), to=(SESSION, world.row("B").session_id))
    assert [(when, who) for when, who, _ in world.told()] == [("12 20:05", "Cy")]
    world.ticks(at("07:30", day=13))
    assert [(when, who) for when, who, _ in world.told()][1:] == [("13 07:30", "Bo")]


def test_people_who_turn_out_to_be_one_get_their_letter_once(world: Organisers) -> None:
    world.imports(talk("A", at("11:00")))
    bo = world.person("Bo")
    world.star(bo, "A")
    about = (SESSION, world.row("A").session_id)
    world.announces("Un.", now=at("08:00"), to=about)
    world.announces("Deux.", now=at("08:05"), to=about)  # waits until 08:10
    other = meet(world.session, world.event_id, world.workspace_id, Member("U9", "Bo"), EARLY)
    merge(world.session, world.event_id, other.participant_id, bo.participant_id)
    for _ in range(2):
        world.ticks(at("08:10"))
    assert len(world.told()) == 2


# ---------------------------------------------------------------- who, to whom, when


def test_only_organisers_speak_and_others_are_told_who_can(world: Organisers) -> None:
    row = world.announces("Bonjour.")
    bo = world.person("Bo")
    content = Content(Words("Moi aussi."), CHANNEL, "programme")
    attempts: tuple[Callable[[], object], ...] = (
        partial(actions.draft, world.session, bo, "announcement", content, EARLY),
        partial(actions.rewrite, world.session, bo, row.bulletin_id, row.version, content, EARLY),
        partial(actions.publish, world.session, bo, row.bulletin_id, row.version, EARLY),
        partial(actions.withdraw, world.session, bo, row.bulletin_id, EARLY),
        partial(actions.abandon, world.session, bo, row.bulletin_id, EARLY),
        partial(actions.arm, world.session, bo, row.bulletin_id, row.version, EARLY),
        partial(actions.launch, world.session, bo, row.bulletin_id, "", EARLY),
    )
    for attempt in attempts:
        with pytest.raises(NotAllowedError) as refused:
            attempt()
    assert isinstance(refused.value, NotOrganiserNamedError)
    told = legible(refused.value.told_to(world.reader()))
    assert told == "Seule l'équipe d'organisation publie des annonces : Ada."
    role = {"event_id": world.event_id, "participant_id": bo.participant_id}
    world.session.add(Role(**role, role=ORGANISER, session_id=WHOLE_EVENT))
    assert actions.draft(world.session, bo, "announcement", content, EARLY).version == 1


def test_who_saw_an_older_version_changes_nothing(world: Organisers) -> None:
    row = world.drafts()
    seen, other = row.version, Content(Words("De Bo."), CHANNEL, "programme")
    actions.rewrite(world.session, world.ada, row.bulletin_id, seen, other, EARLY)
    with pytest.raises(ChangedMeanwhileError):
        actions.rewrite(world.session, world.ada, row.bulletin_id, seen, other, EARLY)
    with pytest.raises(ChangedMeanwhileError):
        actions.publish(world.session, world.ada, row.bulletin_id, seen, EARLY)
    assert world.publishes(row).text_fr == "De Bo."


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (Content(Words("  "), CHANNEL, "programme"), NoTextError),
        (Content(Words("", "English"), CHANNEL, "programme"), NoTextError),
        (Content(Words("Oui"), CHANNEL, "elsewhere"), NoAudienceError),
        (Content(Words("Oui"), ROOM, "Nowhere"), NoAudienceError),
        (Content(Words("Oui"), SESSION, "nothing"), NoAudienceError),
        (Content(Words("Oui"), "everywhere", ""), NoAudienceError),
        (Content(Words("Oui"), CHANNEL, "programme", EARLY), PastMomentError),
    ],
)
def test_what_cannot_be_said_is_refused(
    world: Organisers, content: Content, flaw: type[Exception]
) -> None:
    with pytest.raises(flaw):
        actions.draft(world.session, world.ada, "announcement", content, EARLY)


@pytest.mark.parametrize(
    "typed", ["14:30", "14h30", "14 h 30", "14\N{NO-BREAK SPACE}h 30", "14.30"]
)
def test_a_moment_is_by_the_clocks_of_the_congress(typed: str) -> None:
    assert moment_of(at("08:00").date(), typed, PARIS) == at("14:30")
    montreal = ZoneInfo("America/Montreal")
    assert moment_of(at("08:00").date(), typed, montreal) == datetime(
        2024, 12, 12, 19, 30, tzinfo=UTC
    )


def test_a_moment_when_the_clocks_change() -> None:
    spring, autumn = date(2025, 3, 30), date(2025, 10, 26)
    with pytest.raises(SkippedTimeError):
        moment_of(spring, "02:30", PARIS)
    assert moment_of(spring, "3h", PARIS) == datetime(2025, 3, 30, 1, tzinfo=UTC)
    assert moment_of(autumn, "2:30", PARIS) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "25:00", "14:61", "bientôt", "14:3", "-1:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableTimeError):
        moment_of(at("08:00").date(), typed, PARIS)


def test_a_room_is_told_in_its_channel_and_shows_it_for_an_hour(world: Organisers) -> None:
    world.imports(talk("A", at("11:00"), room="Balzac"))
    world.announces("La salle est pleine.", now=at("10:00"), to=(ROOM, "Balzac"))
    told = "L'équipe d'organisation · Balzac · La salle est pleine."
    assert world.told() == [("12 10:00", "#programme", told)]

    def seen(room: str, moment: str) -> list[str]:
        return [
            one.words.fr for one in shown_at(world.session, world.event_id, room, at(moment))[1]
        ]

    assert seen("Balzac", "10:59") == ["La salle est pleine."]
    assert (seen("Balzac", "11:00"), seen("Descartes", "10:30")) == ([], [])


def test_the_preview_is_what_is_read_and_warns_of_a_full_channel(world: Organisers) -> None:
    world.imports(*(talk(f"T{hour}", at(f"{hour}:00")) for hour in range(10, 19)))

    def seen(row_to: str, send_at: datetime | None) -> list[str]:
        row = world.drafts("Oui.", "Yes.", to=(CHANNEL, row_to), send_at=send_at)
        sections = preview(world.session, world.event, row, world.reader(), EARLY)
        return [legible(line) for one in sections for line in (one.title, *one.lines) if line]

    calm = [
        "L'équipe d'organisation",
        "Oui.",
        "The organisers",
        "Yes.",
        "#programme · Tout de suite",
    ]
    assert seen("programme", None) == calm
    for number in range(5):
        world.announces(f"Annonce {number}.")
    warning = (
        "Cela fait 15 messages dans #programme ce jour-là, sur 16 : "
        "au-delà, les changements du programme sont regroupés."
    )
    assert seen("programme", at("17:00")) == [
        *calm[:-1],
        "#programme · jeudi 12 décembre, 17 h 00",
        warning,
    ]
    assert warning not in seen("organisation", None)


def test_practical_information_in_order_and_in_french_where_there_is_no_english(
    world: Organisers,
) -> None:
    file = b"""
    [[infos]]
    id = "wifi"
    fr = { title = "Wi-Fi", text = "Sans mot de passe." }
    en = { title = "Wi-Fi", text = "No password." }
    [[infos]]
    id = "vestiaire"
    fr = { title = "Vestiaire", text = "Au fond." }
    """
    import_infos(world.session, world.event_id, parse_infos(file), EARLY)
    read = practical_info(world.session, world.event_id, "en")
    assert [(one.title, one.text, one.language) for one in read] == [
        ("Wi-Fi", "No password.", "en"),
        ("Vestiaire", "Au fond.", "fr"),
    ]
