"""Who is offered which page, and when; what a panelist and a moderator may read."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.errors import NoLongerThereError
from bot.features.people.importing import import_people
from bot.features.people.model import Person
from bot.features.people.queries import participant_by_email
from bot.features.people.tables import Participant
from bot.features.programme.tables import SpeakerRow
from bot.features.questions import jobs
from bot.features.questions.doors import STAGE, TEAM, Door, doors, open_door, page_meant
from bot.features.questions.model import NotModeratorError
from bot.features.questions.moderation import assign, publish
from bot.features.questions.panel import NotOnPanelError, panel_view
from bot.features.questions.profiles import votes_by_profile
from tests.support.factories import at, talk
from tests.support.questions import OPEN, QuestionWorld


@pytest.fixture
def world(session: Session) -> QuestionWorld:
    return QuestionWorld(session)


def speaks(world: QuestionWorld, person: Participant) -> None:
    world.session.add(
        SpeakerRow(
            event_id=world.event_id,
            session_id=world.row("T").session_id,
            position=0,
            name=person.name or "",
            participant_id=person.participant_id,
        )
    )
    world.session.flush()


def offers(world: QuestionWorld) -> list[tuple[str, str, str]]:
    return [one for one in world.told() if "animez" in one[2]]


def lives_until(world: QuestionWorld, clock: str) -> None:
    while (due := jobs.next_due(world.session, world.event_id)) and due <= at(clock):
        world.now = max(due, world.now)
        jobs.tick(world.session, world.event_id, world.now)


def test_the_host_is_offered_the_pupitre_once(world: QuestionWorld) -> None:
    lives_until(world, "09:50")
    said = "Vous animez à 9 h 00 · Session T"
    assert offers(world) == [("12 08:45", "Hana", said)]
    world.imports(talk("T", at("09:30"), 60, kind="round_table"), now=at("08:50"))
    lives_until(world, "10:30")
    assert len(offers(world)) == 1


def test_who_becomes_host_late_is_offered_it_at_once(world: QuestionWorld) -> None:
    lives_until(world, "08:50")
    world.now = at("09:20")
    world.role(world.person("Lou"), "animation", world.row("T").session_id)
    lives_until(world, "09:50")
    assert [place for _, place, _ in offers(world)] == ["Hana", "Lou"]
    world.now = at("11:00")
    world.role(world.person("Max"), "animation", world.row("T").session_id)
    lives_until(world, "11:30")
    assert len(offers(world)) == 2, "over: there is nothing to open"


def test_a_host_who_was_never_met_is_offered_it_when_they_are(world: QuestionWorld) -> None:
    import_people(world.session, world.event_id, [Person("noe@example.org", "Noé")], world.now)
    noe = participant_by_email(world.session, world.event_id, "noe@example.org")
    assert noe is not None
    world.role(noe, "animation", world.row("T").session_id)
    lives_until(world, "09:10")
    assert [place for _, place, _ in offers(world)] == ["Hana"]
    world.now = at("09:20")
    world.person("Noé", world.now, email="noe@example.org")
    lives_until(world, "09:30")
    said = "Vous animez à 9 h 00 · Session T"
    assert offers(world)[1:] == [("12 09:20", "Noé", said)]


def test_a_host_who_is_met_when_it_is_over_is_offered_nothing(world: QuestionWorld) -> None:
    import_people(world.session, world.event_id, [Person("noe@example.org", "Noé")], world.now)
    noe = participant_by_email(world.session, world.event_id, "noe@example.org")
    assert noe is not None
    world.role(noe, "animation", world.row("T").session_id)
    lives_until(world, "11:00")
    world.now = at("11:00")
    world.person("Noé", world.now, email="noe@example.org")
    lives_until(world, "11:30")
    assert [place for _, place, _ in offers(world)] == ["Hana"]
    assert jobs.next_due(world.session, world.event_id) is None


def test_a_cancelled_session_offers_nothing(world: QuestionWorld) -> None:
    world.imports(talk("U", OPEN, 60, room="Balzac"))
    lives_until(world, "09:50")
    assert offers(world) == []


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("pupitre", "stage"),
        ("Le pupitre, s'il vous plaît", "stage"),
        ("STAGE", "stage"),
        ("questions", "team"),
        ("mes questions", "team"),
        ("", None),
        ("question", None),
        ("les questions de financement", None),
        ("programme", None),
    ],
)
def test_words_for_pages(words: str, page: str | None) -> None:
    assert page_meant(words) == page


def test_doors_are_those_of_ones_roles(world: QuestionWorld) -> None:
    def found(person: Participant, page: str, clock: str = "08:50") -> list[Door]:
        return doors(world.session, world.event, person, page, at(clock))

    table, other = world.row("T"), world.row("U")
    sam = world.person("Sam")
    speaks(world, sam)
    assert found(world.host, STAGE) == [Door("stage", table.session_id, "Session T")]
    assert found(world.host, STAGE, "10:00") == []
    assert {one.session_id for one in found(world.team, STAGE)} == {
        table.session_id,
        other.session_id,
    }
    assert found(world.team, STAGE, "06:00") == [], "not for hours"
    assert found(world.team, TEAM) == [Door("team", "", "Congrès")]
    assert found(sam, TEAM) == [Door("panel", table.session_id, "Session T")]
    assert found(world.person("Noa"), TEAM) == found(world.person("Noa"), STAGE) == []


def test_a_link_is_made_only_for_what_one_may_see(world: QuestionWorld) -> None:
    table, other = world.row("T").session_id, world.row("U").session_id
    sam, noa = world.person("Sam"), world.person("Noa")
    speaks(world, sam)

    def opens(person: Participant, page: str, session_id: str = "") -> bool:
        return open_door(world.session, world.event, person, page, session_id).startswith("/go/")

    assert opens(world.host, "stage", table)
    assert opens(world.host, "team")
    assert opens(world.team, "team", other)
    assert opens(sam, "panel", table)
    for person, page, session_id in (
        (world.host, "stage", other),
        (noa, "team", ""),
        (noa, "stage", table),
        (sam, "team", table),
    ):
        with pytest.raises(NotModeratorError):
            opens(person, page, session_id)
    with pytest.raises(NotOnPanelError):
        opens(world.team, "panel", table)
    for page in ("stage", "metrics", "../go"):
        with pytest.raises(NoLongerThereError):
            opens(world.team, page)


def test_the_panel_has_a_list(world: QuestionWorld) -> None:
    session, table = world.session, world.row("T").session_id
    sam, pat = world.person("Sam"), world.person("Pat")
    speaks(world, sam)
    one, two = (world.asks(pat, text) for text in ("Pour Sam ?", "Pour tous ?"))
    for question in (one, two):
        publish(session, world.team, question.question_id, 1, OPEN)
    assign(session, world.team, one.question_id, 2, sam.participant_id, OPEN)
    assert [view.text for view in panel_view(session, sam, table)] == ["Pour Sam ?"]
    assign(session, world.team, one.question_id, 3, None, OPEN)
    assert panel_view(session, sam, table) == []
    for person in (pat, world.team):
        with pytest.raises(NotOnPanelError):
            panel_view(session, person, table)


def test_votes_by_profile_are_for_moderators_and_never_of_an_anonymous_question(
    world: QuestionWorld,
) -> None:
    session, table = world.session, world.row("T").session_id
    crowd = [world.person(f"P{n}") for n in range(60)]
    for kind, part in (("startup", crowd[:30]), ("health_authority", crowd[30:])):
        ids = [person.participant_id for person in part]
        session.execute(
            update(Participant).where(Participant.participant_id.in_(ids)).values(kind=kind)
        )
    named = world.asks(crowd[0], "Combien ?")
    hidden = world.asks(crowd[1], "Qui ?", anonymous=True)
    for person in (*crowd[:12], *crowd[30:40]):
        world.supports(person, named)
        world.supports(person, hidden)
    seen = select(Participant.participant_id).where(Participant.seen_at.is_not(None))
    assert len(session.scalars(seen).all()) > 60
    found = votes_by_profile(session, world.team, table)
    assert set(found) == {named.question_id}
    # The few without a profile are withheld, and one more kind with them: see test_tallies.
    assert dict(found[named.question_id].shown) == {"startup": 12}
    with pytest.raises(NotModeratorError):
        votes_by_profile(session, crowd[0], table)
