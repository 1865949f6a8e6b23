"""What people do when they see a button, one function a button, by the names of their actions.

They know what they see and nothing else; whether they do it is a rate of `rates.toml`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.playground.workspace import Message
from bot.rehearse.person import Person
from bot.rehearse.scene import Scene
from bot.rehearse.seen import offered

Reaction = Callable[[Scene, Person, Message], Awaitable[None]]


async def read(scene: Scene, person: Person, channel: str, ts: str) -> None:
    """A message, as it stands by now."""
    for name, react in REACTIONS.items():
        message = scene.hall.playground.workspace.message(channel, ts)
        if message and offered(message.blocks, name):
            await react(scene, person, message)


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


async def choose_announced(scene: Scene, person: Person, post: Message) -> None:
    await _choose(scene, person, post, person.rates.programme.announced)


async def _choose(scene: Scene, person: Person, shown: Message, share: float) -> None:
    for button in offered(shown.blocks, "programme.star"):
        if person.decides(share, f"chooses {button.beside}"):
            await scene.hall.press(person, shown, button)


async def ask_for_less(scene: Scene, person: Person, greeting: Message) -> None:
    if not person.decides(person.rates.programme.fewer_messages, "fewer messages"):
        return
    settings = await scene.hall.press(
        person, greeting, offered(greeting.blocks, "people.settings")[0]
    )
    for button in offered(settings.blocks, "people.fewer") if settings else ():
        if settings and button.args == ("yes",):
            await scene.hall.press(person, settings, button)


REACTIONS: Mapping[str, Reaction] = {
    "people.settings": ask_for_less,
    "programme.view": look_at_programme,
    "programme.star": choose_announced,
}
