"""Places, accessibility, passages, *Complet*, documents, and who is in two places at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.delivery.tables import EDIT, Delivery
from bot.features.people.actions import erase
from bot.features.people.lists import UnreadableListError
from bot.features.people.tables import Participant
from bot.features.programme.budget import Budgeter
from bot.features.programme.facts import import_extras, import_slots
from bot.features.programme.fullness import NotInTheRoomError, set_full
from bot.features.programme.listed_twice import overlaps, with_overlaps
from bot.features.programme.materials import (
    BadAddressError,
    NotOnStageError,
    TooManyMaterialsError,
    add_material,
    import_materials,
    remove_material,
)
from bot.features.programme.model import Speaker
from bot.features.programme.on_stage import speaking_until
from bot.features.programme.queries import entries_by_id
from bot.features.programme.roles import HOST, ORGANISER, STAGE_HAND, TEAM, WHOLE_EVENT, Role
from bot.features.programme.tables import PassageRow
from bot.features.programme.views import Asker, view_asked_for
from tests.support.channels import shown
from tests.support.factories import EARLY, World, at, said, talk

EXTRAS = "session;capacité;accessibilité\nA;24;LSF;\nB;;\n".encode()
SLOTS = b"""session,order,minutes,organisation,title,email
P,2,7,ZCell,ZCell : logiciel,zoe@example.org
P,1,7,ACell,vecteurs,ann@example.org
"""
URL = "https://example.org/slides.pdf"


def give(world: World, person: Participant, role: str, session_id: str = WHOLE_EVENT) -> None:
    world.session.add(
        Role(
            event_id=world.event_id,
            participant_id=person.participant_id,
            role=role,
            session_id=session_id,
        )
    )
    world.session.flush()


def edits(world: World) -> int:
    query = select(Delivery.version).where(
        Delivery.event_id == world.event_id, Delivery.operation == EDIT
    )
    return sum(world.session.scalars(query))


class TestExtras:
    def test_they_show_and_no_programme_takes_them_away(self, world: World) -> None:
        world.imports(talk("A", at("09:00")), talk("B", at("09:00"), room="Balzac"))
        world.until(at("08:50"))
        rows = b'session,capacity,accessibility\nA,24,"LSF;bo\xc3\xaete \xc3\xa0 sons"\nB,20,\n'
        import_extras(world.session, world.event_id, rows, at("08:50"))
        assert edits(world) > 0
        again = (talk("A", at("09:00"), title="Titre"), talk("B", at("09:00"), room="Balzac"))
        world.imports(*again, now=at("08:51"))
        lines = shown(world)
        assert lines[2] == "Conférence plénière · Balzac · 20 places · jusqu'à 9 h 30"
        place = lines.index("Titre") + 1
        assert lines[place : place + 2] == [
            "Conférence plénière · Descartes · 24 places · jusqu'à 9 h 30",
            "Langue des signes française (LSF) · boîte à sons",
        ]
        assert "French Sign Language (LSF) · boîte à sons" in shown(world, language="en")

    def test_the_list_is_the_whole_truth_and_can_be_looked_at_first(self, world: World) -> None:
        world.imports(talk("A", at("09:00")), talk("B", at("10:00")))
        looked = import_extras(world.session, world.event_id, EXTRAS, EARLY, apply=False)
        assert [line.session for line in looked.new] == ["A"]
        assert world.row("A").capacity is None
        import_extras(world.session, world.event_id, EXTRAS, EARLY)
        diff = import_extras(world.session, world.event_id, b"session,capacity\nB,5\n", EARLY)
        assert [[line.session for line in side] for side in (diff.new, diff.gone)] == [["B"], ["A"]]
        assert (world.row("A").capacity, world.row("A").accessibility) == (None, "")

    def test_lines_of_no_use_are_named_with_their_place(self, world: World) -> None:
        world.imports(talk("A", at("09:00")))
        rows = b"session,capacity\nA,many\nX,3\nA,4\nA,5\n"
        with pytest.raises(UnreadableListError) as refused:
            import_extras(world.session, world.event_id, rows, EARLY)
        assert refused.value.told_to(world.reader()).replace("\N{NO-BREAK SPACE}", " ") == (
            "La liste n'a pas été importée.\n"
            "Ligne 2 : « many » n'est pas un nombre de places.\n"
            "Ligne 3 : La session « X » n'est pas au programme.\n"
            "Ligne 5 : « A » figure deux fois."
        )


class TestPassages:
    def test_they_follow_each_other_from_the_start(self, world: World) -> None:
        world.imports(
            talk(
                "P",
                at("11:45"),
                45,
                kind="pitch",
                speakers=(Speaker("Zoe", "zoe@example.org"), Speaker("Bo")),
            )
        )
        import_slots(world.session, world.event_id, SLOTS, EARLY)
        world.until(at("11:30"))
        assert shown(world)[1:6] == [
            "Session P",
            "Pitchs de start-up · Descartes · jusqu'à 12 h 30",
            "Avec Bo",
            "11 h 45 · ACell : vecteurs",
            "11 h 52 · ZCell : logiciel, Zoe",
        ]
        asker = Asker(
            world.event_id, world.event, world.person("Eve").participant_id, world.reader(), EARLY
        )
        found = view_asked_for(world.session, asker, "zcell")
        assert "11 h 52 · ZCell : logiciel, Zoe" in said(found)

    def test_who_has_one_is_on_stage_for_the_whole_session(self, world: World) -> None:
        zoe = world.person("Zoe")
        world.imports(talk("P", at("11:45"), 45))
        import_slots(world.session, world.event_id, SLOTS, EARLY)
        assert speaking_until(world.session, world.event_id, zoe.participant_id, at("11:46")) == at(
            "12:30"
        )
        budget = Budgeter(world.session, world.event_id, world.event, at("12:00"))
        assert budget.withheld(zoe.participant_id, reminder=True) == "speaking"
        erase(world.session, world.event_id, zoe.participant_id, at("12:00"))
        rows = world.session.scalars(select(PassageRow).order_by(PassageRow.position)).all()
        assert [(row.email, row.participant_id) for row in rows] == [
            ("ann@example.org", None),
            (None, None),
        ]


class TestFull:
    @pytest.mark.parametrize("role", [HOST, TEAM, ORGANISER, STAGE_HAND])
    def test_whoever_has_a_role_in_the_room_says_it(self, world: World, role: str) -> None:
        world.imports(talk("A", at("09:00")), talk("B", at("09:00"), room="Balzac"))
        here, there = (world.row(name).session_id for name in "AB")
        person = world.person("Cleo")
        give(world, person, role, here)
        assert set_full(world.session, person, here, True, EARLY).full
        with pytest.raises(NotInTheRoomError):
            set_full(world.session, person, there, True, EARLY)
        give(world, person, role)
        assert set_full(world.session, person, there, True, EARLY).full

    def test_it_shows_in_posts_and_reminders_and_is_taken_back(self, world: World) -> None:
        ada, gus = world.person("Ada"), world.person("Gus")
        world.imports(talk("A", at("09:00")))
        session_id = world.row("A").session_id
        world.star(gus, "A")
        with pytest.raises(NotInTheRoomError):
            set_full(world.session, gus, session_id, True, EARLY)
        world.until(at("08:56"))
        set_full(world.session, ada, session_id, True, at("08:56"))
        set_full(world.session, ada, session_id, True, at("08:56"))
        assert edits(world) > 1
        assert [any("complet" in line for line in shown(world, nth)) for nth in (0, 1)] == [
            True
        ] * 2
        world.imports(talk("A", at("09:00"), abstract="Autre"), now=at("08:57"))
        assert world.row("A").full
        set_full(world.session, ada, session_id, False, at("08:58"))
        assert not any("complet" in line for line in shown(world))

    def test_who_has_no_role_reads_who_can(self, world: World) -> None:
        world.imports(talk("A", at("09:00")))
        cards = [
            view_asked_for(
                world.session,
                Asker(
                    world.event_id,
                    world.event,
                    world.person(name).participant_id,
                    world.reader(),
                    EARLY,
                ),
                "complet",
            )
            for name in ("Ada", "Gus")
        ]
        assert said(cards[0])[1] == "9 h 00 – 9 h 30 · Session A"
        assert "[Complet]" in said(cards[0])
        assert said(cards[1])[0].startswith("Seules les personnes qui ont un rôle dans la salle")


class TestDocuments:
    def test_the_post_carries_it_and_who_chose_the_session_reads_it_in_time(
        self, world: World
    ) -> None:
        zoe, gus = world.person("Zoe"), world.person("Gus")
        world.imports(talk("A", at("09:00"), speakers=(Speaker("Zoe", "zoe@example.org"),)))
        session_id = world.row("A").session_id
        world.star(gus, "A")
        world.until(at("20:30"))
        material = add_material(world.session, zoe, session_id, "Diapositives", URL, at("20:30"))
        assert [link.label for link in world.card(world.posts()[0]).sections[0].links] == [
            "Diapositives"
        ]
        add_material(world.session, zoe, session_id, "Support", URL, at("20:31"))
        world.until(at("08:00", day=13))
        assert world.told()[-1] == (
            "13 07:30",
            "Gus",
            "Documents de vos sessions · Session A, 1 document",
        )
        links = world.card(world.posts()[-1]).sections[0].links
        assert [(link.label, link.url) for link in links] == [("Support", URL)]
        remove_material(world.session, zoe, material.material_id, at("09:00", day=13))
        assert (
            entries_by_id(world.session, world.event_id, [session_id])[session_id].materials == ()
        )

    def test_only_who_has_a_part_and_only_pages(self, world: World) -> None:
        world.imports(talk("A", at("09:00")))
        session_id = world.row("A").session_id
        ada, gus = world.person("Ada"), world.person("Gus")
        with pytest.raises(NotOnStageError):
            add_material(world.session, gus, session_id, "", URL, EARLY)
        for bad in (
            "javascript:alert(1)",
            "https://",
            "https://a b",
            "ftp://example.org",
            f"https://e.org/{'x' * 600}",
        ):
            with pytest.raises(BadAddressError):
                add_material(world.session, ada, session_id, "", bad, EARLY)
        for number in range(5):
            add_material(world.session, ada, session_id, "", f"{URL}?{number}", EARLY)
        with pytest.raises(TooManyMaterialsError):
            add_material(world.session, ada, session_id, "", f"{URL}?6", EARLY)

    def test_a_list_adds(self, world: World) -> None:
        world.imports(talk("A", at("09:00")), talk("B", at("10:00")))
        rows = f"session,title,url\nA,Un,{URL}\nB,,{URL}\n".encode()
        assert len(import_materials(world.session, world.event_id, rows, EARLY).new) == 2
        again = import_materials(world.session, world.event_id, rows, EARLY)
        assert (again.unchanged, again.new, again.gone) == (2, (), ())
        assert world.told() == []


class TestTwoPlacesAtOnce:
    def test_speakers_passages_and_hosts_of_overlapping_sessions(self, world: World) -> None:
        zoe, bo = world.person("Zoe"), world.person("Bo")
        programme = (
            talk(
                "A", at("09:00"), 60, speakers=(Speaker("Zoé", "zoe@example.org"), Speaker("Jo Li"))
            ),
            talk("P", at("09:30"), 60),
            talk("C", at("10:30"), speakers=(Speaker("zoé", "zoe@example.org"), Speaker("Bo"))),
            talk("D", at("09:59"), speakers=(Speaker("JO LI"),)),
        )
        world.imports(*programme)
        import_slots(world.session, world.event_id, SLOTS, EARLY)
        give(world, bo, HOST, world.row("A").session_id)
        give(world, bo, HOST, world.row("P").session_id)
        named = [
            (one.name, one.first.title, one.second.title)
            for one in overlaps(world.session, world.event_id)
        ]
        assert named == [
            ("Bo", "Session A", "Session P"),
            ("Jo Li", "Session A", "Session D"),
            ("Zoé", "Session A", "Session P"),
        ]
        assert zoe.erased is False

    def test_what_is_only_tried_leaves_nothing(self, world: World) -> None:
        both = Speaker("Zoé", "zoe@example.org")
        programme = [
            talk("A", at("09:00"), speakers=(both,)),
            talk("B", at("09:10"), speakers=(both,)),
        ]
        _, found = with_overlaps(
            world.session, world.event_id, lambda: world.imports(*programme), apply=False
        )
        assert [one.name for one in found] == ["Zoé"]
        assert overlaps(world.session, world.event_id) == []
        world.until(at("10:00") + timedelta(hours=1))
        assert world.told() == []
