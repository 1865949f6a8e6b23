"""What is written in a format is read again as it was; what is damaged is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.features.programme.formats.parsed import UnreadableProgrammeError
from bot.features.programme.formats.reading import FORMS, read_programme
from bot.features.programme.model import KINDS, ProgrammeSession, Speaker
from tests.support.programmes import told, utc
from tests.support.written_programmes import WRITERS, table

EVERY_FORM = pytest.mark.parametrize("form", WRITERS)
WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N"), include_characters="'-!?€ "),
    min_size=1,
    max_size=24,
).map(lambda words: " ".join(f"T {words}".split()))
NAMES = st.sampled_from(["Anne Roy", "Léo d'Arc", "Zoë Müller-Lüdenscheidt", "李 娜"])
ROOMS = st.sampled_from(["Auditorium Descartes", "Salle Balzac", "B.12"])


@st.composite
def sessions(draw: st.DrawFn) -> list[ProgrammeSession]:
    """Of two days, on both sides of a change of the clocks; ids differ, titles need not."""
    count = draw(st.integers(1, 6))
    return [
        ProgrammeSession(
            source_id=f"id{number}",
            title=draw(WORDS),
            kind=draw(st.sampled_from(KINDS)),
            room=draw(ROOMS),
            track=draw(st.sampled_from([None, "Bioprocédés", "Accès & marché"])),
            language=draw(st.sampled_from([None, "fr", "en"])),
            starts_at=(
                start := utc(2027, 3, 27, 7, 0) + timedelta(minutes=5 * draw(st.integers(0, 400)))
            ),
            ends_at=start + timedelta(minutes=draw(st.integers(1, 50)) * 5),
            speakers=tuple(map(Speaker, draw(st.lists(NAMES, unique=True, max_size=3)))),
            abstract=draw(WORDS),
        )
        for number in range(count)
    ]


def plain(one: ProgrammeSession, form: str) -> ProgrammeSession:
    """What a format can say: some know no languages, iCalendar no track beside a type."""
    known = replace(one, speakers=tuple(replace(s, source_id=None) for s in one.speakers))
    known = replace(known, code=None, url=None)
    if form == "icalendar":
        return replace(known, track=None, language=None)
    return replace(known, language=None) if form == "sessionize" else known


@EVERY_FORM
@settings(max_examples=40, deadline=None)
@given(programme=sessions())
def test_what_is_written_is_read_again(form: str, programme: list[ProgrammeSession]) -> None:
    read = read_programme(WRITERS[form](programme), zone="Europe/Paris", kinds={})
    assert told(read) == [] or all("clocks" in words for words in told(read))
    assert read.form == form.split(",")[0]
    assert read.form in FORMS
    by_id = {one.source_id: plain(one, form) for one in read.sessions}
    assert by_id == {one.source_id: plain(one, form) for one in programme}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("order", ["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"])
def test_tables_of_every_spreadsheet(delimiter: str, encoding: str, order: str) -> None:
    one = ProgrammeSession(
        "a1", "Réduire, simplifier", "workshop", "Salle Balzac", "Procédés", "fr",
        utc(2027, 5, 20, 22, 30), utc(2027, 5, 20, 23, 15), (Speaker("Zoé Lé"), Speaker("Al Bo")),
        "Deux lignes :\nla seconde",
    )  # fmt: skip
    read = read_programme(table([one], delimiter, encoding, order), zone="UTC", kinds={})
    assert read.sessions[0].starts_at.hour == 0  # written for Paris, and read in UTC
    read = read_programme(table([one], delimiter, encoding, order), zone="Europe/Paris", kinds={})
    assert (read.sessions, told(read)) == ((one,), [])


def damaged(data: bytes, blows: list[tuple[int, bytes]]) -> bytes:
    for place, words in blows:
        at = place % (len(data) + 1)
        data = data[:at] + words + data[at + len(words) :]
    return data


SAMPLE = [
    ProgrammeSession(
        f"id{n}", f"Séance {n}", "plenary", "Balzac", "A", "fr",
        utc(2027, 5, 20, 7 + n, 0), utc(2027, 5, 20, 7 + n, 45), (Speaker("Anne Roy"),), "Texte",
    )
    for n in range(3)
]  # fmt: skip
WRITTEN = {form: write(SAMPLE) for form, write in WRITERS.items()}
PIECES = st.sampled_from(
    [
        *(b"\x00", b"<", b">", b'"', b"\n", b"\xff\xfe", b"{", b"]", b"9999", b"T", b";", b","),
        *(b"RRULE:FREQ=DAILY", b"DTSTART;TZID=X:", b"&a;", b"25:99", b"null", b"-1"),
        b"BEGIN:VEVENT\r\n",
    ]
)


@EVERY_FORM
@settings(max_examples=120, deadline=None)
@given(
    blows=st.lists(st.tuples(st.integers(0, 100_000), PIECES | st.binary(max_size=6)), max_size=4),
    end=st.integers(0, 100_000) | st.none(),
)
def test_a_damaged_file_is_read_or_refused(
    form: str, blows: list[tuple[int, bytes]], end: int | None
) -> None:
    data = damaged(WRITTEN[form], blows)
    if end is not None:
        data = data[: end % (len(data) + 1)]
    try:
        read = read_programme(data, zone="Europe/Paris", kinds={})
    except UnreadableProgrammeError:
        return
    assert read.sessions or read.problems
    assert all(one.ends_at >= one.starts_at for one in read.sessions)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=80)
    | st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([b"<", b"{", b"[", b"BEGIN:VCALENDAR\r\n", b"Title;Start\n", b"\xff\xfe"]),
        st.binary(max_size=60),
    )
)
def test_anything_at_all_is_read_or_refused(data: bytes) -> None:
    try:
        read = read_programme(data, zone="Europe/Paris", kinds={})
    except UnreadableProgrammeError:
        return
    assert read.sessions or read.problems
