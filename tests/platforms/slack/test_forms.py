"""Forms through the real Bolt: opened before anything is written, received exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Link, Section
from bot.core.errors import NotAllowedError
from bot.core.i18n import Reader
from bot.db.history import record
from bot.platforms.slack import forms, people, programme
from bot.platforms.slack.handlers import Gesture, Handlers, Opening, merged
from bot.platforms.slack.modals import Modal, Option, Select, TextInput
from bot.platforms.slack.render import render
from bot.platforms.slack.views import Flaws, Values
from bot.playground.faults import INTERACTION, Fault
from tests.platforms.slack.support import Bot, bot, said
from tests.playground.support import Machine

LATE = "Le formulaire n'a pas pu s'ouvrir à temps. Vous pouvez essayer de nouveau."
NOT_ALLOWED = "Seule l'équipe d'organisation peut le faire. Vous pouvez écrire dans #organisation."
WRONG = "Cela n'a pas fonctionné."
BUSY = "Beaucoup de demandes arrivent en même temps."

Seen = list[Any]


class Notes:
    """A feature that asks for a note and writes it down; the words say what becomes of it."""

    def __init__(self, seen: Seen, machine: Machine) -> None:
        self.seen, self.machine = seen, machine

    def handlers(self) -> Handlers:
        asks = ("note.ask", "questions.ask", "questions.from_message")
        return Handlers(
            actions={"note.support": self.support, "note.fail": fail, "note.again": again},
            forms=dict.fromkeys(asks, self.ask),
            submissions={"note.keep": self.keep},
        )

    def ask(self, session: Session, opening: Opening, args: tuple[str, ...]) -> Modal | Card:
        self.seen.append(opening)
        match args:
            case ("late",):
                self.machine.now += 4
            case ("closed",):
                return Card("Elles sont fermées.")
            case ("refused",):
                raise NotAllowedError
        room = Option("x" * (151 if args == ("wrong",) else 1), "Descartes")
        words = opening.message.text if opening.message else opening.typed
        parts = (
            Section(lines=("À la table ronde",), actions=(Action("Soutenir", "note.support"),)),
            Section(actions=(Action("Autre note", "note.ask"), Action("Échouer", "note.fail"))),
            TextInput("words", "Votre note", initial=words),
            Select("room", "Salle", (room,), required=False),
        )
        return Modal("Poser une question", parts, ("note.keep", ("s1",)), "Envoyer", private="memo")

    def keep(
        self, session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
    ) -> Modal | Card | Flaws | None:
        self.seen.append((args, dict(values), gesture.private))
        note(session, gesture)
        match values["words"]:
            case "refused":
                raise NotAllowedError
            case "broken":
                raise RuntimeError
        return BECOMES.get(str(values["words"]))

    def support(self, session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        self.seen.append(gesture.private)
        note(session, gesture)
        return Card("42 soutiens")


BECOMES: dict[str, Modal | Card | Flaws] = {
    "flaw": Flaws({"words": "Une phrase, s'il vous plaît."}),
    "twin": Modal("Une note proche", (Section(lines=("La même ?",)),)),
    "thanks": Card("C'est noté"),
}


def fail(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    note(session, gesture)
    raise NotAllowedError


def again(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Modal:
    note(session, gesture)
    return Modal("Encore", (Section(lines=("Après coup",)),))


def note(session: Session, gesture: Gesture) -> None:
    who = gesture.person.participant_id
    record(session, gesture.event_id, "noted", "note", at=gesture.now, actor=who)


def play(
    url: str, scene: Callable[[Bot], Awaitable[None]], seen: Seen | None = None, **options: Any
) -> None:
    async def played() -> None:
        notes = Notes([] if seen is None else seen, options.get("monotonic", Machine()))
        known = merged(notes.handlers(), programme.HANDLERS, people.HANDLERS)
        async with bot(url, known, **options) as one:
            await scene(one)

    asyncio.run(played())


# Opening


def test_a_form_is_opened_filled_in_and_received(database_url: str) -> None:
    seen: Seen = []

    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        assert view.body["title"]["text"] == "Poser une question"
        assert (one.private(), await one.written(), await one.people()) == ([], 0, 0)
        answer = await one.submit(view, words="Pourquoi ?", room="x")
        assert (answer.acked, one.closed) == (True, True)
        assert seen[1:] == [(("s1",), {"words": "Pourquoi ?", "room": "x"}, "memo")]
        assert (await one.written(), await one.people()) == (1, 1)

    play(database_url, scene, seen)


def test_a_form_waits_behind_nobody_who_writes(database_url: str) -> None:
    async def scene(one: Bot) -> None:
        async with one.writers_busy():
            view = await one.open("note.ask")
            assert said(view)[0] == "À la table ronde"

    play(database_url, scene)


def test_somebody_never_met_reads_the_form_by_the_locale_of_slack(sqlite_url: str) -> None:
    seen: Seen = []

    async def scene(one: Bot) -> None:
        await one.here.playground.change_user(one.here.alice, locale="en-GB")
        await one.here.playground.settled()
        view = await one.open("note.ask")
        assert view.body["close"]["text"] == "Close"
        assert (seen[0].person, seen[0].reader.language) == (None, "en")
        await one.submit(view, words="thanks")
        await one.open("note.ask")
        assert seen[2].person is not None

    play(sqlite_url, scene, seen)


def test_the_command_hands_on_what_was_typed(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        here = one.here
        answer = await here.playground.command(
            here.alice, here.general, "/question", " R&amp;D : pourquoi ? "
        )
        assert (answer.acked, one.private()) == (True, [])
        assert one.modal.blocks[2]["element"]["initial_value"] == "R&D : pourquoi ?"

    play(sqlite_url, scene)


def test_without_questions_the_command_shows_the_menu(sqlite_url: str) -> None:
    async def played() -> None:
        async with bot(sqlite_url, merged(programme.HANDLERS, people.HANDLERS)) as one:
            where = one.here.general
            for command in ("/maillon", "/question"):
                await one.here.playground.command(one.here.alice, where, command)
            menu, same = one.private()
            assert menu == same != ""

    asyncio.run(played())


def test_a_shortcut_hands_on_the_message_as_people_read_it(sqlite_url: str) -> None:
    seen: Seen = []

    async def scene(one: Bot) -> None:
        here = one.here
        board = here.playground.workspace.add_channel(
            "board", kind="private", members=[here.alice.id, here.bob.id]
        )
        text = f"<@{here.alice.id}> : &lt;b&gt; ou <https://example.org|ce lien> ?"
        message = await here.playground.post_as(here.bob, board, text)
        await here.playground.shortcut(here.alice, message, "questions.from_message")
        read = "@Alice Martin : <b> ou ce lien ?"
        assert one.modal.blocks[2]["element"]["initial_value"] == read
        heard = seen[0].message
        assert (heard.text, heard.author) == (read, here.bob.id)
        assert (heard.channel, heard.ts) == (board.id, message.ts)

    play(sqlite_url, scene, seen)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("closed",), "Elles sont fermées."),
        (("refused",), NOT_ALLOWED),
        (("wrong",), WRONG),
    ],
)
def test_where_there_is_no_form_a_private_reply_says_why(
    sqlite_url: str, args: tuple[str, ...], words: str
) -> None:
    async def scene(one: Bot) -> None:
        board = one.here.playground.workspace.add_channel(
            "board", kind="private", members=[one.here.alice.id, one.here.bot.id]
        )
        posted = await one.button("note.ask", *args, channel=board)
        answer = await one.press(posted, one.value("note.ask", *args))
        assert (answer.acked, one.closed, await one.written()) == (True, True, 0)
        [told] = one.private(board)
        assert told.startswith(words)

    play(sqlite_url, scene)


def test_a_trigger_that_expired_meanwhile_is_told(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        posted = await one.button("note.ask", "late")
        answer = await one.press(posted, one.value("note.ask", "late"))
        assert (answer.acked, one.closed, one.private()) == (True, True, [LATE])
        posted = await one.button("note.ask")
        await one.press(posted, one.value("note.ask"))
        assert not one.closed

    play(sqlite_url, scene, monotonic=Machine())


def test_a_form_of_yesterday_is_no_longer_there(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        posted = await one.button("note.gone")
        await one.press(posted, one.value("note.gone"))
        [told] = one.private()
        assert told.startswith("Cela ne figure plus au programme.")

    play(sqlite_url, scene)


# Receiving


@pytest.mark.parametrize(
    ("words", "title", "shown"),
    [("twin", "Une note proche", "La même ?"), ("thanks", "Poser une question", "C'est noté")],
)
def test_an_answer_takes_the_place_of_the_form(
    sqlite_url: str, words: str, title: str, shown: str
) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        await one.submit(view, words=words)
        assert one.modal is view
        assert (view.body["title"]["text"], said(view)) == (title, [shown])
        assert (view.body["close"]["text"], view.body.get("submit")) == ("Fermer", None)
        assert await one.written() == 1

    play(sqlite_url, scene)


def test_a_submission_delivered_again_changes_nothing_and_closes(database_url: str) -> None:
    async def scene(one: Bot) -> None:
        first, second = await one.sent_twice(await one.open("note.ask"), words="thanks")
        assert (first.body or {}).get("response_action") == "update"
        assert (second.acked, bool(second.body)) == (True, False)
        assert await one.written() == 1

    play(database_url, scene)


@pytest.mark.parametrize("words", ["Pourquoi ?", "thanks"])
def test_a_form_sent_again_because_its_answer_was_lost_is_received_once(
    database_url: str, words: str
) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        one.here.playground.faults.plan(INTERACTION, Fault.DROP_AFTER_RECEIPT)
        assert not (await one.submit(view, words=words)).acked
        assert (one.modal is view, await one.written()) == (True, 1)
        assert (await one.submit(view, words=words)).acked
        assert (one.closed, await one.written()) == (True, 1)
        # Another form is another note, though the words are the same.
        await one.submit(await one.open("note.ask"), words=words)
        assert await one.written() == 2

    play(database_url, scene)


def test_a_form_that_asks_back_does_so_again_where_its_answer_was_lost(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        one.here.playground.faults.plan(INTERACTION, Fault.DROP_AFTER_RECEIPT)
        await one.submit(view, words="twin")
        assert view.body["title"]["text"] == "Poser une question"
        await one.submit(view, words="twin")
        assert view.body["title"]["text"] == "Une note proche"

    play(sqlite_url, scene)


@pytest.mark.parametrize(
    ("words", "told"),
    [("flaw", "Une phrase, s'il vous plaît."), ("refused", NOT_ALLOWED), ("broken", WRONG)],
)
def test_what_is_wrong_stands_beside_what_was_typed(
    database_url: str, words: str, told: str
) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        await one.submit(view, words=words)
        assert one.modal is view
        assert view.errors["words"].startswith(told)
        assert view.values["words"]["words"]["value"] == words
        assert (await one.written(), await one.people()) == (0, 0)
        # Delivered again it is as wrong as before: nothing was stored, its key neither.
        answers = await one.sent_twice(view, words=words)
        assert [(a.body or {}).get("response_action") for a in answers] == ["errors"] * 2
        await one.submit(view, words="fine")
        assert (one.closed, await one.written()) == (True, 1)

    play(database_url, scene)


def test_when_nobody_can_write_what_was_typed_stays(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "BEGIN_WITHIN_S", 0.05)

    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        async with one.writers_busy():
            await one.submit(view, words="Pourquoi ?")
        assert view.errors["words"].startswith(BUSY)
        assert view.values["words"]["words"]["value"] == "Pourquoi ?"
        assert await one.written() == 0
        await one.submit(view)
        assert (one.closed, await one.written()) == (True, 1)

    play(sqlite_url, scene)


def test_an_error_of_a_form_without_inputs_stands_above_it(sqlite_url: str) -> None:
    async def played() -> None:
        def confirm(session: Session, opening: Opening, args: tuple[str, ...]) -> Modal:
            part = Section(lines=("Vraiment ?",))
            return Modal("Confirmer", (part,), ("sure.yes", ()), "Oui", private="memo")

        def yes(
            session: Session, gesture: Gesture, args: tuple[str, ...], values: Values
        ) -> Card | Flaws | None:
            assert gesture.private == "memo"
            raise NotAllowedError

        handlers = Handlers(forms={"sure": confirm}, submissions={"sure.yes": yes})
        async with bot(sqlite_url, handlers) as one:
            view = await one.open("sure")
            for _ in "12":
                await one.submit(view)
                assert said(view) == [NOT_ALLOWED, "Vraiment ?"]

    asyncio.run(played())


# Pressed inside


def test_what_is_pressed_inside_a_modal_is_answered_there(sqlite_url: str) -> None:
    seen: Seen = []

    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        await one.press(view, one.value("note.ask"))
        assert (one.modal is view, seen[1].private) == (True, "memo")
        await one.press(view, one.value("note.support"))
        assert (seen[2], said(view)) == ("memo", ["42 soutiens"])
        assert view.body["title"]["text"] == "Poser une question"
        assert (view.body["close"]["text"], view.body.get("submit")) == ("Fermer", None)
        assert (one.private(), await one.written()) == ([], 1)

    play(sqlite_url, scene, seen)


def test_a_press_inside_that_is_refused_keeps_what_was_typed(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        view = await one.open("note.ask")
        view.values = {"words": {"words": {"type": "plain_text_input", "value": "Pour"}}}
        for _ in "12":
            await one.press(view, one.value("note.fail"))
            assert said(view) == [NOT_ALLOWED, "À la table ronde", "Votre note", "Salle"]
            assert view.values["words"]["words"]["value"] == "Pour"
        await one.submit(view, words="Pourquoi ?")
        assert (one.closed, await one.written()) == (True, 1)

    play(sqlite_url, scene)


def test_a_modal_after_the_fact_is_a_defect_and_writes_nothing(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        posted = await one.button("note.again")
        await one.press(posted, one.value("note.again"))
        assert one.private()[0].startswith(WRONG)
        assert (one.closed, await one.written()) == (True, 0)

    play(sqlite_url, scene)


# Beside


def test_a_link_is_acknowledged_and_nothing_else(sqlite_url: str) -> None:
    async def scene(one: Bot) -> None:
        link = Link("Pupitre", "https://example.org/desk")
        card = Card("Votre pupitre", sections=(Section("Salle", links=(link, link)),))
        drawn = render(card, one.event_id, Reader.of("fr", "UTC"))
        client = one.here.client()
        posted = await asyncio.to_thread(
            client.chat_postMessage, channel=one.here.general.id, text="x", blocks=drawn.blocks
        )
        message = one.here.message(posted["ts"])
        for name in ("link", "link#2"):
            assert (await one.press(message, name)).acked
        assert (one.private(), one.closed) == ([], True)

    play(sqlite_url, scene)


def test_two_features_cannot_share_a_name() -> None:
    one = Notes([], Machine()).handlers()
    with pytest.raises(ValueError, match=r"two handlers are called note\.ask"):
        merged(one, Handlers(views={"note.ask": lambda s, g, a: Card("")}))
    with pytest.raises(ValueError, match=r"note\.keep"):
        merged(one, Handlers(submissions=one.submissions))
