"""The organisers' report at its secret address: a picture and a table."""

from __future__ import annotations

import io

from aiohttp import ClientSession
from PIL import Image
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.delivery.outbox import Place, enqueue
from bot.features.introductions.crossing_messages import CrossingsReported
from bot.features.introductions.crossings import Report, Row
from bot.web import picture
from bot.web.report import routes
from tests.delivery.support import run
from tests.support.factories import EARLY, event_file
from tests.support.introductions import IntroductionWorld
from tests.support.web import served

SECRET = "a-secret-13-c"


def test_only_who_knows_the_address_sees_it(database_url: str) -> None:
    def posted(session: Session) -> None:
        world = IntroductionWorld(session)
        for number in range(6):
            people = [world.someone(f"P{number}{kind}", kind) for kind in ("startup", "investor")]
            world.met(*people)
        to = Place(world.workspace_id, channel="organisation")
        message = CrossingsReported(world.event_id, SECRET)
        enqueue(session, world.event_id, to, message, "key", message_class="useful", now=EARLY)

    with served(database_url, routes) as site:
        site.run(posted)

        async def scene() -> None:
            async with ClientSession(site.url) as http:
                for other in ("another-13-ch", "x"):
                    for form in ("png", "csv"):
                        async with http.get(f"/report/{other}.{form}") as answer:
                            assert answer.status == 404
                async with http.get(f"/report/{SECRET}.png") as answer:
                    assert answer.headers["Content-Type"] == "image/png"
                    shown = Image.open(io.BytesIO(await answer.read()))
                    assert shown.size == (picture.WIDTH, picture.TOP + picture.ROW + picture.MARGIN)
                async with http.get(f"/report/{SECRET}.csv") as answer:
                    assert "attachment" in answer.headers["Content-Disposition"]
                    text = (await answer.read()).decode("utf-8-sig")
                    assert '"startup (fr)","investor (fr)","6","12","6"' in text

        run(scene())


def test_bars_are_as_long_as_their_figures_and_withheld_ones_have_none() -> None:
    rows = {
        ("startup", "sme"): Row(40, 50, 20, 20, 10, 5),
        ("sme", "sme"): Row(None, None, None, None, None, None),
    }
    report = Report(rows, Row(45, 60, 24, 20, 10, 5), {}, (), ())
    drawn = picture.draw(report, event_file(), Reader.of("fr", "Europe/Paris"))
    image = Image.open(io.BytesIO(drawn)).convert("RGB")

    def colours(row: int) -> dict[str, int]:
        """Pixels of each colour in the middle of a row's bar."""
        line = [
            "#{:02x}{:02x}{:02x}".format(*image.getpixel((x, picture.TOP + row * picture.ROW + 16)))  # type: ignore[misc]
            for x in range(picture.BARS_FROM, picture.WIDTH)
        ]
        return {name: line.count(colour) for name, colour in picture.COLOURS.items()}

    full = picture.BARS_TO - picture.BARS_FROM + 1
    bars = colours(0)
    assert abs(bars["opportunities"] - full / 4) <= 2
    assert abs(bars["encounters"] - full / 4) <= 2
    assert abs(bars["introductions"] - full / 2) <= 2
    assert set(colours(1).values()) == {0}
