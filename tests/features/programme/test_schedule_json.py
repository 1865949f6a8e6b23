"""Reading schedule.json: exact results, times, messy forms, refusals, and anything at all."""

from __future__ import annotations

import copy
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot.core.i18n import Reader
from bot.features.programme.formats.kinds import kind_of
from bot.features.programme.formats.moments import duration
from bot.features.programme.formats.parsed import ParsedProgramme, UnreadableProgrammeError
from bot.features.programme.formats.schedule_json import parse_schedule_json
from bot.features.programme.model import KINDS, ProgrammeSession, Speaker

SAMPLE = Path(bot.__file__).parent / "sample"
PUBLISHED = Path(
    os.environ.get("MAILLON_PROGRAMMES") or Path(__file__).parents[4] / "shared" / "programmes"
)
PLAIN: dict[str, Any] = {
    "guid": "g1",
    "title": "Ouverture",
    "date": "2019-12-12T09:00:00+01:00",
    "duration": "00:30",
    "room": "Balzac",
    "type": "plenary",
}


def parse(source: object, kinds: dict[str, str] | None = None) -> ParsedProgramme:
    data = source if isinstance(source, bytes) else json.dumps(source).encode()
    return parse_schedule_json(data, zone="Europe/Paris", kinds=kinds or {})


def programme(
    *sessions: object, day: object = None, room: str = "Balzac", **conference: object
) -> dict[str, Any]:
    held = {**(day if isinstance(day, dict) else {}), "rooms": {room: list(sessions)}}
    return {"schedule": {"conference": {"title": "Congrès", "days": [held], **conference}}}


def told(parsed: ParsedProgramme) -> list[str]:
    return [problem.msgid.format(**problem.arguments) for problem in parsed.problems]


def one(changes: Mapping[str, object], **around: Any) -> ProgrammeSession:
    """The session PLAIN with `changes`, which is understood without a word."""
    parsed = parse(programme({**PLAIN, **changes}, **around))
    assert told(parsed) == []
    (session,) = parsed.sessions
    return session


def warned(changes: Mapping[str, object], **around: Any) -> tuple[ProgrammeSession, str]:
    """The same, understood with one warning."""
    parsed = parse(programme({**PLAIN, **changes}, **around))
    assert not parsed.refused
    (session,), (warning,) = parsed.sessions, told(parsed)
    return session, warning


def refusal(source: object) -> list[tuple[str | None, str]]:
    parsed = parse(source)
    assert parsed.refused
    return [
        (problem.session, problem.msgid.format(**problem.arguments))
        for problem in parsed.problems
        if problem.fatal
    ]


def utc(*numbers: int) -> datetime:
    year, month, day, hour, minute = numbers
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


# ---------------------------------------------------------------- the sample congress


@pytest.mark.parametrize(
    ("name", "workshops"),
    [("schedule.json", 5), ("schedule-v2.json", 6), ("schedule-v3.json", 5)],
)
def test_the_sample_congress(name: str, workshops: int) -> None:
    parsed = parse((SAMPLE / name).read_bytes())
    assert (parsed.title, parsed.time_zone) == ("4e Congrès Bioproduction", "Europe/Paris")
    assert parsed.problems == ()
    assert Counter(session.kind for session in parsed.sessions) == {
        "networking": 8,
        "round_table": 7,
        "plenary": 5,
        "workshop": workshops,
        "pitch": 2,
        "company": 2,
    }


def test_a_session_of_the_sample_congress() -> None:
    parsed = parse((SAMPLE / "schedule.json").read_bytes())
    (opening,) = [session for session in parsed.sessions if "Ouverture" in session.title]
    assert opening == ProgrammeSession(
        source_id="3ea9a72f-8b6a-5b6d-948a-771c1c774c24",
        title="Ouverture : gagner la première marche en thérapies innovantes",
        kind="plenary",
        room="Auditorium Descartes",
        track="Accès des patients",
        language="fr",
        starts_at=utc(2019, 12, 12, 8, 0),
        ends_at=utc(2019, 12, 12, 8, 30),
        speakers=(
            Speaker("Margaud Pineau", "margaud.pineau@example.org", "Rossi Biologics", "942AC1"),
            Speaker(
                "Raymond Wagner", "raymond.wagner@example.org", "Université de Hubert", "5A1B20"
            ),
        ),
        abstract="Enjeux de la filière et fil rouge des deux jours : l'accès des patients aux "
        "produits innovants.",
        url="https://congress.example/s/2",
        code="S002",
    )


# ---------------------------------------------------------------- when


def test_an_offset_in_the_file_wins() -> None:
    session = one({"date": "2024-05-01T10:00:00-04:00"}, time_zone_name="UTC")
    assert session.starts_at == utc(2024, 5, 1, 14, 0)


@pytest.mark.parametrize(
    ("conference", "hour"), [({}, 8), ({"time_zone_name": "America/New_York"}, 14)]
)
def test_a_local_time_is_of_the_file_or_else_of_the_event(
    conference: dict[str, str], hour: int
) -> None:
    local = {"date": None, "start": "09:00"}
    session = one(local, day={"date": "2019-12-12"}, **conference)
    assert session.starts_at == utc(2019, 12, 12, hour, 0)
    assert one({"date": "2019-12-12 09:00"}, **conference) == session
    assert one({"date": "2019-12-12T00:00:00", "start": "9:00"}, **conference) == session


@pytest.mark.parametrize("day_start", ["2019-12-12T08:00:00+01:00", "2019-12-12T08:00", "08:00"])
@pytest.mark.parametrize(
    ("date", "start", "expected"),
    [
        (None, "23:30", utc(2019, 12, 12, 22, 30)),
        (None, "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-12", "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-13", "01:30", utc(2019, 12, 13, 0, 30)),
        ("2019-12-13T01:30:00+01:00", "01:30", utc(2019, 12, 13, 0, 30)),
    ],
)
def test_a_day_lasts_beyond_midnight(
    day_start: str, date: str | None, start: str, expected: datetime
) -> None:
    day = {"date": "2019-12-12", "day_start": day_start}
    session = one({"date": date, "start": start, "duration": "2:00"}, day=day)
    assert session.starts_at == expected
    assert session.ends_at == expected + timedelta(hours=2)


@pytest.mark.parametrize("change", ["2024-03-31", "2024-10-27"])
def test_a_duration_is_absolute_when_the_clocks_change(change: str) -> None:
    session = one({"date": f"{change}T01:30:00", "duration": "03:00"})
    assert session.ends_at - session.starts_at == timedelta(hours=3)


def test_a_time_that_the_clocks_skip() -> None:
    session, warning = warned({"date": "2024-03-31T02:30:00"})
    assert session.starts_at == utc(2024, 3, 31, 1, 30)
    assert warning == "The clocks skip 2024-03-31 02:30; 2024-03-31 03:30+02:00 is used."


def test_a_time_that_the_clocks_show_twice() -> None:
    session, warning = warned({"date": "2024-10-27T02:30:00"})
    assert session.starts_at == utc(2024, 10, 27, 0, 30)
    assert warning == "The clocks show 2024-10-27 02:30 twice that day; the first time is used."


def test_an_offset_tells_the_two_apart() -> None:
    second = one({"date": "2024-10-27T02:30:00+01:00", "start": "02:30"})
    assert second.starts_at == utc(2024, 10, 27, 1, 30)


def test_a_start_that_was_edited_without_its_date() -> None:
    session, warning = warned({"start": "09:30"})
    assert session.starts_at == utc(2019, 12, 12, 8, 0)
    assert warning == (
        "The date and the start disagree (2019-12-12T09:00:00+01:00, 09:30); the date is used."
    )
    # The same moment, told in UTC and in the zone of the event, is no disagreement.
    assert one({"date": "2019-12-12T08:00:00Z", "start": "09:00"}).starts_at == session.starts_at


@pytest.mark.parametrize(
    ("given", "minutes"),
    [
        ("00:45", 45),
        ("1:05", 65),
        ("100:00", 6000),
        ("1:02:30", 24 * 60 + 150),
        ("45", 45),
        (45, 45),
        (45.0, 45),
        ("PT45M", 45),
        ("pt1h30m", 90),
        ("P1DT2H", 26 * 60),
        ("00:00", 0),
    ],
)
def test_durations(given: object, minutes: int) -> None:
    assert duration(given) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "given",
    ["", "P", "PT", "45 min", "00:75", "01:30:00", "-00:30", -5, True, 1e300, [], {}, "99999"],
)
def test_what_is_no_duration(given: object) -> None:
    assert duration(given) is None


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2019-12-12T09:45:00+01:00", utc(2019, 12, 12, 8, 45)),
        ("2019-12-12T09:45", utc(2019, 12, 12, 8, 45)),
        ("09:45", utc(2019, 12, 12, 8, 45)),
    ],
)
def test_an_end_instead_of_a_duration(end: str, expected: datetime) -> None:
    assert one({"duration": None, "end": end}).ends_at == expected


def test_a_date_that_cannot_be_read_beside_a_day_that_can() -> None:
    session, warning = warned({"date": "2019-13-12", "start": "09:00"}, day={"date": "2019-12-12"})
    assert session.starts_at == utc(2019, 12, 12, 8, 0)
    assert warning == ("The date cannot be read (2019-13-12); the day it is listed under is used.")


def test_an_end_after_midnight() -> None:
    late = {"date": "2019-12-12T23:00:00+01:00", "duration": "", "end": "01:00"}
    assert one(late).ends_at == utc(2019, 12, 13, 0, 0)


def test_a_session_of_no_length() -> None:
    session, warning = warned({"duration": 0})
    assert session.starts_at == session.ends_at
    assert warning == "The session lasts no time: it ends when it starts."


# ---------------------------------------------------------------- messy forms


@pytest.mark.parametrize(
    ("changes", "source_id"),
    [({}, "g1"), ({"guid": None, "code": "S1", "id": 1}, "S1"), ({"guid": "", "id": 1}, "1")],
)
def test_the_stable_id(changes: dict[str, object], source_id: str) -> None:
    assert one(changes).source_id == source_id


@pytest.mark.parametrize(
    ("person", "speaker"),
    [
        ("Ada", Speaker("Ada")),
        ({"public_name": "Ada", "name": "Ada L."}, Speaker("Ada")),
        ({"name": " Ada \n L. ", "id": 4}, Speaker("Ada L.", source_id="4")),
        ({"full_public_name": "Ada", "guid": "g", "code": "c"}, Speaker("Ada", source_id="g")),
        ({"name": "Ada", "email": "Ada@Example.org "}, Speaker("Ada", "ada@example.org")),
        ({"name": "Ada", "email": "hidden"}, Speaker("Ada")),
        ({"name": "Ada", "organization": "Acme"}, Speaker("Ada", organisation="Acme")),
        ({"name": "Ada", "organisation": {"name": "Acme"}}, Speaker("Ada", organisation="Acme")),
        ({"name": "Ada", "affiliation": "Acme"}, Speaker("Ada", organisation="Acme")),
        (
            {"name": "Ada", "biography": "gérance, Ateliers Hamel"},
            Speaker("Ada", organisation="Ateliers Hamel"),
        ),
        ({"name": "Ada", "biography": "Likes cats, dogs"}, Speaker("Ada")),
        ({"name": "Ada", "biography": "Writes a lot. Lives in Paris, France."}, Speaker("Ada")),
        ({"name": "Ada", "biography": None}, Speaker("Ada")),
    ],
)
def test_speakers(person: object, speaker: Speaker) -> None:
    assert one({"persons": [person, person]}).speakers == (speaker,)
    assert one({"persons": {"1": person}}).speakers == (speaker,)


def test_a_speaker_that_cannot_be_read_does_not_hold_up_the_session() -> None:
    session, warning = warned({"persons": ["Ada", {"id": 3}]})
    assert session.speakers == (Speaker("Ada"),)
    assert warning == "A speaker cannot be read: {…}."
    assert warned({"persons": 7}) == (one({}), "The speakers cannot be read: 7.")


def test_text_stays_as_it_is_written() -> None:
    session = one({"title": "A\r\n  B : C\0\ud800", "abstract": "<b>x</b>\r\n\r\n* *y*\n"})
    assert session.title == "A B : C"
    assert session.abstract == "<b>x</b>\n\n* *y*"
    assert one({"abstract": "", "description": "Long"}).abstract == "Long"


def test_values_in_several_languages_or_wrapped() -> None:
    session = one({"title": {"fr": "Accueil"}, "track": {"name": "Données"}, "language": ""})
    assert (session.title, session.track, session.language) == ("Accueil", "Données", None)
    assert one({"track": None}).track is None
    assert one({"track": {"color": "red"}}, tracks=[{"name": "Données"}]).track is None


def test_only_web_addresses_become_links() -> None:
    assert one({"url": "https://congress.example/1"}).url == "https://congress.example/1"
    assert one({"url": "javascript:alert(1)"}).url is None
    assert one({"url": 3}).url is None


def test_rooms() -> None:
    assert one({"room": None}, room="Descartes").room == "Descartes"
    assert one({"room": {"name": "Balzac"}}).room == "Balzac"
    session, warning = warned({"room": "Balzac"}, room="Descartes")
    assert session.room == "Balzac"
    assert warning == "It is listed in the room Descartes but says Balzac; Balzac is used."
    assert warned({"room": ""}, room="")[1] == "The room is missing."


@pytest.mark.parametrize(
    "days",
    [
        [{"rooms": [{"name": "Balzac", "events": [PLAIN]}]}],
        [{"rooms": {"Balzac": {"events": {"1": PLAIN}}}}],
        {"1": {"rooms": {"Balzac": [PLAIN], "Descartes": None, "Rabelais": []}}},
    ],
)
def test_wrappers_vary(days: object) -> None:
    expected = parse(programme(PLAIN)).sessions
    assert len(expected) == 1
    for source in (
        {"schedule": {"conference": {"days": days}}},
        {"schedule": {"conference": {"title": "C"}, "days": days}},
        {"conference": {"days": days}},
        {"days": days},
    ):
        assert parse(source).sessions == expected


def test_a_flat_list_of_events() -> None:
    event = {
        "guid": "g1",
        "title": "Opening",
        "type": "TALK",
        "start": "2024-12-28T00:15:00+01:00",
        "end": "2024-12-28T00:55:00+01:00",
        "room": {"name": "Saal 1", "slug": "saal-1"},
        "track": {"slug": "ccc"},
        "participants": [{"guid": "p1", "name": "Ada"}],
    }
    tracks = [{"name": "Other"}, {"slug": "ccc", "name": "CCC"}]
    conference = {"tracks": tracks, "days": [{"date": "2024-12-27"}]}
    parsed = parse({"schedule": {"conference": conference, "events": [event]}})
    assert parsed.problems == ()
    assert parsed.sessions == (
        ProgrammeSession(
            source_id="g1",
            title="Opening",
            kind="plenary",
            room="Saal 1",
            track="CCC",
            language=None,
            starts_at=utc(2024, 12, 27, 23, 15),
            ends_at=utc(2024, 12, 27, 23, 55),
            speakers=(Speaker("Ada", source_id="p1"),),
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding: str) -> None:
    source = json.dumps(programme(PLAIN | {"title": "Clôture"}), ensure_ascii=False)
    (session,) = parse(source.encode(encoding)).sessions
    assert session.title == "Clôture"


# ---------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        *((kind, kind) for kind in KINDS),
        ("Lecture", "plenary"),
        ("Talk 30 min + 10min Q&A", "plenary"),
        ("Conférence plénière", "plenary"),
        ("LightningTalk 15min", "pitch"),
        ("lightning_talk", "pitch"),
        ("Table ronde", "round_table"),
        ("Panel discussion", "round_table"),
        ("Workshop 110min", "workshop"),
        ("Coffee break", "networking"),
        ("Déjeuner", "networking"),
        ("Sponsored talk", "company"),
        ("performance", None),
        ("", None),
        ("x " * 100_000, None),
    ],
)
def test_usual_types(given: str, kind: str | None) -> None:
    assert kind_of(given, {}) == kind


def test_the_event_overrides_the_usual_meanings() -> None:
    kinds = {"Talk": "company", "Talk 30 min": "pitch", "Performance": "networking"}
    assert kind_of("talk", kinds) == "company"
    assert kind_of("TALK 30 min + questions", kinds) == "pitch"
    assert kind_of("performance", kinds) == "networking"
    assert kind_of("workshop", kinds) == "workshop"


def test_an_unknown_type_is_a_plenary_and_says_so() -> None:
    session, warning = warned({"type": "Séance"})
    assert session.kind == "plenary"
    assert warning == "The type “Séance” is not known; it is imported as a plenary."
    assert warned({"type": None})[1] == "The type is missing; it is imported as a plenary."


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("changes", "label", "why"),
    [
        ({"title": " "}, "g1", "The title is missing."),
        ({"date": None}, "Ouverture (g1)", "The start is missing."),
        ({"date": "Monday"}, "Ouverture (g1)", "The start cannot be read: Monday."),
        ({"date": "", "start": "9 h"}, "Ouverture (g1)", "The start cannot be read: 9 h."),
        ({"date": "0001-01-01T00:00+14:00"}, "Ouverture (g1)", "The start cannot be read: "),
        ({"duration": "an hour"}, "Ouverture (g1)", "The duration cannot be read: an hour."),
        ({"duration": [30]}, "Ouverture (g1)", "The duration cannot be read: […]."),
        ({"duration": None}, "Ouverture (g1)", "The duration is missing, and so is the end."),
        ({"duration": None, "end": "x"}, "Ouverture (g1)", "The end cannot be read: x."),
        ({"duration": None, "end": "08:00"}, "Ouverture (g1)", "The session ends before it"),
        ({"guid": None}, "Ouverture (Balzac #1)", "It has no guid, code or id"),
    ],
)
def test_a_session_that_lacks_what_it_needs(
    changes: dict[str, object], label: str, why: str
) -> None:
    ((session, told_why),) = refusal(programme(PLAIN | changes))
    assert session == label
    assert told_why.startswith(why)


def test_all_that_is_wrong_with_a_session_is_told_at_once() -> None:
    source = programme({}, PLAIN, day={"date": "2019-12-12"})
    assert {session for session, _ in refusal(source)} == {"2019-12-12 Balzac #1"}
    assert [why.split(":")[0] for _, why in refusal(source)] == [
        "It has no guid, code or id",
        "The title is missing.",
        "The start is missing.",
    ]
    assert len(parse(source).sessions) == 1


def test_two_sessions_with_one_id() -> None:
    assert refusal(programme(PLAIN, PLAIN | {"title": "Clôture"})) == [
        ("Clôture (g1)", "It has the same id as Ouverture (g1): g1.")
    ]


def test_what_is_not_a_session_is_named_by_its_place() -> None:
    assert refusal(programme(PLAIN, "Pause", None, day={"date": "2019-12-12"})) == [
        ("2019-12-12 Balzac #2", "This is not a session: Pause."),
        ("2019-12-12 Balzac #3", "This is not a session: null."),
    ]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (7, "The days or events of the file cannot be read: they are not a list."),
        ([7], "The rooms of day 7 are missing or cannot be read."),
        ([{"date": "2019-12-12"}], "The rooms of day 2019-12-12 are missing or cannot be read."),
        ([{"rooms": 7}], "The rooms of day {…} are missing or cannot be read."),
        ([{"rooms": {"Balzac": 7}}], "What is listed in the room Balzac cannot be read: 7."),
    ],
)
def test_a_part_that_cannot_be_read_is_named(days: object, why: str) -> None:
    assert refusal({"days": days}) == [(None, why)]


def test_an_unknown_time_zone() -> None:
    for zone in ("Mars/Olympus", "../etc", "Europe", 7, "x" * 5000):
        ((session, why),) = refusal(programme(PLAIN, time_zone_name=zone))
        assert session is None
        assert why.startswith("The time zone of the file is not known: ")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not valid JSON: see line 1, column 1, near “”"),
        (b'{\n "days": [1,]}', "not valid JSON: see line 2, column 13, near “{ "),
        (b'{"title": "caf\xe9"}', "not text in UTF-8: byte 14"),
        (b" <!DOCTYPE html>", "a web page or an XML file"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"days": ' + b"9" * 5000 + b"}", "numbers too large"),
        (b"[]", "neither days nor events"),
        (b"null", "neither days nor events"),
        (b'{"schedule": {"conference": {}}}', "neither days nor events"),
        (b'{"days": []}', "contains no session"),
        (b'{"days": [{"rooms": {"A": [], "A": []}}]}', "“A” is written twice"),
    ],
)
def test_a_file_that_is_no_programme(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableProgrammeError) as raised:
        parse(data)
    assert why in str(raised.value)


def test_numbers_that_json_does_not_know() -> None:
    assert [why for _, why in refusal(programme(PLAIN | {"duration": float("nan")}))] == [
        "The duration is missing, and so is the end."
    ]


class Untranslated(Reader):
    def gettext(self, msgid: str) -> str:
        return msgid


def test_a_problem_is_told_with_its_session() -> None:
    reader = Untranslated("en", UTC, Locale.parse("en"))
    parsed = parse(programme(PLAIN | {"title": "{x}", "duration": "{y}"}, time_zone_name="Mars"))
    assert [problem.told_to(reader) for problem in parsed.problems] == [
        "The time zone of the file is not known: Mars.",
        "{x} (g1): The duration cannot be read: {y}.",
    ]


# ---------------------------------------------------------------- anything at all


def test_a_large_programme_is_read_quickly() -> None:
    many = [
        PLAIN | {"guid": f"g{n}", "abstract": "é" * 2500, "persons": [f"P{p}" for p in range(20)]}
        for n in range(1500)
    ]
    data = json.dumps(programme(*many), ensure_ascii=False).encode()
    assert len(data) > 4_000_000
    start = time.perf_counter()
    assert len(parse(data).sessions) == 1500
    assert time.perf_counter() - start < 2


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2019-12-12", "2019-12-12T09:00:00", "25:00", "00:30", "9999-12-31T23:59Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PLAIN, "rooms", "events", "name", "days"]), inner)
    ),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, dict | list) else ():
        yield from places(inner, (*path, key))


FULL = programme(
    PLAIN | {"persons": [{"name": "Ada", "biography": "gérance, Acme"}], "start": "09:00"},
    PLAIN | {"guid": "g2", "date": "2019-12-13", "start": "00:30", "end": "01:30"},
    day={"date": "2019-12-12", "day_start": "2019-12-12T08:00:00+01:00"},
    time_zone_name="Europe/Paris",
    tracks=[{"slug": "a", "name": "A"}],
)
PLACES = list(places(FULL))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), junk), min_size=1, max_size=3))
def test_a_damaged_programme_is_understood_or_named(damage: list[tuple[Any, object]]) -> None:
    source: Any = {"root": copy.deepcopy(FULL)}
    for path, value in damage:
        holder, keys = source, ("root", *path)
        try:
            for key in keys[:-1]:
                holder = holder[key]
            holder[keys[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier blow took this place away
    try:
        parsed = parse(source["root"])
    except UnreadableProgrammeError:
        return
    assert parsed.sessions or parsed.refused
    assert all(session.ends_at >= session.starts_at for session in parsed.sessions)
    assert all(session.starts_at.tzinfo is UTC for session in parsed.sessions)
    unread = {problem.session for problem in parsed.problems if problem.fatal and problem.session}
    assert len(parsed.sessions) + len(unread) >= listed_sessions(source["root"])


def listed_sessions(root: Any) -> int:
    """How many sessions it lists if it still has its shape; otherwise 0, which asserts nothing."""
    try:
        days = root["schedule"]["conference"]["days"]
        return sum(
            len(held) for day in days for held in day["rooms"].values() if isinstance(held, list)
        )
    except (KeyError, TypeError, AttributeError):
        return 0


@settings(deadline=None)
@given(st.binary(max_size=60) | junk.map(lambda value: json.dumps(value).encode()))
def test_any_file_at_all_is_read_or_refused(data: bytes) -> None:
    try:
        parsed = parse(data)
    except UnreadableProgrammeError:
        return
    assert parsed.sessions or parsed.refused


# ---------------------------------------------------------------- published programmes


@pytest.mark.parametrize(
    ("name", "sessions", "kinds", "problems"),
    [
        (
            "pretalx-rc3.json",
            48,
            {"plenary": 45, "workshop": 2, "pitch": 1},
            ["The type “Other” is not known; it is imported as a plenary."],
        ),
        ("pretalx-democon.json", 36, {"plenary": 27, "workshop": 9}, []),
        (
            "frab-camp2019.json",
            79,
            {"plenary": 79},
            ["The type “performance” is not known; it is imported as a plenary."],
        ),
        ("invalid-example.json", 1, {"plenary": 1}, []),
        (
            "hub-schedule2.json",
            2,
            {"plenary": 2},
            ["The type “OTHER” is not known; it is imported as a plenary."],
        ),
    ],
)
def test_published_programmes(
    name: str, sessions: int, kinds: dict[str, int], problems: list[str]
) -> None:
    path = PUBLISHED / name
    if not path.exists():
        missing = f"NOT RUN: no {name} in {PUBLISHED} (MAILLON_PROGRAMMES says where)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    parsed = parse(path.read_bytes())
    assert not parsed.refused
    assert len(parsed.sessions) == sessions
    assert Counter(session.kind for session in parsed.sessions) == kinds
    assert told(parsed) == problems
