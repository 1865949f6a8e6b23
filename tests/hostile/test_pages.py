"""The real application against who guesses addresses, sends too much or asks in the wrong way."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import unquote

from sqlalchemy.orm import Session
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.core.ids import new_id
from bot.features.home.agenda import agenda_path, change_address
from bot.features.people.queries import participant_by_email
from bot.features.questions.access import personal_link, revoke
from bot.features.questions.rooms import revoke_wall, room_page
from bot.hostile.asgi import Reply, call
from bot.hostile.stage import Stage, at, set_stage
from bot.web.drawing import static_files
from bot.web.guard import MAX_BODY
from bot.web.incoming import ADDRESS, MAX_EVENT

ROOM = "Auditorium Descartes"
WHO = "ines.millet@example.org"
SECRET = "k3Jq0Zr8l5T1u7Wc9Xe2Yb4Nd6Mf8Pg0Hh1Ii3Jj5Kk"
ODD = (
    "x", SECRET, SECRET * 60, "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "..%5c..%5cwindows",
    "%00", "a%00b", "%ff%fe", "é", "%f0%9f%92%a9", "{x.__class__}", "%7B%7B7*7%7D%7D", "'", "%27--",
    "%0d%0aSet-Cookie:%20a=b", "*", "%25", "null", "0", "-1", "%E2%80%AE",
)  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Doors:
    """Addresses that hold for now, and those that held before."""

    open: tuple[str, ...]
    closed: tuple[str, ...]
    page: str


def of_the_event(session: Session, event_id: str) -> Doors:
    person = participant_by_email(session, event_id, WHO)
    assert person is not None
    wall_before = room_page(session, event_id, ROOM).wall_id
    page = revoke_wall(session, event_id, ROOM, at("08:00"))
    feed_before = agenda_path(session, person, at("08:00"))
    feed = change_address(session, person, at("08:00"))
    link_before = personal_link(session, person, "/team")
    revoke(session, event_id, person.participant_id)
    return Doors(
        (f"/wall/{page.wall_id}", feed, personal_link(session, person, "/team")),
        (f"/wall/{wall_before}", feed_before, link_before),
        f"/r/{page.page_id}",
    )


async def get(stage: Stage, address: str, method: str = "GET", **headers: str) -> Reply:
    """As a server hands it over: the path decoded once, the query as it was sent."""
    path, mark, query = address.partition("?")
    decoded = unquote(path, errors="replace") + mark + query
    return await call(stage.maillon.app, method, decoded, headers)


def safe(reply: Reply) -> None:
    policy = reply.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    frames = rules["frame-ancestors"].split()  # those of the playground, which shows the screens
    assert all(one.startswith(("http://127.0.0.1:", "http://localhost:")) for one in frames)
    assert rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in reply.headers
    for cookie in SimpleCookie(reply.headers.get("set-cookie", "")).values():
        assert cookie["secure"] is True
        assert cookie["httponly"] is True
        assert cookie["samesite"].lower() in ("lax", "strict")


def test_nobody_learns_from_guesses_or_breaks_a_page(database_url: str) -> None:
    async def scene() -> None:
        public: dict[str, Any] = {"maillon_public_url": "https://maillon.example.org"}
        with capture_logs() as logs:
            async with set_stage(database_url, at("08:00"), **public) as stage:
                doors = await stage.maillon.runtime.run(
                    lambda session: of_the_event(session, stage.event_id)
                )
                await closed_is_as_never_there(stage, doors)
                await odd_addresses(stage)
                await wrong_methods_and_headers_of_every_route(stage)
                await too_much_and_from_elsewhere(stage, doors)
                await cookies(stage, doors)
        assert [line for line in logs if line.get("exc_info")] == []

    asyncio.run(scene())


async def closed_is_as_never_there(stage: Stage, doors: Doors) -> None:
    for held, before in zip(doors.open, doors.closed, strict=True):
        assert (await get(stage, held)).status == 200
        folder, _, name = before.rpartition("/")
        guessed = f"{folder}/{SECRET}{'.ics' if name.endswith('.ics') else ''}"
        near = f"{folder}/{name[:4]}{'A' if name[4] != 'A' else 'B'}{name[5:]}"
        replies = [await get(stage, address) for address in (before, guessed, near)]
        assert replies[0].status in (404, 410)
        assert replies[1:] == replies[:1] * 2, before


async def odd_addresses(stage: Stage) -> None:
    """No guess opens anything, and none is a defect."""
    for route in stage.maillon.app.routes:
        assert isinstance(route, Route)
        for odd in ODD if route.param_convertors else ():
            address = route.path
            for name in route.param_convertors:
                address = address.replace(f"{{{name}}}", odd)
            method = "POST" if "POST" in (route.methods or ()) else "GET"
            reply = await get(stage, address, method)
            assert reply.status in (400, 403, 404, 410), (address, reply.status)
            safe(reply)
    for address in ("/e/../metrics", "//", "/%2e%2e/%2e%2e/etc/passwd", "/.env", "/.git/config"):
        assert (await get(stage, address)).status == 404
    for query in ("?day=%00", "?undo=%00", "?from=-1", "?day=9999999-1-1", "?lang=" + "x" * 5_000):
        assert (await get(stage, f"/{query}")).status in (200, 404)


async def wrong_methods_and_headers_of_every_route(stage: Stage) -> None:
    by_path: dict[str, set[str]] = {}
    for route in stage.maillon.app.routes:
        assert isinstance(route, Route)
        by_path.setdefault(route.path, set()).update(route.methods or ())
    assert {ADDRESS, "/health", "/metrics", "/", "/static/{name}"} <= by_path.keys()
    for path, methods in by_path.items():
        address = path.replace("{", "").replace("}", "")
        for method in ("GET", "POST", "PUT", "DELETE", "TRACE", "X"):
            reply = await get(stage, address, method)
            safe(reply)
            if method not in methods and path != "/team/{session_id}/{question_id}/{action}":
                assert (reply.status == 405) or not _only(address, by_path), (method, path)
    for name in static_files():
        safe(await get(stage, f"/static/{name}"))


def _only(address: str, by_path: dict[str, set[str]]) -> bool:
    """Whether no route of another shape takes the address, as `/team/x/live` does two."""
    return not address.startswith("/team/")


async def too_much_and_from_elsewhere(stage: Stage, doors: Doors) -> None:
    app = stage.maillon.app
    large = await call(app, "POST", doors.page, FORM, [b"question=" + b"x" * MAX_BODY])
    claimed = await call(app, "POST", doors.page, FORM | {"Content-Length": "9" * 5_000})
    event = await call(app, "POST", ADDRESS, {}, [b"x" * (MAX_EVENT + 1)])
    for reply in (large, claimed, event):
        assert reply.status == 413
        safe(reply)
    for where in ("cross-site", "same-site"):
        reply = await call(app, "POST", doors.page, FORM | {"Sec-Fetch-Site": where}, [b"a=b"])
        assert reply.status == 403
        safe(reply)
    half_a_pair = (
        b'--x\r\nContent-Disposition: form-data; name="question"\r\n\r\n\\ud800\\x00\r\n--x--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    reply = await call(app, "POST", doors.page, kind, [half_a_pair])
    assert reply.status == 422
    safe(reply)


async def cookies(stage: Stage, doors: Doors) -> None:
    """A browser that is known, and a phone that is not."""
    reply = await call(stage.maillon.app, "POST", doors.open[2], FORM, [b""])
    assert reply.status == 303
    assert "maillon=" in reply.headers["set-cookie"]
    safe(reply)


def bits(secret: str) -> int:
    return 8 * len(urlsafe_b64decode(secret + "=" * (-len(secret) % 4)))


def test_addresses_are_too_long_to_be_guessed(sqlite_url: str) -> None:
    """What opens something by itself has 256 bits; a report's picture, which holds no more than
    the message that shows it, 72."""

    async def scene() -> None:
        async with set_stage(sqlite_url, at("08:00")) as stage:
            doors = await stage.maillon.runtime.run(
                lambda session: of_the_event(session, stage.event_id)
            )
            wall, feed, link = (address.rpartition("/")[2] for address in doors.open)
            assert [bits(one.removesuffix(".ics")) for one in (wall, feed, link)] == [256] * 3
            reply = await call(stage.maillon.app, "POST", doors.open[2], FORM, [b""])
            cookie = SimpleCookie(reply.headers["set-cookie"])["maillon"].value
            assert bits(cookie) == 256

    asyncio.run(scene())
    assert bits(new_id()) == 72
