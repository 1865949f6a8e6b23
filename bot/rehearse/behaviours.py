"""What people do when they see a button, one function a button, by the names of their actions.

They know what they see and nothing else; whether they do it is a rate of `rates.toml`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.playground.workspace import Message
from bot.rehearse.meetings import come_to_round, keep_the_meeting, tell_whether_we_met
from bot.rehearse.outcomes import tell_what_came
from bot.rehearse.person import Person
from bot.rehearse.scene import Scene
from bot.rehearse.seen import offered, ticked

Reaction = Callable[[Scene, Person, Message], Awaitable[None]]


async def read(scene: Scene, person: Person, channel: str, ts: str) -> None:
    """A message, as it stands by now."""
    for name, react in REACTIONS.items():
        message = scene.hall.message(channel, ts)
        if message and offered(message.blocks, name):
            await react(scene, person, message)


# The first message


async def look_at_programme(scene: Scene, person: Person, greeting: Message) -> None:
    """The day's sessions, and some of them for one's own programme."""
    if not person.decides(person.rates.programme.looks, "looks at the programme"):
        return
    shown = await scene.hall.press(person, greeting, offered(greeting.blocks, "programme.view")[0])
    days = [
        button
        for button in (offered(shown.blocks, "programme.view") if shown else ())
        if button.args[0] in ("today", "tomorrow")
    ]
    if shown and days:
        shown = await scene.hall.press(person, shown, days[0])
    if shown:
        await _choose(scene, person, shown, person.rates.programme.sessions)


async def ask_for_less(scene: Scene, person: Person, greeting: Message) -> None:
    if not person.decides(person.rates.programme.fewer_messages, "fewer messages"):
        return
    button = offered(greeting.blocks, "people.settings")[0]
    settings = await scene.hall.press(person, greeting, button)
    for fewer in offered(settings.blocks, "people.fewer") if settings else ():
        if settings and fewer.args == ("yes",):
            await scene.hall.press(person, settings, fewer)


async def want_to_meet(scene: Scene, person: Person, greeting: Message) -> None:
    """*Faire des rencontres*, and the form behind it: all as suggested, the consents ticked."""
    rates, hall = person.rates.introductions, scene.hall
    if not person.decides(rates.wants, "wants to meet people"):
        return
    await hall.press(person, greeting, offered(greeting.blocks, "people.profile")[0])
    form = hall.modal(person)
    if form is None:
        return  # who agreed in their first minute is shown their profile
    also = {"directory": rates.directory, "follow_ups": rates.follow_ups}
    more = [name for name, share in also.items() if person.decides(share, f"agrees to {name}")]
    answer = await hall.submit(person, form, {"consents": ["adult", "introductions", *more]})
    if answer is not None:
        await hall.close(person, answer)
    scene.notes.willing.add(person.email)
    if person.decides(rates.standing, "always wants to be asked"):
        await _always(scene, person, greeting)


async def _always(scene: Scene, person: Person, greeting: Message) -> None:
    """The standing choice: behind the same button there is now one's own profile."""
    hall = scene.hall
    profile = await hall.press(person, greeting, offered(greeting.blocks, "people.profile")[0])
    assert profile is not None, "who agreed sees their profile"
    await hall.press(person, profile, offered(profile.blocks, "people.choices")[0])
    form = hall.modal(person)
    assert form is not None, "the choices are a form"
    answer = await hall.submit(person, form, {"choices": [*ticked(form, "choices"), "always"]})
    if answer is not None:
        await hall.close(person, answer)


# Posts in channels


async def choose_announced(scene: Scene, person: Person, post: Message) -> None:
    await _choose(scene, person, post, person.rates.programme.announced)


async def _choose(scene: Scene, person: Person, shown: Message, share: float) -> None:
    for button in offered(shown.blocks, "programme.star"):
        if person.decides(share, f"chooses {button.beside}"):
            await scene.hall.press(person, shown, button)


REACTIONS: Mapping[str, Reaction] = {
    "people.settings": ask_for_less,
    "programme.view": look_at_programme,
    "programme.star": choose_announced,
    "people.profile": want_to_meet,
    "rounds.come": come_to_round,
    "meet.here": keep_the_meeting,
    "met.yes": tell_whether_we_met,
    "outcome.nothing": tell_what_came,
}
