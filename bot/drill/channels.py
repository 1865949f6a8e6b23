"""The oracle's channels: announcements, what becomes of them, and notices of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.drill.expected import Expected, Final
from bot.drill.files import Rules, Session
from bot.drill.timeline import FOREVER, Change, Timeline, Untold

QUARTER = timedelta(minutes=15)
MORNING = time(7, 45)
STANDS_FOR = timedelta(hours=1)
"""Coffee that begins within it is told by the message of the morning alone."""


@dataclass(frozen=True)
class Post:
    """The sessions of one channel that start together, told in one message."""

    message: Expected
    start: datetime
    members: tuple[str, ...]
    since: datetime
    """The import that it goes back to."""
    morning: bool = False
    """The message of a day: it shows the whole of it, whatever begins."""

    @property
    def channel(self) -> str:
        return self.message.place

    @property
    def moment(self) -> datetime:
        return self.message.moment


class Channels:
    def __init__(self, rules: Rules, timeline: Timeline) -> None:
        self._rules, self._timeline = rules, timeline
        self._changes = [change for change in timeline.changes() if not change.over]
        mornings = list(self._mornings())
        told = {name: post.start for post in mornings for name in post.members}
        self._posts = [*mornings, *self._announced(told)]

    def announcements(self) -> list[Expected]:
        return [post.message for post in self._posts]

    def notices(self) -> list[Expected]:
        """One a channel for the changes of an import; on full days only every quarter."""
        told: dict[tuple[str, datetime, bool], dict[str, Untold]] = defaultdict(dict)
        for change in self._changes:
            name = change.after.id
            for channel in self._noticed_in(change):
                before = {at for place, at, _ in told if place == channel} - {change.at}
                moment = self._allowed(channel, change.at, before)
                # What had to wait for a moment is told before an import at that moment.
                untold = told[channel, moment, moment > change.at]
                untold[name] = Untold.adding(change, untold.get(name))
        return [
            Expected.of(channel, moment, sessions)
            for (channel, moment, waited), untold in told.items()
            if (sessions := self._worth_telling(untold, moment, waited))
        ]

    def _worth_telling(
        self, untold: Mapping[str, Untold], moment: datetime, waited: bool
    ) -> list[Session]:
        programme = (self._timeline.before if waited else self._timeline.at)(moment).sessions
        return [
            programme[name]
            for name, changed in untold.items()
            if not changed.moot(moment, programme[name])
        ]

    def finals(self) -> Iterator[Final]:
        for post in self._posts:
            if post.morning:
                continue
            live_at = {name: self._live_at(post, name) for name in post.members}
            at_last = self._timeline.at(self._last_edit(post, live_at))
            shown = at_last.sessions
            marks = {name: _mark(post, shown[name], live_at[name]) for name in post.members}
            titles = {name: shown[name].title for name in post.members}
            yield Final(
                post=post.message,
                titles=frozenset(titles.values()),
                under_way="live" in marks.values(),
                moved=frozenset(titles[name] for name in titles if marks[name] == "moved"),
                cancelled=frozenset(titles[name] for name in titles if marks[name] == "cancelled"),
                late=frozenset(titles[name] for name in titles if name in at_last.late),
            )

    def _mornings(self) -> Iterator[Post]:
        """What a day begins with. Imports come later, and find it told."""
        for day in self._rules.days:
            moment = datetime.combine(day, MORNING, self._rules.zone)
            version = self._timeline.at(moment)
            of_day = [one for one in version.sessions.values() if self._takes_place(one, day)]
            start = min((one.start for one in of_day), default=None)
            if start is None or not version.at <= moment:
                continue
            first = [one for one in of_day if one.start == start]
            near = moment + self._rules.announce < start < moment + STANDS_FOR
            yield Post(
                Expected.of(self._rules.general, moment, first),
                start,
                tuple(one.id for one in first if near and one.kind == "networking"),
                version.at,
                morning=True,
            )

    def _takes_place(self, session: Session, day: date) -> bool:
        local = session.start.astimezone(self._rules.zone)
        return local.date() == day and not session.cancelled

    def _announced(self, told: Mapping[str, datetime]) -> list[Post]:
        """But for those that were `told` in the morning, at the start that was told."""
        together: dict[tuple[datetime, ...], dict[str, list[Session]]] = {}
        for lead in self._timeline.leads(self._rules.announce, even_late=True):
            if lead.comes and told.get(lead.session) != lead.start:
                session = self._timeline.at(lead.since).sessions[lead.session]
                channels = together.setdefault((lead.moment, lead.start, lead.since), {})
                channels.setdefault(self._rules.channel(session), []).append(session)
        return [
            Post(
                Expected.of(channel, moment, sessions),
                start,
                tuple(session.id for session in sessions),
                since,
            )
            for (moment, start, since), channels in together.items()
            for channel, sessions in channels.items()
        ]

    def _noticed_in(self, change: Change) -> set[str]:
        """A delay that is taken back is told where it was told: by a notice, or, of the session
        itself, by what its post says."""
        if change.undoes is None:
            return self._told_in(change) if change.rescheduled else set()
        if change.after.id == change.undoes.session:
            return self._told_in(change)
        [made] = [
            one
            for one in self._changes
            if one.at == change.undoes.at and one.after.id == change.after.id
        ]
        return self._told_in(made)

    def _told_in(self, change: Change) -> set[str]:
        return {post.channel for post in self._posts if self._edits(change, post)}

    def _allowed(self, channel: str, now: datetime, notices: set[datetime]) -> datetime:
        """When the channel may have one more notice of what happened `now`."""
        posts = [post.moment for post in self._posts if post.channel == channel] + list(notices)
        today = now.astimezone(self._rules.zone).date()
        so_far = [
            moment
            for moment in posts
            if moment <= now and moment.astimezone(self._rules.zone).date() == today
        ]
        past = timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond)
        if len(so_far) < self._rules.posts_a_day or not past:
            return now
        return now - past + QUARTER

    def _live_at(self, post: Post, name: str) -> datetime | None:
        """When the post last began to say that a session is under way; only the newest does."""
        newer = min(
            (
                other.moment
                for other in self._posts
                if name in other.members and other.moment > post.moment
            ),
            default=FOREVER,
        )
        live_at = None
        for version in self._timeline.versions:
            session = version.sessions.get(name)
            if session is None:
                continue
            if session.start > version.at and self._restarted(name, version.at):
                live_at = None
            moment = max(session.start, version.at, post.moment)
            comes = moment <= version.until and moment < min(newer, session.end)
            if comes and live_at is None and not session.cancelled:
                live_at = moment
        return live_at

    def _restarted(self, name: str, moment: datetime) -> bool:
        return any(
            change.restarted
            for change in self._changes
            if change.after.id == name and change.at == moment
        )

    def _last_edit(self, post: Post, live_at: dict[str, datetime | None]) -> datetime:
        edits = [change.at for change in self._changes if self._edits(change, post)]
        return max([post.moment, *edits, *filter(None, live_at.values())])

    def _edits(self, change: Change, post: Post) -> bool:
        """What an import leads to knows of the change already."""
        stood = post.since < change.at and post.moment <= change.at
        return stood and change.after.id in post.members


def _mark(post: Post, session: Session, live_at: datetime | None) -> str:
    if session.cancelled:
        return "cancelled"
    if live_at is not None:
        return "live"
    return "moved" if session.start != post.start else ""
