"""The chat platform is down, from the start or for a while: pages go on, and what is said when it
is back is worth saying."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.app import Maillon
from bot.delivery.tables import OPEN_STATES, SKIPPED, Delivery
from bot.demo import fill_database, sample_bytes, sample_event, sample_playground
from bot.drill.process import BotProcess
from bot.features.events.queries import find_event
from bot.features.people.tables import Participant
from bot.features.programme.actions import add_star, import_programme
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.tables import SessionRow
from bot.features.questions.access import personal_link
from bot.features.questions.moderation import publish
from bot.features.questions.rooms import room_page
from bot.features.questions.tables import Question
from bot.playground.faults import Fault
from tests.support.congress import GIVE_UP_AFTER, LOOK_AGAIN_S, Congress, at, prepared
from tests.support.rooms import Phone

PATIENCE = 30
GUEST = "ines.millet@example.org"
ASKED = "Et pour les familles ?"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class Bot:
    """`maillon run`, and what its addresses answer."""

    def __init__(self, process: BotProcess, url: str) -> None:
        self.process, self.url = process, url
        self.awaited = "/health/pages"

    def answers(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(self.url + path, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError):
            return 0, ""

    def wait_for(self, path: str) -> None:
        self.awaited = path
        self.process.wait_up()


@contextmanager
def maillon(database_url: str, api_url: str, folder: Path) -> Iterator[Bot]:
    port = free_port()
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-playground",
        "SLACK_APP_TOKEN": "xapp-playground",
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "MAILLON_HTTP_PORT": str(port),
    }
    process = BotProcess(settings, folder, lambda: bot.answers(bot.awaited)[0] == 200)
    bot = Bot(process, f"http://127.0.0.1:{port}")
    process.start()
    try:
        yield bot
        process.stop()
        assert "Traceback" not in process.last_words(1_000)
    finally:
        process.stop()


def shows_the_programme(bot: Bot) -> None:
    bot.wait_for("/health/pages")
    status, page = bot.answers("/?lang=fr&day=2019-12-12")
    assert status == 200
    assert "Ouverture" in page
    assert bot.answers("/health")[0] == 503  # nothing can arrive from Slack
    assert bot.answers("/metrics")[0] == 200


def test_slack_refuses_connections_then_is_back(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, at("08:00"))
    port = free_port()
    with maillon(sqlite_url, f"http://127.0.0.1:{port}/api/", tmp_path) as bot:
        shows_the_programme(bot)
        assert list(bot.process.events("slack.out_of_reach"))
        with sample_playground(at("08:00"), port=port):
            bot.wait_for("/health")
            bot.process.stop()


def test_slack_takes_connections_and_never_answers(sqlite_url: str, tmp_path: Path) -> None:
    fill_database(sqlite_url, at("08:00"))
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/api/"
        with maillon(sqlite_url, address, tmp_path) as bot:
            shows_the_programme(bot)


@contextmanager
def down(one: Congress) -> Iterator[None]:
    """Slack answers nothing that is written with anything but an error."""
    one.playground.faults.rates = {Fault.ERROR_BEFORE: 1.0}
    yield
    one.playground.faults.clear()


def test_for_twenty_minutes_in_the_middle_of_the_day(sqlite_url: str) -> None:
    asyncio.run(_twenty_minutes(sqlite_url))


async def _twenty_minutes(database_url: str) -> None:
    with prepared(database_url, at("13:40")) as one:
        async with one.bot(maillon_settle_after=0.6) as maillon:
            await one.command(GUEST, "présentations")
            await maillon.runtime.run(_choose)
            await one.idle()
            told = len(one.told())
            with down(one):
                one.playground.clock.set(at("13:45"))
                await _announcements(one, OPEN_STATES)
                one.playground.clock.set(at("14:04"))
                await _pages_go_on(one, maillon)
                await maillon.runtime.run(_a_quarter_of_an_hour)
                await _announcements(one, {SKIPPED})
                await maillon.runtime.run(_import_changes)
            one.playground.clock.set(at("14:06"))
            await one.idle()
            assert sorted(one.told(since=told)) == [
                ("12 14:06", "equipe-questions", f"À l'écran · {ASKED}"),
                (
                    "12 14:06",
                    GUEST,
                    "Un changement au programme · Présentations d'entreprises innovantes,"
                    " Déplacée à 16 h 45 (au lieu de 16 h 15)",
                ),
                (
                    "12 14:06",
                    "programme",
                    "Questions · Table ronde : la parole aux associations de patients",
                ),
            ]


async def _pages_go_on(one: Congress, maillon: Maillon) -> None:
    """A guest asks, who leads the table has it on the screen, and the room reads it."""
    page, link, stage, wall = await maillon.runtime.run(_addresses)
    phone, pupitre, screen = (Phone(maillon.http_url) for _ in range(3))

    def press() -> None:
        phone.get(page)
        phone.send(page, question=ASKED)
        assert ASKED in phone.text

    def lead() -> None:
        pupitre.get(link)
        pupitre.post(link)
        pupitre.get(stage)
        pupitre.send(f"{stage}/press", what="show")
        assert ASKED in screen.get(wall)

    await asyncio.to_thread(press)
    await maillon.runtime.run(_publish)
    await asyncio.to_thread(lead)


def _table(session: Session) -> SessionRow:
    return session.scalars(select(SessionRow).where(SessionRow.code == "S010")).one()


def _organiser(session: Session) -> Participant:
    email = sample_event().organisers[0]
    return session.scalars(select(Participant).where(Participant.email == email)).one()


def _choose(session: Session) -> None:
    """A session that moves in the next programme."""
    guest = session.scalars(select(Participant).where(Participant.email == GUEST)).one()
    row = session.scalars(select(SessionRow).where(SessionRow.code == "S014")).one()
    add_star(session, row.event_id, guest.participant_id, row.session_id, at("13:40"))


def _addresses(session: Session) -> tuple[str, str, str, str]:
    row = _table(session)
    pages = room_page(session, row.event_id, row.room)
    stage = f"/stage/{row.session_id}"
    link = personal_link(session, _organiser(session), stage)
    return f"/r/{pages.page_id}", link, stage, f"/wall/{pages.wall_id}"


def _publish(session: Session) -> None:
    question = session.scalars(select(Question).where(Question.text == ASKED)).one()
    publish(session, _organiser(session), question.question_id, 1, at("14:05"))


def _a_quarter_of_an_hour(session: Session) -> None:
    """Machine time passes: what was tried moves into the past."""
    session.execute(update(Delivery).values(claimed_at=Delivery.claimed_at - 15 * 60))


def _import_changes(session: Session) -> None:
    event = sample_event()
    parsed = parse_schedule_json(
        sample_bytes("schedule-v2.json"), zone=event.zone, kinds=event.session_kinds
    )
    import_programme(session, find_event(session), parsed.sessions, at("14:06"))


async def _announcements(one: Congress, states: Collection[str]) -> None:
    """Until all of them are in one of `states`, and there is one."""

    def seen(session: Session) -> set[str]:
        name = Delivery.message == "programme.announced"
        query = select(Delivery.state).where(name, Delivery.due_at == at("13:45"))
        return set(session.scalars(query))

    for _ in range(GIVE_UP_AFTER):
        found = await one.maillon.runtime.read(seen)
        if found and found <= set(states):
            return
        await asyncio.sleep(LOOK_AGAIN_S)
    raise AssertionError("the announcements are somewhere else")
