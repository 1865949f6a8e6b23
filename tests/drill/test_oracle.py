"""Small congresses whose messages were worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.drill.expected import Expected, Final, Foretold
from bot.drill.files import Rules, Session
from bot.drill.oracle import foretell

PARIS = ZoneInfo("Europe/Paris")
RULES = Rules(zone=PARIS)
ANA = "ana@example.org"


def at(clock: str, day: int = 12) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2019, 12, day, int(hour), int(minute), tzinfo=PARIS)


def session(title: str, start: str, *, day: int = 12, minutes: int = 45, **more: str) -> Session:
    begin = at(start, day)
    speakers = frozenset(filter(None, [more.get("speaker")]))
    return Session(
        id=title,
        title=title,
        room=more.get("room", "Descartes"),
        track=more.get("track"),
        start=begin,
        end=begin + timedelta(minutes=minutes),
        speakers=speakers,
    )


def moved(was: Session, start: str) -> Session:
    begin = at(start)
    return replace(was, start=begin, end=begin + (was.end - was.start))


def told(*programmes: tuple[str, list[Session]], stars: str = "", rules: Rules = RULES) -> Foretold:
    """Ana chose the sessions whose titles are the letters of `stars`."""
    imports = [(at(clock), sessions) for clock, sessions in programmes]
    return foretell(rules, imports, {ANA: list(stars)})


def messages(foretold: Foretold) -> list[tuple[str, str, str]]:
    return [
        (one.moment.astimezone(PARIS).strftime("%H:%M"), one.place, "".join(one.titles))
        for one in foretold.messages
    ]


def posts(foretold: Foretold) -> list[tuple[str, str, str]]:
    return [one for one in messages(foretold) if one[1] != ANA]


def direct(foretold: Foretold) -> list[tuple[str, str]]:
    return [(clock, titles) for clock, place, titles in messages(foretold) if place == ANA]


class TestMornings:
    """Each day of the event begins with a message, whatever there is of it."""

    RULES = replace(
        RULES, days=(date(2019, 12, 12), date(2019, 12, 13)), rooms={"Village": "village"}
    )

    def coffee(self, start: str = "08:30", *, day: int = 12, title: str = "C") -> Session:
        return replace(session(title, start, day=day, room="Village"), kind="networking")

    def test_coffee_within_the_hour_is_told_by_it_alone(self) -> None:
        programme = [self.coffee(), session("A", "09:00"), session("B", "10:00", day=13)]
        assert messages(told(("07:00", programme), rules=self.RULES)) == [
            ("07:45", "general", "C"),
            ("08:45", "general", "A"),
            ("07:45", "general", "B"),
            ("09:45", "general", "B"),
        ]

    def test_what_begins_later_or_needs_a_choice_is_announced_as_ever(self) -> None:
        programme = [session("A", "08:30"), self.coffee("09:30", day=13)]
        assert messages(told(("07:00", programme), rules=self.RULES)) == [
            ("07:45", "general", "A"),
            ("08:15", "general", "A"),
            ("07:45", "general", "C"),
            ("09:15", "village", "C"),
        ]

    def test_a_change_is_told_where_the_coffee_was(self) -> None:
        programme = [self.coffee()]
        foretold = told(("07:00", programme), ("08:00", []), rules=self.RULES)
        assert messages(foretold) == [("07:45", "general", "C"), ("08:00", "general", "C")]
        assert foretold.finals == ()


def final(foretold: Foretold, clock: str) -> Final:
    return next(one for one in foretold.finals if one.post.moment == at(clock))


class TestAnnouncements:
    def test_sessions_that_start_together_share_a_post(self) -> None:
        programme = [session("A", "11:00"), session("B", "11:00"), session("C", "11:30")]
        foretold = told(("07:00", programme))
        assert posts(foretold) == [("10:45", "general", "AB"), ("11:15", "general", "C")]
        assert all(one.under_way for one in foretold.finals)

    def test_a_room_has_its_channel_then_a_track_then_the_general_one(self) -> None:
        rules = replace(RULES, rooms={"Balzac": "room"}, tracks={"T": "track"})
        programme = [
            session("A", "11:00", room="Balzac", track="T"),
            session("B", "11:00", track="T"),
            session("C", "11:00"),
        ]
        assert posts(told(("07:00", programme), rules=rules)) == [
            ("10:45", "general", "C"),
            ("10:45", "room", "A"),
            ("10:45", "track", "B"),
        ]

    def test_what_becomes_known_within_its_lead_is_told_at_once(self) -> None:
        later = [session("A", "11:00"), session("B", "09:00")]
        assert posts(told(("07:00", []), ("10:50", later))) == [("10:50", "general", "A")]

    def test_a_far_move_is_noticed_and_announced_again(self) -> None:
        a, b = session("A", "16:15"), session("B", "16:15")
        foretold = told(("07:00", [a, b]), ("16:05", [moved(a, "16:45"), b]))
        assert posts(foretold) == [
            ("16:00", "general", "AB"),
            ("16:05", "general", "A"),
            ("16:30", "general", "A"),
        ]
        first, second = final(foretold, "16:00"), final(foretold, "16:30")
        assert first.moved == {"A"}
        assert first.under_way  # B has started
        assert second.moved == set()
        assert second.under_way

    def test_a_near_move_is_noticed_only(self) -> None:
        a = session("A", "11:00")
        foretold = told(("07:00", [a]), ("10:50", [moved(a, "11:10")]))
        assert posts(foretold) == [("10:45", "general", "A"), ("10:50", "general", "A")]
        assert final(foretold, "10:45").under_way

    def test_a_move_before_the_lead_is_silent_in_the_channel(self) -> None:
        a = session("A", "11:00")
        foretold = told(("07:00", [a]), ("10:00", [moved(a, "12:00")]))
        assert posts(foretold) == [("11:45", "general", "A")]

    def test_a_cancelled_session_is_marked_and_noticed(self) -> None:
        foretold = told(("07:00", [session("A", "11:00")]), ("10:50", []))
        assert posts(foretold) == [("10:45", "general", "A"), ("10:50", "general", "A")]
        assert final(foretold, "10:45").cancelled == {"A"}
        assert not final(foretold, "10:45").under_way

    def test_one_cancelled_before_its_lead_is_never_mentioned(self) -> None:
        assert posts(told(("07:00", [session("A", "11:00")]), ("10:00", []))) == []

    def test_what_is_over_changes_silently(self) -> None:
        foretold = told(("07:00", [session("A", "09:00")]), ("10:00", []), stars="A")
        assert messages(foretold) == [
            ("08:45", "general", "A"),
            ("08:55", ANA, "A"),
        ]
        assert final(foretold, "08:45").under_way

    def test_a_new_title_is_shown_where_the_post_is_edited_anyway(self) -> None:
        a, b = session("A", "11:00"), session("B", "11:00")
        changed = [replace(a, title="New"), b]
        assert final(told(("07:00", [a, b]), ("10:50", changed)), "10:45").titles == {"New", "B"}

    def test_notices_of_a_full_channel_wait_for_the_quarter(self) -> None:
        a, b = session("A", "11:00"), session("B", "11:00")
        rules = replace(RULES, posts_a_day=1)
        foretold = told(("07:00", [a, b]), ("10:50", [moved(a, "11:05")]), rules=rules)  # no B
        assert posts(foretold) == [("10:45", "general", "AB"), ("11:00", "general", "AB")]


class TestReminders:
    def test_adjacent_starts_share_one_and_ten_minutes_make_two(self) -> None:
        programme = [session("A", "10:00"), session("B", "10:05"), session("C", "10:15")]
        foretold = told(("07:00", programme), stars="ABC")
        assert direct(foretold) == [("09:55", "AB"), ("10:10", "C")]
        programme = [session("A", "10:00"), session("B", "10:10")]
        assert direct(told(("07:00", programme), stars="AB")) == [("09:55", "A"), ("10:05", "B")]

    def test_only_what_the_person_chose(self) -> None:
        programme = [session("A", "10:00"), session("B", "10:00")]
        assert direct(told(("07:00", programme), stars="B")) == [("09:55", "B")]

    def test_eight_a_day(self) -> None:
        programme = [session("ABCDEFGHI"[n], f"{9 + n}:00") for n in range(9)]
        programme.append(session("J", "09:00", day=13))
        foretold = told(("07:00", programme), stars="ABCDEFGHIJ")
        assert "".join(titles for _, titles in direct(foretold)) == "ABCDEFGHJ"

    def test_none_while_the_person_speaks(self) -> None:
        programme = [
            session("A", "09:00", minutes=60, speaker=ANA),
            session("B", "10:00"),
            session("C", "10:05"),
        ]
        assert direct(told(("07:00", programme), stars="BC")) == [("10:00", "C")]

    def test_none_at_night(self) -> None:
        programme = [session("A", "07:34"), session("B", "07:35"), session("C", "20:05")]
        assert direct(told(("07:00", programme), stars="BC")) == [("07:30", "B")]
        assert direct(told(("07:00", programme), stars="A")) == []

    def test_it_follows_a_session_and_comes_again_only_after_a_far_move(self) -> None:
        a = session("A", "11:00")
        before = told(("07:00", [a]), ("09:00", [moved(a, "11:30")]), stars="A")
        assert direct(before) == [("09:00", "A"), ("11:25", "A")]
        near = told(("07:00", [a]), ("10:57", [moved(a, "11:04")]), stars="A")
        assert direct(near) == [("10:55", "A"), ("10:57", "A")]
        early = [session("B", "10:00"), session("C", "10:05")]
        later = [early[0], moved(early[1], "10:09")]
        assert direct(told(("07:00", early), ("09:57", later), stars="BC")) == [
            ("09:55", "BC"),
            ("09:57", "C"),
        ]
        far = told(("07:00", [a]), ("10:57", [moved(a, "11:30")]), stars="A")
        assert direct(far) == [("10:55", "A"), ("10:57", "A"), ("11:25", "A")]


class TestChanges:
    def test_one_message_for_all_of_an_import(self) -> None:
        a, b = session("A", "11:00"), session("B", "14:00")
        changed = [moved(a, "11:30"), moved(b, "14:30")]
        foretold = told(("07:00", [a, b]), ("10:10", changed), stars="AB")
        assert direct(foretold) == [("10:10", "AB"), ("11:25", "A"), ("14:25", "B")]

    def test_speakers_are_told_of_and_titles_are_not(self) -> None:
        a, b = session("A", "14:00"), session("B", "14:00")
        changed = [replace(a, speakers=frozenset({"x"})), replace(b, title="New")]
        foretold = told(("07:00", [a, b]), ("13:30", changed), stars="AB")
        assert direct(foretold) == [("13:30", "A"), ("13:55", "ANew")]
        assert posts(foretold) == [("13:45", "general", "ANew")]

    def test_a_change_more_than_a_day_ahead_is_silent(self) -> None:
        a = session("A", "14:00", day=13)
        later = replace(a, room="Balzac")
        assert direct(told(("07:00", [a]), ("13:00", [later]), stars="A")) == [("13:55", "A")]

    def test_what_can_wait_does_not_come_just_before_a_reminder(self) -> None:
        a, b = session("A", "15:00"), session("B", "10:10")
        foretold = told(("07:00", [a, b]), ("10:00", [moved(a, "15:30"), b]), stars="AB")
        assert direct(foretold) == [("10:05", "B"), ("10:15", "A"), ("15:25", "A")]

    def test_nor_just_after_one_unless_urgent(self) -> None:
        a, b = session("A", "15:00"), session("B", "10:00")
        waits = told(("07:00", [a, b]), ("09:57", [moved(a, "15:30"), b]), stars="AB")
        assert direct(waits)[:2] == [("09:55", "B"), ("10:05", "A")]
        urgent = told(("07:00", [a, b]), ("09:57", [moved(a, "10:50"), b]), stars="AB")
        assert direct(urgent)[:2] == [("09:55", "B"), ("09:57", "A")]

    def test_it_waits_until_the_person_has_spoken(self) -> None:
        talk = session("T", "09:00", minutes=60, speaker=ANA)
        a = session("A", "15:00")
        foretold = told(("07:00", [talk, a]), ("09:30", [talk, moved(a, "15:30")]), stars="A")
        assert direct(foretold) == [("10:00", "A"), ("15:25", "A")]

    def test_it_waits_for_the_morning(self) -> None:
        a = session("A", "09:00", day=13)
        gone = told(("07:00", [a]), ("21:00", []), stars="A")
        assert [one.moment for one in gone.messages] == [at("07:30", 13)]

    def test_what_the_budget_would_hold_back_too_long_becomes_urgent(self) -> None:
        talk = session("T", "09:00", minutes=300, speaker=ANA)
        a = session("A", "11:00")
        foretold = told(("07:00", [talk, a]), ("09:30", [talk, moved(a, "11:15")]), stars="A")
        assert direct(foretold) == [("10:00", "A")]

    def test_what_is_undone_before_it_is_told_is_not_told(self) -> None:
        talk = session("T", "09:00", minutes=60, speaker=ANA)
        a = session("A", "15:00")
        foretold = told(
            ("07:00", [talk, a]),
            ("09:10", [talk, moved(a, "15:30")]),
            ("09:40", [talk, a]),
            stars="A",
        )
        assert direct(foretold) == [("14:55", "A")]


def test_two_posts_of_one_moment_are_two_expectations() -> None:
    foretold = told(("07:00", [session("A", "11:00")]), stars="A")
    assert foretold.messages == (
        Expected("general", at("10:45"), ("A",)),
        Expected(ANA, at("10:55"), ("A",)),
    )
