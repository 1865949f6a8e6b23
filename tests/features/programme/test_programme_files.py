"""Files as conferences publish them: what each is taken for, and exactly what is understood.

Those below are written for the test in the shapes that services and conferences use; published
ones stand in a folder of their own, and are read where it is there.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from bot.features.programme.formats.parsed import ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.reading import read_programme
from tests.support.programmes import told, utc

PUBLISHED = Path(
    os.environ.get("MAILLON_PROGRAMMES") or Path(__file__).parents[4] / "shared" / "programmes"
)
NO_IDS = "The sessions have no ids"


def read(source: str | bytes | object, zone: str = "Europe/Paris") -> ParsedProgramme:
    if not isinstance(source, str | bytes):
        source = json.dumps(source)
    return read_programme(
        source if isinstance(source, bytes) else source.encode(), zone=zone, kinds={}
    )


def outline(parsed: ParsedProgramme) -> list[tuple[datetime, int, str, str, str]]:
    """Start, minutes, room, kind and title of each session, in the order of the file."""
    assert not parsed.refused, told(parsed)
    return [
        (
            one.starts_at,
            int((one.ends_at - one.starts_at).total_seconds() // 60),
            one.room,
            one.kind,
            one.title,
        )
        for one in parsed.sessions
    ]


def refused(source: str | bytes | object) -> list[tuple[str | None, str]]:
    """Place and reason of everything that keeps a file from being imported."""
    return [
        (problem.session, problem.msgid.format(**problem.arguments))
        for problem in read(source).problems
        if problem.fatal
    ]


# ---------------------------------------------------------------- published


@pytest.mark.parametrize(
    ("name", "form", "sessions", "rooms", "speakers", "first", "warnings"),
    [
        ("frab-camp2019.json", "schedule.json", 79, 2, 96, utc(2019, 8, 21, 9, 0), 1),
        ("hub-schedule2.json", "schedule.json", 2, 2, 4, utc(2024, 12, 27, 9, 30), 1),
        ("invalid-example.json", "schedule.json", 1, 1, 1, utc(2022, 12, 28, 13, 0), 0),
        ("pretalx-democon.json", "schedule.json", 36, 2, 43, utc(2020, 12, 14, 8, 0), 0),
        ("pretalx-rc3.json", "schedule.json", 48, 5, 57, utc(2020, 12, 27, 10, 30), 1),
        ("opensouthcode-2026.xml", "schedule.xml", 57, 8, 68, utc(2026, 6, 26, 7, 15), 2),
        ("europython-2014.xml", "xml", 188, 12, 135, utc(2014, 7, 21, 7, 30), 39),
    ],
)
def test_published_programmes(
    name: str, form: str, sessions: int, rooms: int, speakers: int, first: datetime, warnings: int
) -> None:
    path = PUBLISHED / name
    if not path.exists():
        missing = f"NOT RUN: no {name} in {PUBLISHED} (MAILLON_PROGRAMMES says where)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    parsed = read(path.read_bytes())
    assert not parsed.refused
    assert parsed.form == form
    assert (len(parsed.sessions), len({one.room for one in parsed.sessions})) == (sessions, rooms)
    assert sum(len(one.speakers) for one in parsed.sessions) == speakers
    assert min(one.starts_at for one in parsed.sessions) == first
    assert len(parsed.problems) == warnings


# ---------------------------------------------------------------- XML

LISTED_IN_EACH_ROOM = """<?xml version="1.0" encoding="UTF-8"?>
<schedule><conference><title>Web Day</title><start>2019-05-22</start></conference>
<day date="2019-05-22" start="2019-05-22" index="1">
<room name="Main"><event id="101"><title>Begrüßung</title><date>2019-05-22T09:00:00Z</date>
<start>09:00</start><duration>00:10</duration><person>Dr. S. Tramp, A. Heinecke</person>
<room>Main</room></event>
<event id="997"><title>Coffee Break</title><date>2019-05-22T11:00:00Z</date><start>11:00</start>
<duration>00:20</duration><person></person><room>Main</room></event></room>
<room name="Tutorials"><event id="997"><title>Coffee Break</title><date>2019-05-22T11:00:00Z</date>
<start>11:00</start><duration>00:20</duration><person></person><room>Tutorials</room></event></room>
</day></schedule>"""


def test_an_event_that_is_listed_in_each_of_its_rooms() -> None:
    parsed = read(LISTED_IN_EACH_ROOM)
    assert (parsed.form, parsed.title) == ("schedule.xml", "Web Day")
    assert outline(parsed) == [
        (utc(2019, 5, 22, 9, 0), 10, "Main", "plenary", "Begrüßung"),
        (utc(2019, 5, 22, 11, 0), 20, "Main, Tutorials", "networking", "Coffee Break"),
    ]
    assert [one.name for one in parsed.sessions[0].speakers] == ["Dr. S. Tramp", "A. Heinecke"]
    assert "It is listed in several rooms: Main, Tutorials." in told(parsed)


def test_xcal() -> None:
    parsed = read(
        '<iCalendar xmlns:x="urn:x"><vcalendar><x-wr-calname>Camp</x-wr-calname><vevent>'
        "<uid>1@x</uid><dtstart>20190821T110000</dtstart><dtend>20190821T113000</dtend>"
        "<summary>Opening</summary><location>Curie</location></vevent></vcalendar></iCalendar>"
    )
    assert outline(parsed) == [(utc(2019, 8, 21, 9, 0), 30, "Curie", "plenary", "Opening")]
    assert parsed.sessions[0].source_id == "1@x"


# ---------------------------------------------------------------- JSON


def test_sessionize_by_day_and_room_tells_each_session_twice() -> None:
    """Its *grid*: once under its room, once under its slot."""
    talk = {
        "id": "11", "title": "Keynote", "startsAt": "2024-05-20T09:00:00",
        "endsAt": "2024-05-20T10:00:00", "room": "A", "roomId": 1, "isServiceSession": False,
        "speakers": [{"id": "s1", "name": "Ada"}],
    }  # fmt: skip
    grid = [
        {
            "date": "2024-05-20T00:00:00",
            "rooms": [{"id": 1, "name": "A", "sessions": [talk]}],
            "timeSlots": [
                {"slotStart": "09:00:00", "rooms": [{"id": 1, "name": "A", "session": talk}]}
            ],
        }
    ]
    parsed = read(grid)
    assert outline(parsed) == [(utc(2024, 5, 20, 7, 0), 60, "A", "plenary", "Keynote")]
    assert [one.name for one in parsed.sessions[0].speakers] == ["Ada"]


def test_sessionize_leaves_out_what_has_no_time_yet() -> None:
    parsed = read(
        {
            "sessions": [
                {"id": "1", "title": "On", "startsAt": "2024-05-20T09:00:00Z", "roomId": 1,
                 "endsAt": "2024-05-20T10:00:00Z", "speakers": ["s"], "isServiceSession": False},
                {"id": "2", "title": "Lunch", "startsAt": "2024-05-20T10:00:00Z", "roomId": None,
                 "endsAt": "2024-05-20T11:00:00Z", "speakers": [], "isServiceSession": True},
                {"id": "3", "title": "Off", "startsAt": None, "endsAt": None, "roomId": None},
            ],
            "speakers": [{"id": "s", "firstName": "Ada", "lastName": "Roy", "fullName": "Ada Roy"}],
            "rooms": [{"id": 1, "name": "A"}],
            "categories": [],
        }
    )  # fmt: skip
    assert parsed.form == "sessionize"
    assert outline(parsed) == [
        (utc(2024, 5, 20, 9, 0), 60, "A", "plenary", "On"),
        (utc(2024, 5, 20, 10, 0), 60, "", "networking", "Lunch"),
    ]
    assert "Entries without a time, or that are not accepted, are left out: 1." in told(parsed)


NEW_PRETALX = {
    "count": 4,
    "next": None,
    "previous": None,
    "results": [
        {
            "code": "ABC", "title": "Two times", "state": "confirmed", "duration": 30,
            "submission_type": {"id": 1, "name": {"en": "Workshop"}}, "track": None,
            "speakers": [{"code": "S", "name": "Ada"}], "content_locale": "fr",
            "slots": [
                {"id": 2, "start": "2027-05-21T09:00:00+02:00", "end": None, "duration": 30,
                 "room": {"id": 1, "name": {"en": "Hall"}}},
                {"id": 1, "start": "2027-05-20T09:00:00+02:00", "end": "2027-05-20T09:45:00+02:00",
                 "room": {"id": 1, "name": {"en": "Hall"}}},
            ],
        },
        {"code": "DEF", "title": "Rejected", "state": "rejected", "slots": []},
        {"code": "GHI", "title": "Not yet", "state": "accepted", "slots": []},
        {"code": "JKL", "title": "Numbers", "state": "confirmed", "submission_type": 4,
         "speakers": ["XYZ"], "slots": [{"id": 5, "start": "2027-05-20T11:00:00Z",
         "end": "2027-05-20T12:00:00Z", "room": {"en": "B"}}]},
    ],
}  # fmt: skip


def test_pretalx_with_several_times_and_without_any() -> None:
    parsed = read(NEW_PRETALX)
    assert parsed.form == "pretalx"
    assert outline(parsed) == [
        (utc(2027, 5, 20, 7, 0), 45, "Hall", "workshop", "Two times"),
        (utc(2027, 5, 21, 7, 0), 30, "Hall", "workshop", "Two times"),
        (utc(2027, 5, 20, 11, 0), 60, "B", "plenary", "Numbers"),
    ]
    assert [one.source_id for one in parsed.sessions] == ["ABC", "ABC#2", "JKL"]
    assert told(parsed) == [
        "Its submission_type is told by number only (4) and left out.",
        "Its speakers are told by their codes only, and left out: XYZ.",
        "Entries without a time, or that are not accepted, are left out: 2.",
        "The type is missing; it is imported as a plenary.",
    ]


def test_a_page_of_pretalx_is_not_the_programme() -> None:
    page = NEW_PRETALX | {"next": "https://pretalx.example/?page=2", "count": 90}
    with pytest.raises(UnreadableProgrammeError, match="4 entries of 90"):
        read(page)
    last = {"count": 90, "next": None, "results": NEW_PRETALX["results"]}
    with pytest.raises(UnreadableProgrammeError, match="one page of several"):
        read([page, last])


def test_pretalx_with_numbers_for_rooms_and_times() -> None:
    slot = {"id": 5, "start": "2027-05-20T11:00:00Z", "end": "2027-05-20T12:00:00Z", "room": 3}
    talk = {"code": "A", "title": "T", "state": "confirmed", "submission_type": None}
    assert refused([talk | {"slots": [slot]}]) == [
        ("T (A)", "It names its room by number only (3): ask the API for “expand=slots.room”.")
    ]
    [(place, why)] = refused([talk | {"slots": [17]}])
    assert (place, "by number only (17)" in why) == ("T (A)", True)
    [(place, why)] = refused([slot | {"submission": "A"}])
    assert (place, "by its code only (A)" in why) == ("#1", True)


def test_a_list_of_sessions_in_words_of_its_own() -> None:
    parsed = read(
        [
            {"name": "Opening", "begin": "2027-05-20 09:00", "duration": "45 min", "venue": "A",
             "speakers": ["Ann (Acme)", "Bob"]},
            {"name": "Tea", "begin": 1811062800, "end": "2027-05-23T09:30:00Z",
             "venue": {"name": "B"}, "format": "break",
             "speakers": [{"firstName": "X", "lastName": "Y", "company": "Z"}]},
        ]
    )  # fmt: skip
    assert [row[:3] for row in outline(parsed)] == [
        (utc(2027, 5, 20, 7, 0), 45, "A"),
        (utc(2027, 5, 23, 9, 0), 30, "B"),
    ]
    assert [(s.name, s.organisation) for one in parsed.sessions for s in one.speakers] == [
        ("Ann", "Acme"), ("Bob", None), ("X Y", "Z"),
    ]  # fmt: skip
    assert told(parsed)[0].startswith(NO_IDS)


def test_sessions_in_slots_of_a_day() -> None:
    parsed = read(
        {
            "title": "Journée",
            "timezone": "Europe/Brussels",
            "days": [
                {
                    "date": "20/05/2027",
                    "timeslots": [
                        {"startTime": "9h", "endTime": "10h30", "sessions": [
                            {"id": 1, "titre": "A", "salle": "R1"},
                            {"id": 2, "titre": "B", "salle": "R2"}]},
                        {"startTime": "10h30", "endTime": "11h", "sessions": [
                            {"id": 3, "titre": "Pause café"}]},
                    ],
                }
            ],
        }
    )  # fmt: skip
    assert (parsed.title, parsed.time_zone) == ("Journée", "Europe/Brussels")
    assert [row[:4] for row in outline(parsed)] == [
        (utc(2027, 5, 20, 7, 0), 90, "R1", "plenary"),
        (utc(2027, 5, 20, 7, 0), 90, "R2", "plenary"),
        (utc(2027, 5, 20, 8, 30), 30, "", "networking"),
    ]


def test_one_session_without_a_start_among_others_is_refused_with_its_place() -> None:
    days = {"days": [{"date": "2027-05-20", "talks": [
        {"id": 1, "title": "A", "start": "09:00", "end": "10:00", "room": "R"},
        {"id": 2, "title": "B", "start": None, "end": "11:00", "room": "R"},
        "a note",
    ]}]}  # fmt: skip
    assert refused(days) == [
        ("B (2, days #1 talks #2)", "The start is missing."),
        ("2027-05-20 #3", "This is not a session: a note."),
    ]


def test_a_programme_whose_sessions_stand_in_another_file() -> None:
    slots = [{"startTime": "09:00", "endTime": "10:00", "sessions": [[132]]}]
    with pytest.raises(UnreadableProgrammeError, match="has both a title and a start"):
        read([{"date": "2017-09-09", "tracks": [{"title": "Expo hall"}], "timeslots": slots}])


# ---------------------------------------------------------------- tables

FRENCH = """Programme du congrès;;;;;;
;;;;;;
Titre;Date;Heure de début;Heure de fin;Salle;Type;Intervenants
Ouverture;12/12/2019;9h00;9h30;Descartes;Plénière;"Anne Roy (MerleCell); Luc Petit <l@example.org>"
Pause café;;9h30;10h00;Hall;;
Table ronde;;10 h 00;10 h 45;Descartes;Table ronde;Zoé Lé
Soirée;jeudi 12 décembre 2019;22:00;1:00;Hall;soirée;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_french_spreadsheet_that_names_the_day_once(encoding: str) -> None:
    parsed = read(FRENCH.encode(encoding))
    assert parsed.form == "csv"
    assert outline(parsed) == [
        (utc(2019, 12, 12, 8, 0), 30, "Descartes", "plenary", "Ouverture"),
        (utc(2019, 12, 12, 8, 30), 30, "Hall", "networking", "Pause café"),
        (utc(2019, 12, 12, 9, 0), 45, "Descartes", "round_table", "Table ronde"),
        (utc(2019, 12, 12, 21, 0), 180, "Hall", "networking", "Soirée"),
    ]
    opening = parsed.sessions[0].speakers
    assert [(one.name, one.organisation, one.email) for one in opening] == [
        ("Anne Roy", "MerleCell", None),
        ("Luc Petit", None, "l@example.org"),
    ]
    assert "two orders" in told(parsed)[0]
    assert told(parsed)[1].startswith(NO_IDS)


def test_a_calendar_exported_as_a_table_in_american_order() -> None:
    parsed = read(
        "Subject,Start Date,Start Time,End Date,End Time,Location,Description\n"
        '"Opening, welcome",12/13/2019,9:00 AM,12/13/2019,9:30 AM,Hall A,"Two\nlines"\n'
        "Party,12/13/2019,10:00 PM,12/14/2019,1:00 AM,Bar,\n",
        zone="America/New_York",
    )
    assert [row[:3] for row in outline(parsed)] == [
        (utc(2019, 12, 13, 14, 0), 30, "Hall A"),
        (utc(2019, 12, 14, 3, 0), 180, "Bar"),
    ]
    assert parsed.sessions[0].abstract == "Two\nlines"


def test_a_table_is_refused_by_line() -> None:
    assert refused(
        "id,title,start,end\n1,A,2027-05-20 09:00,10:00\n2,,2027-05-20 10:00,11:00\n"
        "3,C,soon,12:00\n1,D,2027-05-20 12:00,13:00\n4,E,2027-05-20 13:00,14:00,more\n"
    ) == [
        ("l. 6", "It has more cells than there are columns: more."),
        ("2, l. 3", "The title is missing."),
        ("C (3, l. 4)", "The start cannot be read: soon."),
        ("D (1, l. 5)", "It has the same id as A (1, l. 2): 1."),
    ]


def test_ids_that_are_made_of_titles_survive_a_second_lunch() -> None:
    heads = "title,start,end,room\n"
    lunch = "Lunch,2027-05-{day} 12:00,13:00,Hall\n"
    before = read(heads + lunch.format(day=20)).sessions
    after = read(heads + lunch.format(day=20) + lunch.format(day=21)).sessions
    assert after[0].source_id == before[0].source_id
    assert after[1].source_id != before[0].source_id


# ---------------------------------------------------------------- iCalendar


def calendar(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{body}END:VCALENDAR\n"


def test_the_ways_in_which_a_calendar_tells_a_time() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    parsed = read(
        calendar(
            "UID:utc\nDTSTART:20270520T070000Z\nDTEND:20270520T080000Z\nSUMMARY:utc",
            "UID:floating\nDTSTART:20270520T090000\nDURATION:PT1H\nSUMMARY:floating",
            "UID:known\nDTSTART;TZID=Europe/London:20270520T080000\nDURATION:PT1H\nSUMMARY:known",
            "UID:windows\nDTSTART;TZID=Romance Standard Time:20270520T090000\nDURATION:PT1H\n"
            "SUMMARY:windows",
            "UID:ours\nDTSTART;TZID=Ours:20270520T100000\nDURATION:PT1H\nSUMMARY:ours",
            "UID:endless\nDTSTART:20270520T070000Z\nSUMMARY:endless",
            head=zone,
        )
    )
    assert not parsed.refused
    assert {one.title: one.starts_at for one in parsed.sessions} == dict.fromkeys(
        ("utc", "floating", "known", "windows", "ours", "endless"), utc(2027, 5, 20, 7, 0)
    )
    lengths = {one.title: one.ends_at - one.starts_at for one in parsed.sessions}
    assert lengths.pop("endless").total_seconds() == 0
    assert {length.total_seconds() for length in lengths.values()} == {3600}


def test_an_event_that_repeats() -> None:
    """Over a change of the clocks, with one time taken out and another that moved."""
    parsed = read(
        calendar(
            "UID:c\nDTSTART;TZID=Europe/Paris:20270326T103000\n"
            "DTEND;TZID=Europe/Paris:20270326T110000\nRRULE:FREQ=DAILY;UNTIL=20270330T220000Z\n"
            "EXDATE;TZID=Europe/Paris:20270327T103000\nSUMMARY:Coffee break",
            "UID:c\nRECURRENCE-ID;TZID=Europe/Paris:20270329T103000\n"
            "DTSTART;TZID=Europe/Paris:20270329T113000\nDURATION:PT15M\nSUMMARY:Coffee break",
        )
    )
    assert sorted(row[:2] for row in outline(parsed)) == [
        (utc(2027, 3, 26, 9, 30), 30),
        (utc(2027, 3, 28, 8, 30), 30),
        (utc(2027, 3, 29, 9, 30), 15),
        (utc(2027, 3, 30, 8, 30), 30),
    ]
    assert len({one.source_id for one in parsed.sessions}) == 4


def test_what_a_calendar_holds_besides_sessions() -> None:
    parsed = read(
        calendar(
            "UID:1\nDTSTART;VALUE=DATE:20270520\nSUMMARY:The congress",
            "UID:2\nSTATUS:CANCELLED\nDTSTART:20270520T070000Z\nSUMMARY:Gone",
            "UID:3\nDTSTART:20270520T070000Z\nDURATION:PT1H\nSUMMARY:Talk\\, with comma\n"
            'LOCATION:Hall\nCATEGORIES:Keynote,Data\nATTENDEE;CN="Anne Roy":invalid:nomail\n'
            "URL:https://congress.example/3",
            head="X-WR-CALNAME:Congress\n",
        )
    )
    assert (parsed.form, parsed.title) == ("icalendar", "Congress")
    [talk] = parsed.sessions
    assert (talk.title, talk.kind, talk.track, talk.url, talk.speakers[0].name) == (
        "Talk, with comma", "plenary", "Data", "https://congress.example/3", "Anne Roy",
    )  # fmt: skip
    assert [(p.session, p.msgid) for p in parsed.problems] == [
        ("The congress (#1)", "It lasts all day, without a time: it is left out."),
        ("Gone (#2)", "It is marked as cancelled: it is left out."),
    ]


@pytest.mark.parametrize(
    ("event", "place", "why"),
    [
        ("UID:1\nDTSTART:20270520T070000Z\nSUMMARY:", "1, #1", "The title is missing."),
        ("UID:1\nSUMMARY:T", "T (#1)", "The start is missing."),
        (
            "UID:1\nDTSTART;TZID=Mars/Olympus:20270520T090000\nDURATION:PT1H\nSUMMARY:T",
            "T (#1)",
            "The time zone of the file is not known: Mars/Olympus.",
        ),
        (
            "UID:1\nDTSTART:20270520T090000\nDURATION:PT1H\nSUMMARY:T\nRRULE:FREQ=DAILY",
            "T (#1)",
            "It repeats without an end, or by the hour: FREQ=DAILY.",
        ),
        (
            "UID:1\nDTSTART:20270520T090000\nDURATION:PT1M\nSUMMARY:T\n"
            "RRULE:FREQ=DAILY;COUNT=3000;BYHOUR=1,2,3,4,5",
            "T (#1)",
            "It repeats more than 500 times.",
        ),
        (
            "UID:1\nDTSTART:2027-05-20\nSUMMARY:T",
            "T (#1)",
            "DTSTART cannot be read",
        ),
    ],
)  # fmt: skip
def test_an_entry_of_a_calendar_is_refused_with_its_place(event: str, place: str, why: str) -> None:
    [(told_place, told_why)] = refused(calendar(event))
    assert (told_place, told_why[: len(why)]) == (place, why)


# ---------------------------------------------------------------- what is no programme

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>"""
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"PK\x03\x04...", "spreadsheet or a ZIP archive. Save the programme as CSV"),
        (b"%PDF-1.7", "is a PDF file"),
        (b"\x1f\x8b\x08", "is compressed"),
        (b"<!DOCTYPE html><html>", "is a web page"),
        (b"<schedule><day></schedule>", "not valid XML: see line 1, column 18"),
        (b"<rss><item><title>x</title></item></rss>", "No session was found"),
        (b"<" * 5, "not valid XML"),
        (b"<a>" * 60, "nested too deeply"),
        (LAUGHS, "declares entities"),
        (OUTSIDE, "declares entities"),
        (b'{"days": ', "not valid JSON: see line 1"),
        (b'{"people": [{"name": "Ada"}]}', "No session was found"),
        (b"[]", "No session was found"),
        (b"hello world", "no line of its first ten has the heads of one"),
        (b"name,email\nAda,a@b.c\n", "Its first line is .name,email."),
        (b"title,start,start\nA,1,2\n", "written twice"),
        (b"title,start,end\n", "contains no session"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "contains no session"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "is damaged and cannot be read|contains no session"),
        (b"a\x00b\x00c", "not a file of text"),
        (b"\xff\xfea", "utf-16, and byte"),
    ],
)  # fmt: skip
def test_what_is_no_programme_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableProgrammeError, match=why):
        read(data)
