"""The oracle's questions: what becomes of each, who is told, and what boards show in the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.drill.deeds import Asked, Deed, Do
from bot.drill.expected import Expected, Line, Shown
from bot.drill.files import Rules, Session
from bot.drill.timeline import Timeline

REVIEW, PUBLISHED, DECLINED = "En relecture", "Publiée", "Question non retenue"
ON_SCREEN, ANSWERED = "À l'écran", "Réponse apportée"
GROUPED, WITHDRAWN = "Regroupée avec une autre", "Retirée"
BOARD = "Questions"
LEFT_OPEN = ("question encore ouverte", "questions encore ouvertes")

VOTABLE = (PUBLISHED, ON_SCREEN)
PUBLIC = (*VOTABLE, ANSWERED)
OPEN = (REVIEW, *VOTABLE)
MOVES = {
    Do.PUBLISH: ((REVIEW, DECLINED), PUBLISHED),
    Do.DECLINE: (OPEN, DECLINED),
    Do.SCREEN: ((PUBLISHED, ANSWERED), ON_SCREEN),
    Do.LATER: ((ON_SCREEN,), PUBLISHED),  # or answered, if it was so before
    Do.ANSWERED: (VOTABLE, ANSWERED),
    Do.WITHDRAW: (OPEN, WITHDRAWN),
}
"""From which states to which; from any other nothing changes."""
NEWS = (ON_SCREEN, ANSWERED)
"""What the asker is told in a message of its own, once."""
LAST_CALL = timedelta(minutes=5)
"""So long before the end the host is told what is open."""


@dataclass
class _Question:
    asked: Asked
    at: datetime
    state: str
    posts: list[Expected]
    """The status message to who asked and the team's, as they were posted."""
    into: _Question | None = None
    was_public: bool = False
    was_answered: bool = False
    supporters: set[str] = field(default_factory=set)
    """Who pressed this one, whatever it was grouped with then or later."""
    told: set[str] = field(default_factory=set)
    """The news of it."""

    def __post_init__(self) -> None:
        self.was_public = self.state == PUBLISHED

    @property
    def off_screen(self) -> str:
        return ANSWERED if self.was_answered else PUBLISHED

    @property
    def age(self) -> tuple[bool, datetime]:
        """The oldest first, those that were public before the others. When an anonymous question
        was asked is known to ten minutes."""
        since = timedelta(minutes=self.at.minute % 10, seconds=self.at.second)
        return not self.was_public, self.at - since if self.asked.anonymous else self.at

    @property
    def root(self) -> _Question:
        return self.into.root if self.into else self


@dataclass
class _Sheet:
    """The questions of one session."""

    questions: dict[str, _Question] = field(default_factory=dict)
    board: Expected | None = None
    called: bool = False

    def supporters(self, root: _Question) -> set[str]:
        """A person counts once; who asked what was grouped supports what it became."""
        together = [one for one in self.questions.values() if one.root is root]
        voters = set().union(*(one.supporters for one in together))
        return voters | {
            one.asked.asker for one in together if one is not root and not one.asked.anonymous
        }


class Questions:
    """`at_once` are the sessions whose questions are published before they are read."""

    def __init__(
        self,
        rules: Rules,
        timeline: Timeline,
        deeds: Iterable[Deed],
        hosts: Mapping[str, Sequence[str]],
        at_once: Iterable[str],
    ) -> None:
        self._rules, self._timeline, self._hosts = rules, timeline, hosts
        self._at_once = set(at_once)
        self._sheets: dict[str, _Sheet] = {}
        self.messages: list[Expected] = []
        deeds = sorted(deeds, key=lambda deed: deed.at)
        for moment in self._moments(deeds):
            for deed in (one for one in deeds if one.at == moment):
                self._do(deed)
            self._pass(moment)

    def shown(self) -> Iterator[Shown]:
        for sheet in self._sheets.values():
            for one in sheet.questions.values():
                yield from (Shown(post, one.state) for post in one.posts)
            if sheet.board:
                yield Shown(sheet.board, BOARD, frozenset(self._lines(sheet)))

    def _lines(self, sheet: _Sheet) -> Iterator[Line]:
        for one in sheet.questions.values():
            if one.state in PUBLIC:
                state = one.state if one.state != PUBLISHED else ""
                yield Line(one.asked.text, state, len(sheet.supporters(one)))

    def _moments(self, deeds: Iterable[Deed]) -> list[datetime]:
        moments = {deed.at for deed in deeds}
        for version in self._timeline.versions:
            moments.add(version.at)
            for name in {deed.question.session for deed in deeds}:
                if name in version.sessions:
                    one = version.sessions[name]
                    moments |= {one.start - self._rules.announce, one.end - LAST_CALL}
        return sorted(moments)

    # One deed

    def _do(self, deed: Deed) -> None:
        session = self._session(deed.question.session, deed.at)
        if session is None:
            return
        if deed.do is Do.ASK:
            self._ask(deed, session)
            return
        sheet = self._sheets.get(session.id, _Sheet())
        question = sheet.questions.get(deed.question.text)
        if question is None:
            return
        match deed.do:
            case Do.SUPPORT:
                if self._takes(session, deed.at) and question.root.state in VOTABLE:
                    question.supporters.add(deed.who)
            case Do.MERGE:
                assert deed.into is not None
                self._merge(question, sheet.questions.get(deed.into.text))
            case Do.RESTORE:
                self._restore(question)
            case _:
                self._move(sheet, question, deed)

    def _ask(self, deed: Deed, session: Session) -> None:
        asked = deed.question
        sheet = self._sheets.get(session.id, _Sheet())
        # A form that is sent again because its answer was lost asks once.
        if not self._takes(session, deed.at) or asked.text in sheet.questions:
            return
        read_first = asked.held or session.id not in self._at_once
        state = REVIEW if read_first else PUBLISHED
        posts = [Expected(asked.asker, deed.at, (asked.text,), state)]
        if self._rules.questions:
            posts.append(Expected(self._rules.questions, deed.at, (asked.text,), state))
        self.messages += posts
        self._sheets[session.id] = sheet
        sheet.questions[asked.text] = _Question(asked, deed.at, state, posts)

    def _move(self, sheet: _Sheet, question: _Question, deed: Deed) -> None:
        before, after = MOVES[deed.do]
        if question.state not in before:
            return
        others = [one for one in sheet.questions.values() if one.state == ON_SCREEN]
        question.state = question.off_screen if deed.do is Do.LATER else after
        question.was_public = question.was_public or after in PUBLIC
        question.was_answered = question.was_answered or after == ANSWERED
        if after == WITHDRAWN:
            self._let_another_stand(sheet, question)
        self._tell(sheet, question, deed.at)
        for other in others if after == ON_SCREEN else ():
            other.state = other.off_screen
            self._tell(sheet, other, deed.at)

    def _tell(self, sheet: _Sheet, question: _Question, moment: datetime) -> None:
        """Who asked it, and who asked what is told in it."""
        for one in sheet.questions.values():
            news = one.root is question and question.state in NEWS
            if news and question.state not in one.told:
                one.told.add(question.state)
                text = question.asked.text
                told = Expected(one.asked.asker, moment, (text,), question.state)
                self.messages.append(told)

    def _let_another_stand(self, sheet: _Sheet, gone: _Question) -> None:
        """What was told in a question that is taken back stays: the oldest in its place."""
        theirs = sorted(
            (one for one in sheet.questions.values() if one.into is gone), key=lambda one: one.age
        )
        for one in theirs:
            one.into = theirs[0]
        for one in theirs[:1]:
            one.state, one.into = PUBLISHED if one.was_public else REVIEW, None

    def _merge(self, question: _Question, target: _Question | None) -> None:
        if target is None or target.root is question or question.state not in OPEN:
            return
        if {target.state, target.root.state} & {DECLINED, WITHDRAWN}:
            return
        question.state, question.into = GROUPED, target.root

    def _restore(self, question: _Question) -> None:
        if question.state in (DECLINED, GROUPED):
            public = question.state == GROUPED and question.was_public
            question.state, question.into = PUBLISHED if public else REVIEW, None

    # What comes by itself

    def _pass(self, moment: datetime) -> None:
        for name, sheet in self._sheets.items():
            session = self._session(name, moment)
            if session is None or session.cancelled:
                continue
            public = any(one.state in PUBLIC for one in sheet.questions.values())
            announced = session.start - self._rules.announce <= moment < session.end
            if sheet.board is None and public and announced:
                place = self._rules.channel(session)
                sheet.board = Expected(place, moment, (session.title,), BOARD)
                self.messages.append(sheet.board)
            if not sheet.called and moment >= session.end - LAST_CALL:
                sheet.called = True
                self._call(sheet, session, moment)

    def _call(self, sheet: _Sheet, session: Session, moment: datetime) -> None:
        count = sum(one.state in OPEN for one in sheet.questions.values())
        if count:
            about = f"{count} {LEFT_OPEN[count > 1]}"
            self.messages += [
                Expected(host, moment, (session.title,), about)
                for host in self._hosts.get(session.id, ())
            ]

    def _session(self, name: str, moment: datetime) -> Session | None:
        return self._timeline.at(moment).sessions.get(name)

    def _takes(self, session: Session, moment: datetime) -> bool:
        opens = session.start - self._rules.questions_open
        return not session.cancelled and opens <= moment < session.end
