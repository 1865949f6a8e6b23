"""Every table says what becomes of its rows; merging and erasing people leave nothing behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, Table, UniqueConstraint, select
from sqlalchemy.orm import Session

from bot.db.base import Base, Lifecycle
from bot.db.inbox import first_time
from bot.delivery.outbox import Place, enqueue
from bot.delivery.tables import Delivery
from bot.features.bulletins.actions import draft
from bot.features.bulletins.actions import publish as publish_bulletin
from bot.features.bulletins.model import ANNOUNCEMENT, SESSION, Content, Words
from bot.features.events.model import ProfileKind
from bot.features.home.agenda import agenda_path
from bot.features.introductions import encounters, follow_ups
from bot.features.introductions import jobs as round_jobs
from bot.features.introductions.answering import come
from bot.features.introductions.attending import report
from bot.features.introductions.tables import Introduction, LeftOut, Round
from bot.features.people.actions import choose_fewer_messages, choose_language, erase, meet, merge
from bot.features.people.consents import ADULT, INTRODUCTIONS, PURPOSES, agree, withdraw
from bot.features.people.correcting import Correction, confirm_profile
from bot.features.people.importing import import_people
from bot.features.people.model import Member, Person
from bot.features.people.profile_tables import Stand
from bot.features.people.quiet import choose_quiet_hours
from bot.features.people.tables import Participant
from bot.features.people.wishes import block, choose, pause, profile_row
from bot.features.programme.actions import answer
from bot.features.programme.facts import import_slots
from bot.features.programme.model import Speaker
from bot.features.programme.roles import TEAM, WHOLE_EVENT, Role
from bot.features.programme.tables import SpeakerRow
from bot.features.questions import jobs
from bot.features.questions.access_tables import PageLink, PageSession
from bot.features.questions.afterwards import entrust, write_answer
from bot.features.questions.asking import ask, ask_for
from bot.features.questions.model import CONSENT, WITHDRAWN, Draft
from bot.features.questions.moderation import assign, publish
from bot.features.questions.tables import Question
from bot.features.questions.voting import support
from bot.features.speaking import jobs as speaking_jobs
from bot.features.welcome.actions import welcome
from bot.registry import MESSAGE_TYPES
from tests.support.factories import EARLY, World, at, event_file, talk
from tests.support.introductions import add_introduction
from tests.support.questions import MemoryKeys

MODELS: dict[str, Any] = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers
}
EVERY_TABLE = pytest.mark.parametrize("name", sorted(Base.metadata.tables))
FILLED_BY_A_DAY = {
    "identities",
    "stars",
    "reminders",
    "notices",
    "speakers",
    "deliveries",
    "history",
    "roles",
    "questions",
    "question_votes",
    "question_tellings",
    "page_links",
    "page_sessions",
    "profiles",
    "consents",
    "blocks",
    "stands",
    "introduction_members",
    "encounter_answers",
    "follow_up_answers",
    "outcome_tellings",
    "passages",
    "speaking_tellings",
    "round_choices",
    "round_left_out",
    "problem_reports",
    "bulletin_letters",
    "agenda_feeds",
}
"""And `participants` itself."""
_ = MESSAGE_TYPES  # whose import brings every table in


def table(name: str) -> Table:
    return Base.metadata.tables[name]


@EVERY_TABLE
def test_a_table_has_a_lifecycle_with_a_reason(name: str) -> None:
    lifecycle = MODELS[name].lifecycle
    assert isinstance(lifecycle, Lifecycle)
    assert len(lifecycle.why) > 10


@EVERY_TABLE
def test_a_table_that_refers_to_people_merges_and_erases(name: str) -> None:
    people = [column for column in table(name).columns if "participant" in column.name]
    if people:
        lifecycle = MODELS[name].lifecycle
        assert None not in (lifecycle.merge, lifecycle.erase, lifecycle.expire)


@EVERY_TABLE
def test_every_key_begins_with_the_event(name: str) -> None:
    keys = [list(table(name).primary_key.columns.keys())]
    constraints = table(name).constraints
    keys += [list(one.columns.keys()) for one in constraints if isinstance(one, UniqueConstraint)]
    for foreign in table(name).foreign_key_constraints:
        keys.append(list(foreign.column_keys))
        keys.append([element.column.name for element in foreign.elements])
    keys += [list(index.columns.keys()) for index in table(name).indexes if index.unique]
    assert {key[0] for key in keys} == {"event_id"}


def test_references_to_people_are_foreign_keys() -> None:
    """So that nothing can point at somebody who is not there."""
    loose = [
        f"{name}.{column.name}"
        for name, one in Base.metadata.tables.items()
        for column in one.columns
        if column.name == "participant_id" and not column.foreign_keys and name != "participants"
    ]
    assert loose == []


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        session.connection()
        yield session


ZOE = Person(
    "zoe.quxlow@example.org",
    "Zoé Quxlow",
    "Quxlowcorp",
    "startup",
    ("fr",),
    {"Table": "quxlowtable"},
    job_title="quxlowtitle",
    topics=("quxlowtopic",),
)
TRACES = ("Zoé", "Quxlow", "quxlow", "Zo\\u00e9")


@pytest.fixture
def day(session: Session) -> World:
    """A day of a small congress in which Zoé does everything that people can do."""
    kinds = [*event_file().profile_kinds, ProfileKind(id="investor", fr="I", en="I")]
    rules: dict[str, Any] = {
        "questions": {"kinds": ["plenary"]},
        "introductions": {"breaks": {"N": 2}},
    }
    world = World(session, event_file(**rules, profile_kinds=kinds))
    import_people(session, world.event_id, [ZOE], EARLY)
    zoe = world.person("Zoe", email=ZOE.email)
    for other in ("Ada", "Bo"):
        world.person(other)
    speech = talk("S", at("11:00"), speakers=(Speaker("Z. Q.", ZOE.email), Speaker("Bo")))
    world.imports(talk("A", at("09:00")), talk("B", at("09:08")), speech)
    slots = f"session,order,minutes,title,email\nS,1,7,Vecteurs,{ZOE.email}\n"
    import_slots(session, world.event_id, slots.encode(), EARLY)
    speaking_jobs.tick(session, world.event_id, EARLY)
    welcome(session, world.event, zoe, world.workspace_id, EARLY, joined=True)
    choose_language(session, zoe, "en", EARLY)
    choose_fewer_messages(session, zoe, True, EARLY)
    choose_fewer_messages(session, zoe, False, EARLY)
    choose_quiet_hours(session, zoe, "21", EARLY)
    agenda_path(session, zoe, EARLY)
    world.star(zoe, "A", "B", "S")
    world.star(world.person("Ada"), "A")
    _questions(world, zoe)
    _rounds(world, zoe)
    _introductions(world, zoe)
    _announcement(world)
    first_time(session, world.event_id, "key", EARLY)
    answer(session, zoe, world.workspace_id, "cherche Quxlow", "key", EARLY)
    world.until(at("09:01"))
    world.imports(talk("A", at("09:00")), talk("B", at("10:30")), speech, now=at("09:01"))
    world.until(at("09:05"))
    world.imports(talk("A", at("09:00")), talk("B", at("17:00")), speech, now=at("09:06"))
    world.tick(at("09:06"))
    session.flush()
    return world


def _questions(world: World, zoe: Participant) -> None:
    """She asks, sends in, votes, moderates, is asked, is entrusted and answers, on her pages."""
    session, event_id, keys = world.session, world.event_id, MemoryKeys()
    ada = world.person("Ada")
    her = zoe.participant_id
    session.add(Role(event_id=event_id, participant_id=her, role=TEAM, session_id=WHOLE_EVENT))
    of = world.row("S").session_id
    mine = ask(session, zoe, Draft(of, "Quand ?", "fr", named=True), keys, EARLY)
    other = ask(session, ada, Draft(of, "Où ?", "fr"), keys, EARLY)
    ask_for(session, ada, zoe, Draft(of, "Et après ?", "fr"), keys, EARLY)
    for one in (mine, other):
        publish(session, zoe, one.question_id, 1, EARLY)
    assign(session, zoe, mine.question_id, 2, zoe.participant_id, EARLY)
    entrust(session, zoe, other.question_id, 2, zoe.participant_id, EARLY)
    write_answer(session, zoe, other.question_id, 3, "Ici.", EARLY)
    support(session, event_id, world.event, her, mine.question_id, at("10:59"))
    until = {"event_id": event_id, "participant_id": her, "until": 0.0}
    session.add(PageLink(**until, token_hash="0" * 64, path="/team"))
    session.add(PageSession(**until, cookie_hash="0" * 64))
    session.flush()
    jobs.tick(session, event_id, EARLY)


def _rounds(world: World, zoe: Participant) -> None:
    """She comes to a round, is introduced because of what she says of herself, reports a problem,
    and is left out of another."""
    session, event_id = world.session, world.event_id
    people = [zoe, world.person("Ada"), world.person("Bo")]
    for one in people:
        profile = profile_row(session, event_id, one.participant_id)
        profile.offers = ["quxlowoffer"] if one is zoe else []
        profile.seeks = [] if one is zoe else ["quxlowoffer"]
        for purpose in (ADULT, INTRODUCTIONS):
            agree(session, one, purpose, EARLY)
    coffee = talk("N", at("08:30"), kind="networking")
    world.imports(talk("A", at("09:00")), talk("B", at("09:08")), coffee)
    round_jobs.tick(session, event_id, EARLY)
    row = session.scalars(select(Round).where(Round.event_id == event_id)).one()
    for one in people:
        come(session, one, row.round_id, EARLY)
    for moment in ("08:08", "08:10"):
        round_jobs.tick(session, event_id, at(moment))
    [introduction] = session.scalars(select(Introduction)).all()
    other = people[1].participant_id
    report(session, zoe, introduction.introduction_id, other, at("08:40"))
    left_out = {"event_id": event_id, "round_id": row.round_id, "why": "nobody_else", "at": EARLY}
    session.add(LeftOut(**left_out, participant_id=zoe.participant_id))
    for one in people[1:]:
        profile_row(session, event_id, one.participant_id).seeks = []
    session.flush()


def _introductions(world: World, zoe: Participant) -> None:
    """She says who she is, agrees, is met at a stand, pauses, blocks and is blocked; she was
    introduced, met, and says what came of it."""
    session, ada = world.session, world.person("Ada")
    said = Correction(
        "Zoé Quxlow", "Quxlowcorp", "investor", "quxlowjob", ("quxlowoffer",), ("quxlowneed",)
    )
    confirm_profile(session, zoe, said, EARLY)
    confirm_profile(session, zoe, Correction(organisation="Quxlow & Co"), EARLY)
    for purpose in PURPOSES:
        agree(session, zoe, purpose, EARLY)
    withdraw(session, zoe, ADULT, EARLY)
    for stand, address in (("E01", None), ("E02", ZOE.email)):
        at_stand = {"participant_id": None if address else zoe.participant_id}
        one = Stand(event_id=world.event_id, stand=stand, organisation="Acme", **at_stand)
        one.contact_email = address
        session.add(one)
    pause(session, zoe, at("10:00"), EARLY)
    choose(session, zoe, EARLY, avoided=("Quxlow SA",), always=True, meets=("sme",))
    cy = world.person("Cy")
    met = add_introduction(session, world.event_id, world.workspace_id, world.row("B"), (zoe, cy))
    for who, whom in ((zoe, cy), (cy, zoe)):
        encounters.answer_encounter(session, who, met, whom.participant_id, "yes", EARLY)
    for who, whom in ((zoe, cy), (cy, zoe)):
        follow_ups.report(session, who, whom.participant_id, 1, "pilot", EARLY)
    block(session, zoe, ada.participant_id, EARLY)
    block(session, world.person("Bo"), zoe.participant_id, EARLY)
    session.flush()


def _announcement(world: World) -> None:
    """To who chose a session that she has in her programme."""
    content = Content(Words("Apportez vos badges."), SESSION, world.row("S").session_id)
    ada = world.person("Ada")
    row = draft(world.session, ada, ANNOUNCEMENT, content, EARLY)
    publish_bulletin(world.session, ada, row.bulletin_id, row.version, EARLY)


def dump(session: Session) -> dict[str, str]:
    """Every value of every table, as text."""
    session.flush()
    return {
        name: json.dumps([list(row) for row in session.execute(select(one))], default=str)
        for name, one in Base.metadata.tables.items()
    }


def mentions(session: Session, *traces: str) -> set[str]:
    return {name for name, text in dump(session).items() if any(trace in text for trace in traces)}


def zoe_of(world: World) -> Participant:
    query = select(Participant).where(Participant.email == ZOE.email)
    return world.session.scalars(query).one()


def test_the_day_fills_every_table_that_holds_people(day: World) -> None:
    filled = mentions(day.session, zoe_of(day).participant_id)
    assert filled == {"participants", *FILLED_BY_A_DAY}
    said = {"participants", "profiles", "stands", "speakers", "passages", "deliveries", "history"}
    said |= {"introduction_members"}
    assert mentions(day.session, *TRACES) == said


def test_erasing_leaves_no_name_in_any_table(day: World) -> None:
    zoe = zoe_of(day)
    waiting = enqueue(
        day.session,
        day.event_id,
        Place(day.workspace_id, participant_id=zoe.participant_id),
        MESSAGE_TYPES.load("programme.answer", 1, _asked(day, zoe)),
        "waiting",
        message_class="answer",
        now=EARLY,
    )
    erase(day.session, day.event_id, zoe.participant_id, at("10:00"))
    assert mentions(day.session, *TRACES) == set()
    # Her number stays where it is a count, or says that somebody was erased.
    assert mentions(day.session, zoe.participant_id) == {"participants", "history", "deliveries"}
    posts = day.session.scalars(select(Delivery).where(Delivery.event_id == day.event_id)).all()
    assert [post for post in posts if post.participant_id == zoe.participant_id] == []
    assert [post.state for post in posts if post.delivery_id == waiting] == ["dropped"]
    day.until(at("20:00"))
    assert mentions(day.session, *TRACES) == set()
    # Who comes back is somebody new.
    again = day.person("Zoe", at("20:00"), email=ZOE.email)
    assert (again.participant_id == zoe.participant_id, again.name) == (False, "Zoe")


def _asked(world: World, zoe: Participant) -> dict[str, str]:
    return {
        "event_id": world.event_id,
        "participant_id": zoe.participant_id,
        "words": "Quxlow",
        "at": EARLY.isoformat(),
    }


def test_the_published_programme_keeps_a_speakers_name_and_nothing_else(day: World) -> None:
    zoe = zoe_of(day)
    erase(day.session, day.event_id, zoe.participant_id, at("10:00"))
    row = day.session.scalars(select(SpeakerRow).where(SpeakerRow.position == 0)).one()
    assert (row.name, row.email, row.participant_id) == ("Z. Q.", None, None)


def test_merging_moves_everything_to_the_one_who_stays(day: World) -> None:
    zoe = zoe_of(day)
    other = meet(day.session, day.event_id, day.workspace_id, Member("U2", "Zoe"), EARLY)
    day.star(other, "A", "S")
    merge(day.session, day.event_id, other.participant_id, zoe.participant_id)
    assert mentions(day.session, zoe.participant_id) == {"participants", "deliveries"}
    assert (zoe.erased, zoe.name, other.email) == (True, None, ZOE.email)
    gone = [
        post
        for post in day.session.scalars(select(Delivery))
        if post.participant_id == zoe.participant_id
    ]
    assert gone == []
    # Pages that were open before she was recognised are opened again.
    pages = {"page_links", "page_sessions"}
    assert mentions(day.session, other.participant_id) >= FILLED_BY_A_DAY - pages


def test_what_an_erased_person_never_agreed_to_is_gone(session: Session) -> None:
    world = World(session, event_file(questions={"kinds": ["plenary"]}))
    world.imports(talk("S", at("11:00")))
    ada, bo = world.person("Ada"), world.person("Bo")
    draft = Draft(world.row("S").session_id, "Et après ?", "fr")
    one = ask_for(session, ada, bo, draft, MemoryKeys(), EARLY)
    assert one.state == CONSENT
    erase(session, world.event_id, ada.participant_id, EARLY)
    row = session.get_one(Question, (world.event_id, one.question_id))
    assert (row.state, row.text, row.participant_id) == (WITHDRAWN, "", None)
