"""A short day: people of every part do at least once each thing that the bot offers them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.cards import ActionRef
from bot.features.people.consents import ADULT, DIRECTORY, FOLLOW_UPS, INTRODUCTIONS, agree
from bot.features.people.queries import participant_by_email
from bot.hostile.record import Record
from bot.hostile.stage import Stage, at
from bot.playground import inputs
from bot.playground.answer import Answer
from bot.playground.blocks import elements
from bot.playground.workspace import Channel, Json, Message, User, View

ORGANISER, TEAM, HOST = (
    "susan.aubert@example.org",
    "martin.becker@example.org",
    "oceane.pineau@example.org",
)
ELODIE, CHARLOTTE, INES = (
    "elodie.thierry@example.org",
    "charlotte.buisson@example.org",
    "ines.millet@example.org",
)
CAST = (ORGANISER, TEAM, HOST, ELODIE, CHARLOTTE, INES)
SAID = {
    ORGANISER: (
        "", "programme", "mon programme", "moi", "réglages", "agenda", "questions", "rôles",
        "bilan", "annonces", "infos", "documents", "complet", "alerte", "bonjour",
    ),
    HOST: ("retard 10", "pupitre", "mes pages", "documents"),
    ELODIE: ("rencontres", "moi", "salles"),
}  # fmt: skip
"""What they write after `/maillon`, at the first stop and in the middle of the first session."""
STOPS = (
    *(at(clock) for clock in ("07:46", "08:50", "09:40", "10:12", "10:57")),
    at("18:00", day=13),
    at("09:31", day=16),
)
TALKING = frozenset({at("07:46"), at("09:40")})
WANTED = 2
MORE = {"rounds.come": 9, "questions.ask": 4}
"""Of which more is needed for what follows."""
ROUNDS = 3
LAST = frozenset(
    {"people.erase_all", "people.pause", "people.consent", "rounds.skip", "delays.confirm"}
)
"""After which somebody is not there any more, or does not meet anybody."""
DEPTH = 6
TYPED_INTO = {"url": "https://example.org/page", "person": INES, "time": "18:30"}
TYPED = "Comment réduire le coût d'un lot autologue ?"


async def play(stage: Stage, record: Record, stops: Sequence[datetime] = STOPS) -> None:
    """`record` overhears it."""
    stage.playground.delivery.overheard = record.overhear
    player = _Player(stage, record)
    await player.arrive()
    for moment in stops:
        await stage.until(moment)
        await player.look_around()
    await player.look_around(LAST)
    await stage.idle()
    stage.playground.delivery.overheard = lambda kind, payload: None


class _Player:
    def __init__(self, stage: Stage, record: Record) -> None:
        self._stage, self._record = stage, record
        self._playground = stage.playground
        self._worn: set[tuple[str, str]] = set()

    def _user(self, email: str) -> User:
        user = self._playground.workspace.user_by_email(email)
        assert user is not None, email
        return user

    async def arrive(self) -> None:
        playground = self._playground
        for email in CAST:
            await playground.open_messages(self._user(email))
        newcomer = await playground.join("Nadia Roche", "nadia.roche@example.org")
        await playground.change_user(newcomer, real_name="Nadia Roche-Martin")
        group = playground.workspace.add_group("regie")
        await playground.change_group(group, [newcomer.id])
        await playground.settled()

        def agreed(session: Session) -> None:
            for email in (ELODIE, CHARLOTTE, INES, HOST):
                person = participant_by_email(session, self._stage.event_id, email)
                assert person is not None
                for purpose in (ADULT, INTRODUCTIONS, DIRECTORY, FOLLOW_UPS):
                    agree(session, person, purpose, at("07:30"))

        await self._stage.maillon.runtime.run(agreed)

    async def look_around(self, names: frozenset[str] | None = None) -> None:
        """Everybody presses what they were not seen pressing often, wherever it stands."""
        for email in CAST:
            user = self._user(email)
            if names is None and self._playground.clock.now() in TALKING:
                await self._talk(user, SAID.get(email, ()))
            for _ in range(ROUNDS):
                await self._stage.idle()
                if not await self._press_around(user, names):
                    break

    async def _talk(self, user: User, words: Sequence[str]) -> None:
        direct = await self._playground.direct(user)
        here = self._playground.workspace.channel_named("programme")
        assert here is not None
        await self._playground.open_home(user)
        for text in words:
            await self._playground.command(user, direct, "/maillon", text)
            await self._modals(user, None)
        await self._playground.command(user, here, "/question", TYPED)
        await self._modals(user, None)
        await self._playground.post_as(user, direct, "programme")
        message = await self._playground.post_as(user, here, TYPED)
        await self._playground.shortcut(user, message, "questions.from_message")
        await self._modals(user, None)

    async def _press_around(self, user: User, names: frozenset[str] | None) -> bool:
        """Whether anything was pressed."""
        pressed = False
        for source in self._sources(user):
            for element in list(_buttons(source.blocks)):
                pressed = await self._press(user, source, element, names) or pressed
                await self._modals(user, names)
        return pressed

    def _sources(self, user: User) -> Iterator[Message | View]:
        workspace = self._playground.workspace
        home = workspace.home(user.id)
        if home is not None:
            yield home
        for channel in workspace.conversations_of(user.id):
            yield from reversed(self._of_the_bot(channel, user)[-6:])

    def _of_the_bot(self, channel: Channel, user: User) -> list[Message]:
        seen = self._playground.workspace.visible(channel.id, user.id)
        return [one for one in seen if one.user == self._playground.workspace.bot.id]

    async def _press(
        self, user: User, source: Message | View, element: Json, names: frozenset[str] | None
    ) -> bool:
        ref = ActionRef.decode(str(element.get("value", "")))
        if ref is None or element["type"] != "button" or not self._wants(user, ref, names):
            return False
        self._worn.add((user.id, ref.encode()))
        try:
            await self._playground.press(user, source, element["action_id"])
        except LookupError:  # it was redrawn meanwhile
            return False
        await self._stage.maillon.slack.gestures.settled()
        return True

    def _wants(self, user: User, ref: ActionRef, names: frozenset[str] | None) -> bool:
        if (user.id, ref.encode()) in self._worn:
            return False
        if ref.name in LAST and (names is None or ref.name not in names):
            return False
        return self._record.count(("press", ref.name)) < MORE.get(ref.name, WANTED)

    async def _modals(self, user: User, names: frozenset[str] | None) -> None:
        """Whatever stands open is pressed in, filled in and sent, or closed."""
        workspace = self._playground.workspace
        for _ in range(DEPTH):
            view = workspace.modal(user.id)
            if view is None:
                return
            for element in list(_buttons(view.blocks)):
                if await self._press(user, view, element, names):
                    break
            else:
                if not await self._submit(user, view):
                    await self._playground.dismiss(user, view)
        while (view := workspace.modal(user.id)) is not None:
            await self._playground.dismiss(user, view)

    async def _submit(self, user: User, view: View) -> bool:
        """Whether it was sent and taken."""
        ref = ActionRef.decode(str(view.body.get("callback_id", "")))
        most = MORE.get(ref.name, WANTED) if ref else 0
        if ref is None or self._record.count(("submission", ref.name)) >= most:
            return False
        answer: Answer = await self._playground.submit(user, view, filled_in(view))
        await self._stage.maillon.slack.gestures.settled()
        return answer.acked and not view.errors


def filled_in(view: View) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for block, element in inputs.fields(view.blocks):
        match element["type"]:
            case "plain_text_input":
                words = TYPED_INTO.get(block["block_id"], TYPED)
                values[block["block_id"]] = words[: element.get("max_length", len(words))]
            case "static_select":
                values[block["block_id"]] = element["options"][0]["value"]
            case "checkboxes":
                values[block["block_id"]] = [one["value"] for one in element["options"][:1]]
    return values


def _buttons(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        yield from (one for one in elements(block) if one["type"] == "button")
