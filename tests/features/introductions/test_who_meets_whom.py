"""Sign-up closes: who meets whom, where, and who is told that they do not."""

from __future__ import annotations

from bot.features.introductions import jobs
from bot.features.introductions.candidates import fields
from bot.features.people.wishes import block
from tests.features.introductions.support import NOBODY_ELSE, Rounds, opened
from tests.support.factories import at, said


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
