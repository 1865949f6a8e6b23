"""A difference between two programmes, in words: for the terminal and for the organisers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from bot.core.i18n import N_, Reader
from bot.features.programme.model import Change, ProgrammeDiff, SessionChange

_LABELS = {
    Change.NEW: N_("new"),
    Change.START_MOVED: N_("moved"),
    Change.END_MOVED: N_("other end"),
    Change.ROOM_MOVED: N_("other room"),
    Change.RENAMED: N_("renamed"),
    Change.SPEAKERS_CHANGED: N_("other speakers"),
    Change.DETAILS_CHANGED: N_("details"),
    Change.CANCELLED: N_("cancelled"),
    Change.RETURNED: N_("returned"),
}
_TOTALS = {
    Change.NEW: N_("new: {count}"),
    Change.START_MOVED: N_("moved: {count}"),
    Change.END_MOVED: N_("other end: {count}"),
    Change.ROOM_MOVED: N_("other room: {count}"),
    Change.RENAMED: N_("renamed: {count}"),
    Change.SPEAKERS_CHANGED: N_("other speakers: {count}"),
    Change.DETAILS_CHANGED: N_("details: {count}"),
    Change.CANCELLED: N_("cancelled: {count}"),
    Change.RETURNED: N_("returned: {count}"),
}


def totals(diff: ProgrammeDiff, who: Reader) -> str:
    """How many sessions underwent what, and how many nothing."""
    return totals_of(diff.counts, len(diff.unchanged), who)


def totals_of(counts: Mapping[Change, int], unchanged: int | None, who: Reader) -> str:
    parts = [
        who.gettext(_TOTALS[kind]).format(count=count)
        for kind, count in sorted(counts.items())
        if count
    ]
    if unchanged is not None:
        parts.append(who.gettext("unchanged: {count}").format(count=unchanged))
    return ", ".join(parts)


def labels(change: SessionChange, who: Reader) -> str:
    return kind_labels(change.kinds, who)


def kind_labels(kinds: Collection[str], who: Reader) -> str:
    """As the history keeps them; what is no kind of change stays as it is."""
    known = {str(kind): msgid for kind, msgid in _LABELS.items()}
    return ", ".join(who.gettext(known[kind]) if kind in known else kind for kind in sorted(kinds))


def when(change: SessionChange, who: Reader) -> str:
    moments: Sequence[datetime] = [
        side.starts_at for side in (change.before, change.after) if side is not None
    ]
    return " → ".join(dict.fromkeys(f"{who.day(moment)} {who.time(moment)}" for moment in moments))


def differences(change: SessionChange, who: Reader) -> Iterator[str]:
    """What was and what is instead, besides the start."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    if change.kinds & {Change.START_MOVED, Change.END_MOVED} == {Change.END_MOVED}:
        ends = (who.time(side.ends_at) for side in (before, after))
        yield " → ".join(who.gettext("until {time}").format(time=end) for end in ends)
    if Change.ROOM_MOVED in change.kinds:
        yield f"{before.room} → {after.room}"
    if Change.RENAMED in change.kinds:
        yield f"{before.title} → {after.title}"
    if Change.SPEAKERS_CHANGED in change.kinds:
        old, new = ([speaker.name for speaker in side.speakers] for side in (before, after))
        gone = [f"− {name}" for name in old if name not in new]
        yield ", ".join([*gone, *(f"+ {name}" for name in new if name not in old)])
