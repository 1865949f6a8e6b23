"""What organisers see of their announcements, and everybody of the practical information."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.errors import MaillonError
from bot.core.i18n import Reader
from bot.features.bulletins.model import (
    DRAFT,
    EMERGENCY,
    SCHEDULED,
    SENT,
    STATE_LABELS,
    WITHDRAWN,
    Content,
)
from bot.features.bulletins.queries import (
    Reach,
    bulletins_of,
    channel_of,
    content_of,
    posts_of_the_day,
    practical_info,
    reach,
)
from bot.features.bulletins.rights import check
from bot.features.bulletins.tables import Bulletin
from bot.features.bulletins.wording import alerts, announced, audience_told, when
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant

SHORT = 70
"""Characters of an announcement in the list of them."""
NEAR = 2
"""Posts below the day's limit at which the preview warns."""


def announce_action(reader: Reader) -> Action:
    """For whoever `organises`."""
    return Action(reader.gettext("Announcements"), "bulletins.overview")


def overview(session: Session, event: EventFile, event_id: str, reader: Reader) -> Card:
    title = reader.gettext("Announcements of the organisers")
    rows = bulletins_of(session, event_id)
    sections = tuple(_listed(session, event, row, reader) for row in rows)
    nothing = reader.gettext("Nothing is written yet. What you write is shown to you first.")
    return Card(
        summary=title,
        title=title,
        sections=sections or (Section("", (nothing,)),),
        actions=(
            Action(reader.gettext("New announcement"), "bulletins.write", primary=True),
            Action(reader.gettext("Emergency alert"), "bulletins.alert"),
        ),
    )


def _listed(session: Session, event: EventFile, row: Bulletin, reader: Reader) -> Section:
    content = content_of(row)
    text = content.words.read_in(reader.language)[1]
    to = audience_told(session, row.event_id, event, content, reader)
    return Section(
        text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…",
        (f"{state_told(row, reader)} · {to}",),
        tuple(_next_steps(row, reader)),
    )


def state_told(row: Bulletin, reader: Reader) -> str:
    t = reader.gettext
    if row.kind == EMERGENCY and row.state == SENT:
        told = t("Alert in force")
    elif row.kind == EMERGENCY and row.state == WITHDRAWN:
        told = t("Alert lifted")
    else:
        moment = row.next_send_at or row.sent_at or row.changed_at
        told = t(STATE_LABELS[row.state]).format(when=when(moment, reader))
    if row.draft is not None and row.state != DRAFT:
        told = t("{state}, a change waits to be published").format(state=told)
    return told


def _next_steps(row: Bulletin, reader: Reader) -> list[Action]:
    t, of = reader.gettext, (row.bulletin_id,)
    if row.state == WITHDRAWN:
        return []
    steps = [
        Action(t("Edit"), "bulletins.alert" if row.kind == EMERGENCY else "bulletins.write", of)
    ]
    if row.draft is not None:
        steps.insert(0, Action(t("Preview"), "bulletins.preview", of))
    if row.state == SENT and row.kind == EMERGENCY:
        steps.append(Action(t("Lift the alert"), "bulletins.withdraw", of))
    elif row.state in (SCHEDULED, SENT):
        steps.append(Action(t("Take it back"), "bulletins.withdraw", of))
    return steps


def preview(
    session: Session, event: EventFile, row: Bulletin, reader: Reader, now: datetime
) -> tuple[Section, ...]:
    """Exactly as it will be read, in each language; then to whom and when, and what to press."""
    content, t = content_of(row), reader.gettext
    channel_reader = Reader.of(event.language, event.zone)
    if row.kind == EMERGENCY:
        seen = alerts(content.words, channel_reader)
    else:
        seen = tuple(
            announced(session, row.event_id, content, each)
            for each, _ in content.words.all_for(channel_reader)
        )
    moment = when(content.send_at, reader) if content.send_at else t("At once")
    facts = [audience_told(session, row.event_id, event, content, reader)]
    if row.state != SENT:
        facts.append(moment)
    facts += _warnings(session, event, row, content, reader, now)
    return (*seen, Section("", (" · ".join(facts[:2]), *facts[2:]), _decide(row, content, reader)))


def _warnings(
    session: Session,
    event: EventFile,
    row: Bulletin,
    content: Content,
    reader: Reader,
    now: datetime,
) -> list[str]:
    if row.state == SENT:
        return [reader.gettext("What was posted is edited; nobody is notified of that.")]
    if row.kind == EMERGENCY:
        return [reader.gettext("Everybody in every channel is notified (@channel).")]
    channel = channel_of(event, content)
    if channel is None:
        return []
    posts = 1 + posts_of_the_day(session, row.event_id, event, channel, content.send_at or now)
    most = event.budget.posts_a_day
    if posts <= most - NEAR:
        return []
    warning = reader.gettext(
        "That makes {count} posts in #{channel} that day, of {most}: "
        "beyond them, changes of the programme are grouped."
    )
    return [warning.format(count=posts, channel=channel, most=most)]


def _decide(row: Bulletin, content: Content, reader: Reader) -> tuple[Action, ...]:
    t, of = reader.gettext, (row.bulletin_id, str(row.version))
    edit = "bulletins.alert" if row.kind == EMERGENCY else "bulletins.write"
    if row.state == SENT:
        go = Action(t("Publish the change"), "bulletins.publish", of, primary=True)
    elif row.kind == EMERGENCY:
        go = Action(t("Give the alert"), "bulletins.arm", of)
    elif content.send_at:
        go = Action(t("Schedule"), "bulletins.publish", of, primary=True)
    else:
        go = Action(t("Publish"), "bulletins.publish", of, primary=True)
    return (
        go,
        Action(t("Edit"), edit, of[:1]),
        Action(t("Drop it"), "bulletins.abandon", of[:1]),
    )


def confirmation(
    session: Session, event: EventFile, row: Bulletin, reader: Reader
) -> tuple[Section, ...]:
    """The second press, which says how far it goes."""
    far, t = reach(session, row.event_id, event), reader.gettext
    told = t(
        "This alert goes out now, at any hour, and stands on the pages and screens of the rooms, "
        "on the pages of the moderators and on the public page until somebody lifts it."
    )
    confirm = t("Confirm: {counts}").format(counts=_counted(far, reader))
    return (
        *alerts(content_of(row).words, Reader.of(event.language, event.zone)),
        Section(
            "",
            (told,),
            (
                Action(confirm, "bulletins.launch", (row.bulletin_id, row.armed or "")),
                Action(t("Drop it"), "bulletins.abandon", (row.bulletin_id,)),
            ),
        ),
    )


def _counted(far: Reach, reader: Reader) -> str:
    number, pages, people = reader.number, far.rooms, far.people
    return ", ".join(
        (
            reader.ngettext("{count} channel", "{count} channels", far.channels).format(
                count=number(far.channels)
            ),
            reader.ngettext("{count} page", "{count} pages", pages).format(count=number(pages)),
            reader.ngettext("{count} screen", "{count} screens", pages).format(count=number(pages)),
            reader.ngettext("{count} person", "{count} people", people).format(
                count=number(people)
            ),
        )
    )


def done_view(row: Bulletin, reader: Reader) -> Card:
    """What a press led to."""
    t = reader.gettext
    if row.state == SENT and row.kind == EMERGENCY:
        told = t("The alert is given. It stands until somebody lifts it.")
    elif row.state == WITHDRAWN and row.kind == EMERGENCY:
        told = t("The alert is lifted.")
    elif row.state == WITHDRAWN:
        told = t("The announcement is withdrawn.")
    elif row.state == SCHEDULED and row.next_send_at:
        told = t("The announcement is scheduled for {when}.").format(
            when=when(row.next_send_at, reader)
        )
    else:
        told = t("The announcement is published.")
    lift = Action(t("Lift the alert"), "bulletins.withdraw", (row.bulletin_id,))
    stands = row.kind == EMERGENCY and row.state == SENT
    return _told(told, (lift,) if stands else (), reader)


def dropped_view(row: Bulletin, reader: Reader) -> Card:
    told = reader.gettext("The draft is dropped.")
    if row.state in (SCHEDULED, SENT):
        told = reader.gettext("The change is dropped. What was decided before holds.")
    return _told(told, (), reader)


def _told(told: str, steps: tuple[Action, ...], reader: Reader) -> Card:
    return Card(
        summary=told,
        sections=(Section("", (told,)),),
        actions=(*steps, announce_action(reader)),
    )


def answer_to(session: Session, event: EventFile, person: Participant, reader: Reader) -> Card:
    """The list for organisers; for everybody else, who can."""
    try:
        check(session, person.event_id, event, person)
    except MaillonError as refusal:
        told = refusal.told_to(reader)
        return Card(summary=told, sections=(Section("", (told,)),))
    return overview(session, event, person.event_id, reader)


def infos_action(session: Session, event_id: str, reader: Reader) -> tuple[Action, ...]:
    """The button to it, where there is any."""
    if not practical_info(session, event_id, reader.language):
        return ()
    return (Action(reader.gettext("Practical information"), "infos.view"),)


def infos_view(session: Session, event_id: str, reader: Reader) -> Card:
    title = reader.gettext("Practical information")
    entries = practical_info(session, event_id, reader.language)
    sections = tuple(Section(one.title, (one.text,)) for one in entries)
    nothing = reader.gettext("The organisers have not given any yet.")
    return Card(summary=title, title=title, sections=sections or (Section("", (nothing,)),))
