"""What people on stage are told: the evening before, an hour before, and where it follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import EDIT, Delivery
from bot.features.people.actions import choose_fewer_messages
from bot.features.people.importing import import_people
from bot.features.people.model import Person
from bot.features.people.tables import Participant
from bot.features.programme.actions import link_known_speakers
from bot.features.programme.facts import import_slots
from bot.features.programme.fullness import set_full
from bot.features.programme.model import Speaker
from bot.features.programme.roles import FILE, HOST, STAGE_HAND, WHOLE_EVENT, Role, give
from bot.features.programme.tables import SessionRow
from bot.features.questions.asking import ask
from bot.features.questions.model import Draft
from bot.features.questions.moderation import publish
from bot.features.questions.voting import support
from bot.features.speaking import jobs as speaking_jobs
from bot.features.speaking.tables import SpeakingTelling
from tests.features.programme.test_import import counted
from tests.support.factories import World, at, event_file, said, talk
from tests.support.questions import MemoryKeys

ZOE = "zoe@example.org"
EVE = at("08:00", day=11)


class Stage(World):
    """A congress in which only the people on stage are listened to."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, event_file(questions={"kinds": ["round_table"]}))
        self.zoe = self.person("Zoe")
        self.now = EVE

    def until(self, moment: datetime) -> None:
        while (due := speaking_jobs.next_due(self.session, self.event_id)) and due <= moment:
            now = max(due, self.now)
            speaking_jobs.tick(self.session, self.event_id, now)
            self.tick(now)
            self.session.expire_all()
        self.now = moment

    def talks(self, *talks: Any, now: datetime | None = None) -> None:
        self.imports(*talks, now=now or self.now)

    def posts(self) -> list[Delivery]:
        return [post for post in super().posts() if post.message.startswith("speaking.")]

    def letter(self, nth: int = -1, language: str = "fr") -> list[str]:
        return said(self.card(self.posts()[nth], language))

    def expects(self, *names: str) -> None:
        """On the organisers' list, and not in the workspace yet."""
        people = [Person(f"{name.lower()}@example.org", name) for name in names]
        import_people(self.session, self.event_id, people, EVE)
        link_known_speakers(self.session, self.event_id)

    def edits(self) -> int:
        query = select(Delivery.version).where(
            Delivery.operation == EDIT, Delivery.participant_id.is_not(None)
        )
        return sum(self.session.scalars(query))

    def gives(self, person: Participant, role: str, session_id: str = WHOLE_EVENT) -> None:
        self.session.add(
            Role(
                event_id=self.event_id,
                participant_id=person.participant_id,
                role=role,
                session_id=session_id,
            )
        )
        self.session.flush()


@pytest.fixture
def stage(session: Session) -> Stage:
    return Stage(session)


def speech(name: str, start: datetime, minutes: int = 30, **more: Any) -> Any:
    return talk(name, start, minutes, speakers=(Speaker("Zoe", ZOE), Speaker("Bo")), **more)


def test_one_message_the_evening_before_and_one_an_hour_before(stage: Stage) -> None:
    stage.talks(speech("A", at("10:00")), speech("B", at("15:00"), room="Balzac"))
    stage.until(at("23:00"))
    assert stage.told() == [
        (
            "11 17:00",
            "Zoe",
            "Vous intervenez jeudi 12 décembre · Session A, Descartes ; Session B, Balzac",
        ),
        ("12 09:00", "Zoe", "Vous intervenez à 10 h 00 · Session A, Descartes"),
        ("12 14:00", "Zoe", "Vous intervenez à 15 h 00 · Session B, Balzac"),
    ]


def test_it_says_room_time_people_technique_and_questions(stage: Stage) -> None:
    host, hand, asker = (stage.person(name) for name in ("Cleo", "Ines", "Ada"))
    table = speech("A", at("10:00"), kind="round_table", language="fr")
    stage.talks(table)
    session_id = stage.row("A").session_id
    stage.gives(host, HOST, session_id)
    stage.gives(hand, STAGE_HAND)
    draft = Draft(session_id, "Combien de temps pour former une équipe ?", "fr")
    question = ask(stage.session, asker, draft, MemoryKeys(), EVE)
    publish(stage.session, asker, question.question_id, question.version, EVE)
    support(
        stage.session, stage.event_id, stage.event, host.participant_id, question.question_id, EVE
    )
    hidden = Draft(session_id, "Et qui paie la formation ?", "fr", anonymous=True)
    question = ask(stage.session, asker, hidden, MemoryKeys(), EVE)
    publish(stage.session, asker, question.question_id, question.version, EVE)
    stage.until(at("16:59", day=11))
    assert stage.told() == []
    stage.until(at("17:00", day=11))
    to_zoe = next(one for one in stage.posts() if one.participant_id == stage.zoe.participant_id)
    assert said(stage.card(to_zoe)) == [
        "Vous intervenez jeudi 12 décembre",
        "10 h 00 – 10 h 30 · Session A",
        "Table ronde · Descartes · en français",
        "À vos côtés : Bo",
        "Animation : Cleo",
        "Contact technique : Ines",
        "2 questions à ce jour",
        "« Combien de temps pour former une équipe ? »",
        "« Et qui paie la formation ? »",
        "[Ouvrir ma liste]",
        "[Ajouter un document]",
        "[Moins de messages]",
    ]
    to_host = next(one for one in stage.posts() if one.participant_id == host.participant_id)
    lines = said(stage.card(to_host, "en"))
    assert "You host this session" in lines
    assert "[Open the stage page]" in lines
    assert "[Full]" in lines
    assert not any("Ada" in line for line in lines)


def test_a_passage_is_told_with_its_own_time(stage: Stage) -> None:
    stage.talks(talk("P", at("11:45"), 45, kind="pitch"))
    slots = (
        b"session,order,minutes,organisation,title,email\n"
        b"P,1,7,ACell,ACell : vecteurs,\n"
        b"P,2,7,ZCell,ZCell : logiciel,zoe@example.org\n"
    )
    import_slots(stage.session, stage.event_id, slots, EVE)
    stage.until(at("10:45"))
    assert "Votre passage à 11 h 52, 7 min · ZCell : logiciel" in stage.letter()


def test_nothing_at_night_and_what_comes_late_is_still_said(stage: Stage) -> None:
    stage.talks(speech("A", at("08:15")), now=at("21:00", day=11))
    stage.now = at("21:00", day=11)
    stage.until(at("08:14"))
    assert stage.told() == [("12 07:30", "Zoe", "Vous intervenez à 8 h 15 · Session A, Descartes")]
    withheld = select(SpeakingTelling.withheld).where(SpeakingTelling.kind == "day")
    assert stage.session.scalar(withheld) == "late"


def test_who_joins_late_reads_what_is_still_worth_saying(stage: Stage) -> None:
    early, late = Speaker("Gus", "gus@example.org"), Speaker("Hal", "hal@example.org")
    stage.talks(talk("A", at("10:00"), speakers=(early, late)))
    stage.expects("Gus", "Hal")
    stage.until(at("09:40"))
    stage.person("Gus")
    stage.until(at("10:00"))
    stage.person("Hal")
    stage.until(at("12:00"))
    assert [(when, who) for when, who, _ in stage.told()] == [("12 09:40", "Gus")]


def test_what_follows_at_once_is_told_with_it(stage: Stage) -> None:
    """The hour of the second would find them on stage."""
    stage.talks(speech("A", at("10:00"), 60), speech("B", at("11:15")), speech("C", at("14:00")))
    stage.until(at("13:59"))
    assert [when for when, _, _ in stage.told()] == ["11 17:00", "12 09:00", "12 13:00"]
    assert "Session B" in stage.told()[1][2]


def test_it_follows_moves_with_edits_and_far_ones_with_a_new_message(stage: Stage) -> None:
    stage.talks(speech("A", at("10:00")), speech("B", at("16:00")))
    stage.until(at("09:10"))
    assert len(stage.told()) == 2
    stage.talks(speech("A", at("10:20"), room="Balzac"), speech("B", at("16:00")), now=at("09:10"))
    stage.until(at("09:15"))
    assert len(stage.told()) == 2
    assert stage.edits() == 2
    assert stage.letter()[:2] == ["Vous intervenez à 10 h 20", "10 h 20 – 10 h 50 · Session A"]
    stage.talks(speech("A", at("12:00")), speech("B", at("16:00")), now=at("09:15"))
    stage.until(at("11:00"))
    assert stage.told()[2] == (
        "12 11:00",
        "Zoe",
        "Vous intervenez à 12 h 00 · Session A, Descartes",
    )
    assert stage.letter(1) == [
        "Ces sessions ont changé d'horaire : un nouveau message vous parviendra avant leur début."
    ]
    stage.talks(speech("B", at("16:00")), now=at("11:05"))
    stage.until(at("11:10"))
    assert "Annulée" in stage.letter()


def test_full_shows_at_once_and_its_button_takes_it_back(stage: Stage) -> None:
    stage.talks(speech("A", at("10:00")))
    session_id = stage.row("A").session_id
    stage.gives(stage.zoe, HOST, session_id)
    stage.until(at("09:30"))
    assert "[Complet]" in stage.letter()
    set_full(stage.session, stage.zoe, session_id, True, at("09:30"))
    stage.until(at("09:31"))
    assert stage.edits() > 0
    assert "[Il reste des places]" in stage.letter()


def test_fewer_messages_leaves_the_hour_before(stage: Stage) -> None:
    choose_fewer_messages(stage.session, stage.zoe, True, EVE)
    stage.talks(speech("A", at("10:00")))
    stage.until(at("10:00"))
    assert [when for when, _, _ in stage.told()] == ["12 09:00"]


def test_what_is_due_is_asked_of_indexes_only(stage: Stage) -> None:
    """It is asked at every wake, and may not look at all who ever speak."""
    stage.talks(speech("A", at("10:00")), speech("B", at("16:00")))
    stage.until(at("09:10"))
    with counted(stage.session) as statements:
        assert speaking_jobs.next_due(stage.session, stage.event_id) == at("15:00")
    assert len(statements) == 1
    assert not any(table in one for one in statements for table in ("speakers", "JOIN", "roles"))
    indexes = {index.name for table in (SessionRow, SpeakingTelling) for index in of(table)}
    assert {
        "ix_sessions_event_id_next_brief_at",
        "ix_speaking_tellings_event_id_due_at",
    } <= indexes


def of(table: Any) -> Any:
    return table.__table__.indexes


def test_who_turns_out_to_speak_is_told(stage: Stage) -> None:
    """A host's role that comes when both moments have passed."""
    stage.talks(talk("A", at("10:00")))
    stage.until(at("09:30"))
    assert speaking_jobs.next_due(stage.session, stage.event_id) is None
    give(
        stage.session,
        stage.event_id,
        (stage.zoe.participant_id, HOST, stage.row("A").session_id),
        FILE,
    )
    stage.until(at("09:31"))
    assert [(when, who) for when, who, _ in stage.told()] == [("12 09:30", "Zoe")]
