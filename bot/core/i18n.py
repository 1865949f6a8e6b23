"""Languages: catalogues, and a reader's conventions for times, dates and numbers.

The catalogues are standard gettext `.po` files. They are compiled in memory when first
needed, which takes some milliseconds and leaves no build step to forget
(docs/decisions/0004-catalogues.md).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from datetime import time as time_of_day
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

LOCALES = Path(__file__).parent.parent / "locales"
LANGUAGES = ("fr", "en")
SOURCE_LANGUAGE = "en"
"""The language of the msgids, which needs no catalogue."""
NBSP = "\N{NO-BREAK SPACE}"
NNBSP = "\N{NARROW NO-BREAK SPACE}"
_FRENCH_TIME = f"H{NBSP}'h'{NBSP}mm"  # 9 h 30: what French readers expect, CLDR says 09:30


def N_(msgid: str) -> str:  # noqa: N802 (the name that gettext tools look for)
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return msgid


@cache
def catalogue(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with (LOCALES / language / "LC_MESSAGES" / "maillon.po").open("rb") as source:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def known_language(locale: str | None, otherwise: str) -> str:
    """The language of ours that `locale` ("fr-FR", "en_GB", "de") asks for.

    A locale of another language reads English: that is what most who set it can read.
    """
    if not locale:
        return otherwise
    language = locale.replace("-", "_").split("_")[0].lower()
    return language if language in LANGUAGES else "en"


def _own_conventions(language: str) -> Locale:
    """Where no region is known: English in Europe reads 24 hours and the day before the month."""
    return Locale.parse("en_GB" if language == "en" else language)


@dataclass(frozen=True)
class Reader:
    """Who reads a text: a language, the conventions of a region, and the event's time zone."""

    language: str
    zone: tzinfo
    locale: Locale

    @classmethod
    def of(cls, language: str, zone: str, locale: str | None = None) -> Reader:
        """`locale` ("en-GB") refines the conventions if it is of that language."""
        conventions = _own_conventions(language)
        try:
            wanted = Locale.parse((locale or language).replace("-", "_"))
            if wanted.language == language and wanted.territory:
                conventions = wanted
        except (UnknownLocaleError, ValueError):
            pass  # a locale that CLDR does not know keeps the language's own conventions
        return cls(language, ZoneInfo(zone), conventions)

    def speaking(self, language: str) -> Reader:
        return replace(self, language=language, locale=_own_conventions(language))

    def gettext(self, msgid: str) -> str:
        return str(catalogue(self.language).gettext(msgid))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(catalogue(self.language).ngettext(singular, plural, n))

    def time(self, moment: datetime) -> str:
        """Time of day in the event's zone: "9 h 30" in French, "09:30" or "9:30 AM" in English."""
        return self.clock(moment.astimezone(self.zone).time())

    def clock(self, local: time_of_day) -> str:
        """The same of a time that is local already."""
        pattern = _FRENCH_TIME if self.language == "fr" else "short"
        return format_time(local, pattern, locale=self.locale)

    def day(self, moment: datetime | date) -> str:
        """The weekday and the date without the year: "jeudi 12 décembre"."""
        local = moment.astimezone(self.zone) if isinstance(moment, datetime) else moment
        pattern = "EEEE d MMMM"
        if self.language == "fr" and local.day == 1:
            pattern = "EEEE d'er' MMMM"
        if self.locale.territory == "US":
            pattern = "EEEE, MMMM d"
        return format_date(local, pattern, locale=self.locale)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def language_name(self, code: str) -> str:
        """The name of a spoken language, in the reader's: "anglais"."""
        try:
            return Locale.parse(code.replace("-", "_")).get_language_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code
