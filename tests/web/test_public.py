"""The page of the event: what it says, what it weighs, and what it never says."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.demo import sample_event
from bot.features.bulletins import actions
from bot.features.bulletins.model import EMERGENCY, EVERYWHERE, Content, Words
from bot.features.events.tables import Event
from bot.features.people.tables import Participant
from bot.features.programme.actions import import_programme
from bot.features.programme.model import ProgrammeSession, Speaker
from bot.features.programme.tables import SpeakerRow
from tests.support.congress import at
from tests.support.public import event_page
from tests.support.rooms import Phone

MOST = 60_000
"""Bytes of all that a first visit loads."""
CANARY = "canary.never@example.org"


def text_of(html: str) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", words)


def part(html: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">(.*?)</section>', html, re.DOTALL)
    return text_of(found[1]) if found else ""


def test_now_next_and_the_day(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        phone = Phone(here.site.url)
        html = phone.get("/")
        assert phone.status == 200
        assert "Table ronde : la parole aux associations de patients" in part(html, "now")
        assert part(html, "next").startswith(
            " À suivre : 15 h 00 Ce que la bioproduction peut apprendre d'un champion"
        )
        day = part(html, "day")
        assert day.startswith(" Jeudi 12 décembre Infos pratiques 8 h 30 9 h 00 ")
        assert "Ouverture : gagner la première marche" in day
        assert "Avec Cécile De Oliveira (ReyCell)" in day
        assert "Clôture" not in day
        other = phone.get("/?day=2019-12-13")
        assert part(other, "day").startswith(" Vendredi 13 décembre ")
        assert "Clôture" in part(other, "day")
        assert phone.get(f"/e/{sample_event().slug}?day=2019-12-13").count("Clôture") == 1
        phone.get("/e/elsewhere")
        assert phone.status == 404


def test_the_language_of_the_browser_with_a_switch(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        english = Phone(here.site.url, "en-GB,en;q=0.9").get("/")
        assert '<html lang="en">' in english
        assert "Thursday 12 December" in english
        [switch] = re.findall(r'<a href="([^"]+)" lang="fr"', english)
        french = Phone(here.site.url, "en-GB").get("/" + unescape(switch))
        assert '<html lang="fr">' in french
        assert "jeudi 12 décembre" in french


def test_what_changed_with_old_and_new(congress_url: str) -> None:
    with event_page(congress_url, at("16:05")) as here:
        phone = Phone(here.site.url)
        assert part(phone.get("/"), "changes") == ""
        here.imports("schedule-v2.json")
        assert part(phone.get("/"), "changes") == (
            " Changements Présentations d'entreprises innovantes "
            "Déplacée à 16 h 45 (au lieu de 16 h 15) "
        )
        here.clock.set(at("08:50", 13))
        here.imports("schedule-v3.json")
        told = part(phone.get("/"), "changes")
        assert "-150 °C Annulée (prévue : 9 h 00, Salle Rabelais)" in told
        assert "Présentations d'entreprises innovantes" not in told, "it is over"
        assert 'class="off"' in phone.get("/")
        here.imports("schedule-v2.json")
        assert "-150 °C Maintenue, à 9 h 00" in part(phone.get("/"), "changes")
        here.clock.set(at("20:00", 13))
        html = phone.get("/")
        assert part(html, "changes") == ""
        assert "Le programme est terminé." in html


def test_practical_information_in_the_language_of_the_reader(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        html = Phone(here.site.url).get("/")
        assert '<a href="#practical">Infos pratiques</a>' in html
        assert "Un défibrillateur est à l'entrée de l'Auditorium Descartes." in part(
            html, "practical"
        )
        english = part(Phone(here.site.url, "en").get("/"), "practical")
        assert "A defibrillator is at the entrance of the Auditorium Descartes." in english


def test_an_alert_stands_above_everything(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        phone = Phone(here.site.url)
        etag = [phone.get("/"), phone.headers["ETag"]][1]

        def alarm(session: Session) -> None:
            person, words = here.organiser(session), Words("Sortez par la porte nord.", "")
            row = actions.draft(session, person, EMERGENCY, Content(words, EVERYWHERE), here.now)
            armed = actions.arm(session, person, row.bulletin_id, row.version, here.now).armed
            actions.launch(session, person, row.bulletin_id, armed or "", here.now)

        here.site.run(alarm)
        html = phone.get("/")
        assert phone.headers["ETag"] != etag
        above = html.partition("<main")[0]
        assert "Sortez par la porte nord." in text_of(above)
        assert "Sortez par la porte nord." in phone.get("/live")


def test_what_cannot_be_in_an_address_is_left_aside(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        phone = Phone(here.site.url)
        for query in ("day=0001-01-01", "day=x", "from=-1", "from=99999999", "lang=xx"):
            phone.get(f"/?{query}")
            assert phone.status == 200, query
        assert "Rien n'est prévu" not in phone.get("/?day=9999-12-31")


def loaded(url: str) -> int:
    """All bytes of a first visit: the page and what its head asks for."""
    html = read(url)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', html.decode())
    assert len(files) == 4
    return len(html) + sum(len(read(url.partition("/?")[0] + file)) for file in set(files))


def read(url: str) -> bytes:
    with urlopen(Request(url, headers={"Accept-Language": "fr"}), timeout=10) as answer:
        return bytes(answer.read())


def large_day(count: int) -> list[ProgrammeSession]:
    """Twelve at a time, each with a long title and three speakers."""
    return [
        ProgrammeSession(
            source_id=f"L{number:03}",
            title=f"{number}. De la poche d'aphérèse au lit du patient : "
            + "une longue route " * 3,
            kind="round_table",
            room=f"Salle Rabelais {number % 12}",
            track=None,
            language="fr",
            starts_at=at("08:00") + timedelta(minutes=30 * (number // 12)),
            ends_at=at("08:30") + timedelta(minutes=30 * (number // 12)),
            speakers=tuple(
                Speaker(f"Dominique Desrosiers-{one}", CANARY, "Ateliers Guillou Biologics", None)
                for one in range(3)
            ),
            abstract="",
            url=None,
            code=None,
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sample_weighs_less_than_60_kb(congress_url: str, language: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        here.imports("schedule-v2.json")
        weight = loaded(f"{here.site.url}/?lang={language}")
        print(f"first load: {weight} bytes")
        assert weight < MOST


def test_a_day_of_300_sessions_goes_by_pages(congress_url: str) -> None:
    with event_page(congress_url, at("08:10")) as here:
        here.site.run(
            lambda session: import_programme(session, here.event_id, large_day(300), here.now)
        )
        phone = Phone(here.site.url)
        address, seen = "/?lang=fr", 0
        while address:
            weight = loaded(here.site.url + address)
            print(f"{address}: {weight} bytes")
            assert weight < MOST
            html = phone.get(address)
            seen += part(html, "day").count("De la poche d'aphérèse")
            later = re.search(r'href="([^"]+)#day">Plus tard ce jour-là', html)
            address = "/" + unescape(later[1]) if later else ""
        assert seen == 300
        # An hour leads to the page on which it stands.
        [(target, anchor)] = re.findall(r'href="([^"#]+)#(h1600)"', phone.get("/?lang=fr"))
        assert f'id="{anchor}"' in phone.get("/" + unescape(target))


def test_nobody_is_on_it_but_who_was_published(congress_url: str) -> None:
    """No address of a speaker, no participant who does not speak, whatever the language or day."""
    with event_page(congress_url, at("16:05")) as here:

        def canaries(session: Session) -> list[tuple[str, str]]:
            session.execute(update(SpeakerRow).values(email=CANARY))
            speakers = set(session.scalars(select(SpeakerRow.name)))
            people = session.execute(select(Participant.name, Participant.email)).all()
            return [
                (name, email) for name, email in people if name and email and name not in speakers
            ]

        silent = here.site.run(canaries)
        here.imports("schedule-v2.json")
        assert len(silent) > 100
        phone = Phone(here.site.url)
        for day in ("2019-12-12", "2019-12-13"):
            for language in ("fr", "en"):
                html = unescape(phone.get(f"/?day={day}&lang={language}"))
                html += phone.get(f"/live?lang={language}")
                assert "@" not in html
                for name, email in silent:
                    assert name not in html
                    assert email not in html


def test_it_is_kept_and_asked_for_again(congress_url: str) -> None:
    with event_page(congress_url, at("16:05")) as here:
        phone = Phone(here.site.url)
        phone.get("/")
        etag, vary = phone.headers["ETag"], phone.headers["Vary"]
        assert (phone.headers["Cache-Control"], vary) == ("public, no-cache", "Accept-Language")
        again = Request(
            here.site.url + "/", headers={"If-None-Match": etag, "Accept-Language": "fr"}
        )
        assert status(again) == 304
        here.imports("schedule-v2.json")
        assert status(again) == 200
        assert "Set-Cookie" not in phone.headers


def status(request: Request) -> int:
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_search_engines_stay_out_where_the_organisers_wish(congress_url: str) -> None:
    with event_page(congress_url, at("14:04")) as here:
        phone = Phone(here.site.url)
        assert "noindex" not in phone.get("/")

        def hide(session: Session) -> None:
            event = session.scalars(select(Event)).one()
            event.settings = {**event.settings, "search_engines": False}

        here.site.run(hide)
        assert '<meta name="robots" content="noindex, nofollow">' in phone.get("/")
