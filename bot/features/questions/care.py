"""What is taken as a question, which ones a person reads first, and how one is declined."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from bot.core.errors import MaillonError
from bot.core.i18n import N_, NBSP, NNBSP, Reader
from bot.features.questions.phrases import signs
from bot.features.questions.words import says_something

LONGEST = 500
"""Characters: what is read from the back of a room, and aloud in half a minute."""

REASON_LABELS = {
    "health": N_("somebody's health"),
    "adverse_effect": N_("possible effect"),
    "accusation": N_("an accusation"),
    "competition": N_("competition law"),
    "words": N_("words to read again"),
}
"""Why a person reads it first, in the order in which the team is told."""

ADVERSE_EFFECT = N_(
    "Thank you for your message. It describes an effect that may be linked to a treatment: please "
    "report it on the reporting portal of the Ministry of Health or to a health professional. "
    "It will be neither shown nor exported."
)


class DeclineReason(NamedTuple):
    label: str
    sentence: str
    """What the asker reads."""


DECLINE_REASONS = {
    "already_asked": DeclineReason(
        N_("Already asked"),
        N_(
            "Thank you for your question. It has already been asked in this session: you can "
            "support the one that is there."
        ),
    ),
    "off_topic": DeclineReason(
        N_("Off topic"),
        N_(
            "Thank you for your question. It leads away from the topic of this session: you can "
            "ask it in another one, or talk about it during a break."
        ),
    ),
    "individual_case": DeclineReason(
        N_("Individual case"),
        N_(
            "Thank you for your message. It is about the situation of one person, which is not "
            "discussed in public: a health professional or a patient association can answer it. "
            "It will be neither shown nor exported."
        ),
    ),
    "accusation": DeclineReason(
        N_("Accuses somebody"),
        N_(
            "Thank you for your question. It accuses a person or an organisation that cannot "
            "reply here: you can ask it again without naming anybody, or turn to the organisers."
        ),
    ),
    "promotion": DeclineReason(
        N_("Promotion"),
        N_(
            "Thank you for your message. It presents an offer rather than asks a question: the "
            "exhibition is the place to make it known."
        ),
    ),
    "competition": DeclineReason(
        N_("Competition law"),
        N_(
            "Thank you for your question. Competition law does not let the commercial terms or "
            "the plans of a company be discussed in public: you can ask it in more general terms."
        ),
    ),
    "no_time": DeclineReason(
        N_("No time left"),
        N_(
            "Thank you for your question. There was not enough time to take it during the "
            "session: you can put it to the speakers during a break."
        ),
    ),
}


class NotAQuestionError(MaillonError):
    """What was typed cannot be asked; callers keep it where it was typed."""


class EmptyQuestionError(NotAQuestionError):
    msgid = N_("There is no question yet: please write it, then send it.")


class NoWordError(NotAQuestionError):
    msgid = N_("There is no word in it: please write your question in words.")


class TooLongError(NotAQuestionError):
    msgid = N_(
        "Your question has {count} characters, {longest} at most are possible. It was not sent: "
        "please shorten it."
    )

    def __init__(self, count: int) -> None:
        super().__init__(count=count, longest=LONGEST)
        self.count = count

    def told_to(self, reader: Reader) -> str:
        count, longest = reader.number(self.count), reader.number(LONGEST)
        return reader.gettext(self.msgid).format(count=count, longest=longest)


def accepted(text: str) -> str:
    """`text` as it is stored: one paragraph of what is seen. Signs and markup are only text."""
    text = _one_paragraph(_seen(unicodedata.normalize("NFC", _spaced(text))))
    if not text:
        raise EmptyQuestionError
    if len(text) > LONGEST:
        raise TooLongError(len(text))
    if not says_something(_PICTURE.sub("", text)):
        raise NoWordError
    return text


def held_for(text: str) -> tuple[str, ...]:
    """Why a person of the équipe Questions reads it before anybody else, whatever the mode."""
    found = signs(text)
    return tuple(reason for reason in REASON_LABELS if reason in found)


_BLANK = re.compile(rf"[^\S{NBSP}{NNBSP}]|[\u115f\u1160\u2800\u3164\uffa0]")
"""White space, and the letters and signs that show nothing."""
_BLANKS = re.compile(f"[ {NBSP}{NNBSP}]{{2,}}")
_PICTURE = re.compile(".\ufe0f?\u20e3|.\ufe0f")
"""A digit in a box, or a letter shown as a picture, is no word."""
_UNSEEN = {"Cc", "Cf", "Cs"}
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_MOST_MARKS = 4
"""On one letter: no language piles up more, and what climbs over other lines is no text."""


def _spaced(text: str) -> str:
    return _BLANK.sub(" ", text.encode("utf-8", "ignore").decode("utf-8"))


def _seen(text: str) -> str:
    kept, marks = [], 0
    for before, character, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        joins = character in _JOINERS and _is_joined(before) and _is_joined(after)
        if joins or (category not in _UNSEEN and marks <= _MOST_MARKS):
            kept.append(character)
    return "".join(kept)


def _is_joined(character: str) -> bool:
    """Emoji and scripts such as Persian or Hindi need joiners; in others they only hide."""
    virama = unicodedata.combining(character) == 9
    return virama or character == "\ufe0f" or unicodedata.category(character) in _JOINED


_JOINED = {"So", "Sk", "Lo", "Mc"}


def _one_paragraph(text: str) -> str:
    """Without double spaces; French no-break spaces stay."""
    return unicodedata.normalize("NFC", _BLANKS.sub(_blank, text)).strip()


def _blank(run: re.Match[str]) -> str:
    return next((space for space in run[0] if space != " "), " ")
