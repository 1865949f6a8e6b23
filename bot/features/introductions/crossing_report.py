"""The counts by crossing as organisers read them: a message, a table, data."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from bot.core.cards import Card, Section
from bot.core.cells import safe_cell
from bot.core.i18n import Reader
from bot.features.events.model import EventFile
from bot.features.introductions.crossings import MEASURES, Crossing, Report, Row
from bot.features.introductions.outcome_messages import OUTCOME_LABELS

WITHHELD = "–"
FAVOURED = 5
"""Missing crossings that a message names."""
LINES = 15
"""Crossings of one section, so that none of Slack's is too long."""


def report_card(report: Report, event: EventFile, reader: Reader) -> Card:
    title = reader.gettext("What came of the introductions")
    if report.total.introductions == 0:
        nothing = reader.gettext("Nobody has been introduced yet.")
        return Card(f"{title} · {nothing}", title, (Section("", (nothing,)),))
    crossings = [
        _fact(label(crossing, event, reader), _in_words(row, reader), reader)
        for crossing, row in report.rows.items()
        if row.introductions != 0
    ]
    sections = [
        Section(_in_words(report.total, reader), tuple(_rates(report.total, reader))),
        *(
            Section(
                reader.gettext("By crossing") if at == 0 else "", tuple(crossings[at : at + LINES])
            )
            for at in range(0, len(crossings), LINES)
        ),
        *_outcomes(report, reader),
        *_missing(report, event, reader),
        *_named(report, reader),
    ]
    return Card(
        summary=f"{title} · {_in_words(report.total, reader)}",
        title=title,
        sections=tuple(sections),
        footer=reader.gettext(
            "{sign}: fewer than five people, or a second figure without which the first could "
            "be computed."
        ).format(sign=WITHHELD),
    )


def label(crossing: Crossing, event: EventFile, reader: Reader) -> str:
    """ "Industrie × Start-up"."""
    unknown = reader.gettext("kind not known")
    kinds = (event.kind_label(kind, reader.language) or kind or unknown for kind in crossing)
    return " × ".join(kinds)


def _fact(name: str, value: str, reader: Reader) -> str:
    return reader.gettext("{name}: {value}").format(name=name, value=value)


def _in_words(row: Row, reader: Reader) -> str:
    """ "34 mises en relation · 28 rencontres · 12 suites déclarées, 5 confirmées"."""
    tn = reader.ngettext
    made, met = row.introductions, row.encounters
    told, both = row.opportunities, row.confirmed
    facts = [
        _told(tn("{count} introduction", "{count} introductions", _n(made)), made, reader),
        _told(tn("{count} meeting", "{count} meetings", _n(met)), met, reader),
    ]
    if row.asked:
        follow_ups = tn("{count} follow-up reported", "{count} follow-ups reported", _n(told))
        confirmed = tn(
            "{count} confirmed by both sides", "{count} confirmed by both sides", _n(both)
        )
        of_these = [_told(confirmed, both, reader)] if told != 0 else []
        facts.append(", ".join([_told(follow_ups, told, reader), *of_these]))
    return " · ".join(facts)


def _n(count: int | None) -> int:
    """What decides the plural; of what is withheld it must say nothing."""
    return 2 if count is None else count


def _told(words: str, count: int | None, reader: Reader) -> str:
    return words.format(count=_number(count, reader))


def _number(count: int | None, reader: Reader) -> str:
    return WITHHELD if count is None else reader.number(count)


def _rates(row: Row, reader: Reader) -> Iterator[str]:
    for rate, words in (
        (row.answer_rate, reader.gettext("{percent} said whether they met.")),
        (row.follow_up_rate, reader.gettext("{percent} of those who met said what came of it.")),
    ):
        if rate is not None:
            yield words.format(percent=percent(rate, reader))


def percent(rate: float, reader: Reader) -> str:
    return reader.gettext("{number}%").format(number=reader.number(round(100 * rate)))


def _outcomes(report: Report, reader: Reader) -> Iterator[Section]:
    """Each side's own word: two of a pair may say different things."""
    told = [
        _fact(
            reader.gettext(OUTCOME_LABELS[outcome]),
            _number(count, reader),
            reader,
        )
        for outcome, count in report.outcomes.items()
        if count != 0
    ]
    if told:
        yield Section(reader.gettext("Follow-ups, by person who reports them"), (" · ".join(told),))


def _missing(report: Report, event: EventFile, reader: Reader) -> Iterator[Section]:
    if report.missing:
        first = [label(crossing, event, reader) for crossing in report.missing[:FAVOURED]]
        title = reader.gettext("Not yet introduced to each other")
        yield Section(title, (" · ".join(first),))


def _named(report: Report, reader: Reader) -> Iterator[Section]:
    if report.named:
        lines = []
        for one in report.named:
            outcomes = dict.fromkeys(reader.gettext(OUTCOME_LABELS[each]) for each in one.outcomes)
            lines.append(_fact(" × ".join(one.organisations), ", ".join(outcomes), reader))
        yield Section(reader.gettext("Named with the agreement of both sides"), tuple(lines))


# Files


def as_text(card: Card) -> str:
    """The same words for a terminal, or beside a picture for who does not see it."""
    lines = [card.title]
    for section in card.sections:
        lines += [section.title, *section.lines]
    return "\n".join(filter(None, [*lines, card.footer]))


def as_csv(report: Report, event: EventFile, reader: Reader) -> str:
    """A row a crossing, the total last; no cell is a formula, whatever the event calls a kind."""
    written = io.StringIO(newline="")
    table = csv.writer(written, quoting=csv.QUOTE_ALL)
    table.writerow(["kind", "other_kind", *MEASURES, "answer_rate", "follow_up_rate"])
    for (kind, other), row in report.rows.items():
        names = [event.kind_label(one, reader.language) or one for one in (kind, other)]
        table.writerow([*map(safe_cell, names), *_cells(row)])
    table.writerow(["total", "", *_cells(report.total)])
    return written.getvalue()


def _cells(row: Row) -> Iterator[str]:
    for measure in MEASURES:
        count = getattr(row, measure)
        yield "withheld" if count is None else str(count)
    for rate in (row.answer_rate, row.follow_up_rate):
        yield "" if rate is None else f"{rate:.2f}"


def as_json(report: Report) -> str:
    """`null` is what is withheld; rates also where nobody was asked."""
    data = {
        "crossings": [
            {"kind": kind, "other_kind": other, **_data(row)}
            for (kind, other), row in report.rows.items()
        ],
        "total": _data(report.total),
        "follow_ups_reported": dict(report.outcomes),
        "missing": [list(crossing) for crossing in report.missing],
        "named": [
            {"organisations": list(one.organisations), "outcomes": list(one.outcomes)}
            for one in report.named
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _data(row: Row) -> dict[str, int | float | None]:
    counts = {measure: getattr(row, measure) for measure in MEASURES}
    rates = {"answer_rate": row.answer_rate, "follow_up_rate": row.follow_up_rate}
    rounded = {name: None if rate is None else round(rate, 2) for name, rate in rates.items()}
    return {**counts, **rounded}
