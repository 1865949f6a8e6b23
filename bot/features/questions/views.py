"""Private replies about questions, each with the next thing to press."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.programme.queries import ProgrammeEntry
from bot.features.programme.wording import ask_action, full_action, hours, seats
from bot.features.questions.model import Done, SessionRules
from bot.features.questions.queries import question_view
from bot.features.questions.wording import quoted

SAID = {
    "publish": N_("Published."),
    "decline": N_("Not kept. The person who asked reads: {sentence}"),
    "screen": N_("On the screen of the room."),
    "answered": N_("Answered."),
    "later": N_("Off the screen, and back to the list."),
    "restore": N_("Back in the list."),
    "edit": N_("Changed. The person who asked sees both versions."),
    "translate": N_("The version in the other language is changed."),
    "assign": N_("For {name}."),
    "unassign": N_("No longer for anybody in particular."),
    "merge": N_("Grouped: whoever asked or supported counts once."),
    "aloud": N_("The question of the room is noted, as answered."),
    "close": N_("Questions for this session are closed."),
    "open": N_("Questions for this session are open again."),
    "before": N_("From now on, each question is read before it is published."),
    "after": N_("From now on, questions are published at once, but for those held for review."),
    "undo": N_("Undone."),
}
_ALREADY = N_("It was so already: nothing was changed.")


def what_was_said(what: str, reader: Reader, **named: str) -> str:
    return reader.gettext(SAID[what]).format(**named)


def outcome(done: Done, what: str, reader: Reader, **named: str) -> str:
    return (
        reader.gettext(_ALREADY) if done.change_id is None else what_was_said(what, reader, **named)
    )


def done_view(
    session: Session, event_id: str, done: Done, what: str, reader: Reader, **named: str
) -> Card:
    """What was done, and its undo."""
    said = outcome(done, what, reader, **named)
    return several_done(session, event_id, [(said, done)], reader)


def several_done(
    session: Session, event_id: str, steps: list[tuple[str, Done]], reader: Reader
) -> Card:
    """The same for what one form changed; the last comes first, as it is undone first."""
    first = steps[0][1].question_id
    view = question_view(session, event_id, first) if first else None
    title = quoted(view.text, reader) if view else ""
    summary = " ".join(filter(None, (*(said for said, _ in steps), title)))
    sections = [_step(said, done, reader) for said, done in reversed(steps)]
    return Card(summary=summary, sections=(*((Section(title),) if title else ()), *sections))


def _step(said: str, done: Done, reader: Reader) -> Section:
    undo = Action(reader.gettext("Undo"), "questions.undo", (done.change_id or "",))
    return Section("", (said,), (undo,) if done.change_id else ())


def withdrawn_view(reader: Reader, *, consent: bool) -> Card:
    if consent:
        return Card(reader.gettext("Noted: your message is not asked as a question."))
    return Card(reader.gettext("Your question is withdrawn."))


def agreed_view(reader: Reader) -> Card:
    return Card(reader.gettext("Thank you. Your message is now asked as a question."))


def overview(
    sections: list[Section],
    pages: tuple[Action, ...],
    reader: Reader,
    said: str = "",
    done: Done | None = None,
) -> Card:
    """What the équipe Questions finds under *Questions*; `pages` open the pages of the web.

    `said` and `done` are what the last press changed.
    """
    title = reader.gettext("Questions")
    nothing = reader.gettext("No session takes questions at the moment.")
    lead = (_step(said, done, reader),) if done else ()
    return Card(
        summary=" · ".join(filter(None, (title, said))),
        title=title,
        sections=(*lead, *(sections or [Section("", (nothing,))])),
        actions=(*pages, ask_action(reader)) if sections else pages,
    )


def session_to_moderate(
    entry: ProgrammeEntry, rules: SessionRules, waiting: int, public: int, reader: Reader
) -> Section:
    """A session for those who decide on its questions, with what they may change about it."""
    counts = (
        reader.ngettext("{count} question to read", "{count} questions to read", waiting).format(
            count=reader.number(waiting)
        ),
        reader.ngettext("{count} published", "{count} published ones", public).format(
            count=reader.number(public)
        ),
    )
    ref = (entry.session_id,)
    label, way = reader.gettext("Close the questions"), "close"
    if rules.closed:
        label, way = reader.gettext("Open the questions again"), "open"
    door = Action(label, "questions.session", (*ref, way))
    if rules.moderation == "before":
        mode, other = reader.gettext("read before they are published"), "after"
        label = reader.gettext("Read them afterwards")
    else:
        mode, other = reader.gettext("published at once"), "before"
        label = reader.gettext("Read them before")
    aloud = Action(reader.gettext("Question from the room"), "questions.aloud", ref)
    state = reader.gettext("closed") if rules.closed else mode
    return Section(
        f"{hours(entry, reader)} · {entry.title}",
        (" · ".join(filter(None, (*counts, state, seats(entry.full, None, reader)))),),
        (
            aloud,
            door,
            Action(label, "questions.session", (*ref, other)),
            full_action(entry.session_id, entry.full, reader),
        ),
    )
