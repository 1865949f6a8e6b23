"""The day of a person: what it shows, in which order, and of whom."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event as on
from sqlalchemy.orm import Session

from bot.features.bulletins import actions
from bot.features.bulletins.tables import PracticalInfo
from bot.features.home.views import home_view
from bot.features.introductions.tables import PLANNED, Round
from bot.features.people.consents import ADULT, INTRODUCTIONS, agree, withdraw
from bot.features.people.tables import Participant
from bot.features.programme.views import Asker, programme_view, star_changed
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from tests.features.bulletins.support import Organisers
from tests.support.factories import EARLY, World, at, event_file, said, talk
from tests.support.introductions import add_introduction
from tests.support.questions import MemoryKeys

NINE = at("09:05")
SAME_TIME = "Au même moment : « Session B »"


def home(world: World, person: Participant, now: object = NINE) -> list[str]:
    card = home_view(world.session, world.event, person, world.reader(), now)  # type: ignore[arg-type]
    return said(card)


def part(lines: list[str], heading: str, until: str) -> list[str]:
    return lines[lines.index(heading) + 1 : lines.index(until)]


def test_what_overlaps_is_pointed_out_wherever_one_chooses(world: World) -> None:
    ada = world.person("Ada")
    world.imports(
        talk("A", at("10:00")),
        talk("B", at("10:15"), room="Balzac"),
        talk("C", at("10:30")),  # begins as the first ends
        talk("P", at("09:50"), minutes=70, kind="networking"),
    )
    world.star(ada, "A", "B", "C", "P")
    mine = part(home(world, ada), "Mon programme", "Mes rencontres")
    assert mine == [
        "9 h 50 – 11 h 00 · Session P",  # nobody is kept in a break
        "Échanges · Descartes",
        "[Retirer de mon programme]",
        "10 h 00 – 10 h 30 · Session A",
        SAME_TIME,
        "Conférence plénière · Descartes",
        "[Retirer de mon programme]",
        "10 h 15 – 10 h 45 · Session B",
        "Au même moment : « Session A » ; « Session C »",
        "Conférence plénière · Balzac",
        "[Retirer de mon programme]",
        "10 h 30 – 11 h 00 · Session C",
        SAME_TIME,
        "Conférence plénière · Descartes",
        "[Retirer de mon programme]",
        "[Programme]",
        "[Mon programme]",
        "[Mon agenda]",
    ]
    asker = Asker(world.event_id, world.event, ada.participant_id, world.reader(), NINE)
    assert said(programme_view(world.session, asker, "mine")).count(SAME_TIME) == 2
    reply = said(star_changed(world.session, asker, world.row("A"), added=True))
    promised = "C'est dans votre programme. Un rappel viendra 5 minutes avant."
    assert reply[:2] == [promised, SAME_TIME]
    assert SAME_TIME not in said(star_changed(world.session, asker, world.row("A"), added=False))


def test_what_is_cancelled_is_in_nobodys_way(world: World) -> None:
    ada = world.person("Ada")
    world.imports(talk("A", at("10:00")), talk("B", at("10:00"), room="Balzac"))
    world.star(ada, "A", "B")
    world.imports(talk("A", at("10:00")))
    assert SAME_TIME not in home(world, ada)


def test_a_day_without_anything_says_what_to_do(world: World) -> None:
    ada = world.person("Ada")
    assert home(world, ada) == [
        "Congrès",
        "Aucune autre session n'est prévue.",
        "Mon programme",
        "Votre programme est vide. Chaque session porte un bouton pour l'ajouter.",
        "[Programme]",
        "[Mon programme]",
        "[Mon agenda]",
        "Mes rencontres",
        "[Faire des rencontres]",
        "Mes questions",
        "[Poser une question]",
        "Réglages",
        "Les rappels et les changements de vos sessions vous parviennent par message direct.",
        "Heures calmes : 20 h 00 – 7 h 30. Seuls les changements urgents passent.",
        "[Moins de messages]",
        "[Heures calmes]",
        "[English]",
        "[Mon profil]",
        "Page à jour à 9 h 05.",
    ]


def test_meetings_with_table_and_time_and_the_rounds_of_the_day(world: World) -> None:
    ada, bob = world.person("Ada"), world.person("Bob")
    for person in (ada, bob):
        agree(world.session, person, ADULT, EARLY)
        agree(world.session, person, INTRODUCTIONS, EARLY)
    world.imports(
        *(talk(name, at(f"{hour}:30"), kind="networking", room="Village")
          for name, hour in (("P", 10), ("Q", 12)))
    )  # fmt: skip
    add_introduction(world.session, world.event_id, world.workspace_id, world.row("P"), [ada, bob])
    world.session.add(a_round(world, "Q"))
    world.session.flush()
    early = part(home(world, ada), "Mes rencontres", "Mes questions")
    assert early == [
        "Rencontre de 10 h 37",
        "Village, avec Bob",
        "Créneau : 10 h 37 – 10 h 52",
        "Rencontres de 12 h 30",
        "Inscription jusqu'à 12 h 00",
        "[J'y serai]",
        "[Faire des rencontres]",
    ]
    # Once its conversation is open, one can say so from here.
    near = part(home(world, ada, at("10:25")), "Mes rencontres", "Mes questions")
    assert near[3:6] == ["[J'y suis]", "[5 min de retard]", "[Je ne peux pas venir]"]
    withdraw(world.session, bob, INTRODUCTIONS, NINE)
    assert home(world, ada)[home(world, ada).index("Rencontre de 10 h 37") + 1] == "Village"
    assert "Rencontre de 10 h 37" not in home(world, ada, at("10:52"))


def a_round(world: World, name: str) -> Round:
    start = world.row(name).starts_at
    return Round(
        event_id=world.event_id,
        round_id="round",
        session_id=world.row(name).session_id,
        size=2,
        calls_at=start - timedelta(minutes=75),
        closes_at=start - timedelta(minutes=30),
        opens_at=start - timedelta(minutes=20),
        window_at=start + timedelta(minutes=7),
        state=PLANNED,
    )


def test_questions_but_the_anonymous_ones(world: World) -> None:
    ada = world.person("Ada")
    world.imports(talk("A", at("10:00")))
    session_id = world.row("A").session_id
    ask(world.session, ada, Draft(session_id, "Quels délais ?", "fr"), MemoryKeys(), EARLY)
    anonymous = Draft(session_id, "Et le prix ?", "fr", anonymous=True)
    ask(world.session, ada, anonymous, MemoryKeys(), EARLY)
    asked = part(home(world, ada), "Mes questions", "Réglages")
    assert asked == ["« Quels délais ? »", "En relecture · Session A", "[Poser une question]"]


def test_a_full_day_is_asked_in_few_statements(session: Session, world: World) -> None:
    """Whoever opens the tab waits for it, and hundreds do at nine o'clock."""
    ada = world.person("Ada")
    world.imports(*(talk(f"T{n}", at("09:00") + timedelta(minutes=20 * n)) for n in range(20)))
    world.star(ada, *(f"T{n}" for n in range(20)))
    session.expire_all()
    statements = []
    connection = session.connection()
    on.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    home(world, ada)
    assert len(statements) < 30, statements


def test_an_alert_stands_above_and_practical_information_below(session: Session) -> None:
    world = Organisers(session, event_file())
    info = {"position": 0, "title_en": "", "text_en": ""}
    session.add(
        PracticalInfo(
            event_id=world.event_id, entry="wifi", title_fr="Wi-Fi", text_fr="Bioproduction", **info
        )
    )
    ada = world.person("Ada")
    assert home(world, ada)[-4:-1] == ["Infos pratiques", "Wi-Fi", "Bioproduction"]
    row = world.alarms(now=NINE)
    assert home(world, ada)[1:5] == [
        "Alerte",
        "Sortez par la porte nord.",
        "Alert",
        "Leave by the north door.",
    ]
    actions.withdraw(session, ada, row.bulletin_id, NINE)
    assert "Alerte" not in home(world, ada)
