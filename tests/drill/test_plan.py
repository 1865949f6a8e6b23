from __future__ import annotations

from collections import Counter
from typing import Any

from bot.demo import sample_bytes
from bot.drill.blows import Blow
from bot.drill.day import AT_ONCE
from bot.drill.deeds import COMING, Deed, Do, Said, Say
from bot.drill.files import read_roles
from bot.drill.oracle import foretell
from bot.drill.plan import How
from bot.drill.script import CHANGE, OPENING, Script, write_script
from bot.drill.spoken import ALARMED
from bot.drill.spoken import MOMENTS as SPOKEN_AT
from bot.features.questions.board_message import SHOWN_ON_BOARD
from bot.features.questions.care import held_for


def script(seed: int = 1, kills: int = 40, **more: Any) -> Script:
    return write_script(seed, kills=kills, people=60, storms=10, tables=4, comers=60, **more)


def test_the_seed_decides_everything() -> None:
    assert script() == script()
    assert script() != script(seed=2)


def test_sixty_people_whose_stars_try_the_budget() -> None:
    made = script()
    by_email = Counter({email: len(chosen) for email, chosen in made.stars.items()})
    assert len(by_email) == 60
    # Their own messages try the budget while they speak.
    assert len(made.on_stage) > 60
    assert not made.on_stage & by_email.keys()
    assert sum(count > 16 for count in by_email.values()) >= 7  # more than two days' messages
    assert min(by_email.values()) >= 3


def test_a_quarter_of_the_kills_fall_within_a_send() -> None:
    made = script()
    kills = [kill for moment in made.kills.values() for kill in moment]
    ways = Counter(kill.how for kill in kills)
    assert len(kills) == 40
    assert ways[How.IN_SEND] == 10
    assert min(ways.values()) > 0
    assert all(moment == sorted(moment) for moment in made.kills.values())
    assert made.kills.keys() <= set(made.moments)
    in_send = {at for at, kills in made.kills.items() if kills[0].how is How.IN_SEND}
    assert ALARMED in in_send
    assert in_send <= {*made.foretold.moments, ALARMED}
    assert Counter(k.how for m in script(kills=5).kills.values() for k in m)[How.IN_SEND] == 2


def test_kills_hit_any_of_several_bots() -> None:
    alone, three = script(), script(bots=3)
    assert {kill.bot for kills in alone.kills.values() for kill in kills} == {0}
    hit = Counter(kill.bot for kills in three.kills.values() for kill in kills)
    assert set(hit) == {0, 1, 2}
    assert min(hit.values()) > 5
    assert three.kills.keys() == alone.kills.keys()


def test_blows_come_while_people_act_and_the_drill_itself_does_not() -> None:
    made = script(blows=(*[Blow.RESTART] * 5, Blow.FAILOVER))
    assert Counter(one.blow for one in made.blows.values()) == {Blow.RESTART: 5, Blow.FAILOVER: 1}
    assert made.blows.keys() <= made.deeds.keys()
    changes = {CHANGE, *SPOKEN_AT, *(late.at for late, _ in made.delays)}
    assert not made.blows.keys() & changes


def test_some_kills_come_while_conversations_open() -> None:
    made = script()
    opening = {row.opens for row in made.rounds}
    assert sum(len(kills) for at, kills in made.kills.items() if at in opening) >= 8


def test_people_of_the_rounds_have_nothing_else_to_do() -> None:
    made = script()
    assert len(made.comers.willing) == 60
    assert made.on_stage >= {email for session in made.sessions for email in session.speakers}
    assert not {*made.comers.everybody, *made.stars} & made.on_stage
    assert not {*made.comers.everybody} & {*made.stars}
    assert [(f"{row.starts:%d %H:%M}", row.size) for row in made.rounds] == [
        ("12 10:30", 2),
        ("12 12:30", 4),
        ("13 10:45", 2),
        ("13 12:00", 4),
    ]
    said = [one for deeds in made.deeds.values() for one in deeds if isinstance(one, Said)]
    assert {one.say for one in said} == set(Say)
    by_row = {row.session: row for row in made.rounds}
    late = [one for one in said if one.say in COMING and one.at >= by_row[one.round].closes]
    assert len(late) >= 4
    assert any(one.presses > 1 for one in said)
    assert any(one.delivered > 1 for one in said)


def test_storms_come_at_busy_moments() -> None:
    made = script()
    busy = Counter(message.moment for message in made.foretold.messages)
    busy.update({row.opens: 60 // row.size // 2 for row in made.rounds})
    assert len(made.storms) == 10
    assert all(1 < drops <= busy[moment] for moment, drops in made.storms.items())
    assert sum(made.storms.values()) == 24


def test_a_day_of_questions() -> None:
    made = script()
    deeds = deeds_of(made)
    assert {deed.do for deed in deeds} == set(Do) - {Do.RESTORE, Do.LATER}
    asked = [deed.question for deed in deeds if deed.do is Do.ASK]
    assert len(asked) == len({one.text for one in asked}) == len({*asked}) > 30
    assert {(one.anonymous, one.held) for one in asked} >= {(True, False), (True, True)}
    assert all(bool(held_for(one.text)) == one.held for one in asked)
    assert any(deed.presses > 1 for deed in deeds)
    assert any(deed.delivered > 1 for deed in deeds)
    for one in made.foretold.shown:
        assert one.board is None or 2 <= len(one.board) <= SHOWN_ON_BOARD


def test_the_order_of_what_happens_at_one_moment_changes_nothing() -> None:
    made = script()
    deeds = list(reversed(deeds_of(made)))
    hosts = {one.id: hosts_of(one.code) for one in made.sessions}
    programme = [(OPENING, made.sessions)]
    at_once = [one.id for one in made.sessions if one.code in AT_ONCE]
    late = [one for one, _ in made.delays]
    backwards = foretell(made.rules, programme, {}, deeds, hosts, at_once, late)
    about_questions = {one for one in made.foretold.messages if one.about}
    assert {one for one in backwards.messages if one.about} == about_questions
    assert {*backwards.shown} == {*made.foretold.shown}


def deeds_of(made: Script) -> list[Deed]:
    together = (deed for deeds in made.deeds.values() for deed in deeds)
    return [deed for deed in together if isinstance(deed, Deed)]


def hosts_of(code: str) -> list[str]:
    return read_roles(sample_bytes("roles.csv").decode()).get(("animation", code), [])
