"""A judge that finds nothing wrong is only worth something if it finds what is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.drill.expected import Expected, Final, Foretold, Line, Shown
from bot.drill.judge import Judge, Verdict
from bot.playground.receipts import Receipt
from bot.playground.workspace import Message, Workspace

from .test_oracle import ANA, at

MOMENT = at("10:45")
BREAK, LONG_BREAK = "Pause et rencontres", "Pause et rencontres au village"


class World:
    def __init__(self) -> None:
        self.workspace = Workspace()
        self.ana = self.workspace.add_user("Ana", ANA)
        self.channel = self.workspace.add_channel("general")
        self.direct, _ = self.workspace.direct([self.workspace.bot.id, self.ana.id])
        self.receipts: list[Receipt] = []

    def post(self, channel: str, text: str, moment: datetime = MOMENT, wait: float = 1.0) -> None:
        ts = self.workspace.next_ts()
        message = Message(ts, channel, self.workspace.bot.id, text, moment)
        self.workspace.add_message(message)
        received = 100.0 + wait
        self.receipts.append(Receipt(received, moment, channel, ts, text, [], None, None))

    def show(self, text: str, *paragraphs: str) -> None:
        """The last post, edited."""
        last = self.receipts[-1]
        message = self.workspace.message(last.channel, last.ts)
        assert message is not None
        message.text = text
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": one}} for one in paragraphs
        ]
        message.blocks = blocks

    def judge(
        self,
        *messages: Expected,
        finals: tuple[Final, ...] = (),
        shown: tuple[Shown, ...] = (),
        away: tuple[float, float] = (0, 0),
        done: dict[tuple[datetime, str], float] | None = None,
    ) -> Verdict:
        judge = Judge(Foretold(messages, finals, shown), self.workspace)
        return judge.verdict(self.receipts, {MOMENT: 100.0}, [away], done or {})


@pytest.fixture
def world() -> World:
    return World()


IN_CHANNEL = Expected("general", MOMENT, (LONG_BREAK,))
TO_ANA = Expected(ANA, MOMENT, (BREAK, LONG_BREAK))


def test_what_was_foretold_is_recognised_however_it_was_made_safe(world: World) -> None:
    title = "R&D <santé>"
    world.post(world.channel.id, "À 11 h · \N{FIRST STRONG ISOLATE}R&amp;D &lt;santé&gt;, Balzac")
    verdict = world.judge(Expected("general", MOMENT, (title,)))
    assert (verdict.missing, verdict.unexpected) == ((), ())


def test_a_title_that_begins_another_is_not_mistaken_for_it(world: World) -> None:
    world.post(world.channel.id, LONG_BREAK)
    world.post(world.direct.id, f"{BREAK} ; {LONG_BREAK}")
    verdict = world.judge(IN_CHANNEL, TO_ANA)
    assert (verdict.expected, verdict.sent) == (2, 2)
    assert (verdict.missing, verdict.duplicated, verdict.unexpected) == ((), (), ())


def test_missing_duplicated_and_unexpected(world: World) -> None:
    for _ in range(2):
        world.post(world.channel.id, LONG_BREAK)
    world.post(world.direct.id, LONG_BREAK)
    verdict = world.judge(IN_CHANNEL, TO_ANA)
    assert verdict.missing == (TO_ANA,)
    assert verdict.duplicated == (world.receipts[1],)
    assert verdict.unexpected == (world.receipts[2],)


def test_a_deleted_post_was_sent_all_the_same(world: World) -> None:
    for _ in range(2):
        world.post(world.channel.id, LONG_BREAK)
    last = world.workspace.message(world.channel.id, world.receipts[-1].ts)
    assert last is not None
    world.workspace.remove_message(last)
    assert len(world.judge(IN_CHANNEL).duplicated) == 1


def test_at_another_moment_is_not_what_was_foretold(world: World) -> None:
    world.post(world.channel.id, LONG_BREAK, moment=MOMENT + timedelta(minutes=1))
    verdict = world.judge(IN_CHANNEL)
    assert (len(verdict.missing), len(verdict.unexpected)) == (1, 1)


class TestEdits:
    FINAL = Final(
        IN_CHANNEL,
        titles=frozenset({LONG_BREAK}),
        under_way=True,
        moved=frozenset(),
        cancelled=frozenset(),
    )

    def wrong(self, world: World, final: Final) -> bool:
        return bool(world.judge(IN_CHANNEL, finals=(final,)).edits_wrong)

    def test_under_way(self, world: World) -> None:
        world.post(world.channel.id, f"À 11 h · {LONG_BREAK}")
        assert self.wrong(world, self.FINAL)
        world.show(f"En cours · {LONG_BREAK}", f"*{LONG_BREAK}*\nVillage")
        assert not self.wrong(world, self.FINAL)
        assert self.wrong(world, replace(self.FINAL, under_way=False))

    def test_moved_and_cancelled(self, world: World) -> None:
        world.post(world.channel.id, LONG_BREAK)
        world.show(f"À 11 h · {LONG_BREAK}", "11 h", f"*{LONG_BREAK}*\nDéplacée à 12 h")
        moved = replace(self.FINAL, under_way=False, moved=self.FINAL.titles)
        assert not self.wrong(world, moved)
        assert self.wrong(world, replace(moved, moved=frozenset()))
        assert self.wrong(world, replace(moved, moved=frozenset(), cancelled=moved.titles))

    def test_of_a_post_that_is_gone(self, world: World) -> None:
        assert self.wrong(world, self.FINAL)


def test_lateness_counts_while_there_is_a_bot(world: World) -> None:
    world.post(world.channel.id, LONG_BREAK, wait=9.0)
    assert world.judge(IN_CHANNEL).late_p99_s == pytest.approx(9.0)
    assert world.judge(IN_CHANNEL, away=(98.0, 103.0)).late_p99_s == pytest.approx(6.0)
    assert world.judge(IN_CHANNEL, away=(107.0, 120.0)).late_p99_s == pytest.approx(7.0)


class TestQuestions:
    WHY, HOW = "Pourquoi ?", "Comment faire ?"
    STATUS = Expected(ANA, MOMENT, (WHY,), "En relecture")
    NEWS = Expected(ANA, MOMENT, (WHY,), "À l'écran")
    BOARD = Expected("general", MOMENT, (BREAK,), "Questions")
    OTHERS = Expected("general", MOMENT, (HOW,), "En relecture")
    LINES = frozenset({Line(WHY, "À l'écran", 12), Line(HOW, "", 1)})

    def test_what_is_about_the_same_question_is_told_apart(self, world: World) -> None:
        world.post(world.direct.id, f"En relecture · santé d'une personne · {self.WHY}")
        world.post(world.direct.id, f"Publiée · {self.WHY}")
        verdict = world.judge(self.STATUS, self.NEWS)
        assert verdict.missing == (self.NEWS,)
        assert verdict.unexpected == (world.receipts[1],)
        assert verdict.question_messages == 1

    def test_the_last_state_of_a_question(self, world: World) -> None:
        world.post(world.direct.id, f"En relecture · {self.WHY}")
        shown = Shown(self.STATUS, "À l'écran")
        assert world.judge(self.STATUS, self.NEWS, shown=(shown,)).edits_wrong == (shown,)
        world.show(f"À l'écran · {self.WHY}")
        assert world.judge(self.STATUS, self.NEWS, shown=(shown,)).edits_wrong == ()

    @pytest.mark.parametrize(
        ("first", "second", "right"),
        [
            ("À l'écran · 12 soutiens", "1 soutien", True),
            ("À l'écran · 11 soutiens", "1 soutien", False),
            ("12 soutiens", "1 soutien", False),
            ("À l'écran · 12 soutiens", "", False),
        ],
    )
    def test_a_board(self, world: World, first: str, second: str, right: bool) -> None:
        world.post(world.channel.id, f"Questions · {BREAK}")
        lines = [f"*{self.WHY}*\n{first}", f"*{self.HOW}*\n{second}"]
        world.show(f"Questions · {BREAK}", *lines)
        shown = Shown(self.BOARD, "Questions", self.LINES)
        expected = (self.BOARD, self.NEWS, self.OTHERS)
        verdict = world.judge(*expected, shown=(shown,))
        assert (verdict.edits_wrong == ()) == right

    def test_lateness_counts_from_when_people_had_done(self, world: World) -> None:
        world.post(world.direct.id, f"En relecture · {self.WHY}", wait=9.0)
        done = {(MOMENT, self.WHY): 107.0}
        assert world.judge(self.STATUS, done=done).late_p99_s == pytest.approx(2.0)
        done = {(MOMENT, self.WHY): 110.0}
        assert world.judge(self.STATUS, done=done).late_p99_s == pytest.approx(0.0)
