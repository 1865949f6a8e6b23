"""What the organisers' channel reads of a programme that is fetched from an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy.orm import Session

from bot.core.cards import Action, Card, Section
from bot.core.i18n import N_, Reader
from bot.features.events.model import EventFile
from bot.features.people.tables import Participant
from bot.features.programme.diff_wording import differences, labels, totals, totals_of, when
from bot.features.programme.model import Change, ProgrammeDiff, SessionChange, diff, storable
from bot.features.programme.pending import pending_sessions
from bot.features.programme.queries import known_sessions
from bot.features.programme.source_tables import APPLIED, IGNORED, PendingProgramme, ProgrammeSource

SHOWN = 15
"""Changes that a post names; the others are counted."""


def approval_key(import_id: str) -> str:
    return f"programme:{import_id}"


def source_address(session: Session, event_id: str) -> str:
    """Without what follows the path: it may hold a secret."""
    row = session.get(ProgrammeSource, event_id)
    return (row.address if row else "").partition("?")[0]


@dataclass(frozen=True)
class ProgrammeToApprove:
    """The programme at the address changes much: the changes, and two buttons."""

    name: ClassVar[str] = "programme.to_approve"
    version: ClassVar[int] = 1
    event_id: str
    import_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        pending = session.get_one(PendingProgramme, (self.event_id, self.import_id))
        if pending.decision is not None:
            return self._decided(session, pending, reader)
        after = [storable(one) for one in pending_sessions(pending)]
        found = diff(known_sessions(session, self.event_id), after)
        title = reader.gettext("The programme has changed a lot. Apply it?")
        args = (self.import_id, str(pending.version))
        return Card(
            summary=f"{title} {totals(found, reader)}",
            title=title,
            sections=(
                Section("", (totals(found, reader), source_address(session, self.event_id))),
                *_changes(found, reader),
            ),
            actions=(
                Action(reader.gettext("Apply"), "programme.apply", args, primary=True),
                Action(reader.gettext("Ignore"), "programme.ignore", args),
            ),
        )

    def _decided(self, session: Session, pending: PendingProgramme, reader: Reader) -> Card:
        said = _DECISIONS.get(pending.decision or "", _OVERTAKEN)
        who = session.get(Participant, (self.event_id, pending.decided_by or ""))
        words = reader.gettext(said).format(name=(who.name if who else None) or "—")
        counts = {Change(kind): count for kind, count in (pending.summary or {}).items()}
        lines = (totals_of(counts, None, reader),) if counts else ()
        return Card(summary=words, title=words, sections=(Section("", lines),) if lines else ())


_DECISIONS = {
    APPLIED: N_("The changed programme was applied by {name}"),
    IGNORED: N_("The changed programme was ignored by {name}"),
}
_OVERTAKEN = N_("A newer programme took the place of this one")


def _changes(found: ProgrammeDiff, reader: Reader) -> list[Section]:
    """What uproots most comes first: cancelled, then moved, then the rest."""
    changed = [change for change in found.changes if not change.unchanged]
    changed.sort(key=lambda change: Change.CANCELLED not in change.kinds)
    sections = [_section(change, reader) for change in changed[:SHOWN]]
    left = len(changed) - SHOWN
    if left > 0:
        more = reader.ngettext("… and {count} more", "… and {count} more", left)
        sections.append(Section("", (more.format(count=left),)))
    return sections


def _section(change: SessionChange, reader: Reader) -> Section:
    told = f"{when(change, reader)} ({labels(change, reader)})"
    return Section(change.session.title, (told, *differences(change, reader)))


@dataclass(frozen=True)
class SourceFails:
    """Once, until the address works again."""

    name: ClassVar[str] = "programme.source_fails"
    version: ClassVar[int] = 1
    event_id: str
    msgid: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        title = reader.gettext("The programme could not be fetched")
        reason = reader.gettext(self.msgid).format(**self.arguments)
        stays = reader.gettext("The programme stays as it is. Maillon goes on trying.")
        return Card(
            summary=f"{title} · {reason}",
            title=title,
            sections=(Section("", (source_address(session, self.event_id), reason, stays)),),
        )


@dataclass(frozen=True)
class SourceWorks:
    name: ClassVar[str] = "programme.source_works"
    version: ClassVar[int] = 1
    event_id: str

    def card(self, session: Session, event: EventFile, reader: Reader) -> Card:
        title = reader.gettext("The programme can be fetched again")
        address = source_address(session, self.event_id)
        return Card(summary=title, title=title, sections=(Section("", (address,)),))


SOURCE_MESSAGES = (ProgrammeToApprove, SourceFails, SourceWorks)
