"""Personal links on Slack: only in private replies, made at the press and stored nowhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.core.address import PublicAddress
from bot.core.cards import Action, Card, Link, Section
from bot.features.programme import views
from bot.features.programme.views import Asker
from bot.features.questions.access import revoke
from bot.features.questions.doors import PANEL, STAGE, doors, doors_card, may_open_any, open_door
from bot.platforms.slack.handlers import Gesture, Handlers


def handlers(address: PublicAddress) -> Handlers:
    def opened(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        """args: the page, and the session that it is of."""
        page, session_id = args[0], args[1] if len(args) > 1 else ""
        address.link("")  # no link is made where none would lead anywhere
        path = open_door(session, gesture.event, gesture.person, page, session_id)
        return _link(address.link(path), page, gesture)

    def words(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
        """« pupitre », « questions »: the page itself where there is one, else a choice."""
        page, typed = args[0], args[-1]
        if not may_open_any(session, gesture.event, gesture.person, page):
            return views.view_asked_for(session, _asker(gesture), typed)
        found = doors(session, gesture.event, gesture.person, page, gesture.now)
        if len(found) != 1:
            return doors_card(found, gesture.reader)
        return opened(session, gesture, (found[0].page, found[0].session_id))

    return Handlers(
        actions={"pages.open": opened, "pages.words": words, "pages.close": _close},
    )


def _link(url: str, page: str, gesture: Gesture) -> Card:
    t = gesture.reader.gettext
    labels = {STAGE: t("Open the stage page"), PANEL: t("Open my list")}
    label = labels.get(page) or t("Open the question team's page")
    sentence = t("This link is yours alone. It opens once, within 15 minutes.")
    return Card(
        summary=sentence,
        sections=(Section("", (sentence,), links=(Link(label, url),)),),
        actions=(Action(t("Close my pages"), "pages.close"),),
    )


def _close(session: Session, gesture: Gesture, args: tuple[str, ...]) -> Card:
    revoke(session, gesture.event_id, gesture.person.participant_id)
    done = gesture.reader.gettext("Your pages are closed in every browser.")
    return Card(summary=done, sections=(Section("", (done,)),))


def _asker(gesture: Gesture) -> Asker:
    return Asker(
        gesture.event_id,
        gesture.event,
        gesture.person.participant_id,
        gesture.reader,
        gesture.now,
    )
