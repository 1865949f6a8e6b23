"""The pages of moderators over HTTP: who gets in, what forms do, what is refused."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar

from bot.core.address import PublicAddress
from tests.delivery.support import run

from .round_table import CASE, COST, HOME, TRIALS, WAITS, RoundTable, round_table

Scene = Callable[[ClientSession], Awaitable[None]]


@pytest.fixture
def table(sqlite_url: str) -> Iterator[RoundTable]:
    with round_table(sqlite_url, tick_s=3_600, pace_s=0) as one:
        yield one


class Browser:
    """Somebody who follows their link and sends the forms they see."""

    def __init__(self, http: ClientSession, table: RoundTable) -> None:
        self.http, self.table = http, table
        self.page = ""

    async def opens(self, who: str, path: str) -> ClientResponse:
        link = await asyncio.to_thread(self.table.link, who, path)
        async with self.http.post(link, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, path)
        return await self.get(path)

    async def get(self, path: str) -> ClientResponse:
        async with self.http.get(path) as answer:
            self.page = html.unescape(await answer.text())
        return answer

    async def sends(self, path: str, **fields: str) -> ClientResponse:
        """With what the page carries for its forms."""
        token = re.search(r'name="form" value="(\w+)"', self.page)
        assert token, self.page
        async with self.http.post(path, data={"form": token[1], **fields}) as answer:
            self.page = html.unescape(await answer.text())
        return answer

    async def does(self, action: str, about: str, **fields: str) -> ClientResponse:
        """An action of the team's page on a question, as it stands there."""
        question_id = self.table.questions[about]
        card = self.page[self.page.index(f'id="q-{question_id}"') :]
        seen = re.search(r'name="seen" value="(\d+)"', card)
        fields.setdefault("seen", seen[1] if seen else "")
        return await self.sends(f"{self.table.page('team')}/{question_id}/{action}", **fields)

    @property
    def error(self) -> str:
        found = re.search(r'role="alert">(.*?)</p>', self.page)
        return found[1].replace("\N{NO-BREAK SPACE}", " ") if found else ""

    async def undoes(self) -> ClientResponse:
        change = re.search(r'name="change" value="([\w-]+)"', self.page)
        assert change, "nothing to undo is offered"
        return await self.sends(f"{self.table.page('team')}/undo", change=change[1])


def visiting(table: RoundTable, scene: Callable[[Browser], Awaitable[None]]) -> None:
    async def visit() -> None:
        async with ClientSession(table.url, cookie_jar=CookieJar(unsafe=True)) as http:
            await scene(Browser(http, table))

    run(visit())


def test_a_link_shows_a_button_and_only_the_button_uses_it_up(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        link = await asyncio.to_thread(table.link, table.team, table.page("team"))
        for _ in range(2):
            await browser.get(link)
            assert ">Ouvrir</button>" in browser.page
        async with browser.http.post(link, allow_redirects=False) as answer:
            assert answer.headers["Location"] == table.page("team")
            cookie = answer.cookies["maillon"]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
            assert cookie["secure"] == "", "this address is no https"
            assert int(cookie["max-age"]) == 12 * 60 * 60
        for method in ("GET", "POST"):
            async with browser.http.request(method, link) as answer:
                assert answer.status == 410
                assert (
                    "Écrivez «\N{NO-BREAK SPACE}pupitre\N{NO-BREAK SPACE}»" in await answer.text()
                )

    visiting(table, scene)


def test_over_https_the_cookie_never_travels_in_the_clear(sqlite_url: str) -> None:
    address = PublicAddress("https://questions.example.org")
    with round_table(sqlite_url, address, tick_s=3_600) as table:

        async def scene(browser: Browser) -> None:
            link = await asyncio.to_thread(table.link, table.team, "/team")
            async with browser.http.post(link, allow_redirects=False) as answer:
                assert answer.cookies["maillon"]["secure"] is True

        visiting(table, scene)


def test_without_a_link_nothing_opens(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        pages = ["/team", *(table.page(kind) for kind in ("team", "stage", "panel"))]
        for page in [
            *pages,
            *(f"{one}/{part}" for one in pages[1:] for part in ("live", "fragment")),
        ]:
            answer = await browser.get(page)
            assert answer.status == 403
            assert "Cette page s'ouvre avec un lien personnel." in browser.page
            assert WAITS not in browser.page

    visiting(table, scene)


def test_rights_are_asked_for_at_each_request(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        answer = await browser.opens(table.nobody, table.page("team"))
        assert answer.status == 403
        assert "Seule l'équipe Questions de cette session" in browser.page
        for page in (table.page("stage"), f"{table.page('stage')}/live", "/team"):
            assert (await browser.get(page)).status == 403
        assert (await browser.get(table.page("panel"))).status == 403
        assert (await browser.opens(table.team, table.page("team"))).status == 200
        assert (await browser.get("/team/nowhere")).status == 410

    visiting(table, scene)


def test_a_form_of_elsewhere_is_refused(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        question = f"{table.page('team')}/{table.questions[CASE]}/publish"
        for token in ("", "0" * 64):
            async with browser.http.post(question, data={"form": token, "seen": "1"}) as answer:
                assert answer.status == 403
        cross = {"Sec-Fetch-Site": "cross-site"}
        found = re.search(r'name="form" value="(\w+)"', browser.page)
        assert found
        async with browser.http.post(
            question, data={"form": found[1], "seen": "1"}, headers=cross
        ) as answer:
            assert answer.status == 403
        assert (await asyncio.to_thread(table.view, CASE)).state == "review"
        await browser.does("publish", CASE)
        assert (await asyncio.to_thread(table.view, CASE)).state == "published"

    visiting(table, scene)


def test_everything_the_team_does_is_done_and_undone(table: RoundTable) -> None:
    other = {"decline": {"reason": "off_topic"}, "merge": {"into": table.questions[COST]}}
    steps = [
        ("publish", CASE, {}, "published"),
        ("decline", CASE, other["decline"], "declined"),
        ("merge", HOME, other["merge"], "merged"),
        ("screen", HOME, {}, "on_screen"),
        ("answered", WAITS, {}, "answered"),
        ("later", WAITS, {}, "published"),
        ("edit", HOME, {"text": "Et à domicile ?"}, "published"),
        ("translate", HOME, {"text": "At home?"}, "published"),
        ("assign", HOME, {"to": table.speaker}, "published"),
    ]

    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        for action, text, fields, state in steps:
            before = await asyncio.to_thread(table.view, text)
            answer = await browser.does(action, text, **fields)
            assert (answer.status, browser.error) == (200, "")
            after = await asyncio.to_thread(table.view, text)
            assert after.state == state
            assert after != before
            await browser.undoes()
            again = await asyncio.to_thread(table.view, text)
            told = ("state", "text", "translation", "assigned_to", "declined", "merged_into")
            assert [getattr(again, one) for one in told] == [getattr(before, one) for one in told]
            assert 'name="change"' not in browser.page, "offered once"

    visiting(table, scene)


def test_what_was_not_kept_is_restored(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        await browser.does("decline", CASE, reason="off_topic")
        await browser.does("restore", CASE)
        assert (await asyncio.to_thread(table.view, CASE)).state == "review"

    visiting(table, scene)


def test_the_second_of_two_reads_who_was_first(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        await asyncio.to_thread(table.does, table.other, "publish", CASE)
        answer = await browser.does("decline", CASE, reason="off_topic")
        assert answer.status == 409
        assert browser.error.startswith("Zoe vient de modifier cette question.")
        assert (await asyncio.to_thread(table.view, CASE)).state == "published"
        # The page that says so is the page as it is now: the next press fits.
        assert (await browser.does("decline", CASE, reason="off_topic")).status == 200
        assert (await asyncio.to_thread(table.view, CASE)).state == "declined"

    visiting(table, scene)


def test_a_question_of_the_room_is_recorded_as_answered(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.host, table.page("team"))
        await browser.sends(f"{table.page('team')}/aloud", text="Et les enfants ?")
        assert "Et les enfants ?" in browser.page
        assert "Question de la salle enregistrée." in browser.page
        await browser.undoes()
        assert "Et les enfants ?" not in browser.page

    visiting(table, scene)


@pytest.mark.parametrize(
    ("setting", "name", "value", "back"),
    [
        ("after", "moderation", "after", "before"),
        ("guests-off", "guests", False, "guests-on"),
        ("guest-votes-off", "guest_votes", False, "guest-votes-on"),
        ("anonymous-off", "anonymous", False, "anonymous-on"),
        ("dark", "black", True, "light"),
    ],
)
def test_a_session_has_rules_of_its_own(
    table: RoundTable, setting: str, name: str, value: Any, back: str
) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        await browser.sends(f"{table.page('team')}/set/{setting}")
        assert await asyncio.to_thread(table.sheet, name) == value
        assert f"/set/{back}" in browser.page
        await browser.undoes()
        assert await asyncio.to_thread(table.sheet, name) in (None, False)

    visiting(table, scene)


def test_questions_are_closed_and_open_again(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        await browser.sends(f"{table.page('team')}/set/close")
        assert "Les questions sont fermées." in browser.page
        await browser.sends(f"{table.page('team')}/set/reopen")
        assert await asyncio.to_thread(table.sheet, "closed_at") is None

    visiting(table, scene)


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("explode", {}, 404),
        ("publish", {"seen": "one"}, 409),
        ("publish", {"seen": "9" * 30}, 409),
        ("decline", {"reason": "because"}, 410),
        ("merge", {"into": "nothing"}, 410),
        ("assign", {"to": "nobody"}, 410),
    ],
)
def test_a_form_that_cannot_be_changes_nothing(
    table: RoundTable, action: str, fields: dict[str, str], status: int
) -> None:
    before = table.view(CASE)

    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        assert (await browser.does(action, CASE, **fields)).status == status

    visiting(table, scene)
    assert table.view(CASE) == before


def test_the_list_counts_what_waits(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.host, "/team")
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", browser.page))
        assert "1 en relecture · 3 publiées · 1 réponse apportée" in text
        assert "Session U" not in text, "the host moderates one session"

    visiting(table, scene)


def test_orders_are_chosen(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        for order, first in (("popular", COST), ("balanced", COST), ("nonsense", COST)):
            await browser.get(f"{table.page('team')}?order={order}")
            published = browser.page[browser.page.index('id="published"') :]
            assert published.index(first) < published.index(HOME)
        await browser.sends(
            f"{table.page('team')}/{table.questions[CASE]}/publish", seen="1", order="recent"
        )
        assert 'order=recent" aria-current="true"' in browser.page
        published = browser.page[browser.page.index('id="published"') :]
        assert published.index(CASE) < published.index(COST)

    visiting(table, scene)


def test_presses_without_a_script_come_back_to_the_page(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.host, table.page("stage"))
        hidden = dict(re.findall(r'name="(key|seen|next)" value="([^"]*)"', browser.page))
        pressed = await browser.sends(f"{table.page('stage')}/press", what="answered", **hidden)
        assert pressed.url.path == table.page("stage")
        assert (await asyncio.to_thread(table.view, COST)).state == "on_screen"
        undo = re.search(r'name="undo" value="([^"]+)"', browser.page)
        assert undo
        await browser.sends(f"{table.page('stage')}/undo", undo=undo[1])
        assert (await asyncio.to_thread(table.view, WAITS)).state == "on_screen"
        await asyncio.to_thread(table.does, table.other, "answered", WAITS)
        late = await browser.sends(
            f"{table.page('stage')}/press", what="later", **(hidden | {"key": "another-key"})
        )
        assert late.status == 409
        assert browser.error.startswith("Zoe vient de modifier cette question.")

    visiting(table, scene)


def test_the_panel_reads_what_was_kept_for_it(table: RoundTable) -> None:
    table.does(table.team, "assign", COST, table.speaker)

    async def scene(browser: Browser) -> None:
        await browser.opens(table.speaker, table.page("panel"))
        assert COST in browser.page
        assert WAITS not in browser.page
        assert "<form" not in browser.page
        assert (await browser.get(table.page("team"))).status == 403

    visiting(table, scene)


def test_votes_by_profile_need_five_people_and_a_moderator(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        assert "Soutiens par profil" not in browser.page, "of one kind alone nothing is told"

    visiting(table, scene)


def test_guest_votes_stand_apart(table: RoundTable) -> None:
    from bot.features.questions.tables import Guest
    from bot.features.questions.vote_tables import GuestVote

    def vote(session: Any) -> None:
        for n in range(12):
            session.add(Guest(event_id=table.event_id, guest_id=f"g{n}", language="fr"))
            session.flush()
            session.add(
                GuestVote(
                    event_id=table.event_id, question_id=table.questions[WAITS], guest_id=f"g{n}"
                )
            )

    table.site.run(vote)

    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        assert "41 soutiens, 12 dans la salle" in re.sub(r"\s+", " ", browser.page)
        assert TRIALS in browser.page

    visiting(table, scene)


def test_the_room_is_full_with_one_press_and_has_places_with_another(table: RoundTable) -> None:
    async def scene(browser: Browser) -> None:
        await browser.opens(table.team, table.page("team"))
        assert "<button>Complet</button>" in browser.page
        await browser.sends(f"{table.page('team')}/full", full="1")
        assert "<strong>Complet</strong>" in browser.page
        assert "<button>Il reste des places</button>" in browser.page
        await browser.opens(table.host, table.page("stage"))
        assert 'value="not-full">Il reste des places</button>' in browser.page
        await browser.sends(f"{table.page('stage')}/press", what="not-full", key="k" * 16)
        assert 'value="full">Complet</button>' in browser.page

    visiting(table, scene)
