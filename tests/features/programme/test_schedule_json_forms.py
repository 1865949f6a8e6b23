"""Reading schedule.json: the forms that published files take."""

from __future__ import annotations

import json

import pytest

from bot.features.programme.formats.kinds import kind_of
from bot.features.programme.model import KINDS, ProgrammeSession, Speaker
from tests.support.programmes import PLAIN, one, parse, programme, utc, warned


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
