"""What leaves the event as a file, word for word, whatever people typed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.i18n import NBSP, Reader
from bot.features.questions.exports import (
    ExportedQuestion,
    as_csv,
    as_json,
    as_markdown,
    is_withheld,
)

FRENCH = Reader.of("fr", "Europe/Paris")
ASKED = ExportedQuestion(
    session_title="Chaîne du froid",
    session_id="s11",
    state="answered",
    text="Qui paie le transport ?",
    original="Qui paye ?",
    translation="Who pays for transport?",
    language="fr",
    asked_at=datetime(2026, 12, 10, 13, 4, tzinfo=UTC),
    asker="Camille Roy",
    votes=12,
    guest_votes=3,
    answer="L'assurance maladie.",
    answered_by="Élodie Thierry",
    deadline=None,
    declined="",
)
BARE = replace(
    ASKED,
    state="published",
    text="Quel plan de secours ?",
    original="",
    translation="",
    asker="",
    votes=0,
    guest_votes=0,
    answer="",
    answered_by="",
    deadline=datetime(2026, 12, 17, 17, tzinfo=UTC),
)
HOSTILE = replace(
    BARE,
    session_id="s12",
    session_title="=1+1 <b>*Titre*</b>",
    state="declined",
    text="=cmd|' /C calc'!A0\";+1 <script> @here https://x.io/a_b [x](y)",
    deadline=None,
    declined="Hors sujet",
)


def test_csv() -> None:
    assert as_csv([ASKED, HOSTILE], 2) == (
        '"session_title","session_id","state","text","original","translation","language",'
        '"asked_at","asker","votes","guest_votes","answer","answered_by","deadline","declined",'
        '"count"\r\n'
        '"Chaîne du froid","s11","answered","Qui paie le transport ?","Qui paye ?",'
        '"Who pays for transport?","fr","2026-12-10T13:04:00+00:00","Camille Roy","12","3",'
        '"L\'assurance maladie.","Élodie Thierry","","","1"\r\n'
        '"\'=1+1 <b>*Titre*</b>","s12","declined",'
        "\"'=cmd|' /C calc'!A0\"\";'+1 <script> @here https://x.io/a_b [x](y)\","
        '"","","fr","2026-12-10T13:04:00+00:00","","0","0","","","","Hors sujet","1"\r\n'
        '"","","withheld","","","","","","","","","","","","","2"\r\n'
    )


def test_json() -> None:
    assert json.loads(as_json([ASKED, HOSTILE], 1)) == {
        "questions": [
            asdict(ASKED) | {"asked_at": "2026-12-10T13:04:00+00:00"},
            asdict(HOSTILE) | {"asked_at": "2026-12-10T13:04:00+00:00"},
        ],
        "withheld": 1,
    }


def test_markdown() -> None:
    assert as_markdown([ASKED, BARE, HOSTILE], 2, FRENCH).replace(NBSP, "~") == (
        "# Questions\n"
        "\n"
        "## Chaîne du froid\n"
        "\n"
        "- Qui paie le transport ?\n"
        "    - Réponse apportée · 12 soutiens · 3 soutiens sans compte · Camille Roy\n"
        "    - Dans l'autre langue~: Who pays for transport?\n"
        "    - Texte d'origine~: Qui paye ?\n"
        "    - Réponse~: L'assurance maladie.\n"
        "    - Réponse de~: Élodie Thierry\n"
        "- Quel plan de secours ?\n"
        "    - Publiée\n"
        "    - Réponse attendue le jeudi 17 décembre\n"
        "\n"
        "## \\=1+1 \\<b\\>\\*Titre\\*\\</b\\>\n"
        "\n"
        "- \\=cmd\\|' /C calc'\\!A0\";+1 \\<script\\> \\@here https\\://x.io/a\\_b \\[x\\](y)\n"
        "    - Question non retenue · Hors sujet\n"
        "\n"
        "2 messages sur la santé d'une personne sont comptés ici sans être exportés.\n"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("- rien", "\\- rien"),
        ("1. rien", "1\\. rien"),
        ("12) rien", "12\\) rien"),
        ("# rien", "\\# rien"),
        ("> rien", "\\> rien"),
        ("www.example.org", "www\\.example.org"),
        ("une\n\n# suite", "une \\# suite"),
        ("a `b` ~~c~~ &lt; \\", "a \\`b\\` \\~\\~c\\~\\~ \\&lt; \\\\"),
        ("2 000 l, soit 1.5 fois - ou + ?", "2 000 l, soit 1.5 fois - ou + ?"),
    ],
)
def test_text_stays_text_in_markdown(text: str, escaped: str) -> None:
    lines = as_markdown([replace(BARE, text=text)], 0, FRENCH).splitlines()
    assert lines[4] == f"- {escaped}"


def test_nothing_asked() -> None:
    assert as_csv([], 0).count("\r\n") == 1
    assert json.loads(as_json([], 0)) == {"questions": [], "withheld": 0}
    assert as_markdown([], 0, FRENCH) == "# Questions\n"
    assert as_markdown([], 1, FRENCH) == (
        "# Questions\n\n1 message sur la santé d'une personne est compté ici sans être exporté.\n"
    )


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_is_one_row_and_one_line(text: str) -> None:
    question = replace(BARE, text=text)
    rows = list(csv.DictReader(io.StringIO(as_csv([question], 0), newline="")))
    assert [row["text"].replace("'", "") for row in rows] == [text.replace("'", "")]
    assert json.loads(as_json([question], 0))["questions"][0]["text"] == text
    assert len(as_markdown([question], 0, FRENCH).split("\n")) == 8


@pytest.mark.parametrize(
    ("held", "declined", "withheld"),
    [
        ((), None, False),
        (("health",), None, False),
        (("health", "adverse_effect"), None, True),
        (("adverse_effect",), "off_topic", True),
        (("health",), "individual_case", True),
        (("accusation",), "accusation", False),
    ],
)
def test_what_is_only_counted(held: tuple[str, ...], declined: str | None, withheld: bool) -> None:
    assert is_withheld(held, declined) is withheld
