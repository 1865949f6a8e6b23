"""What the screen tells at the end: at a press, of the closing session only, and never of few."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features.events.actions import join_workspace
from bot.features.events.queries import event_settings
from bot.features.introductions.encounters import answer_encounter
from bot.features.people.tables import Participant
from bot.features.programme.queries import closes, entries
from bot.features.programme.tables import SessionRow
from bot.features.questions.stage import (
    DARK,
    FIGURES,
    NO_FIGURES,
    Press,
    Pressed,
    UnknownPressError,
    press,
    stage_view,
    take_back,
)
from bot.web.closing import Figures, closing_figures
from tests.support.congress import at
from tests.support.introductions import add_introduction
from tests.support.rooms import DURING, Hall, Phone, hall

CLOSING = at("15:20", 13)


@pytest.fixture
def here(congress_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    monkeypatch.setattr("bot.web.closing.FRESH_S", 0.0)
    with hall(congress_url, CLOSING, tick_s=0.0) as one:
        yield one


def pressed(here: Hall, what: str, key: str) -> Pressed:
    def use_case(session: Session) -> Pressed:
        of = here.session_id(session)
        return press(session, here.organiser(session), of, Press(what, key), here.now)

    return here.site.run(use_case)


def screen(here: Hall) -> list[str]:
    html = Phone(here.site.url).get(here.wall)
    found = re.findall(r'<p class="came"[^>]*>(.*?)</p>', html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", one)) for one in found]


def introduce(here: Hall, pairs: int) -> None:
    """So many pairs of people, who all met."""

    def use_case(session: Session) -> None:
        workspace = join_workspace(session, here.event_id, "slack", "T1")
        row = session.scalars(select(SessionRow).where(SessionRow.code == "S004")).one()
        people = session.scalars(
            select(Participant).where(Participant.kind == "startup").limit(2 * pairs)
        ).all()
        for one, other in zip(people[::2], people[1::2], strict=True):
            made = add_introduction(session, here.event_id, workspace, row, (one, other))
            for who, whom in ((one, other), (other, one)):
                answer_encounter(session, who, made, whom.participant_id, "yes", here.now)

    here.site.run(use_case)


def test_only_the_last_plenary_closes(here: Hall) -> None:
    def closing(session: Session) -> list[str]:
        found = entries(session, here.event_id)
        return [one.title for one in found if closes(session, here.event_id, one)]

    assert here.site.run(closing) == ["Clôture : les opportunités nées de ces deux jours"]


def test_nothing_is_told_of_fewer_than_five_people(here: Hall) -> None:
    pressed(here, FIGURES, "figures-1")
    assert screen(here) == [], "nothing came of it yet: the screen is as before"
    introduce(here, pairs=2)
    assert screen(here) == []
    here.asked("Et après ?")
    assert screen(here) == ["1 question", "1 question"]
    introduce(here, pairs=6)  # the two among them
    assert screen(here)[0] == "6 mises en relation · 6 rencontres · 1 question"

    def counted(session: Session) -> Figures:
        event = event_settings(session, here.event_id)
        return closing_figures(session, here.event_id, event)

    assert here.site.run(counted) == Figures(6, 6, 0, 1, 0)


def test_a_press_and_its_undo(here: Hall) -> None:
    [question] = here.asked("Et après ?")
    done = pressed(here, FIGURES, "figures-1")
    assert screen(here)
    pressed(here, DARK, "dark-0001")
    assert screen(here) == []
    here.stage(question)
    assert screen(here) == [], "a question takes the screen"
    done = pressed(here, FIGURES, "figures-2")
    assert screen(here)
    here.site.run(
        lambda session: take_back(session, here.organiser(session), done.changes, here.now)
    )
    assert "Et après ?" in Phone(here.site.url).get(here.wall)
    assert screen(here) == []
    pressed(here, FIGURES, "figures-3")
    pressed(here, NO_FIGURES, "figures-4")
    assert screen(here) == []


def test_no_other_session_shows_them(congress_url: str) -> None:
    with hall(congress_url, DURING) as here:
        with pytest.raises(UnknownPressError):
            pressed(here, FIGURES, "figures-1")

        def offered(session: Session) -> bool:
            of = here.session_id(session)
            return stage_view(session, here.organiser(session), of, here.now).closing

        assert not here.site.run(offered)
