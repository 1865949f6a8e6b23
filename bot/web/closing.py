"""What came of the event, as the screen of its closing session tells it.

The counts of introductions are the report's, and so is what it withholds: a figure that fewer
than five people stand behind, or that is none yet, is left out, so that neither can be told from
the other. Questions are counted as everybody could read them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.crossings import crossings_report
from bot.features.questions.model import ANSWERED, PUBLIC
from bot.features.questions.tables import Question

FRESH_S = 5.0


@dataclass(frozen=True)
class Figures:
    """0 where there is none to tell."""

    introductions: int = 0
    meetings: int = 0
    follow_ups: int = 0
    questions: int = 0
    answered: int = 0


def closing_figures(session: Session, event_id: str, event: EventFile) -> Figures:
    total = crossings_report(session, event_id, event).total
    rows = session.execute(
        select(Question.state, func.count())
        .where(Question.event_id == event_id, Question.state.in_(PUBLIC))
        .group_by(Question.state)
    )
    public: dict[str, int] = {row[0]: row[1] for row in rows}
    return Figures(
        introductions=total.introductions or 0,
        meetings=total.encounters or 0,
        follow_ups=total.opportunities or 0,
        questions=sum(public.values()),
        answered=public.get(ANSWERED, 0),
    )


class Recent:
    """The figures, counted again once they are `FRESH_S` old: a screen is drawn anew after every
    vote, and to count takes a twentieth of a second."""

    def __init__(self) -> None:
        self._counted: dict[str, tuple[float, Figures]] = {}

    def of(self, session: Session, event_id: str, event: EventFile) -> Figures:
        counted_at, figures = self._counted.get(event_id, (-inf, Figures()))
        if monotonic() - counted_at >= FRESH_S:
            figures = closing_figures(session, event_id, event)
            self._counted[event_id] = monotonic(), figures
        return figures


def in_words(figures: Figures, reader: Reader) -> list[str]:
    """« 212 mises en relation », « 168 rencontres », … ; nothing where there is nothing to tell."""
    tn, told = reader.ngettext, _telling(reader)
    made, met, came = figures.introductions, figures.meetings, figures.follow_ups
    asked, answered = figures.questions, figures.answered
    facts = [
        told(made, tn("{count} introduction", "{count} introductions", made)),
        told(met, tn("{count} meeting", "{count} meetings", met)),
        told(came, tn("{count} follow-up reported", "{count} follow-ups reported", came)),
        ", ".join(
            filter(
                None,
                (
                    told(asked, tn("{count} question", "{count} questions", asked)),
                    told(answered, tn("{count} answered", "{count} answered", answered)),
                ),
            )
        ),
    ]
    return [fact for fact in facts if fact]


def _telling(reader: Reader) -> Callable[[int, str], str]:
    return lambda count, words: words.format(count=reader.number(count)) if count else ""
