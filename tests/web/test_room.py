"""The page of a room over HTTP: what a phone without a script meets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.features.programme.tables import SessionRow
from bot.features.questions.guests import Device, guest_vote
from bot.features.questions.moderation import decline
from tests.support.congress import at
from tests.support.rooms import Hall, Phone, hall

QUIET: dict[str, Any] = {"tick_s": 3_600.0, "pace_s": 0.0, "beat_s": 3_600.0}
RECEIVED = "Reçue. Elle sera relue avant publication."
TOO_LONG = "é" * 10_000


@pytest.fixture
def here(congress_url: str) -> Iterator[Hall]:
    with hall(congress_url, **QUIET) as one:
        yield one


@pytest.fixture
def phone(here: Hall) -> Phone:
    return Phone(here.site.url)


def test_scene_four_without_a_script(database_url: str) -> None:
    with hall(database_url, **QUIET) as here:
        phone = Phone(here.site.url)
        text = phone.get(here.page)
        assert "En ce moment : Table ronde : la parole aux associations de patients" in text
        assert "À suivre : Ce que la bioproduction peut apprendre d&#39;un champion" in text
        assert ", 15 h 00" in text
        for label in ("Votre question", "Afficher mon nom", "Envoyer"):
            assert label in text
        assert list(phone.cookies) == []  # who only reads is not known again
        phone.send(here.page, question="Quand ?")
        assert (phone.status, phone.said, phone.field) == (200, RECEIVED, "")
        [cookie] = phone.cookies
        assert (cookie.name, cookie.path) == ("maillon_guest", "/r/")
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"
        [question] = here.questions()
        assert (question.text, question.state) == ("Quand ?", "review")
        assert question.guest_id == cookie.value
        assert (question.named, question.guest_name, question.language) == (False, None, "fr")


def test_over_https_the_cookie_never_travels_in_the_clear(congress_url: str) -> None:
    with hall(congress_url, public_url="https://questions.example.org", **QUIET) as here:
        phone = Phone(here.site.url)
        phone.get(here.page)
        phone.send(here.page, question="Quand ?")
        assert [cookie.secure for cookie in phone.cookies] == [True]


def test_pressed_twice_it_arrives_once(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    form = phone.text
    for _ in range(2):
        phone.text = form
        phone.send(here.page, question="Quand ?")
        assert phone.said == RECEIVED
    phone.get(phone.address)  # a reload
    assert [one.text for one in here.questions()] == ["Quand ?"]
    phone.send(here.page, question="Quand ?")  # another form is another question
    assert len(here.questions()) == 2


def test_a_name_is_shown_where_it_is_ticked(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    phone.send(here.page, question="Quand ?", named="on", name="Odile")
    phone.send(here.page, question="Où ?", name="Odile")
    assert {one.text: one.guest_name for one in here.questions()} == {
        "Quand ?": "Odile",
        "Où ?": None,
    }


def test_the_language_is_the_browsers(here: Hall) -> None:
    english = Phone(here.site.url, "en-GB,fr;q=0.5")
    text = english.get(here.page)
    assert '<html lang="en">' in text
    assert "Now: Table ronde : la parole aux associations de patients" in text
    english.send(here.page, question="When?")
    assert english.said == "Received. It will be read before it is published."
    assert english.get(f"{here.page}?lang=fr").count("En ce moment") == 1
    assert here.questions()[0].language == "en"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "La question est vide : écrivez-la, puis envoyez-la."),
        ("  \n ", "La question est vide"),
        ("🙂🙂", "mot"),
        (TOO_LONG, "Votre question compte 10 000 caractères, pour 500 au plus."),
    ],
)
def test_what_cannot_be_asked_stays_in_the_field(
    here: Hall, phone: Phone, text: str, sentence: str
) -> None:
    phone.get(here.page)
    phone.send(here.page, question=text)
    assert phone.status == 422
    assert sentence in phone.said.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert (phone.field or "").strip() == text.strip()
    assert here.questions() == []


def test_markup_is_only_text(here: Hall, phone: Phone) -> None:
    text = "<script>alert(1)</script> =SUM(A1) <!channel> ?"
    phone.get(here.page)
    phone.send(here.page, question=text, named="on", name="<b>Odile</b>")
    assert phone.said == RECEIVED
    [question] = here.questions()
    here.stage(question.question_id, state="published")
    shown = phone.get(here.page)
    assert "<script>alert" not in shown
    assert "<b>Odile" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =SUM(A1) &lt;!channel&gt; ?" in shown
    assert "<script>alert" not in phone.get(here.wall)


def test_a_ticked_name_that_is_missing_is_asked_for(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    phone.send(here.page, question="Quand ?", named="on", name=" ")
    assert "Indiquez le nom à afficher" in phone.said
    assert phone.field == "Quand ?"
    assert re.search(r'name="named" id="named" checked', phone.text)
    assert here.questions() == []


def test_a_session_that_ended_while_one_typed(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    here.clock.set(at("15:05"))
    phone.send(here.page, question="Quand ?")
    assert phone.status == 422
    assert "fermées" in phone.said
    assert phone.field == "Quand ?"  # the field is that of the next session, and nothing is sent
    assert here.questions() == []
    # What is sent from there is for that one.
    phone.send(here.page, question="Quand ?")
    [question] = here.questions()
    assert here.site.run(here.session_id) == question.session_id


def test_a_session_that_is_closed_or_cancelled_while_one_types(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    form = phone.text
    here.change(closed_at=here.now)
    phone.send(here.page, question="Quand ?")
    assert phone.field is None
    assert re.search(r'<textarea id="unsent" readonly>Quand \?</textarea>', phone.text)
    assert "Les questions de cette session sont fermées." in phone.text
    here.change(closed_at=None)

    def cancel(session: Session) -> None:
        session.execute(
            update(SessionRow)
            .where(SessionRow.session_id == here.session_id(session))
            .values(cancelled=True)
        )

    here.site.run(cancel)
    phone.text = form
    phone.send(here.page, question="Quand ?")
    assert "Cette session est annulée" in phone.said
    assert here.questions() == []


def test_sessions_that_take_none(here: Hall, phone: Phone) -> None:
    here.change(guests=False)
    text = phone.get(here.page)
    assert "espace du congrès" in text
    assert phone.field is None
    here.clock.set(at("23:00", 13))
    assert "Plus rien n&#39;est prévu dans cette salle." in phone.get(here.page)


def test_support_asks_for_the_code_once(here: Hall, phone: Phone) -> None:
    first, second = here.asked("Quand ?", "Où ?")
    phone.get(here.page)
    phone.send("/support", question=first)
    assert "saisissez les quatre chiffres" in phone.said
    phone.send("/support", code="12")
    assert "n'est pas le code" in phone.said
    phone.send("/support", code=here.code())
    assert phone.status == 200
    assert phone.address == f"{here.page}?lang=fr#q-{first}"
    assert "1 dans la salle" in phone.text
    phone.send("/support", question=second)
    phone.send("/support", question=first)
    assert phone.text.count("1 dans la salle") == 2
    phone.send("/withdraw", question=first)
    assert phone.text.count("1 dans la salle") == 1


def test_who_guesses_the_code_waits(here: Hall, phone: Phone) -> None:
    [question] = here.asked("Quand ?")
    phone.get(here.page)
    phone.send("/support", question=question)
    wrong = f"{(int(here.code()) + 1) % 10_000:04}"
    for _ in range(5):
        phone.send("/support", question=question, code=wrong)
    phone.send("/support", question=question, code=here.code())
    assert phone.said == "Plusieurs codes erronés ont été saisis. Réessayez dans 5 min."
    assert "dans la salle</" not in phone.text


@pytest.mark.parametrize("cookie", ["x", "a" * 5_000, "../../../etc", "é" * 12, "' OR 1=1 --"])
def test_a_cookie_that_is_not_ours_is_replaced(here: Hall, cookie: str) -> None:
    phone = Phone(here.site.url)
    phone.get(here.page)
    phone.cookie = f"maillon_guest={cookie}".encode().decode("latin-1")
    phone.send(here.page, question="Quand ?")
    assert phone.said == RECEIVED
    assert len(here.questions()[0].guest_id or "") == 12


def test_addresses_that_lead_nowhere(here: Hall, phone: Phone) -> None:
    for path in ("/r/nowhere", "/r/nowhere/live", "/wall/nowhere", "/wall/nowhere/live"):
        phone.get(path)
        assert phone.status in (404, 410), path
    phone.post("/r/nowhere", question="Quand ?")
    assert phone.status == 404
    phone.post(f"{here.page}/support", question="no-question")
    assert (phone.status, phone.said) == (422, "Cette question n'est plus là.")
    phone.post(here.page, question="Quand ?", session="no-session")
    assert phone.status == 422
    assert phone.field == "Quand ?"


def test_neither_page_is_for_search_engines_or_others(here: Hall, phone: Phone) -> None:
    here.stage(*here.asked("Quand ?"))
    for path in (here.page, here.wall):
        text = phone.get(path)
        assert '<meta name="robots" content="noindex, nofollow">' in text
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', text) == []


def test_the_whole_page_is_under_60_kilobytes(here: Hall, phone: Phone) -> None:
    """HTML, style, scripts and pictures, uncompressed, with many long questions."""
    here.asked(*(f"{'Combien de temps faut-il ? ' * 18}{number}" for number in range(60)))
    size = len(phone.get(here.page).encode())
    assert phone.text.count("data-question=") == 20
    for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', phone.text)):
        size += len(Phone(here.site.url).get(address).encode())
    assert size < 60_000
    seen = set(re.findall(r'data-question="([^"]+)"', phone.text))
    while more := re.search(r'<a class="button" href="([^"#]+)', phone.text):
        phone.get(more[1].replace("&amp;", "&"))
        assert "data-live-body" not in phone.text
        seen |= set(re.findall(r'data-question="([^"]+)"', phone.text))
    assert len(seen) == 60


def test_a_guest_reads_what_became_of_their_questions(here: Hall, phone: Phone) -> None:
    phone.get(here.page)
    phone.send(here.page, question="Et mon fils ?")
    mine = phone.text.partition('id="mine"')[2]
    assert "Vos questions" in mine
    assert "Et mon fils ?" in mine
    assert "En relecture" in mine
    [question] = here.questions()
    here.site.run(
        lambda session: decline(
            session, here.organiser(session), question.question_id, 1, "off_topic", here.now
        )
    )
    became = phone.get(here.page).partition('id="mine"')[2]
    assert "Question non retenue. " in became
    assert "Merci de votre question." in became
    assert "Et mon fils ?" not in Phone(here.site.url).get(here.page)


def test_votes_are_counted_apart_for_everybody(here: Hall, phone: Phone) -> None:
    [question] = here.asked("Quand ?", supporters=41)
    code = here.code()

    def vote(session: Session) -> None:
        for number in range(12):
            device = Device(f"guest-dev-{number:02}", "fr")
            guest_vote(session, here.event_id, device, question, code, here.now)

    here.site.run(vote)
    assert "41 soutiens · 12 dans la salle" in " ".join(phone.get(here.page).split())
