"""What is stored of what somebody typed, what is read first, and cells without formulas."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.cells import safe_cell
from bot.core.i18n import NBSP, NNBSP, Reader
from bot.features.questions.care import (
    ADVERSE_EFFECT,
    DECLINE_REASONS,
    LONGEST,
    REASON_LABELS,
    EmptyQuestionError,
    NotAQuestionError,
    NoWordError,
    TooLongError,
    accepted,
    held_for,
)

ROOT = Path(__file__).parents[3]
FRENCH = Reader.of("fr", "Europe/Paris")
ENGLISH = Reader.of("en", "Europe/Paris")


def rows(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


# What is stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Qui paie ?", "Qui paie ?"),
        (f"Qui paie{NNBSP}? «{NBSP}Nous{NBSP}»", f"Qui paie{NNBSP}? «{NBSP}Nous{NBSP}»"),
        ("  Qui \t paie\r\n\r\net quand ? \n", "Qui paie et quand ?"),
        (f"Qui {NBSP} paie", f"Qui{NBSP}paie"),
        ("Libe\u0301rer un lot", "Libérer un lot"),
        ("con\u200bti\u2060nu\ufeff", "continu"),
        ("un\u202e lot\u202c", "un lot"),
        ("a\x00b\x07c", "abc"),
        ("cou\u00adpé", "coupé"),
        ("lot \ud800perdu", "lot perdu"),
        ("lot\u2800\u3164perdu", "lot perdu"),
        ("Une chercheuse 👩‍🔬 ?", "Une chercheuse 👩‍🔬 ?"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("H" + "\u0335" * 40 + "é", "H" + "\u0335" * 4 + "é"),
        ("<b>Qui</b> paie ?", "<b>Qui</b> paie ?"),
        ("<!channel> Qui paie ?", "<!channel> Qui paie ?"),
        ("@here Qui paie ?", "@here Qui paie ?"),
        ("=1+1", "=1+1"),
        ("-2 ou +2 ?", "-2 ou +2 ?"),
        ("Voir https://example.org/?a=1&b=2", "Voir https://example.org/?a=1&b=2"),
        ("質問です", "質問です"),
        ("نص بالعربية", "نص بالعربية"),
        ("a" * LONGEST, "a" * LONGEST),
    ],
)
def test_what_is_stored(typed: str, stored: str) -> None:
    assert accepted(typed) == stored


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u200b\u200d", "\x00", NBSP, "\u3164"])
def test_nothing_typed(nothing: str) -> None:
    with pytest.raises(EmptyQuestionError):
        accepted(nothing)


@pytest.mark.parametrize("signs", ["🎉🎉🎉", "👩‍🔬", "?", "… !!", "___", "1️⃣", "ℹ️", "🇫🇷", "-=+@"])
def test_no_word_in_it(signs: str) -> None:
    with pytest.raises(NoWordError):
        accepted(signs)


def test_too_long_says_how_long() -> None:
    with pytest.raises(TooLongError) as refused:
        accepted("a" * 10_000)
    assert refused.value.told_to(FRENCH) == (
        f"Votre question compte 10{NNBSP}000 caractères, pour 500 au plus. "
        f"L'envoi n'a pas eu lieu{NBSP}: un texte plus court passera."
    )
    assert refused.value.told_to(ENGLISH) == (
        "Your question has 10,000 characters, 500 at most are possible. "
        "It was not sent: please shorten it."
    )


def test_length_is_that_of_what_is_stored() -> None:
    assert accepted("a" * LONGEST + "\u200b \n") == "a" * LONGEST
    with pytest.raises(TooLongError) as refused:
        accepted("a" * (LONGEST + 1))
    assert refused.value.count == LONGEST + 1


@given(st.text(max_size=60))
@example("e\u200b\u0301\u200d🙂")
@example("\u09c7" + "\u0301" * 6 + "\u09be")
def test_any_text_is_stored_clean_or_refused(typed: str) -> None:
    try:
        stored = accepted(typed)
    except NotAQuestionError:
        return
    assert accepted(stored) == stored
    assert 0 < len(stored) <= LONGEST
    assert stored == stored.strip() == unicodedata.normalize("NFC", stored)
    assert "  " not in stored
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in stored}
    stored.encode()


# What is read first


@pytest.mark.parametrize("row", rows("tests/data/care.csv"), ids=lambda row: row["text"][:40])
def test_read_first_or_not(row: dict[str, str]) -> None:
    assert held_for(row["text"]) == tuple(row["held"].split())


@pytest.mark.parametrize("path", ["bot/sample/questions.csv", "tests/data/twins.csv"])
def test_no_ordinary_question_waits(path: str) -> None:
    assert [row["text"] for row in rows(path) if held_for(row["text"])] == []


def test_reasons_come_in_one_order() -> None:
    text = (
        "Connard, vous avez menti sur vos prix : mon fils a fait une réaction après son injection."
    )
    assert held_for(text) == tuple(REASON_LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "Un de nos patients est décédé après la perfusion",
        "un de nos patients est decede apres la perfusion",
        "UN DE NOS PATIENTS EST DÉCÉDÉ APRÈS LA PERFUSION",
        "Un de nos patients est de\u0301ce\u0301de\u0301 après la per\u200bfusion",
        "Ｕｎ ｄｅ ｎｏｓ ｐａｔｉｅｎｔｓ est décédé après la perfusion",
    ],
)
def test_no_way_of_writing_hides_it(text: str) -> None:
    assert held_for(text) == ("health", "adverse_effect")


@given(st.text(max_size=LONGEST))
def test_any_text_has_known_reasons(text: str) -> None:
    assert set(held_for(text)) <= set(REASON_LABELS)


# What people read


def test_the_line_of_the_team() -> None:
    held = held_for("Mon fils de huit ans a fait une réaction après son injection.")
    assert [FRENCH.gettext(REASON_LABELS[one]) for one in held] == [
        "santé d'une personne",
        "effet possible",
    ]
    assert [FRENCH.gettext(label) for label in REASON_LABELS.values()] == [
        "santé d'une personne",
        "effet possible",
        "mise en cause",
        "droit de la concurrence",
        "mots à relire",
    ]


def test_what_is_answered_to_an_adverse_effect() -> None:
    assert FRENCH.gettext(ADVERSE_EFFECT) == (
        "Merci de votre message. Il décrit un effet qui peut être lié à un traitement"
        f"{NBSP}: il se signale sur le portail de signalement du ministère de la Santé ou auprès "
        "d'un professionnel de santé. Il ne sera ni affiché ni exporté."
    )


def test_reasons_to_decline() -> None:
    assert [FRENCH.gettext(reason.label) for reason in DECLINE_REASONS.values()] == [
        "Déjà posée",
        "Hors sujet",
        "Cas individuel",
        "Met en cause une personne",
        "Promotion",
        "Droit de la concurrence",
        "Faute de temps",
    ]


@pytest.mark.parametrize("reason", DECLINE_REASONS)
def test_declining_is_courteous(reason: str) -> None:
    label, sentence = DECLINE_REASONS[reason]
    assert len(reason) <= 24
    assert len(FRENCH.gettext(label)) <= 30
    assert FRENCH.gettext(sentence).startswith(("Merci de votre question.", "Merci de votre m"))
    assert sentence.startswith("Thank you for your ")
    assert sentence.endswith(".")
    assert not [name for _, name, _, _ in Formatter().parse(sentence) if name]


# Cells


SIGNS = {*"=+-@", "\N{MINUS SIGN}"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("", ""),
        ("Qui paie ?", "Qui paie ?"),
        ("PD-1 = quoi ?", "PD-1 = quoi ?"),
        ("1+1", "1+1"),
        ("=1+1", "'=1+1"),
        ("+33", "'+33"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        (f"{NBSP}=1", f"'{NBSP}=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("\u200b=1", "'\u200b=1"),
        ('"=1', "'\"=1"),
        ("x;=1", "x;'=1"),
        ('x",=1', "x\",'=1"),
        ("vite, sûr", "vite, sûr"),
    ],
)
def test_safe_cells(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


@given(st.text(st.sampled_from(" =+-@＝＋\t\r\n\"',;|a1\u200b\u00a0"), max_size=12) | st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell.replace("'", "") == text.replace("'", "")
    for piece in pieces(cell):
        shown = unicodedata.normalize("NFKC", piece.lstrip('" \t\r\n\u200b\u00a0'))
        assert shown[:1] not in SIGNS
    assert cell[:1] not in ("\t", "\r", "\n")


def pieces(cell: str) -> list[str]:
    """What stands between whatever a spreadsheet may take for a border."""
    for border in ";|\t\r\n":
        cell = cell.replace(border, ",")
    return cell.split(",")


def test_every_width_of_a_sign() -> None:
    alike = [
        chr(code)
        for code in range(0x11_0000)
        if unicodedata.normalize("NFKC", chr(code))[:1] in SIGNS
    ]
    assert [sign for sign in alike if safe_cell(f"{sign}1") == f"{sign}1"] == []


def test_a_cell_survives_the_file() -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow([safe_cell('=1";+2'), "x"])
    assert next(csv.reader(io.StringIO(written.getvalue(), newline=""))) == ["'=1\";'+2", "x"]
