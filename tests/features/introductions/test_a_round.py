"""From the call to the end of the window: who comes, who meets whom, who is told what."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.errors import MaillonError, NoLongerThereError
from bot.delivery.tables import SKIPPED, Delivery
from bot.features.introductions import jobs
from bot.features.introductions.answering import NoRoundError, RoundClosedError, not_this_time
from bot.features.introductions.attending import (
    OverError,
    cannot_come,
    here,
    keep_apart,
    late,
    report,
)
from bot.features.introductions.candidates import fields
from bot.features.introductions.queries import meetings_of
from bot.features.introductions.tables import (
    Introduction,
    IntroductionMember,
    ProblemReport,
    RoundChoice,
)
from bot.features.people.actions import erase
from bot.features.people.consents import INTRODUCTIONS, withdraw
from bot.features.people.profile_tables import Block
from bot.features.people.tables import Participant
from bot.features.people.wishes import block, choose
from bot.features.programme.model import Speaker
from tests.features.introductions.support import LUNCH, MORNING, Rounds
from tests.support.factories import EARLY, at, event_file, said, talk

NOBODY_ELSE = "Personne d'autre ce matin ; vous serez prioritaire à 12 h 30."


@pytest.fixture
def rounds(session: Session) -> Rounds:
    return Rounds(session)


def opened(rounds: Rounds, *names: str, now: str = "10:15") -> list[Participant]:
    """People who said yes, matched, and told."""
    people = rounds.guests(*names)
    rounds.come(*people)
    rounds.passes(at(now))
    return people


# ------------------------------------------------------------------ saying yes


def test_yes_is_said_once_however_often_it_is_pressed(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    assert rounds.come(ada, ada) == ["noted", "noted"]
    not_this_time(rounds.session, ada, rounds.round().round_id, EARLY)
    not_this_time(rounds.session, ada, rounds.round().round_id, EARLY)
    assert [one.coming for one in rounds.session.scalars(select(RoundChoice))] == [False]
    assert rounds.come(ada) == ["noted"]


def test_who_has_not_agreed_is_led_to_the_profile_and_not_forgotten(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    cy = rounds.person("Cy")
    assert rounds.come(cy) == ["no_profile"]
    rounds.come(ada)
    rounds.guest("Cy")
    rounds.passes(at("10:15"))
    assert rounds.introductions() == [("Ada", "Cy")]
    assert bo.name == "Bo"


def test_who_speaks_or_has_a_session_then_is_told_and_not_placed(session: Session) -> None:
    rounds = Rounds(session)
    late_talk = talk("X", at("10:30"), 30, speakers=(Speaker("Bo", "bo@example.org"),))
    ada, bo, cy, dee = rounds.guests("Ada", "Bo", "Cy", "Dee")
    rounds.imports_now(MORNING, LUNCH, late_talk, now=EARLY)
    rounds.star(ada, "X")
    assert rounds.come(ada, bo, cy, dee) == ["busy", "speaks", "noted", "noted"]
    rounds.passes(at("10:15"))
    assert rounds.introductions() == [("Cy", "Dee")]
    assert rounds.left_out() == {"Ada": "busy", "Bo": "speaks"}
    assert rounds.words_to("Ada") == [
        "Une session de votre programme a lieu à 10 h 37 : pas de rencontre cette fois."
    ]
    assert rounds.words_to("Bo") == ["Vous intervenez à 10 h 37 : pas de rencontre cette fois."]


def test_the_break_itself_in_ones_programme_hinders_nobody(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    rounds.star(ada, "M")
    assert rounds.come(ada) == ["noted"]


def test_as_many_meetings_a_day_as_one_wants(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    choose(rounds.session, ada, EARLY, meetings_a_day=1)
    rounds.come(ada, bo)
    rounds.passes(at("10:15"))
    assert rounds.come(ada, bo, name="L", now=at("10:15")) == ["enough", "noted"]


def test_after_sign_up_nobody_is_added(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    rounds.come(ada)
    rounds.passes(at("10:08"))
    with pytest.raises(RoundClosedError):
        rounds.come(bo, now=at("10:08"))
    with pytest.raises(NoLongerThereError):
        not_this_time(rounds.session, bo, "nothing", EARLY)


def test_a_round_that_was_cancelled_says_so(rounds: Rounds) -> None:
    [ada] = rounds.guests("Ada")
    rounds.imports_now(LUNCH, now=EARLY)
    with pytest.raises(NoRoundError):
        rounds.come(ada)


# ------------------------------------------------------------------ always


def test_who_always_comes_is_asked_once_when_they_may_be(rounds: Rounds) -> None:
    ada, bo, cy = rounds.guests("Ada", "Bo", "Cy")
    for one in (ada, bo):
        choose(rounds.session, one, EARLY, always=True)
    rounds.come(bo)
    rounds.passes(at("10:00"))
    [asked] = rounds.posts_to("Ada")
    assert (asked.created_at, asked.message_class) == (at("09:00"), "invitation")
    assert said(rounds.card(asked)) == [
        "Rencontres de 10 h 30 : y serez-vous ?",
        "[J'y serai]",
        "[Pas cette fois]",
        "[Moins de messages]",
    ]
    assert rounds.posts_to("Bo") == rounds.posts_to("Cy") == []
    rounds.passes(at("10:15"))
    assert len(rounds.posts_to("Ada")) == 1
    assert rounds.introductions() == []  # nobody is taken for granted
    assert cy.name == "Cy"


def test_whoever_speaks_is_asked_when_they_have_left_the_stage(session: Session) -> None:
    rounds = Rounds(session)
    on_stage = talk("X", at("08:30"), 50, speakers=(Speaker("Ada", "ada@example.org"),))
    [ada] = rounds.guests("Ada")
    rounds.imports_now(MORNING, LUNCH, on_stage, now=EARLY)
    choose(rounds.session, ada, EARLY, always=True)
    rounds.passes(at("10:00"))
    assert [one.created_at for one in rounds.posts_to("Ada")] == [at("09:20")]


# ------------------------------------------------------------------ who meets whom


def test_those_who_come_meet_in_a_conversation_of_their_own(rounds: Rounds) -> None:
    rounds.tables(3)
    opened(rounds, "Ada", "Bo")
    [post] = rounds.posts_to("Ada+Bo")
    assert (post.created_at, post.channel, post.participant_id) == (at("10:10"), None, None)
    assert post.expires_at == at("10:52")
    assert (
        rounds.says(post)
        == "Rencontre de 10 h 37, table 1, Village, avec Ada (Ada SA) et Bo (Bo SA)."
    )
    shown = said(rounds.card(post))
    assert shown[:4] == [
        "Rencontre de 10 h 37",
        "Table 1, Village, avec Ada (Ada SA) et Bo (Bo SA).",
        "Créneau : 10 h 37 – 10 h 52",
        "Ada",
    ]
    assert shown[-5:] == [
        "[J'y suis]",
        "[5 min de retard]",
        "[Je ne peux pas venir]",
        "[Ne plus me proposer cette personne]",
        "[Signaler un problème]",
    ]


def test_a_tick_too_many_changes_nothing(rounds: Rounds) -> None:
    opened(rounds, "Ada", "Bo", "Cy", "Dee")
    before = [(one.key, one.state) for one in rounds.posts()]
    for _ in range(3):
        jobs.tick(rounds.session, rounds.event_id, at("10:15"))
    assert [(one.key, one.state) for one in rounds.posts()] == before


def test_the_plan_made_beforehand_is_used_only_while_it_holds(rounds: Rounds) -> None:
    ada, bo, cy, dee = rounds.guests("Ada", "Bo", "Cy", "Dee")
    rounds.come(ada, bo, cy, dee)
    rounds.passes(at("10:07"))
    ready = jobs.prepared(rounds.session, rounds.event_id, at("10:08"))
    block(rounds.session, ada, bo.participant_id, at("10:08"))
    ready(rounds.session, rounds.event_id, at("10:08"))
    assert len(rounds.introductions()) == 2
    assert ("Ada", "Bo") not in rounds.introductions()


def test_downtime_past_the_window_introduces_nobody_and_tells(rounds: Rounds) -> None:
    ada, bo = rounds.guests("Ada", "Bo")
    rounds.come(ada, bo)
    rounds.go(at("10:30"))
    assert rounds.introductions() == []
    assert rounds.words_to("Ada") == rounds.words_to("Bo") == [NOBODY_ELSE]
    rounds.passes(at("11:00"))
    assert rounds.round().state == "over"


def test_whoever_is_alone_is_told_in_time_and_comes_first_next_time(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    rounds.come(ada)
    rounds.passes(at("10:09"))
    [told] = rounds.posts_to("Ada")
    assert (told.created_at, told.message_class) == (at("10:08"), "urgent")
    assert rounds.says(told) == NOBODY_ELSE
    bo, cy = rounds.guests("Bo", "Cy")
    rounds.come(ada, bo, cy, name="L", now=at("10:15"))
    [field] = fields(
        rounds.session, rounds.event, rounds.round("L"), [one.participant_id for one in (ada, bo)]
    )
    waiting = {one.key: one.waiting for one in field.candidates}
    assert waiting == {ada.participant_id: 1, bo.participant_id: 0}


def test_the_last_round_says_so(rounds: Rounds) -> None:
    ada = rounds.guest("Ada")
    rounds.come(ada, name="L")
    rounds.passes(at("12:15"))
    assert rounds.words_to("Ada") == [
        "Personne d'autre ce midi ; c'étaient les dernières rencontres du congrès."
    ]


def test_nobody_meets_the_same_person_twice(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo")
    rounds.come(ada, bo, name="L", now=at("11:00"))
    rounds.passes(at("12:15"))
    assert (rounds.introductions("M"), rounds.introductions("L")) == ([("Ada", "Bo")], [])
    met = meetings_of(rounds.session, rounds.event_id, ada.participant_id)
    assert [(one.other_id, one.round.round_id) for one in met] == [
        (bo.participant_id, rounds.round("M").round_id)
    ]


def test_what_a_meeting_was_worth_counts_in_the_next_round(rounds: Rounds) -> None:
    ada = rounds.guest("Ada", kind="startup", seeks=["capacité de production"])
    bo = rounds.guest("Bo", kind="sme", offers=["capacité de production"])
    rounds.come(ada, bo)
    rounds.passes(at("10:15"))
    [field] = fields(
        rounds.session, rounds.event, rounds.round("L"), [one.participant_id for one in (ada, bo)]
    )
    mean = {one.key: one.mean_so_far or 0 for one in field.candidates}
    assert 1 >= mean[ada.participant_id] > mean[bo.participant_id] > 0


# ------------------------------------------------------------------ on the way


def test_who_is_there_and_who_is_late(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo")
    introduction = rounds.introduction_of(ada)
    for _ in range(2):
        here(rounds.session, ada, introduction, at("10:36"))
        late(rounds.session, bo, introduction, at("10:36"))
    rounds.deliver()
    first, second = rounds.posts_to("Ada+Bo")
    assert said(rounds.card(first))[3:5] == ["Sur place : Ada", "5 min de retard : Bo"]
    assert rounds.says(second) == "5 min de retard : Bo"
    with pytest.raises(NoLongerThereError):
        here(rounds.session, rounds.guest("Cy"), introduction, at("10:36"))
    with pytest.raises(OverError):
        here(rounds.session, ada, introduction, at("10:52"))


def test_a_withdrawal_in_time_finds_somebody_else(rounds: Rounds) -> None:
    ada, bo, cy = rounds.guests("Ada", "Bo", "Cy")
    block(rounds.session, cy, bo.participant_id, EARLY)  # each could meet Ada, but not together
    rounds.come(ada, bo, cy)
    rounds.passes(at("10:20"))
    pair, [alone] = rounds.introductions()[0], list(rounds.left_out())
    people = {one.name: one for one in (ada, bo, cy)}
    staying, leaving = (people[name] for name in pair)
    cannot_come(rounds.session, leaving, rounds.introduction_of(leaving), at("10:25"))
    rounds.deliver()
    together = tuple(sorted((staying.name or "", alone)))
    assert rounds.introductions() == [together]
    assert rounds.left_out() == {}
    [post] = rounds.posts_to("+".join(together))
    assert rounds.says(post).startswith("Rencontre de 10 h 37, Village, avec ")
    old = rounds.posts_to("+".join(pair))[0]
    assert said(rounds.card(old)) == [
        "Rencontre de 10 h 37 : elle n'aura pas lieu.",
        "[Signaler un problème]",
    ]


def test_two_who_are_left_alone_meet(rounds: Rounds) -> None:
    people = {one.name: one for one in opened(rounds, "Ada", "Bo", "Cy", "Dee", now="10:20")}
    (one, left), (two, also) = rounds.introductions()
    for leaving in (one, two):
        who = people[leaving]
        cannot_come(rounds.session, who, rounds.introduction_of(who), at("10:25"))
    rounds.deliver()
    assert rounds.introductions() == [tuple(sorted((left, also)))]
    assert rounds.words_to(left)[0] == NOBODY_ELSE  # until the second one withdrew
    assert rounds.words_to(also) == []
    assert rounds.left_out() == {}


def test_two_who_cannot_come_at_the_same_moment_meet_nobody_else(rounds: Rounds) -> None:
    """The second pressed before reading that the first had."""
    people = {one.name: one for one in opened(rounds, "Ada", "Bo", "Cy", "Dee", now="10:20")}
    (one, also), (two, left) = rounds.introductions()
    old = {who: rounds.introduction_of(people[who]) for who in people}
    for leaving in (one, two, also):
        cannot_come(rounds.session, people[leaving], old[leaving], at("10:25"))
    rounds.deliver()
    assert rounds.introductions() == []
    assert rounds.left_out()[left] == "withdrawal"
    # Nor later, when somebody else is left alone.
    assert not_coming(rounds) == [also]


def not_coming(rounds: Rounds) -> list[str | None]:
    people = (RoundChoice.participant_id == Participant.participant_id, ~RoundChoice.coming)
    return list(rounds.session.scalars(select(Participant.name).where(*people)))


def test_a_withdrawal_with_nobody_left_tells_the_other(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    introduction = rounds.introduction_of(ada)
    for _ in range(2):
        cannot_come(rounds.session, ada, introduction, at("10:25"))
    rounds.deliver()
    assert rounds.introductions() == []
    assert (rounds.words_to("Ada"), rounds.words_to("Bo")) == ([], [NOBODY_ELSE])
    assert rounds.left_out() == {"Bo": "withdrawal"}
    with pytest.raises(MaillonError):
        here(rounds.session, bo, introduction, at("10:30"))


def test_ten_minutes_before_it_is_too_late_for_somebody_else(rounds: Rounds) -> None:
    people = {one.name: one for one in opened(rounds, "Ada", "Bo", "Cy", "Dee", now="10:20")}
    (one, left), (two, also) = rounds.introductions()
    for leaving in (one, two):
        who = people[leaving]
        cannot_come(rounds.session, who, rounds.introduction_of(who), at("10:28"))
    rounds.deliver()
    assert rounds.introductions() == []
    assert rounds.words_to(left) == rounds.words_to(also) == [NOBODY_ELSE]


def test_before_it_opens_who_says_no_is_never_introduced(rounds: Rounds) -> None:
    ada, _ = opened(rounds, "Ada", "Bo", now="10:09")
    not_this_time(rounds.session, ada, rounds.round().round_id, at("10:09"))
    rounds.passes(at("10:20"))
    assert rounds.introductions() == []
    assert rounds.posts_to("Ada+Bo") == []
    assert rounds.words_to("Bo") == [NOBODY_ELSE]


# ------------------------------------------------------------------ kept apart


def test_a_block_ends_the_conversation_and_says_nothing(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    introduction = rounds.introduction_of(ada)
    keep_apart(rounds.session, ada, introduction, bo.participant_id, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.words_to("Bo") == [NOBODY_ELSE]
    assert rounds.words_to("Ada") == []
    assert rounds.session.get_one(Introduction, (rounds.event_id, introduction)).closed
    with pytest.raises(MaillonError):
        late(rounds.session, bo, introduction, at("10:30"))


def test_a_block_from_anywhere_is_noticed(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    block(rounds.session, bo, ada.participant_id, at("10:21"))
    due = jobs.next_due(rounds.session, rounds.event_id)
    assert due is not None
    assert due <= at("10:21")
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert (rounds.words_to("Ada"), rounds.words_to("Bo")) == ([NOBODY_ELSE], [])
    assert jobs.next_due(rounds.session, rounds.event_id) == at("10:52")


def test_an_erasure_is_noticed_and_leaves_no_trace(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:20")
    rows = rounds.session.scalars(select(IntroductionMember)).all()
    for row in rows:
        row.reasons = [["common", ada.participant_id, "x"], ["common", bo.participant_id, "x"]]
    erase(rounds.session, rounds.event_id, ada.participant_id, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert [rounds.says(one) for one in rounds.posts() if one.participant_id] == [NOBODY_ELSE]
    assert [one.reasons for one in rounds.session.scalars(select(IntroductionMember))] == [
        [["common", bo.participant_id, "x"]]
    ]
    assert rounds.session.scalars(select(Introduction)).one().closed


def test_a_consent_taken_back_counts_at_once(rounds: Rounds) -> None:
    ada, _ = opened(rounds, "Ada", "Bo", now="10:20")
    withdraw(rounds.session, ada, INTRODUCTIONS, at("10:21"))
    rounds.passes(at("10:22"))
    assert rounds.introductions() == []
    assert rounds.words_to("Bo") == [NOBODY_ELSE]


def test_during_the_meeting_a_block_tells_nobody_anything(rounds: Rounds) -> None:
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    keep_apart(rounds.session, ada, rounds.introduction_of(ada), bo.participant_id, at("10:41"))
    rounds.passes(at("11:00"))
    assert rounds.introductions() == [("Ada", "Bo")]
    assert rounds.words_to("Bo") == []


def test_a_problem_reaches_two_people_and_keeps_apart(session: Session) -> None:
    named = {"reports_to": ["rita@example.org", "sam@example.org"]}
    rounds = Rounds(session, event_file(introductions=named))
    for name in ("Rita", "Sam"):
        rounds.person(name)
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    introduction = rounds.introduction_of(ada)
    for _ in range(2):
        reached = report(rounds.session, ada, introduction, bo.participant_id, at("10:50"))
    rounds.deliver()
    assert reached == 2
    for name in ("Rita", "Sam"):
        [post] = rounds.posts_to(name)
        assert post.message_class == "urgent"
        assert said(rounds.card(post)) == [
            "Un problème est signalé",
            "Par : Ada, Ada SA",
            "Au sujet de : Bo, Bo SA",
            "jeudi 12 décembre, Rencontre de 10 h 37, Village",
            "Ces deux personnes ne seront plus mises en relation. Merci de prendre contact.",
        ]
    assert len(rounds.session.scalars(select(ProblemReport)).all()) == 1
    assert len(rounds.session.scalars(select(Block)).all()) == 1


def test_whom_a_problem_is_about_does_not_read_it(session: Session) -> None:
    named = {"reports_to": ["bo@example.org", "sam@example.org"]}
    rounds = Rounds(session, event_file(introductions=named))
    rounds.person("Sam")
    ada, bo = opened(rounds, "Ada", "Bo", now="10:40")
    assert (
        report(rounds.session, ada, rounds.introduction_of(ada), bo.participant_id, at("10:50"))
        == 1
    )
    assert rounds.words_to("Bo") == []
    assert len(rounds.posts_to("Sam")) == 1


# ------------------------------------------------------------------ fours


def four(rounds: Rounds) -> list[Participant]:
    people = rounds.guests("Ada", "Bo", "Cy", "Dee")
    rounds.come(*people, name="L")
    rounds.passes(at("12:12"))
    if rounds.introductions("L") != [("Ada", "Bo", "Cy", "Dee")]:
        pytest.skip("the matching makes no groups of four yet")
    return people


def test_three_go_on_without_the_fourth(rounds: Rounds) -> None:
    ada, bo, _, dee = four(rounds)
    introduction = rounds.introduction_of(ada)
    cannot_come(rounds.session, dee, introduction, at("12:15"))
    rounds.deliver()
    told = "Rencontre de 12 h 37, Village : Dee ne peut pas venir. Les autres y seront."
    for name in ("Ada", "Bo", "Cy"):
        assert rounds.words_to(name) == [told]
    late(rounds.session, bo, introduction, at("12:30"))
    rounds.deliver()
    assert rounds.words_to("Ada+Bo+Cy+Dee")[-1] == "5 min de retard : Bo"


def test_a_block_among_four_takes_out_who_blocked(rounds: Rounds) -> None:
    ada, _, _, dee = four(rounds)
    keep_apart(rounds.session, dee, rounds.introduction_of(dee), ada.participant_id, at("12:15"))
    rounds.passes(at("12:20"))
    posts = rounds.posts_to("Ada+Bo+Cy+Dee")
    assert len(posts) == 1
    for name in ("Ada", "Bo", "Cy"):
        assert rounds.words_to(name)[-1].endswith("Dee ne peut pas venir. Les autres y seront.")


def test_what_was_too_late_to_say_is_skipped(rounds: Rounds) -> None:
    opened(rounds, "Ada", "Bo", now="10:09")
    rounds.go(at("11:00"))
    skipped = [one for one in rounds.session.scalars(select(Delivery)) if one.state == SKIPPED]
    assert skipped == []
    assert rounds.round().state == "over"
