"""What people type, in either language: which words mean a view, a day, the menu, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from bot.features.events.model import EventFile

SHORTEST_STEM = 4
"""Letters; "art" is a word, and no beginning of "article"."""


def _words(text: str) -> list[str]:
    return text.split()


_CALENDAR = ("calendrier", "calendar", "ics", "ical")
_VIEWS = {
    "now": ("now", "maintenant", "en ce moment", "programme", "program", "schedule"),
    "next": ("next", "suite", "suivant", "a suivre", "ensuite", "prochaine", "prochaines"),
    "today": ("today", "aujourd'hui", "jour", "programme du jour", "le programme du jour"),
    "tomorrow": ("tomorrow", "demain"),
    "rooms": ("rooms", "room", "by room", "salles", "salle", "par salle"),
    "mine": (
        *("mine", "my", "mon", "mon programme", "my programme"),
        *("my agenda", "agenda", *_CALENDAR),
    ),
}
_PROGRAMME = {"programme", "program", "schedule", "agenda"}
_ROLES = {"role", "roles"}
_ROOM = {"salle", "salles", "room", "rooms"}
_LOOK_FOR = {"cherche", "chercher", "recherche", "rechercher", "search"}
_SETTINGS = {"settings", "reglages", "reglage"}
_PROFILE = {"moi", "me", "profil", "profile"}
_MEET = {"rencontre", "rencontres", "rencontrer", "meet", "introductions"}
_QUESTIONS = {"question", "questions", "poser", "ask"}
_FULL = {"complet", "complete", "full"}
_MATERIALS = {"document", "documents", "supports", "slides", "diapositives", "materials"}
_REPORT = {"bilan", "report", "rencontres", "introductions"}
_LATE = {"retard", "late", "delay"}
_AROUND_LATE = {"en", "de", "d", "running", "by", "min", "mn", "minute", "minutes"}
_ANNOUNCEMENTS = {"annonce", "annonces", "annoncer", "announce", "announcement", "announcements"}
_ALERT = {"alerte", "alert"}
_INFOS = {
    *("info", "infos", "information", "informations", "pratique", "pratiques", "practical"),
    *("urgence", "urgences", "emergency"),
}
_HELP = {"aide", "aider", "help", "menu"}
_GREETINGS = {
    *("bonjour", "bonsoir", "salut", "coucou", "merci", "beaucoup", "maillon"),
    *("hello", "hi", "hey", "thanks", "thank", "you", "ok"),
}
_STOP = set(
    _words(
        "a ai an and are at au aux avec by can ce ces cet cette cherche chercher comment d dans "
        "de des do does du elle en est et find for from heure how i il ils in is it j je l la "
        "le les m ma mes mon my n nous of on or ou par peut peux plait please pour puis qu "
        "quand que quel quelle quelles quels qui quoi s se search session sessions si son sont "
        "sur svp t that the there this to trouve trouver un une veux voudrais vous what when "
        "where which who with y"
    )
)
_AROUND_DAYS = set(
    _words("apres afternoon evening jour journee matin matinee midi morning next prochain soir")
)
_WEEKDAYS = (
    _words("lundi mardi mercredi jeudi vendredi samedi dimanche"),
    _words("monday tuesday wednesday thursday friday saturday sunday"),
)
_MONTHS = (
    _words("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
    _words("january february march april may june july august september october november december"),
)


def folded(text: str) -> str:
    """Text without case or accents: "Médecine" is found by "medecine", "l’avenir" by "l'avenir"."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()


def words_of(text: str) -> list[str]:
    """The words of a text, without case, accents or punctuation."""
    return re.findall(r"\w+", folded(text))


def telling(words: Sequence[str]) -> list[str]:
    """The words that tell what is looked for; all of them, if none does."""
    return [word for word in words if word not in _STOP | _GREETINGS] or list(words)


def looked_for(text: str) -> list[str]:
    """The words to find in sessions or rooms."""
    words = telling(words_of(text))
    return [word for word in words if word not in _ROOM] or words


def without_command(text: str) -> str:
    """Without a first word that only says that something is looked for."""
    words = " ".join(text.split())
    first, _, rest = words.partition(" ")
    if rest and folded(first) in _PROGRAMME | _LOOK_FOR | _ROOM:
        return without_command(rest)
    return words


def has_word(haystack: Sequence[str], word: str) -> bool:
    """Whether a word begins like `word`, plural and feminine aside: "cellules", "cellulaires"."""
    if len(word) < SHORTEST_STEM:
        return word in haystack
    stem = word
    for ending in ("s", "e"):
        if len(stem) > SHORTEST_STEM:
            stem = stem.removesuffix(ending)
    return any(other.startswith(stem) for other in haystack)


def means_settings(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _SETTINGS


def means_profile(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _PROFILE


def means_introductions(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _MEET


def means_questions(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _QUESTIONS


def means_full(text: str) -> bool:
    """« complet », « complet salle balzac »"""
    return words_of(text)[:1] != [] and words_of(text)[0] in _FULL


def means_materials(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _MATERIALS


def means_roles(text: str) -> bool:
    """« rôles », "who may do what" is no word for it."""
    words = telling(words_of(text))
    return bool(words) and set(words) <= _ROLES


def means_report(text: str) -> bool:
    """« bilan », « bilan des rencontres »."""
    words = telling(words_of(text))
    return set(words) <= _REPORT and not {"bilan", "report"}.isdisjoint(words)


def late_meant(text: str) -> int | None:
    """« retard 10 », "10 min late": how many minutes, 0 for the word alone; None for anything
    else, such as a title that has the word."""
    words = words_of(text)
    numbers = [word for word in words if word.isdecimal()]
    around = {*words} - {*numbers} - _LATE - _AROUND_LATE
    if around or _LATE.isdisjoint(words) or len(numbers) > 1:
        return None
    return int(numbers[0][:4]) if numbers else 0


def means_announcements(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _ANNOUNCEMENTS


def means_alert(text: str) -> bool:
    words = telling(words_of(text))
    return bool(words) and set(words) <= _ALERT


def means_infos(text: str) -> bool:
    """« infos pratiques », and « urgence »: whom to call stands there."""
    words = telling(words_of(text))
    return bool(words) and set(words) <= _INFOS


def means_agenda(text: str) -> bool:
    """« agenda », « mon calendrier »: the file and its address, of which My programme tells too."""
    words = telling(words_of(text))
    return len(words) == 1 and words[0] in ("agenda", *_CALENDAR)


def means_menu(text: str) -> bool:
    """A greeting, thanks, a call for help, or signs without a word."""
    words = telling(words_of(text))
    return set(words) <= _HELP | _SETTINGS | _GREETINGS | _STOP and (
        not words or not set(words).isdisjoint(_HELP | _GREETINGS)
    )


def view_meant(text: str) -> str | None:
    words = words_of(text)
    chosen = telling(words)
    for asked in (words, chosen):
        for view, synonyms in _VIEWS.items():
            if any(asked == words_of(synonym) for synonym in synonyms):
                mine = view == "now" and asked != ["now"] and {"mon", "my"} & set(words)
                return "mine" if mine else view
    return None


def day_meant(text: str, event: EventFile, today: date) -> date | None:
    """The day that `text` names; of a weekday, the one of the event, if it has one."""
    aside = _PROGRAMME | _AROUND_DAYS
    words = [word for word in telling(words_of(text)) if word not in aside]
    if words in (["demain"], ["tomorrow"]):
        return today + timedelta(days=1)
    if words in (["aujourd", "hui"], ["today"]):
        return today
    if words and (weekday := _number(_WEEKDAYS, words[0])) is not None:
        if len(words) > 1:
            return _date(words[1:], event)
        return _weekday(weekday, event, today)
    return _date(words, event)


def _number(names: Sequence[list[str]], word: str) -> int | None:
    return next((language.index(word) for language in names if word in language), None)


def _weekday(weekday: int, event: EventFile, today: date) -> date:
    days = (event.last_day - event.first_day).days + 1
    own = [event.first_day + timedelta(days=n) for n in range(days)]
    named = [day for day in own if day.weekday() == weekday]
    ahead = [day for day in named if day >= today]
    if named:
        return ahead[0] if ahead else named[-1]
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _date(words: Sequence[str], event: EventFile) -> date | None:
    """ "13 décembre", "december 13th", "13/12", each perhaps with its year."""
    if len(words) not in (2, 3):
        return None
    one, two = _month(words[0]), _month(words[1])
    if one:
        month, day = one, _small(words[1])
    elif two:
        month, day = two, _small(words[0])
    else:
        day, month = _small(words[0]), _small(words[1])
    last = event.last_day
    if len(words) > 2:
        year = int(words[2]) if re.fullmatch(r"[0-9]{4}", words[2]) else 0
    elif month <= last.month:
        year = last.year
    else:
        year = event.first_day.year
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _small(word: str) -> int:
    """The number in "13", "1er" or "13th"; 0, which is no day, in anything else."""
    found = re.fullmatch(r"([0-9]{1,2})(er|st|nd|rd|th)?", word)
    return int(found[1]) if found else 0


def _month(word: str) -> int | None:
    number = _number(_MONTHS, word)
    return None if number is None else number + 1
