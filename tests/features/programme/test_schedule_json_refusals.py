"""Reading schedule.json: what is refused, each thing by its session."""

from __future__ import annotations

from datetime import UTC

import pytest
from babel import Locale

from bot.core.i18n import Reader
from bot.features.programme.formats.parsed import UnreadableProgrammeError
from tests.support.programmes import PLAIN, parse, programme, refusal


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
        (b'{\n "days": [1 2]}', "not valid JSON: see line 2, column 13, near “{ "),
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
