"""What is held for a person to read, and what is not a question."""

from __future__ import annotations

from bot.core.i18n import N_

ADVERSE_EFFECT = N_("Thank you for your message. It describes a possible effect of a treatment.")
REASON_LABELS: dict[str, str] = {}
DECLINE_REASONS: dict[str, tuple[str, str]] = {"off_topic": (N_("Off topic"), N_("Off topic."))}


def accepted(text: str) -> str:
    return text.strip()


def held_for(text: str) -> tuple[str, ...]:
    return ()
