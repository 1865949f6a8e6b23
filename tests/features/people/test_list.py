"""Reading the organisers' list: what spreadsheets write, and what is refused, by line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.i18n import Reader
from bot.features.people.model import (
    NOTHING_KNOWN,
    PeopleDiff,
    Person,
    UnreadablePeopleError,
    compare_people,
    parse_people,
)

KINDS = ("startup", "sme")
ADA = Person("ada@example.org", "Ada Noël", "Société Générale", "startup", ("fr", "en"), {})


def refused(text: str, language: str = "en") -> list[str]:
    with pytest.raises(UnreadablePeopleError) as raised:
        parse_people(text.encode(), KINDS)
    told = raised.value.told_to(Reader.of(language, "Europe/Paris"))
    return told.replace("\N{NO-BREAK SPACE}", " ").splitlines()[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write(encoding: str, separator: str, end: str) -> None:
    rows = [
        ["E-mail", " Prénom", "Nom", "Société", "Profil", "Langues", "Table"],
        ["Ada@Example.org ", "Ada", "Noël", "Société Générale", "Startup", '"fr, EN"', "4"],
        [""] * 7,
    ]
    data = end.join(separator.join(row) for row in rows).encode(encoding)
    (ada,) = parse_people(data, KINDS)
    assert ada == Person(
        ADA.email, ADA.name, ADA.organisation, "startup", ("fr", "en"), {"Table": "4"}
    )


@pytest.mark.parametrize(
    "header",
    [
        "email,name,job_title,topics,offers,seeks",
        "E-mail,Nom complet,Fonction,Thématiques,Je propose,Je cherche",
    ],
)
def test_what_people_offer_and_seek(header: str) -> None:
    line = "ada@example.org,Ada,responsable  CMC,filtration; Filtration ;;série A,,capacité (bio)"
    (ada,) = parse_people(f"{header}\n{line}".encode(), KINDS)
    assert (ada.job_title, ada.topics) == ("responsable CMC", ("filtration", "série A"))
    assert (ada.offers, ada.seeks, ada.extra) == ((), ("capacité (bio)",), {})


def test_columns_that_the_file_does_not_have_say_nothing() -> None:
    (ada,) = parse_people(b"email,name\nada@example.org,Ada", KINDS)
    assert ada == Person("ada@example.org", "Ada", None, None, None, {})
    assert ada.over(ADA) == Person(
        "ada@example.org", "Ada", "Société Générale", "startup", ("fr", "en"), {}
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name\nAda", ["It has no column “email”."]),
        ("", ["It has no column “email”."]),
        ("email,name\n", ["It names nobody."]),
        ("email,name\nada,Ada", ["Line 2: There is no valid e-mail address."]),
        ("email,name\na@b.org,", ["Line 2: There is no name."]),
        ("email\na@b.org", ["Line 2: There is no name."]),
        (
            "email,name\na@b.org,Ada\n\n\nA@b.org,Ada",
            ["Line 5: This e-mail address stands twice."],
        ),
        (
            "email,name,kind\na@b.org,A,startup\nc@d.org,C,baker",
            ["Line 3: The profile kind “baker” is unknown; the event has: startup, sme."],
        ),
        (
            'email,name,note\na@b.org,A,"two\nlines"\nc,"C\nD",',
            ["Line 4: There is no valid e-mail address."],
        ),
        (
            "email,name,organisation\na@b.org,A,Acme, Inc",
            ["Line 2: It has more cells than the first line."],
        ),
        (
            f"email,name\na@b.org,{'x' * 201}",
            [f"Line 2: “{'x' * 40}…” is too long: at most 200 characters."],
        ),
        (
            f"email,name,seeks\na@b.org,A,un;{'x' * 76};deux",
            [f"Line 2: “{'x' * 40}…” is too long: at most 75 characters."],
        ),
        (
            "email,name\nx,Ada\ny,Bo",
            [
                "Line 2: There is no valid e-mail address.",
                "Line 3: There is no valid e-mail address.",
            ],
        ),
    ],
)
def test_what_is_refused(text: str, why: list[str]) -> None:
    assert refused(text) == why


def test_a_cell_that_is_no_cell() -> None:
    (problem,) = refused(f'email,name\na@b.org,"{"x" * 200_000}"')
    assert problem.startswith("Line 2: This cannot be read as a table: field larger")


def test_refusals_are_told_in_french_too() -> None:
    assert refused("email,name,kind\na@b.org,A,baker\nx,B,", "fr") == [
        "Ligne 2 : Le profil « baker » est inconnu ; "
        "les profils de l'événement sont : startup, sme.",
        "Ligne 3 : L'adresse électronique manque ou n'est pas valide.",
    ]


def test_the_difference_between_two_lists() -> None:
    bo = Person("bo@example.org", "Bo", "Acme", "", (), {"Table": "1"}, seeks=("pilote",))
    cy = Person("cy@example.org", "Cy", "", "", (), {})
    before = {"ada@example.org": ADA, "bo@example.org": bo, "cy@example.org": cy}
    after = [
        Person("ada@example.org", "Ada Noël"),
        Person("bo@example.org", "Bo", extra={"Table": ""}),
        Person("di@example.org", "Di", kind="sme", offers=("vecteurs viraux",)),
    ]
    di = replace(NOTHING_KNOWN, email="di@example.org", name="Di", kind="sme")
    assert compare_people(before, after) == PeopleDiff(
        new=(replace(di, offers=("vecteurs viraux",)),),
        changed=((bo, replace(bo, extra={})),),
        unchanged=1,
        missing=1,
    )
