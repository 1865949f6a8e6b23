"""1, 30 and 90 days after the event's end; the seventh where a next step was promised."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.delivery.tables import Delivery
from bot.features.introductions.follow_ups import (
    NoFollowUpError,
    Opportunity,
    asked_at,
    choose_told,
    opportunities,
    promise,
    report,
)
from bot.features.introductions.outcome_messages import LISTED, follow_up_card, follow_ups
from bot.features.introductions.pairs import introduced
from bot.features.people.actions import erase
from bot.features.people.consents import FOLLOW_UPS, withdraw
from bot.features.people.profile_tables import Block, Profile
from bot.features.people.tables import Participant
from bot.features.privacy.retention import apply_retention
from bot.platforms.slack.render import render
from tests.support.factories import EARLY, PARIS, event_file, legible, said
from tests.support.introductions import IntroductionWorld

MONDAY = datetime(2024, 12, 16, 9, 30, tzinfo=PARIS)
"""The event ends on Friday the 13th; the day after it is a Saturday."""


def day(days: int, clock: str = "23:00") -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2024, 12, 13, hour, minute, tzinfo=PARIS) + timedelta(days=days)


@pytest.fixture
def world(session: Session) -> IntroductionWorld:
    return IntroductionWorld(session)


def asked(world: IntroductionWorld) -> list[tuple[str, str, str]]:
    return world.letters("follow_ups_asked")


def says(
    world: IntroductionWorld,
    who: Participant,
    whom: Participant,
    outcome: str,
    wave: int = 1,
    now: datetime | None = None,
) -> None:
    report(world.session, who, whom.participant_id, wave, outcome, now or MONDAY)


def test_working_days_at_half_past_nine_whatever_the_zone() -> None:
    days = [asked_at(event_file(), wave).isoformat() for wave in (1, 7, 30, 90)]
    assert days == [
        "2024-12-16T09:30:00+01:00",
        "2024-12-20T09:30:00+01:00",
        "2025-01-13T09:30:00+01:00",
        "2025-03-13T09:30:00+01:00",
    ]
    overseas = event_file(zone="America/Montreal", last_day=date(2025, 1, 9))
    assert asked_at(overseas, 90).isoformat() == "2025-04-09T09:30:00-04:00"


def test_one_message_lists_all_meetings_and_then_nothing_until_the_thirtieth_day(
    world: IntroductionWorld,
) -> None:
    zoe, *others = (world.someone(name) for name in ("Zoe", "Ada", "Bo", "Cy"))
    world.met(zoe, others[0])
    world.met(zoe, others[1], others[2], in_="L")
    world.until(day(29))
    of_zoe = [line for line in asked(world) if line[1] == "Zoe"]
    assert of_zoe == [("16/12 09:30", "Zoe", "Vos 3 rencontres : quelle suite ?")]
    assert ("16/12 09:30", "Ada", "Votre rencontre : quelle suite ?") in asked(world)
    world.until(day(200))
    assert [line[0] for line in asked(world) if line[1] == "Zoe"] == [
        "13/01 09:30",
        "13/03 09:30",
        "16/12 09:30",
    ]


def test_what_it_looks_like_and_what_a_press_changes(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    world.met(zoe, ada)
    world.until(day(4))
    post = next(
        post for post in world.posts() if world.place(post) == "Zoe" and "follow" in post.key
    )
    taps = ["[Partenariat]", "[Essai ou pilote]", "[Financement]", "[Recrutement]", "[Autre]"]
    below = ["[Ne plus me demander]", "[Moins de messages]"]
    meeting = ["Ada, Ada SA", "jeudi 12 décembre, 10 h 37"]
    title = "Votre rencontre : quelle suite ?"
    assert said(world.card(post)) == [title, *meeting, *taps, "[Sans suite]", *below]

    answer = report(world.session, zoe, ada.participant_id, 1, "pilot", day(4))
    noted = "Votre réponse : Essai ou pilote · compter sans détail"
    assert said(world.card(post)) == [title, *meeting, noted, "[Préciser]", *below]
    assert said(follow_up_card(world.session, answer, world.reader())) == [
        "Ada, Ada SA",
        noted,
        "[Une prochaine étape est prévue]",
        "[Ne pas compter]",
        "[Nommer les deux organisations]",
        "Une autre réponse",
        *(tap for tap in (*taps, "[Sans suite]") if tap != "[Essai ou pilote]"),
    ]
    promise(world.session, zoe, ada.participant_id, 1, True, day(4))
    choose_told(world.session, zoe, ada.participant_id, 1, "named", day(4))
    assert said(world.card(post))[3] == (
        "Votre réponse : Essai ou pilote · une prochaine étape est prévue · "
        "organisations nommées si l'autre en est d'accord"
    )


def test_the_seventh_day_is_only_for_a_promised_next_step(world: IntroductionWorld) -> None:
    zoe, ada, bo = (world.someone(name) for name in ("Zoe", "Ada", "Bo"))
    world.met(zoe, ada)
    world.met(zoe, bo, in_="L")
    world.until(day(4))
    says(world, zoe, ada, "other")
    says(world, zoe, bo, "other")
    promise(world.session, zoe, ada.participant_id, 1, True, MONDAY)
    world.until(day(20))
    assert [line for line in asked(world) if line[0] == "20/12 09:30"] == [
        ("20/12 09:30", "Zoe", "Votre rencontre : quelle suite ?")
    ]
    # What is answered then stays listed.
    says(world, zoe, ada, "partnership", 7, day(8))
    card = follow_ups(world.session, world.event_id, zoe.participant_id, 7, world.reader())
    assert "Votre réponse : Partenariat · compter sans détail" in said(card)


def test_nothing_is_asked_after_sans_suite(world: IntroductionWorld) -> None:
    zoe, ada, bo = (world.someone(name) for name in ("Zoe", "Ada", "Bo"))
    world.met(zoe, ada)
    world.met(zoe, bo, in_="L")
    world.until(day(4))
    says(world, zoe, ada, "nothing")
    world.until(day(31))
    thirtieth = {line[1]: line[2] for line in asked(world) if line[0] == "13/01 09:30"}
    # Only to Zoé: what she said is not Ada's answer.
    assert thirtieth == dict.fromkeys(("Zoe", "Ada", "Bo"), "Votre rencontre : quelle suite ?")
    says(world, zoe, bo, "nothing", 30, day(31))
    world.until(day(100))
    assert sorted(line[1] for line in asked(world) if line[0] == "13/03 09:30") == ["Ada", "Bo"]


def test_nobody_is_asked_without_consent(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe", follow_ups=False), world.someone("Ada")
    world.met(zoe, ada)
    world.until(day(5))
    assert [line[1] for line in asked(world)] == ["Ada"]
    withdraw(world.session, ada, FOLLOW_UPS, day(5))
    world.until(day(100))
    assert len(asked(world)) == 1


def test_a_meeting_that_one_denies_is_asked_of_nobody(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    one = world.introduce(zoe, ada)
    world.answers(one, zoe, ada, "yes")
    world.answers(one, ada, zoe, "no")
    world.until(day(10))
    assert asked(world) == []
    with pytest.raises(NoFollowUpError):
        says(world, zoe, ada, "hire")
    # The other thinks better of it a week later: they are asked from the next wave on.
    world.answers(one, ada, zoe, "yes", day(10))
    world.until(day(31))
    assert [line[:2] for line in asked(world)] == [
        ("13/01 09:30", "Ada"),
        ("13/01 09:30", "Zoe"),
    ]


def test_a_meeting_of_which_nobody_spoke_is_asked_too(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    world.introduce(zoe, ada)
    world.until(day(5))
    assert [line[1] for line in asked(world)] == ["Ada", "Zoe"]
    says(world, zoe, ada, "hire")


@pytest.mark.parametrize("claimed", [False, True])
def test_a_health_authority_is_neither_asked_nor_counted(
    world: IntroductionWorld, claimed: bool
) -> None:
    zoe, ada = world.someone("Zoe", "startup"), world.someone("Ada")
    if claimed:
        profile = {"participant_id": ada.participant_id, "claimed_kind": "health_authority"}
        world.session.add(Profile(event_id=world.event_id, **profile))
    else:
        ada.kind = "health_authority"
    world.met(zoe, ada, world.someone("Bo"))
    world.until(day(5))
    assert asked(world) == [
        ("16/12 09:30", "Bo", "Votre rencontre : quelle suite ?"),
        ("16/12 09:30", "Zoe", "Votre rencontre : quelle suite ?"),
    ]
    for who, whom in ((zoe, ada), (ada, zoe)):
        with pytest.raises(NoFollowUpError):
            says(world, who, whom, "funding")


def test_whom_one_has_blocked_one_is_not_asked_about(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    world.met(zoe, ada)
    block = {"participant_id": zoe.participant_id, "blocked_id": ada.participant_id}
    world.session.add(Block(event_id=world.event_id, at=EARLY, **block))
    world.until(day(5))
    assert [line[1] for line in asked(world)] == ["Ada"]


def test_what_was_missed_is_asked_once_and_on_no_sunday(world: IntroductionWorld) -> None:
    world.met(world.someone("Zoe"), world.someone("Ada"))
    world.now = datetime(2025, 1, 19, 11, 0, tzinfo=PARIS)  # a Sunday, after the thirtieth day
    world.until(day(60))
    assert [line[:2] for line in asked(world)] == [("20/01 09:30", "Ada"), ("20/01 09:30", "Zoe")]


def test_a_long_list_goes_on_behind_a_button(world: IntroductionWorld) -> None:
    zoe = world.someone("Zoe")
    for number in range(LISTED + 3):
        world.met(zoe, world.someone(f"P{number:02}"))
    world.until(day(4))
    [post] = [post for post in world.posts() if world.says(post).startswith("Vos 23 ")]
    card = world.card(post)
    assert len(card.sections) == LISTED
    assert [legible(action.label) for action in card.actions] == [
        "Afficher 3 autres",
        "Ne plus me demander",
        "Moins de messages",
    ]
    reader = world.reader()
    rest = follow_ups(world.session, world.event_id, zoe.participant_id, 1, reader, page=1)
    both = [section.title for section in (*card.sections, *rest.sections)]
    assert len(set(both)) == LISTED + 3
    for one in (card, rest):
        blocks = render(one, world.event_id, reader).blocks
        taps = [len(block["elements"]) for block in blocks if block["type"] == "actions"]
        assert (len(blocks) <= 50, taps.count(6)) == (True, len(one.sections))


def test_an_old_message_that_was_forgotten_is_left_as_it_is(world: IntroductionWorld) -> None:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    world.met(zoe, ada)
    world.until(day(4))
    apply_retention(world.session, world.event_id, day(60))
    world.session.expire_all()
    says(world, zoe, ada, "hire", 1, day(60))
    waiting = world.session.query(Delivery).filter_by(event_id=world.event_id, state="queued")
    assert [edit.key for edit in waiting if not edit.args] == []


# Opportunities


def found(world: IntroductionWorld) -> list[Opportunity]:
    pairs = introduced(world.session, world.event_id)
    return opportunities(world.session, world.event_id, pairs)


@pytest.fixture
def pair(world: IntroductionWorld) -> tuple[Participant, Participant]:
    zoe, ada = world.someone("Zoe"), world.someone("Ada")
    world.met(zoe, ada)
    return zoe, ada


def test_confirmed_when_both_report_a_follow_up_which_may_differ(
    world: IntroductionWorld, pair: tuple[Participant, Participant]
) -> None:
    zoe, ada = pair
    assert found(world) == []
    says(world, zoe, ada, "pilot")
    [one] = found(world)
    assert (sorted(filter(None, one.outcomes)), one.confirmed) == (["pilot"], False)
    says(world, ada, zoe, "funding")
    [one] = found(world)
    assert (set(one.outcomes), one.confirmed) == ({"pilot", "funding"}, True)
    sides = dict(zip(one.people, one.outcomes, strict=True))
    assert sides[zoe.participant_id] == "pilot"
    # The newest of one's own answers stands, and changes nobody else's.
    says(world, zoe, ada, "nothing", 30, day(31))
    [one] = found(world)
    assert (set(one.outcomes), one.confirmed) == ({None, "funding"}, False)
    says(world, ada, zoe, "nothing", 30, day(31))
    assert found(world) == []


def test_names_need_both_and_one_is_enough_not_to_be_counted(
    world: IntroductionWorld, pair: tuple[Participant, Participant]
) -> None:
    zoe, ada = pair

    def tell(who: Participant, whom: Participant, told: str) -> None:
        choose_told(world.session, who, whom.participant_id, 1, told, MONDAY)

    says(world, zoe, ada, "pilot")
    tell(zoe, ada, "named")
    assert [one.named for one in found(world)] == [False]
    says(world, ada, zoe, "pilot")
    assert [one.named for one in found(world)] == [False]
    tell(ada, zoe, "named")
    assert [one.named for one in found(world)] == [True]
    tell(ada, zoe, "not")
    assert found(world) == []


def test_how_it_may_be_told_is_remembered_at_the_next_wave(
    world: IntroductionWorld, pair: tuple[Participant, Participant]
) -> None:
    zoe, ada = pair
    says(world, zoe, ada, "pilot")
    choose_told(world.session, zoe, ada.participant_id, 1, "not", MONDAY)
    says(world, zoe, ada, "partnership", 30, day(31))
    assert found(world) == []


def test_an_erased_person_leaves_no_opportunity(
    world: IntroductionWorld, pair: tuple[Participant, Participant]
) -> None:
    zoe, ada = pair
    says(world, zoe, ada, "pilot")
    erase(world.session, world.event_id, zoe.participant_id, day(5))
    assert found(world) == []
