"""What the workspace saw of a round is found wrong where it is."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.core.cards import ActionRef
from bot.drill.breaks import Round, rounds_of
from bot.drill.comers import Comers
from bot.drill.deeds import Said, Say
from bot.drill.files import Rules, Session
from bot.drill.introduced import RoundsJudge, RoundsVerdict
from bot.drill.sightings import introduction_of
from bot.drill.timeline import Timeline
from bot.playground.receipts import Receipt
from bot.playground.workspace import Message, Workspace

from .test_oracle import at

NAMES = {f"{name.lower()}@example.org": name for name in ("Ana", "Bo", "Cleo", "Dan", "Eve")}
ANA, BO, CLEO, DAN, EVE = NAMES
ZONE = ZoneInfo("Europe/Paris")
PAUSE = Session("B", "Pause", "Village", None, at("10:30"), at("11:00"), kind="networking")
MORNING = Round("B", 2, at("10:30"))
LEFT_OUT = "Personne d'autre ce matin ; vous serez prioritaire à 12 h 30."
ASKED = "La rencontre a-t-elle eu lieu ? Bo"
CHANNEL = "organisation"


def test_the_first_break_of_a_morning_and_the_first_at_noon() -> None:
    def pause(clock: str) -> Session:
        return Session(clock, "Pause", "V", None, at(clock), at("18:00"), kind="networking")

    talk = Session("T", "Un exposé", "V", None, at("10:00"), at("10:30"), kind="plenary")
    breaks = [pause(one) for one in ("08:30", "12:30", "11:00", "10:30", "15:45")]
    assert rounds_of([talk, *breaks], ZONE) == [
        Round("10:30", 2, at("10:30")),
        Round("12:30", 4, at("12:30")),
    ]


class Hall:
    """A morning's round of five people, of whom the first four say yes."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        for email, name in NAMES.items():
            self.workspace.add_user(name, email)
        self.organisers = self.workspace.add_channel(CHANNEL, kind="private")
        self.receipts: list[Receipt] = []
        self.presence: dict[tuple[str, str], Say] = {}
        self.kept: dict[str, dict[str, str | None]] = {}
        self.withdrawn: set[str] = set()

    def says(self, channel: str, clock: str, text: str, buttons: str = "", body: str = "") -> None:
        refs = [ActionRef("E", name, (buttons,)).encode() for name in ("meet.here", "meet.report")]
        blocks: list[dict[str, Any]] = [{"type": "section", "text": {"text": body or text}}]
        if buttons:
            elements = [{"action_id": ref, "value": ref} for ref in refs]
            blocks.append({"type": "actions", "elements": elements})
        ts, moment = self.workspace.next_ts(), at(clock)
        bot = self.workspace.bot.id
        self.workspace.add_message(Message(ts, channel, bot, text, moment, blocks))
        self.receipts.append(Receipt(0.0, moment, channel, ts, text, blocks, None, None))

    def conversation(self, *emails: str) -> str:
        users = [self.workspace.user_by_email(email) for email in emails]
        return self.workspace.direct([self.workspace.bot.id, *(user.id for user in users if user)])[
            0
        ].id

    def tells(self, email: str, clock: str, text: str) -> None:
        self.says(self.conversation(email), clock, text)

    def introduces(self, name: str, *emails: str, clock: str = "10:10") -> None:
        self.says(
            self.conversation(*emails),
            clock,
            "Rencontre de 10 h 37, table 1",
            name,
            "\n".join(NAMES[one] for one in emails),
        )
        self.kept[name] = dict.fromkeys(emails)

    def asks(self, *emails: str) -> None:
        for one in emails:
            self.tells(one, "10:55", ASKED)

    def shows(self, name: str, body: str) -> None:
        """The post of an introduction, edited."""
        post = next(one for one in self.receipts if introduction_of(one) == name)
        message = self.workspace.message(post.channel, post.ts)
        assert message is not None
        message.blocks = [{"type": "section", "text": {"text": body}}]

    def cannot(self, name: str, who: str) -> None:
        """Of two; their message says so."""
        self.presence[name, who] = Say.CANNOT
        self.shows(name, "Rencontre de 10 h 37 : elle n'aura pas lieu.")
        self.withdrawn.add(name)

    def verdict(self, *, reports: bool = True) -> RoundsVerdict:
        if reports:
            self.says(self.organisers.id, "18:00", "Bilan des rencontres · 2 mises en relation")
        said = [Said(at("09:20"), who, Say.COME, "B") for who in (ANA, BO, CLEO, DAN)]
        judge = RoundsJudge(
            Rules(ZONE, organisers=CHANNEL),
            Timeline([(at("07:00"), [PAUSE])]),
            [MORNING],
            Comers([*NAMES], (), (), [*said, Said(at("10:11"), EVE, Say.COME, "B")]),
            NAMES,
            self.workspace,
        )
        pressed = {(*key, say) for key, say in self.presence.items()}
        return judge.verdict(self.receipts, self.presence, pressed, self.kept, self.withdrawn)


@pytest.fixture
def hall() -> Hall:
    return Hall()


def good(hall: Hall) -> None:
    hall.introduces("i1", ANA, BO)
    hall.introduces("i2", CLEO, DAN)
    hall.asks(ANA, BO, CLEO, DAN)


def test_a_good_round(hall: Hall) -> None:
    good(hall)
    verdict = hall.verdict()
    assert (verdict.wrong, verdict.introductions, verdict.messages) == (0, 2, 7), verdict


def test_told_that_nobody_is_left_is_not_forgotten(hall: Hall) -> None:
    hall.introduces("i1", ANA, BO)
    hall.tells(CLEO, "10:08", LEFT_OUT)
    hall.asks(ANA, BO)
    verdict = hall.verdict()
    assert verdict.forgotten == [f"{MORNING.starts} {DAN}"]
    assert verdict.wrong == 1


def test_introduced_twice_and_never_asked_to(hall: Hall) -> None:
    good(hall)
    hall.introduces("i3", ANA, EVE)
    hall.asks(ANA, EVE)
    verdict = hall.verdict()
    assert verdict.introduced_twice == [f"{MORNING.starts} {ANA}"]
    assert verdict.uninvited == [f"{MORNING.starts} {EVE}"]


def test_one_introduction_posted_twice(hall: Hall) -> None:
    good(hall)
    hall.introduces("i2", CLEO, DAN)
    verdict = hall.verdict()
    assert verdict.group_wrong == ["i2 posted 2 times"]


def test_the_same_two_again(hall: Hall) -> None:
    good(hall)
    hall.introduces("i3", ANA, BO)
    assert hall.verdict().pairs_twice == [f"{(ANA, BO)}"]


def test_a_conversation_of_others_than_those_introduced(hall: Hall) -> None:
    good(hall)
    hall.kept["i1"] = {ANA: None, EVE: None}
    hall.kept["i9"] = {ANA: None, BO: None}
    assert hall.verdict().group_wrong == [
        f"i1 of {[ANA, BO]} is kept as {[ANA, EVE]}",
        "i9 never posted",
    ]


@pytest.mark.parametrize(
    ("text", "kept", "right"),
    [
        ("Ana\nBo\nSur place : Ana", "here", True),
        ("Ana\nBo\nSur place : Ana, Bo", "here", False),
        ("Ana\nBo", "here", False),
        ("Ana\nBo\nSur place : Ana", "late", False),
        ("Ana\nSur place : Ana", "here", False),
    ],
)
def test_who_is_there_stands_in_the_last_state(
    hall: Hall, text: str, kept: str, right: bool
) -> None:
    hall.introduces("i2", CLEO, DAN)
    hall.introduces("i1", ANA, BO)
    hall.presence["i1", ANA] = Say.HERE
    hall.kept["i1"][ANA] = kept
    hall.shows("i1", text)
    hall.asks(ANA, BO, CLEO, DAN)
    verdict = hall.verdict()
    assert (verdict.group_wrong == []) == right
    assert verdict.wrong == len(verdict.group_wrong)


def withdrawn(hall: Hall) -> None:
    hall.introduces("i1", ANA, BO)
    hall.asks(ANA, BO)
    hall.introduces("i2", CLEO, DAN)
    hall.cannot("i2", DAN)


def test_whoever_is_left_alone_is_told_once(hall: Hall) -> None:
    withdrawn(hall)
    hall.tells(CLEO, "10:15", LEFT_OUT)
    assert hall.verdict().wrong == 0
    hall.tells(CLEO, "10:15", LEFT_OUT)
    assert hall.verdict(reports=False).told_wrong == [f"{MORNING.starts} {CLEO} left out too often"]


def test_whoever_is_left_alone_and_not_told_is_forgotten(hall: Hall) -> None:
    withdrawn(hall)
    assert hall.verdict().forgotten == [f"{MORNING.starts} {CLEO}"]


def test_whoever_cannot_come_meets_nobody_else_either(hall: Hall) -> None:
    """Introduced again at the moment at which they said so, or later."""
    withdrawn(hall)
    hall.introduces("i3", CLEO, DAN, clock="10:15")
    hall.tells(CLEO, "10:15", LEFT_OUT)
    assert hall.verdict().group_wrong == ["i3 says it takes place: True"]
    hall.shows("i3", "Rencontre de 10 h 37 : elle n'aura pas lieu.")
    assert hall.verdict(reports=False).wrong == 0


def test_an_introduction_at_any_time_of_the_day(hall: Hall) -> None:
    good(hall)
    hall.introduces("i3", ANA, EVE, clock="16:00")
    assert hall.verdict().group_wrong == ["i3 in no round"]


def test_a_withdrawn_meeting_that_still_says_it_takes_place(hall: Hall) -> None:
    withdrawn(hall)
    hall.tells(CLEO, "10:15", LEFT_OUT)
    hall.shows("i2", "Cleo\nDan")
    assert hall.verdict().group_wrong == ["i2 says it takes place: True"]


def test_asked_once_and_when_they_may_be(hall: Hall) -> None:
    good(hall)
    hall.tells(ANA, "10:55", ASKED)
    assert len(hall.verdict().told_wrong) == 1


def test_who_is_late_is_announced_once(hall: Hall) -> None:
    good(hall)
    hall.presence["i1", ANA] = Say.LATE
    hall.kept["i1"][ANA] = "late"
    verdict = hall.verdict()
    assert [one for one in verdict.told_wrong if one.endswith("late")] != []
    hall.says(hall.conversation(ANA, BO), "10:35", "5 min de retard : Ana")
    assert hall.verdict(reports=False).told_wrong == []
