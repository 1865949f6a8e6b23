"""The French catalogue: complete, and French as product rules want it."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from bot.core.i18n import LOCALES, NBSP, NNBSP

ROOT = Path(__file__).parent.parent
KEYWORDS = {"N_": None, "gettext": None, "ngettext": (1, 2), "t": None, "tn": (1, 2)}
FORBIDDEN = {
    "a feminine in brackets": r"\w\([a-z]{1,3}\)",
    "a point médian": r"\w[·•]\w",
    "an exclamation mark": r"!",
    "a participle for the reader": (
        r"(?i)\bvous (êtes|serez|étiez|avez été) (\w+ )?\w+(é|i|is|it|u)e?s?\b"
    ),
    "an apology that is none": r"(?i)\boups\b",
    "a breakable space": rf"(?<![{NBSP}{NNBSP}])[:;?!»](?=\s|$)|«(?![{NBSP}{NNBSP}])",
    "an hour in English": r"\b\d{1,2}:\d{2}\b",
}
AVOIDED = (
    r"workspace|booth|track|live|delay|digest|match|slot|lead|snooze|matrice|reporting|favoris?"
    r"|étoiles?|panélistes?|modérateurs?|admins?|soumettre|liker|rejeter|fusionner|répondue"
    r"|tours?|murs?|refuser|rencontrés|annuler|brise-glace|(?<!appels d')offres|type de profil"
)


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (LOCALES / "fr" / "LC_MESSAGES" / "maillon.po").open("rb") as source:
        return read_po(source, locale="fr")


@pytest.fixture(scope="module")
def used() -> Catalog:
    """What the code says, with the configuration that `pybabel extract` would use."""
    with (ROOT / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    found = Catalog()
    for _, _, msgid, _, _ in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=_is_source
    ):
        found.add(msgid)
    return found


def _is_source(folder: str | Path) -> bool:
    return not Path(folder).name.startswith(".") and Path(folder).name not in ("tests", "docs")


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def msgids(catalogue: Catalog) -> set[str]:
    return {str(message.id) for message in messages(catalogue)}


def forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, list | tuple) else [str(text)]


def french_texts(french: Catalog) -> list[str]:
    return [text for message in messages(french) for text in forms(message.string)]


def test_everything_is_translated_and_nothing_else(french: Catalog, used: Catalog) -> None:
    assert len(msgids(used)) > 100
    assert sorted(msgids(used) - msgids(french)) == []
    assert sorted(msgids(french) - msgids(used)) == []
    assert [text for text in french_texts(french) if not text] == []
    assert [message.id for message in messages(french) if message.fuzzy] == []
    assert list(french.obsolete) == []


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_placeholders_are_the_same(french: Catalog) -> None:
    differing = [
        message.id
        for message in messages(french)
        if len({frozenset(placeholders(text)) for text in forms(message.id)}) != 1
        or {frozenset(placeholders(text)) for text in forms(message.string)}
        != {frozenset(placeholders(text)) for text in forms(message.id)}
    ]
    assert differing == []


@pytest.mark.parametrize("flaw", sorted(FORBIDDEN))
def test_french_without(flaw: str, french: Catalog) -> None:
    assert [text for text in french_texts(french) if re.search(FORBIDDEN[flaw], text)] == []


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        ("a feminine in brackets", "Bienvenue aux inscrit(e)s"),
        ("a point médian", "participant·e"),
        ("an exclamation mark", "Merci !"),
        ("a participle for the reader", "Vous êtes bien inscrit"),
        ("a participle for the reader", "vous êtes enregistrée"),
        ("an apology that is none", "Oups, une erreur"),
        ("a breakable space", "Salle : Balzac"),
        ("a breakable space", "Salle: Balzac"),
        ("a breakable space", "«Balzac" + NBSP + "»"),
        ("an hour in English", "À 9:30"),
    ],
)
def test_what_the_rules_find(flaw: str, text: str) -> None:
    assert re.search(FORBIDDEN[flaw], text)


def test_words_to_avoid(french: Catalog) -> None:
    words = re.compile(rf"(?i)\b({AVOIDED})\b")
    assert [text for text in french_texts(french) if words.search(text)] == []
    assert words.search("Vos Favoris")


def test_languages_are_named_in_themselves(french: Catalog) -> None:
    """A button that leads to English is for those who read no French."""
    assert french.get("English") is None
