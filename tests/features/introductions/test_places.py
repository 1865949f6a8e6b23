"""Tables and stands: read, compared, applied in one piece."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.core.i18n import Reader
from bot.demo import sample_bytes
from bot.features.introductions.places import (
    StandLine,
    TableLine,
    import_stands,
    import_tables,
    parse_stands,
    parse_tables,
)
from bot.features.introductions.tables import MeetingTable
from bot.features.people.actions import erase
from bot.features.people.lists import UnreadableListError
from bot.features.people.profile_tables import Stand
from tests.support.factories import EARLY, World

FRENCH = "Numéro;Lieu;Places;Type\n4;Salle Balzac;2;debout\n5;Salle Balzac;4;assis\n\n;;;\n"


def test_the_samples() -> None:
    tables, stands = (
        parse_tables(sample_bytes("tables.csv")),
        parse_stands(sample_bytes("exhibitors.csv")),
    )
    assert (len(tables), tables[1].seats, tables[1].standing) == (24, 2, True)
    assert stands[0] == StandLine(
        "E01", "Guillou Biologics", "Espace exposition", "charlotte.buisson@example.org"
    )
    assert (len(stands), stands[-3].contact_email) == (31, "")


def test_french_columns_from_a_spreadsheet() -> None:
    assert parse_tables(FRENCH.encode("cp1252")) == [
        TableLine(4, "Salle Balzac", 2, True),
        TableLine(5, "Salle Balzac", 4, False),
    ]
    assert parse_stands("Stand,Société,Courriel\nE01,Société Cro,A@B.fr\n".encode()) == [
        StandLine("E01", "Société Cro", "", "a@b.fr")
    ]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ("", "It has no column “number”."),
        ("number,seats\n1,2\n", "It has no column “place”."),
        ("number,place,seats\n", "It has no lines."),
        ("number,place,seats\nx,Hall,2\n", "Line 2: “x” is not the number of a table."),
        ("number,place,seats\n1,Hall,1\n", "Line 2: “1” is not a number of seats."),
        ("number,place,seats\n1,,2\n", "Line 2: It does not say where."),
        ("number,place,seats\n1,Hall,2\n1,Hall,4\n", "Line 3: “1” stands twice."),
        (
            "number,place,seats,kind\n1,Hall,2,bed\n",
            "Line 2: “bed” is neither seated nor standing.",
        ),
    ],
)
def test_what_cannot_be_used_is_named(data: str, problems: str) -> None:
    with pytest.raises(UnreadableListError) as refused:
        parse_tables(data.encode())
    told = refused.value.told_to(Reader.of("en", "UTC"))
    assert told == f"The list was not imported.\n{problems}"


def test_a_stand_needs_a_name_an_organisation_and_a_real_address() -> None:
    with pytest.raises(UnreadableListError) as refused:
        parse_stands(b"stand,organisation,contact\nE1,,\nE2,Cro,nobody\n,Cro,\n")
    assert [line for line, _ in refused.value.problems] == [2, 3, 4]


def test_tables_are_compared_and_what_is_missing_returns(world: World) -> None:
    first = parse_tables(FRENCH.encode())
    looked = import_tables(world.session, world.event_id, first, EARLY, apply=False)
    assert (len(looked.new), world.session.scalars(select(MeetingTable)).all()) == (2, [])
    import_tables(world.session, world.event_id, first, EARLY)
    changed = [TableLine(4, "Salle Balzac", 4, True)]
    diff = import_tables(world.session, world.event_id, changed, EARLY)
    assert (diff.changed, diff.gone, diff.unchanged) == (
        ((first[0], changed[0]),),
        (first[1],),
        0,
    )
    withdrawn = {row.number: row.withdrawn for row in world.session.scalars(select(MeetingTable))}
    assert withdrawn == {4: False, 5: True}
    again = import_tables(world.session, world.event_id, first, EARLY)
    assert (again.new, len(again.changed)) == ((first[1],), 1)
    assert not any(row.withdrawn for row in world.session.scalars(select(MeetingTable)))


def test_whoever_has_the_address_of_a_stand_is_met_there(world: World) -> None:
    zoe = world.person("Zoe")
    lines = parse_stands(b"stand,organisation,email\nE01,Cro,zoe@example.org\nE02,Cro,x@y.fr\n")
    import_stands(world.session, world.event_id, lines, EARLY)
    rows = {row.stand: row for row in world.session.scalars(select(Stand))}
    assert (rows["E01"].participant_id, rows["E02"].participant_id) == (zoe.participant_id, None)
    erase(world.session, world.event_id, zoe.participant_id, EARLY)
    assert (rows["E01"].participant_id, rows["E01"].contact_email) == (None, None)


def test_an_address_goes_with_its_person_even_where_nobody_linked_them(world: World) -> None:
    lines = parse_stands(b"stand,organisation,email\nE01,Cro,zoe@example.org\n")
    import_stands(world.session, world.event_id, lines, EARLY)
    zoe = world.person("Zoe")
    erase(world.session, world.event_id, zoe.participant_id, EARLY)
    world.session.expire_all()
    assert world.session.scalars(select(Stand.contact_email)).all() == [None]
