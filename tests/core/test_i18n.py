"""A reader's conventions, to the character: no-break spaces are part of what is promised."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.i18n import LANGUAGES, NBSP, NNBSP, Reader, catalogue, known_language

MORNING = datetime(2024, 12, 12, 8, 30, tzinfo=UTC)  # 9 h 30 in Paris
MIDNIGHT = datetime(2024, 12, 11, 23, 0, tzinfo=UTC)  # in Paris


def reader(language: str, locale: str | None = None, zone: str = "Europe/Paris") -> Reader:
    return Reader.of(language, zone, locale)


@pytest.mark.parametrize("locale", [None, "fr", "fr-FR", "fr_CA", "fr-CH"])
def test_french_times_do_not_break(locale: str | None) -> None:
    french = reader("fr", locale)
    assert french.time(MORNING) == f"9{NBSP}h{NBSP}30"
    assert french.time(MIDNIGHT) == f"0{NBSP}h{NBSP}00"
    assert french.time(datetime(2024, 12, 12, 13, 5, tzinfo=UTC)) == f"14{NBSP}h{NBSP}05"


@pytest.mark.parametrize(
    ("locale", "morning", "midnight", "day"),
    [
        ("en-GB", "09:30", "00:00", "Thursday 12 December"),
        ("en_GB", "09:30", "00:00", "Thursday 12 December"),
        ("en-US", f"9:30{NNBSP}AM", f"12:00{NNBSP}AM", "Thursday, December 12"),
    ],
)
def test_english_follows_its_region(locale: str, morning: str, midnight: str, day: str) -> None:
    english = reader("en", locale)
    assert english.time(MORNING) == morning
    assert english.time(MIDNIGHT) == midnight
    assert english.day(MORNING) == day


@pytest.mark.parametrize("locale", ["tlh", "fr-FR", "??", "", "en-XX-YY-ZZ-9", "a" * 100])
def test_a_locale_of_no_use_leaves_the_conventions_of_the_language(locale: str) -> None:
    assert reader("en", locale) == reader("en")


@given(st.text())
def test_no_locale_that_a_client_may_send_is_an_error(locale: str) -> None:
    assert reader("fr", locale).locale.language == "fr"
    assert known_language(locale, "fr") in LANGUAGES


def test_a_day_is_that_of_the_event_not_of_the_server() -> None:
    assert reader("fr").day(MIDNIGHT) == "jeudi 12 décembre"
    assert reader("fr", zone="America/Montreal").day(MIDNIGHT) == "mercredi 11 décembre"
    assert reader("fr").day(date(2024, 12, 13)) == "vendredi 13 décembre"


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Paris", datetime(2024, 3, 31, 0, 59, tzinfo=UTC), "01:59"),
        ("Europe/Paris", datetime(2024, 3, 31, 1, 0, tzinfo=UTC), "03:00"),  # summer time begins
        ("Asia/Kolkata", datetime(2024, 3, 31, 1, 0, tzinfo=UTC), "06:30"),
        ("UTC", datetime(2024, 3, 31, 1, 0, tzinfo=UTC), "01:00"),
    ],
)
def test_times_are_in_the_zone_of_the_event(zone: str, moment: datetime, expected: str) -> None:
    assert reader("en", "en-GB", zone).time(moment) == expected


def test_numbers() -> None:
    assert reader("fr").number(1300) == f"1{NNBSP}300"
    assert reader("fr").number(12) == "12"
    assert reader("en", "en-GB").number(1300) == "1,300"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr-FR", "fr"),
        ("fr_CA", "fr"),
        ("FR", "fr"),
        ("en-GB", "en"),
        ("en_US", "en"),
        ("de-DE", "en"),
        ("zh-Hant-TW", "en"),
        (None, "fr"),
        ("", "fr"),
    ],
)
def test_the_language_a_locale_asks_for(locale: str | None, expected: str) -> None:
    assert known_language(locale, otherwise="fr") == expected


def test_speaking_another_language_changes_conventions_but_not_the_zone() -> None:
    french = reader("en", "en-GB", "Asia/Kolkata").speaking("fr")
    assert french == reader("fr", zone="Asia/Kolkata")
    assert french.time(MORNING) == f"14{NBSP}h{NBSP}00"


@pytest.mark.parametrize(
    ("code", "in_french"), [("en", "anglais"), ("fr", "français"), ("zz-ZZ", "zz-ZZ"), ("", "")]
)
def test_names_of_languages(code: str, in_french: str) -> None:
    assert reader("fr").language_name(code) == in_french


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_without_translation_is_said_as_it_was_written(language: str) -> None:
    assert catalogue(language) is catalogue(language)
    said = reader(language)
    assert said.gettext("zzz {name}") == "zzz {name}"
    assert [said.ngettext("one zzz", "{n} zzz", n) for n in (1, 2)] == ["one zzz", "{n} zzz"]
