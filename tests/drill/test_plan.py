from __future__ import annotations

from collections import Counter

from bot.drill.plan import How
from bot.drill.script import Script, write_script


def script(seed: int = 1, kills: int = 40) -> Script:
    return write_script(seed, kills=kills, people=60, storms=10)


def test_the_seed_decides_everything() -> None:
    assert script() == script()
    assert script() != script(seed=2)


def test_sixty_people_whose_stars_try_the_budget() -> None:
    made = script()
    by_email = Counter({email: len(chosen) for email, chosen in made.stars.items()})
    on_stage = {email for session in made.sessions for email in session.speakers}
    assert len(by_email) == 60
    assert len(on_stage & by_email.keys()) >= 20
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
    assert made.kills.keys() <= set(made.foretold.moments)
    assert Counter(k.how for m in script(kills=5).kills.values() for k in m)[How.IN_SEND] == 2


def test_storms_come_at_busy_moments() -> None:
    made = script()
    busy = Counter(message.moment for message in made.foretold.messages)
    assert len(made.storms) == 10
    assert all(1 < drops <= busy[moment] for moment, drops in made.storms.items())
    assert sum(made.storms.values()) == 24
