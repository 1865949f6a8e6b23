"""A small day of questions whose messages were worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from bot.drill.deeds import Asked, Deed, Do
from bot.drill.expected import Foretold, Line
from bot.drill.oracle import foretell

from .test_oracle import ANA, RULES, at, session

STAGE = "Vous animez à 11\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}00"


class TestQuestions:
    """Ana asks, Ben supports, Tim of the équipe Questions decides; Eva has the stage."""

    BEN, TIM, EVA = "ben@example.org", "tim@example.org", "eva@example.org"
    RULES = replace(RULES, questions="team")
    WHY, HOW = Asked("Why?", "A", ANA), Asked("How?", "A", "ida@example.org", anonymous=True)

    def foretold(self, *deeds: tuple[str, Do, Asked], at_once: bool = False) -> Foretold:
        """The session is at 11:00; each deed comes at its clock time."""
        who = {Do.SUPPORT: self.BEN, Do.WITHDRAW: ANA}
        made = [
            Deed(at(clock), one.asker if do is Do.ASK else who.get(do, self.TIM), do, one, self.WHY)
            for clock, do, one in deeds
        ]
        return foretell(
            self.RULES,
            [(at("07:00"), [session("A", "11:00")])],
            {},
            made,
            {"A": [self.EVA]},
            ["A"] if at_once else [],
        )

    def about(self, foretold: Foretold) -> list[tuple[str, str, str]]:
        return [
            (f"{one.moment:%H:%M}", one.place.partition("@")[0], one.about)
            for one in foretold.messages
            if one.about
        ]

    def board(self, foretold: Foretold) -> list[Line]:
        [board] = [one.board for one in foretold.shown if one.board is not None]
        return sorted(board, key=lambda line: line.text)

    def test_from_the_form_to_the_answer(self) -> None:
        foretold = self.foretold(
            ("10:00", Do.ASK, self.WHY),
            ("10:10", Do.PUBLISH, self.WHY),
            ("11:05", Do.SUPPORT, self.WHY),
            ("11:06", Do.SUPPORT, self.WHY),
            ("11:10", Do.SCREEN, self.WHY),
            ("11:20", Do.ANSWERED, self.WHY),
        )
        assert self.about(foretold) == [
            ("10:00", "ana", "En relecture"),
            ("10:00", "team", "En relecture"),
            ("10:45", "eva", STAGE),
            ("10:45", "general", "Questions"),
            ("11:10", "ana", "À l'écran"),
            ("11:20", "ana", "Réponse apportée"),
        ]
        assert {one.about for one in foretold.shown} == {"Questions", "Réponse apportée"}
        assert self.board(foretold) == [Line("Why?", "Réponse apportée", 1)]

    def test_the_news_comes_once_and_the_host_hears_of_what_is_open(self) -> None:
        foretold = self.foretold(
            ("10:50", Do.ASK, self.WHY),
            ("11:10", Do.SCREEN, self.WHY),
            ("11:11", Do.LATER, self.WHY),
            ("11:12", Do.SCREEN, self.WHY),
            at_once=True,
        )
        assert self.about(foretold) == [
            ("10:45", "eva", STAGE),
            ("10:50", "ana", "Publiée"),
            ("10:50", "general", "Questions"),
            ("10:50", "team", "Publiée"),
            ("11:10", "ana", "À l'écran"),
            ("11:40", "eva", "1 question encore ouverte"),
        ]

    def test_grouped_a_person_counts_once_and_who_asked_by_name_counts(self) -> None:
        both = [("10:50", Do.ASK, self.WHY), ("10:50", Do.ASK, self.HOW)]
        votes = [("11:01", Do.SUPPORT, self.WHY), ("11:01", Do.SUPPORT, self.HOW)]
        merge = ("11:02", Do.MERGE, self.HOW)
        foretold = self.foretold(*both, *votes, merge, at_once=True)
        assert self.board(foretold) == [Line("Why?", "", 1)]
        named = replace(self.HOW, anonymous=False)
        both[1], votes[1] = ("10:50", Do.ASK, named), ("11:01", Do.SUPPORT, named)
        foretold = self.foretold(*both, *votes, ("11:02", Do.MERGE, named), at_once=True)
        assert self.board(foretold) == [Line("Why?", "", 2)]

    def test_what_is_over_or_taken_back_changes_nothing(self) -> None:
        foretold = self.foretold(
            ("10:50", Do.ASK, self.WHY),
            ("10:51", Do.ASK, self.WHY),
            ("10:55", Do.WITHDRAW, self.WHY),
            ("10:56", Do.PUBLISH, self.WHY),
            ("11:45", Do.ASK, self.HOW),
            at_once=True,
        )
        assert [one[1:] for one in self.about(foretold)] == [
            ("eva", STAGE),
            ("ana", "Publiée"),
            ("general", "Questions"),
            ("team", "Publiée"),
        ]
        assert self.board(foretold) == []
