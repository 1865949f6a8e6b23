"""Who speakers are: asked of the organisers, and confirmed by them alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.errors import NoLongerThereError, NotAllowedError
from bot.features.people.importing import import_people
from bot.features.people.model import Person
from bot.features.people.tables import Participant
from bot.features.programme import jobs
from bot.features.programme.actions import confirm_speaker, link_known_speakers
from bot.features.programme.model import Speaker
from bot.features.programme.tables import SpeakerRow
from tests.support.factories import EARLY, World, at, said, talk

BO = Speaker("Bo Weiß")


def questions(world: World) -> list[list[str]]:
    return [said(world.card(one)) for one in world.posts() if one.channel == "organisation"]


def confirm(world: World, actor: Participant, who: Participant, position: int = 0) -> None:
    row = world.row("A")
    confirm_speaker(
        world.session,
        world.event_id,
        actor,
        row.session_id,
        position,
        who.participant_id,
        EARLY,
    )


def links(world: World) -> list[str | None]:
    world.session.expire_all()
    rows = world.session.scalars(
        select(SpeakerRow).where(
            SpeakerRow.event_id == world.event_id, SpeakerRow.name == "Bo Weiß"
        )
    )
    return [row.participant_id for row in rows]


def test_organisers_are_asked_once_and_confirm_with_one_tap(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("bo  WEISS", email=None)
    world.imports(talk("A", at("09:00"), speakers=(BO,)), talk("B", at("10:00"), speakers=(BO,)))
    for _ in range(2):
        world.tick(EARLY)
    assert questions(world) == [
        [
            "Ces personnes figurent-elles dans la liste des participantes et participants ?",
            "Bo Weiß",
            questions(world)[0][2],
            "Dans la liste : bo  WEISS",
            "[C'est la même personne]",
        ]
    ]
    with pytest.raises(NotAllowedError):
        confirm(world, bo, bo)
    for _ in range(2):
        confirm(world, ada, bo)
    assert links(world) == [bo.participant_id] * 2
    assert questions(world)[0][2:] == ["Lien confirmé", questions(world)[0][3]]


def test_a_name_that_comes_with_a_later_list_is_asked_then(world: World) -> None:
    world.imports(talk("A", at("09:00"), speakers=(BO,)))
    world.tick(EARLY)
    assert questions(world) == []
    assert jobs.next_due(world.session, world.event_id) == at("08:45")
    world.person("Bo Weiß", email=None)
    link_known_speakers(world.session, world.event_id)
    assert jobs.next_due(world.session, world.event_id) == EARLY
    world.tick(EARLY)
    assert len(questions(world)) == 1
    assert jobs.next_due(world.session, world.event_id) == at("08:45")


def test_two_people_of_one_name_are_nobodys_guess(world: World) -> None:
    world.imports(talk("A", at("09:00"), speakers=(BO,)))
    homonyms = [Person("bo@a.example", "Bo Weiß"), Person("bo@b.example", "BO WEISS")]
    import_people(world.session, world.event_id, homonyms, EARLY)
    world.tick(EARLY)
    assert questions(world) == []


def test_a_button_is_about_a_name_not_a_place_in_a_list(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("Bo Weiß", email=None)
    world.imports(talk("A", at("09:00"), speakers=(BO,)))
    world.tick(EARLY)
    world.imports(talk("A", at("09:00"), speakers=(Speaker("Zoé"), BO)))
    with pytest.raises(NoLongerThereError):
        confirm(world, ada, bo, position=0)
    confirm(world, ada, bo, position=1)
    assert links(world) == [bo.participant_id]
    with pytest.raises(NoLongerThereError):
        confirm(world, ada, bo, position=7)


def test_a_confirmed_link_stays_with_its_name(world: World) -> None:
    ada, bo = world.person("Ada"), world.person("Bo Weiß", email=None)
    world.imports(talk("A", at("09:00"), speakers=(BO,)))
    confirm(world, ada, bo)
    world.imports(talk("A", at("09:00"), speakers=(Speaker("Zoé"), BO)))
    assert links(world) == [bo.participant_id]


def test_nobody_is_asked_who_they_were_once_links_are_forgotten(world: World) -> None:
    ada = world.person("Ada")
    world.imports(talk("A", at("09:00"), speakers=(Speaker("Ada", email=ada.email),)))
    ended_at = world.event.ends_at
    assert SpeakerRow.lifecycle.expire is not None
    now = ended_at + timedelta(days=30)
    SpeakerRow.lifecycle.expire(world.session, world.event_id, ended_at, now)
    world.tick(now)
    assert questions(world) == []
