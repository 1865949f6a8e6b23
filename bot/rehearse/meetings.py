"""Rounds as people live them: *J'y serai*, coming or not, and saying afterwards whether one met."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

from bot.demo import PARIS
from bot.drill.words import plain
from bot.playground.workspace import Message
from bot.rehearse.person import Person
from bot.rehearse.scene import Scene
from bot.rehearse.seen import Button, offered

_CLOCK = re.compile(r"(\d{1,2})(?:\s?h\s?|:)(\d{2})")


async def come_to_round(scene: Scene, person: Person, call: Message) -> None:
    """Asked by a button in the channel or directly: whoever wants introductions decides once."""
    button = offered(call.blocks, "rounds.come")[0]
    round_id = button.args[0]
    if person.email not in scene.notes.willing:
        return
    if (round_id, person.email) in scene.notes.coming:
        return
    number = scene.notes.number_of(round_id)
    if person.decides(person.rates.introductions.comes, f"comes to round {number}"):
        await scene.hall.press(person, call, button)
        scene.notes.coming.add((round_id, person.email))


async def keep_the_meeting(scene: Scene, person: Person, made: Message) -> None:
    """The conversation with whom one is to meet: some cannot, some stay away, the others come."""
    rates, about = person.rates.introductions, f"meets {made.moment}"
    place = person.place(about)
    if place < rates.cannot:
        await _call_off(scene, person, made)
    elif place >= rates.cannot + rates.no_show:
        scene.diary.add(
            window_of(made), person, partial(_arrive, scene, person, made.channel, made.ts)
        )


async def _call_off(scene: Scene, person: Person, made: Message) -> None:
    for button in offered(made.blocks, "meet.cannot"):
        await scene.hall.press(person, made, button)
        scene.notes.cannot.add((button.args[0], person.email))


async def _arrive(scene: Scene, person: Person, channel: str, ts: str) -> None:
    """At the point of meeting, if the meeting still stands."""
    made = scene.hall.message(channel, ts)
    here = offered(made.blocks, "meet.here") if made else []
    if not made or not here:
        return
    scene.notes.came[here[0].args[0]].add(person.email)
    rates, place = person.rates.introductions, person.place(f"says so {made.moment}")
    if place < rates.late:
        await _press(scene, person, made, "meet.late")
    elif place < rates.late + rates.here:
        await _press(scene, person, made, "meet.here")


def window_of(made: Message) -> datetime:
    """When to be there, as the message says it: "Rencontre de 10 h 37"."""
    found = _CLOCK.search(plain(made.text))
    assert found, "an introduction says when"
    local = made.moment.astimezone(PARIS)
    return local.replace(hour=int(found[1]), minute=int(found[2]), second=0) + timedelta(minutes=1)


async def tell_whether_we_met(scene: Scene, person: Person, question: Message) -> None:
    """One tap for each of the others, by those who answer at all."""
    share = person.rates.afterwards.did_you_meet
    if not person.decides(share, f"answers {question.moment}"):
        return
    for button in offered(question.blocks, "met.yes"):
        other = scene.named_in(button.beside)
        came = scene.notes.came[button.args[0]]
        met = other is not None and {person.email, other} <= came
        await _press(scene, person, question, "met.yes" if met else "met.no", button)
        if met and other:
            scene.notes.met[frozenset((person.email, other))].add(person.email)


async def _press(
    scene: Scene, person: Person, message: Message, name: str, beside: Button | None = None
) -> None:
    """The button `name`, of the same meeting and the same other as `beside`."""
    for button in offered(message.blocks, name):
        if beside is None or button.args == beside.args:
            await scene.hall.press(person, message, button)
            return
