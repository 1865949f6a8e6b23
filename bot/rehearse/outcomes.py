"""After the congress: what came of each meeting, as its people tell it."""

from __future__ import annotations

from bot.playground.workspace import Message
from bot.rehearse.person import Person, dice
from bot.rehearse.scene import Pair, Scene
from bot.rehearse.seen import Button, offered

RIPE = {1: 0.4, 7: 0.1, 30: 0.3, 90: 0.2}
"""Of what comes, how much has come by the days at which it is asked."""


async def tell_what_came(scene: Scene, person: Person, question: Message) -> None:
    if not person.decides(person.rates.afterwards.follow_up, f"answers {question.moment}"):
        return
    for button in offered(question.blocks, "outcome.nothing"):
        other = scene.named_in(button.beside)
        if other is not None:
            await _tell(scene, person, question, button, frozenset((person.email, other)))


async def _tell(
    scene: Scene, person: Person, question: Message, nothing: Button, pair: Pair
) -> None:
    """Something comes of a pair or nothing does, and each side says it in its own words."""
    wave = int(nothing.args[0])
    ripe = ripens(scene.seed, pair, person.rates.afterwards.something)
    if ripe is None:
        await scene.hall.press(person, question, nothing)
    elif ripe <= wave:
        kind = person.one_of(person.rates.outcomes.model_dump(), f"calls it {sorted(pair)}")
        chosen = [
            one for one in offered(question.blocks, f"outcome.{kind}") if one.args == nothing.args
        ]
        answer = await scene.hall.press(person, question, chosen[0])
        scene.notes.outcomes[pair].add(person.email)
        steps = offered(answer.blocks, "outcome.step") if answer else []
        promised = person.decides(person.rates.afterwards.next_step, f"promises {sorted(pair)}")
        if answer and steps and promised:
            await scene.hall.press(person, answer, steps[0])


def ripens(seed: int, pair: Pair, share: float) -> int | None:
    """By which day after the congress something came of a meeting; None for never."""
    chance = dice(seed, *sorted(pair), "something")
    if chance.random() >= share:
        return None
    return chance.choices(list(RIPE), list(RIPE.values()))[0]
